"""Colourings that need no network: what any network has to beat."""

import numpy as np
from jaxtyping import Real

from sicgan_lite.arrays import require, whole
from sicgan_lite.color import merge_ab, rgb_to_lab
from sicgan_lite.metrics import Image, Mask, delta_e, marked_pixels

_FIT_PIXELS = 4096  # a sample this large moves the best constant by less than 0.1 in ΔE


def constant_color(rgb: Image, ab: Real[np.ndarray, " 2"]) -> Image:
    """The lightness of ``rgb`` under one ``ab`` everywhere; chroma is lowered into gamut.

    Errors: ValueError for a bad rgb.
    """
    lightness = rgb_to_lab(rgb)[..., 0]
    return merge_ab(lightness, np.broadcast_to(np.asarray(ab, np.float32), (*lightness.shape, 2)))


def grey(rgb: Image) -> Image:
    """The photograph ``rgb`` without colour: its lightness, ab = 0. Errors: ValueError for a bad rgb."""
    return constant_color(rgb, np.zeros(2))


def mean_color(rgb: Image, where: Mask | None = None) -> Image:
    """The photograph ``rgb`` painted in its mean ab, over the pixels that ``where`` marks if given.

    Errors: ValueError for a bad rgb; for a mask as ``delta_e``.
    """
    return constant_color(rgb, _mean_ab(marked_pixels(rgb_to_lab(rgb), where)))


def best_constant(rgb: Image, where: Mask | None = None) -> Image:
    """The photograph ``rgb`` painted in the one ab of least mean CIEDE2000, gamut included.

    It is fitted over the pixels that ``where`` marks if given. Errors: ValueError for a bad rgb; for
    a mask as ``delta_e``.
    """
    from scipy.optimize import minimize  # here: who trains needs none

    pixels = marked_pixels(rgb_to_lab(rgb), where)
    if len(pixels) > _FIT_PIXELS:  # drawn, since a stride could see a few columns alone
        pixels = np.random.default_rng(0).choice(pixels, _FIT_PIXELS, replace=False)

    def error(ab: np.ndarray) -> float:
        painted = merge_ab(pixels[None, :, 0], np.broadcast_to(ab, (1, len(pixels), 2)))
        return delta_e(rgb_to_lab(painted), pixels[None])

    starts = [np.zeros(2), _mean_ab(pixels), np.median(pixels[:, 1:], axis=0)]
    fits = [minimize(error, start, method="Nelder-Mead", options={"xatol": 0.1}) for start in starts]
    return constant_color(rgb, min(fits, key=lambda fit: fit.fun).x)


def median_by_lightness(rgb: Image, where: Mask | None = None, *, bins: int = 32) -> Image:
    """The photograph ``rgb`` with one ab for each lightness: the medians of a and b in steps of L.

    ``bins`` equal steps of L from 0 to 100, fitted over the pixels that ``where`` marks if given; a
    step without a pixel stays grey. It is what an L1 loss asks of a network that knows lightness
    alone. Errors: ValueError for less than one bin; for a mask as ``delta_e``.
    """
    require(whole(1), "bins", bins)
    lightness, known = rgb_to_lab(rgb)[..., 0], marked_pixels(rgb_to_lab(rgb), where)
    table = np.zeros((bins, 2), np.float32)
    steps = _steps(known[:, 0], bins)
    for step in np.unique(steps):
        table[step] = np.median(known[steps == step, 1:], axis=0)
    return merge_ab(lightness, table[_steps(lightness, bins)])


def _steps(lightness: np.ndarray, bins: int) -> np.ndarray:
    """The number of each lightness's step; 100 belongs to the last."""
    return np.minimum((lightness * (bins / 100)).astype(int), bins - 1)


def _mean_ab(lab: np.ndarray) -> np.ndarray:
    # Millions of float32 that are added one by one lose the first decimal.
    return lab[:, 1:].mean(axis=0, dtype=np.float64)
