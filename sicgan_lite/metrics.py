"""How wrong a colouring is, and the baselines that any colouring has to beat."""

import numpy as np
from jaxtyping import Bool, Float32, UInt8
from scipy.optimize import minimize
from scipy.spatial import KDTree
from skimage.color import deltaE_ciede2000

from sicgan_lite.arrays import check_float, check_rgb
from sicgan_lite.color import merge_ab, rgb_to_lab, unscale_ab
from sicgan_lite.features import coordinate_grid, lightness_features
from sicgan_lite.patches import PatchSet

Image = UInt8[np.ndarray, "h w 3"]
Mask = Bool[np.ndarray, "h w"]
_FIT_PIXELS = 4096  # a sample this large moves the best constant by less than 0.1 in ΔE


def delta_e_map(colors: np.ndarray, reference: np.ndarray) -> Float32[np.ndarray, "..."]:
    """CIEDE2000 between two images (or colours) of one shape, for each pixel.

    A uint8 array is sRGB, a float array is L*a*b*: each dtype has one meaning in this library.
    1 is about the least difference that an eye sees. Errors: ValueError for another dtype or shape,
    for NaN, and for shapes that differ. Source: Sharma, Wu and Dalal (2005), through scikit-image.
    """
    if np.shape(colors) != np.shape(reference):
        raise ValueError(f"images must have one shape, got {np.shape(colors)} and {np.shape(reference)}")
    first, second = _as_lab(colors, "colors"), _as_lab(reference, "reference")
    return np.asarray(deltaE_ciede2000(first, second), np.float32)


def delta_e(colors: np.ndarray, reference: np.ndarray, where: Mask | None = None) -> float:
    """The mean of ``delta_e_map``, over the pixels that ``where`` marks if it is given.

    Errors: as ``delta_e_map``; ValueError for a mask of another shape or without a pixel.
    """
    return float(_marked(delta_e_map(colors, reference), where).mean())


def colorfulness(rgb: Image) -> float:
    """Hasler and Süsstrunk's M3: 0 is grey, 15 slightly, 59 quite, 109 extremely colourful.

    Source: Measuring colourfulness in natural images (2003).
    """
    check_rgb(rgb)
    red, green, blue = rgb.astype(float).transpose(2, 0, 1)
    red_green, yellow_blue = red - green, (red + green) / 2 - blue
    spread = np.hypot(red_green.std(), yellow_blue.std())
    return float(spread + 0.3 * np.hypot(red_green.mean(), yellow_blue.mean()))


def constant_color(rgb: Image, ab: np.ndarray) -> Image:
    """The photograph's lightness under one ab, (2,), everywhere; chroma is lowered into gamut."""
    lightness = rgb_to_lab(rgb)[..., 0]
    return merge_ab(lightness, np.broadcast_to(np.asarray(ab, np.float32), (*lightness.shape, 2)))


def grey(rgb: Image) -> Image:
    """The photograph without colour: its lightness, ab = 0."""
    return constant_color(rgb, np.zeros(2))


def mean_color(rgb: Image, where: Mask | None = None) -> Image:
    """The photograph painted in its mean ab, over the pixels that ``where`` marks if given."""
    return constant_color(rgb, _mean_ab(_marked(rgb_to_lab(rgb), where)))


def best_constant(rgb: Image, where: Mask | None = None) -> Image:
    """The photograph painted in the one ab of least mean CIEDE2000, gamut included."""
    pixels = _marked(rgb_to_lab(rgb), where)
    if len(pixels) > _FIT_PIXELS:  # drawn, since a stride could see a few columns alone
        pixels = np.random.default_rng(0).choice(pixels, _FIT_PIXELS, replace=False)

    def error(ab: np.ndarray) -> float:
        painted = merge_ab(pixels[None, :, 0], np.broadcast_to(ab, (1, len(pixels), 2)))
        return delta_e(rgb_to_lab(painted), pixels[None])

    starts = [np.zeros(2), _mean_ab(pixels), np.median(pixels[:, 1:], axis=0)]
    fits = [minimize(error, start, method="Nelder-Mead", options={"xatol": 0.1}) for start in starts]
    return constant_color(rgb, min(fits, key=lambda fit: fit.fun).x)


