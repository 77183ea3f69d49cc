"""Patches of one photograph, gathered when asked for and never materialised."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from jaxtyping import Float32, UInt8

from sicgan_lite.color import rgb_to_lab, scale_ab
from sicgan_lite.config import Config
from sicgan_lite.features import coordinate_grid, lightness_features
from sicgan_lite.origins import sample_origins

Transform = Callable[[np.ndarray], np.ndarray]

# Each acts on the last two axes (row, column) and returns a view.
_PAPER: dict[str, Transform] = {
    "id": lambda patch: patch,
    "flip_x": lambda patch: patch[..., :, ::-1],
    "flip_y": lambda patch: patch[..., ::-1, :],
    "rot_90": lambda patch: np.rot90(patch, 1, axes=(-2, -1)),
    "rot_180": lambda patch: np.rot90(patch, 2, axes=(-2, -1)),
    "rot_270": lambda patch: np.rot90(patch, 3, axes=(-2, -1)),
}
_TRANSPOSES: dict[str, Transform] = {
    "transpose": lambda patch: np.swapaxes(patch, -2, -1),
    "antitranspose": lambda patch: np.swapaxes(patch[..., ::-1, ::-1], -2, -1),
}
TRANSFORMS: Mapping[str, Transform] = MappingProxyType(_PAPER)
ALL_TRANSFORMS: Mapping[str, Transform] = MappingProxyType(_PAPER | _TRANSPOSES)


class PatchSet:
    """``config.num_patches`` augmented patches of one photograph.

    Patch k is transformation k mod T of the patch at origin k div T. Only the feature and target
    maps of the whole image are kept; ``patches[indices]`` cuts a batch out of them. Errors:
    ValueError when the photograph is too small or the origins do not fit; IndexError.
    """

    def __init__(self, rgb: UInt8[np.ndarray, "h w 3"], config: Config, *, rng: np.random.Generator) -> None:
        lab = rgb_to_lab(rgb)
        lightness, ab = lab[..., 0], scale_ab(lab[..., 1:])
        self._maps = np.concatenate([lightness_features(lightness), ab.transpose(2, 0, 1)])
        self._transforms = list((TRANSFORMS if config.transforms == "paper" else ALL_TRANSFORMS).values())
        self._length = config.num_patches
        self.size = config.size
        self.origins = sample_origins(
            *lightness.shape,
            size=config.size,
            count=math.ceil(config.num_patches / len(self._transforms)),
            min_distance=config.min_distance,
            holdout=config.holdout,
            rng=rng,
        )
        self._coordinates = coordinate_grid(config.size)

    def __len__(self) -> int:
        return self._length

    def __getitem__(
        self, indices: slice | list[int] | np.ndarray
    ) -> tuple[Float32[np.ndarray, "n 5 p p"], Float32[np.ndarray, "n 2 p p"]]:
        """The features (U) and targets (V) of a batch, in the order of ``indices``."""
        chosen = np.atleast_1d(np.arange(len(self))[indices])
        features = np.empty((len(chosen), 5, self.size, self.size), np.float32)
        targets = np.empty((len(chosen), 2, self.size, self.size), np.float32)
        for row, patch in enumerate(map(self._cut, chosen.tolist())):
            features[row, :3], targets[row] = patch[:3], patch[3:]
        features[:, 3:] = self._coordinates  # last, so that coordinates never rotate
        return features, targets

    def _cut(self, index: int) -> np.ndarray:
        origin, transform = divmod(index, len(self._transforms))
        top, left = self.origins[origin].tolist()
        return self._transforms[transform](self._maps[:, top : top + self.size, left : left + self.size])
