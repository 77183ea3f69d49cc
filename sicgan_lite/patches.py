"""Patches of one photograph, gathered when asked for and never materialised."""

import math
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

import numpy as np
from jaxtyping import Float32, Shaped, UInt8

from sicgan_lite.arrays.resizing import shrink_to
from sicgan_lite.color import rgb_to_lab, scale_ab
from sicgan_lite.config import CONTEXT_FEATURES, Config
from sicgan_lite.features import coordinate_grid, window_features
from sicgan_lite.origins import Holdout, Random, holdout_box, sample_origins

Transform = Callable[[np.ndarray], np.ndarray]

_CONTEXT_BYTES = 64 * 2**20  # larger context maps are not kept, but made for each patch anew
_BAND_PIXELS = 2**20  # of the maps at a time


def _turn(patch: np.ndarray, *, turns: int, mirrored: bool = False) -> np.ndarray:
    """A view of the last two axes (row, column), mirrored in the diagonal, then turned counter-clockwise."""
    return np.rot90(np.swapaxes(patch, -2, -1) if mirrored else patch, turns, axes=(-2, -1))


_SYMMETRIES: dict[str, Transform] = {  # the paper's six, then both transposes
    "id": partial(_turn, turns=0),
    "flip_x": partial(_turn, turns=3, mirrored=True),
    "flip_y": partial(_turn, turns=1, mirrored=True),
    "rot_90": partial(_turn, turns=1),
    "rot_180": partial(_turn, turns=2),
    "rot_270": partial(_turn, turns=3),
    "transpose": partial(_turn, turns=0, mirrored=True),
    "antitranspose": partial(_turn, turns=2, mirrored=True),
}
#: The paper's six transformations, by name. Each acts on the last two axes of an array and returns a view.
TRANSFORMS: Mapping[str, Transform] = MappingProxyType(dict(list(_SYMMETRIES.items())[:6]))
#: The six and both transposes: all eight symmetries of a square.
ALL_TRANSFORMS: Mapping[str, Transform] = MappingProxyType(_SYMMETRIES)


class PatchSet:
    """``config.num_patches`` augmented patches of the photograph ``rgb``: a sequence, which pickles.

    Origins are drawn with ``rng``. Patch k is transformation k mod T of the patch at origin k div T.
    Only the feature and target maps of the whole image are kept, at ``config.width`` pixels if it is
    wider; ``patches[indices]`` cuts a batch out of them, ``patches[k]`` one patch. Context features of
    a large image are made for each patch anew. Errors: ValueError when the photograph is too small or
    the origins do not fit; IndexError.
    """

    def __init__(self, rgb: UInt8[np.ndarray, "h w 3"], config: Config, *, rng: Random) -> None:
        lab, holdout = _at_width(rgb, config)
        context = tuple(name for name in config.features if name in CONTEXT_FEATURES)
        kept = context if 4 * len(context) * lab[..., 0].size <= _CONTEXT_BYTES else ()
        self._made_anew = context[len(kept) :]
        self._lightness = lab[..., 0].copy() if self._made_anew else None
        self._maps, shape = _maps(lab, kept), lab.shape[:2]
        del lab  # which weighs as much as what origins are drawn from
        self._transforms = list((TRANSFORMS if config.transforms == "paper" else ALL_TRANSFORMS).values())
        self._length = config.num_patches
        self.size = config.size
        self.origins = sample_origins(
            *shape,
            size=config.size,
            count=math.ceil(config.num_patches / len(self._transforms)),
            min_distance=config.min_distance,
            holdout=holdout,
            rng=rng,
        )
        self._coordinates = coordinate_grid(config.size)

    def __len__(self) -> int:
        return self._length

    def __getitem__(
        self, indices: int | np.integer | slice | list[int] | Shaped[np.ndarray, " k"]
    ) -> tuple[Float32[np.ndarray, "*n c p p"], Float32[np.ndarray, "*n 2 p p"]]:
        """The features (U) and targets (V) of one patch, or of a batch in the order of ``indices``.

        U holds lightness, Sobel, Laplacian, x, y, then the context features; V is ab / 110. Errors:
        IndexError for a number that no patch has, and for what is no index.
        """
        chosen = np.arange(len(self))[indices]
        if chosen.ndim > 1:  # of None and True, which NumPy takes for axes
            raise IndexError(f"patches have numbers, slices or lists of them, not {indices!r}")
        channels = len(self._maps) + len(self._made_anew)
        features = np.empty((chosen.size, channels, self.size, self.size), np.float32)
        for patch, index in zip(features, chosen.ravel().tolist(), strict=True):
            patch[:] = self._cut(index)
        targets = features[:, 3:5].copy()
        features[:, 3:5] = self._coordinates  # in their place, and last: coordinates never rotate
        return (features, targets) if chosen.ndim else (features[0], targets[0])

    def context_statistics(
        self, most: int = 64
    ) -> tuple[Float32[np.ndarray, " c"], Float32[np.ndarray, " c"]]:
        """Mean and standard deviation of each context feature over at most ``most`` of the patches."""
        features, _ = self[:: math.ceil(len(self) / most)]
        context = features[:, 5:].astype(np.float64)
        statistics = (context.mean((0, 2, 3)), context.std((0, 2, 3)))
        return tuple(values.astype(np.float32) for values in statistics)

    def _cut(self, index: int) -> np.ndarray:
        origin, transform = divmod(index, len(self._transforms))
        top, left = self.origins[origin].tolist()
        patch = self._maps[:, top : top + self.size, left : left + self.size]
        if self._lightness is not None:
            window = window_features(self._lightness, top, left, self.size, self.size, self._made_anew)
            patch = np.concatenate([patch, window[3:]])
        return self._transforms[transform](patch)


def _at_width(rgb: np.ndarray, config: Config) -> tuple[np.ndarray, Holdout | None]:
    """L*a*b* at the width that is learned, and a holdout that takes in every pixel with a part of it."""
    lab, (height, width) = rgb_to_lab(rgb), rgb.shape[:2]
    small, holdout = shrink_to(lab, config.width), config.holdout
    if holdout is not None and small is not lab:
        top, left, bottom, right = holdout_box(holdout, height, width)
        holdout = (top / height, left / width, bottom / height, right / width)
    return small, holdout


def _maps(lab: np.ndarray, context: tuple[str, ...]) -> np.ndarray:
    """Lightness features, scaled ab and context features of the whole picture, made band by band."""
    height, width, _ = lab.shape
    maps = np.empty((5 + len(context), height, width), np.float32)
    rows = max(1, _BAND_PIXELS // width)
    for top in range(0, height, rows):
        band = slice(top, min(top + rows, height))
        made = window_features(lab[..., 0], top, 0, band.stop - top, width, context)
        maps[:3, band], maps[5:, band] = made[:3], made[3:]
        maps[3:5, band] = scale_ab(lab[band, :, 1:]).transpose(2, 0, 1)
    return maps