def median_by_lightness(rgb: Image, where: Mask | None = None, *, bins: int = 32) -> Image:
    """The photograph with one ab for each lightness: the medians of a and b in steps of L.

    ``bins`` equal steps of L from 0 to 100, fitted over the pixels that ``where`` marks if given; a
    step without a pixel stays grey. It is what an L1 loss asks of a network that knows lightness
    alone. Errors: ValueError for less than one bin; for a mask as ``delta_e``.
    """
    if bins < 1:
        raise ValueError(f"bins must be at least 1, got {bins}")
    lightness, known = rgb_to_lab(rgb)[..., 0], _marked(rgb_to_lab(rgb), where)
    table = np.zeros((bins, 2), np.float32)
    steps = _steps(known[:, 0], bins)
    for step in np.unique(steps):
        table[step] = np.median(known[steps == step, 1:], axis=0)
    return merge_ab(lightness, table[_steps(lightness, bins)])


def _steps(lightness: np.ndarray, bins: int) -> np.ndarray:
    """The number of each lightness's step; 100 belongs to the last."""
    return np.minimum((lightness * (bins / 100)).astype(int), bins - 1)


def nearest_neighbor(
    patches: PatchSet,
    rgb: Image,
    *,
    samples: int = 20_000,
    coordinates: bool = True,
    rng: np.random.Generator,
) -> Image:
    """The photograph with each pixel's ab copied from the training pixel of most alike features.

    ``samples`` training pixels are drawn from ``patches``: a lookup with what a generator of 1×1
    patches would be given. The coordinates are those of disjoint tiles of the patch size; without
    ``coordinates`` lightness and the two edge features are compared alone. Errors: ValueError for
    less than one sample.
    """
    if samples < 1:
        raise ValueError(f"samples must be at least 1, got {samples}")
    features, ab = _sample_pixels(patches, samples, rng)
    lightness = rgb_to_lab(rgb)[..., 0]
    repeats = [-(-length // patches.size) for length in lightness.shape]
    grid = np.tile(coordinate_grid(patches.size), (1, *repeats))[:, : len(rgb), : rgb.shape[1]]
    asked = np.concatenate([lightness_features(lightness), grid]).reshape(5, -1).T
    compared = 5 if coordinates else 3
    _, nearest = KDTree(features[:, :compared]).query(asked[:, :compared])
    return merge_ab(lightness, unscale_ab(ab[nearest]).reshape(*lightness.shape, 2))


def _sample_pixels(
    patches: PatchSet, samples: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    per_patch = -(-samples // len(patches))
    features, ab = [], []
    for index in rng.permutation(len(patches))[: -(-samples // per_patch)].tolist():
        u, v = patches[[index]]
        pixels = rng.integers(patches.size**2, size=per_patch)
        features.append(u.reshape(5, -1)[:, pixels].T)
        ab.append(v.reshape(2, -1)[:, pixels].T)
    return np.concatenate(features), np.concatenate(ab)


def _mean_ab(lab: np.ndarray) -> np.ndarray:
    # Millions of float32 that are added one by one lose the first decimal.
    return lab[:, 1:].mean(axis=0, dtype=np.float64)


def _marked(image: np.ndarray, where: np.ndarray | None) -> np.ndarray:
    """The pixels of an image that a mask marks, in one row; all without a mask."""
    if where is None:
        return image.reshape(-1, *image.shape[2:])
    if where.dtype != bool or where.shape != image.shape[:2] or not where.any():
        raise ValueError(
            f"where must be a bool array of shape {image.shape[:2]} that marks a pixel; "
            f"it is {where.dtype} of shape {where.shape} and marks {np.count_nonzero(where)}"
        )
    return image[where]


def _as_lab(image: np.ndarray, name: str) -> np.ndarray:
    if image.dtype == np.uint8:
        return rgb_to_lab(image)
    check_float(image, name, shape=(*[None] * (image.ndim - 1), 3))
    return image
