"""What the standards say of sRGB and L*a*b*, in double precision: formulas alone, nothing is checked."""

from collections.abc import Iterator
from typing import Any

import numpy as np

_PIXELS_IN_CACHE = 2**14
# Linear sRGB to CIE XYZ, and its white, D65: the digits are scikit-image's, whose results ours are to the
# last bit. It loads scipy, a quarter of a second before anything is done.
_TO_XYZ = np.array(
    [[0.412453, 0.357580, 0.180423], [0.212671, 0.715160, 0.072169], [0.019334, 0.119193, 0.950227]]
)
_WHITE = np.array([0.95047, 1.0, 1.08883])
_FROM_XYZ = np.linalg.inv(_TO_XYZ) * _WHITE  # of X, Y and Z in shares of the white's
# Linear RGB may leave [0, 1] by this much and still round to the same 8-bit value as the border.
_GAMUT_TOLERANCE = 1e-4


def light_of_levels(dtype: Any) -> np.ndarray:
    """Linear light of each level that a channel can have. Source: IEC 61966-2-1."""
    coded = np.arange(np.iinfo(dtype).max + 1) * (1 / np.iinfo(dtype).max)
    return np.where(coded > 0.04045, ((coded + 0.055) / 1.055) ** 2.4, coded / 12.92)


def lab_of(light: np.ndarray) -> np.ndarray:
    """L*a*b* of linear RGB (…, 3). Source: CIE 15, as in scikit-image."""
    x, y, z = np.moveaxis(_roots(light @ _TO_XYZ.T / _WHITE), -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def lightness_of(light: np.ndarray) -> np.ndarray:
    """L alone of ``lab_of``."""
    return 116 * _roots((light @ _TO_XYZ.T)[..., 1]) - 16


def _roots(shares: np.ndarray) -> np.ndarray:
    """The cube roots of shares of the white's light, a line near 0. Source: CIE 15."""
    return np.where(shares > 0.008856, np.cbrt(shares), 7.787 * shares + 16 / 116)


def blocks(pixels: np.ndarray) -> Iterator[np.ndarray]:
    """The pixels of a picture, (n, 3) of them at a time: as many as stay in the processor's cache."""
    flat = pixels.reshape(-1, 3)
    return (flat[start : start + _PIXELS_IN_CACHE] for start in range(0, len(flat), _PIXELS_IN_CACHE))


# Below, a colour is a column: an array (3, n) has its channels one after another.


def clip(lab: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What ``clip_to_gamut`` makes of the colours, and its linear RGB."""
    clipped = lab.astype(np.float32)
    clipped[0] = np.clip(clipped[0], 0, 100)
    linear = linear_rgb(clipped)
    outside = np.flatnonzero(~_in_gamut(linear))
    clipped[:, outside] = _lower_chroma(clipped[:, outside])
    linear[:, outside] = linear_rgb(clipped[:, outside])
    return clipped, linear


def _lower_chroma(lab: np.ndarray, halvings: int = 14) -> np.ndarray:
    low, high = np.zeros(lab.shape[1], np.float32), np.ones(lab.shape[1], np.float32)
    for _ in range(halvings):  # bisection on the factor of ab; `low` is always in gamut
        middle = (low + high) / 2
        inside = _in_gamut(linear_rgb(_scale_chroma(lab, middle)))
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    return _scale_chroma(lab, low)


def _scale_chroma(lab: np.ndarray, factor: np.ndarray) -> np.ndarray:
    return np.stack([lab[0], lab[1] * factor, lab[2] * factor])


def _in_gamut(linear: np.ndarray) -> np.ndarray:
    inside = (linear >= -_GAMUT_TOLERANCE) & (linear <= 1 + _GAMUT_TOLERANCE)
    return np.asarray(inside.all(axis=0))


def linear_rgb(lab: np.ndarray) -> np.ndarray:
    """Linear RGB, which leaves [0, 1] where sRGB cannot show a colour. Source: CIE 15, as in scikit-image."""
    lightness, a, b = lab.astype(np.float64)
    y = (lightness + 16) / 116
    roots = np.stack([a / 500 + y, y, np.maximum(y - b / 200, 0)])  # below 0 there is no Z
    xyz = np.where(roots > 0.2068966, roots * roots * roots, (roots - 16 / 116) / 7.787)
    return _FROM_XYZ @ xyz


def levels(linear: np.ndarray, dtype: Any) -> np.ndarray:
    """The nearest level of a channel for linear light, which is clipped to [0, 1]. Source: IEC 61966-2-1."""
    linear = np.clip(linear, 0, 1)
    coded = np.where(linear > 0.0031308, 1.055 * linear ** (1 / 2.4) - 0.055, 12.92 * linear)
    return np.rint(coded * np.iinfo(dtype).max)
