"""sRGB and CIE L*a*b*, in floats, with units that are required and never guessed."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from jaxtyping import Float, Float32, UInt8, UInt16

from sicgan_lite.arrays import check_float, check_rgb

Pixels = UInt8[np.ndarray, "h w 3"] | UInt16[np.ndarray, "h w 3"]
AB_SCALE = 110.0
_PIXELS_AT_ONCE = 2**20  # a conversion takes 20 times the memory of its input
_PIXELS_IN_CACHE = 2**14
_MAX_LAB = 1e4  # far beyond any colour; the cubes of what is larger would overflow
# Linear sRGB to CIE XYZ, and its white, D65: the digits are scikit-image's, whose results ours are to the
# last bit. It loads scipy, a quarter of a second before anything is done.
_TO_XYZ = np.array(
    [[0.412453, 0.357580, 0.180423], [0.212671, 0.715160, 0.072169], [0.019334, 0.119193, 0.950227]]
)
_WHITE = np.array([0.95047, 1.0, 1.08883])
_FROM_XYZ = np.linalg.inv(_TO_XYZ) * _WHITE  # of X, Y and Z in shares of the white's
# Linear RGB may leave [0, 1] by this much and still round to the same 8-bit value as the border.
_GAMUT_TOLERANCE = 1e-4


def rgb_to_lab(rgb: Pixels) -> Float32[np.ndarray, "h w 3"]:
    """CIE L*a*b* (D65) of ``rgb``, an sRGB image of 8 or 16 bits.

    L is in [0, 100]; over sRGB, a is in [−86.2, 98.3] and b in [−107.9, 94.5]. Errors: ValueError
    for anything but a uint8 or uint16 array of shape (h, w, 3). Source: CIE 15, as in scikit-image.
    """
    check_rgb(rgb, deep=True)
    lab = np.empty(rgb.shape, np.float32)
    rows, linear = max(1, _PIXELS_AT_ONCE // rgb.shape[1]), _linear_levels(rgb.dtype)
    for top in range(0, len(rgb), rows):
        x, y, z = np.moveaxis(_roots(linear[rgb[top : top + rows]] @ _TO_XYZ.T / _WHITE), -1, 0)
        lab[top : top + rows] = np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)
    return lab


def rgb_to_lightness(rgb: Pixels) -> Float32[np.ndarray, "h w"]:
    """L of ``rgb_to_lab``, to the last bit, in half of its time. Errors: as ``rgb_to_lab``."""
    check_rgb(rgb, deep=True)
    lightness = np.empty(rgb.shape[:2], np.float32)
    rows, linear = max(1, _PIXELS_AT_ONCE // rgb.shape[1]), _linear_levels(rgb.dtype)
    for top in range(0, len(rgb), rows):
        y = (linear[rgb[top : top + rows]] @ _TO_XYZ.T)[..., 1]
        lightness[top : top + rows] = 116 * _roots(y) - 16
    return lightness


def lab_to_rgb(lab: Float[np.ndarray, "h w 3"], dtype: Any = np.uint8) -> Pixels:
    """SRGB of ``lab``, a CIE L*a*b* (D65) image; ``dtype`` is uint8, or uint16 for 16 bits.

    A colour outside sRGB has its RGB clipped, which moves its lightness; ``clip_to_gamut`` keeps
    it. Errors: ValueError for another shape, NaN, and values beyond ±10,000.
    """
    _check_lab(lab)
    rgb = np.empty(lab.shape, dtype)
    for block, found in zip(_blocks(lab), _blocks(rgb), strict=True):
        found[:] = _levels(_linear_rgb(block.T), dtype).T
    return rgb


def clip_to_gamut(lab: Float[np.ndarray, "h w 3"]) -> Float32[np.ndarray, "h w 3"]:
    """The nearest colours to ``lab`` that sRGB can show, of the same lightness and hue.

    Only chroma is lowered, and only where it has to be: a colour inside the gamut is returned
    untouched. L outside [0, 100] is brought to the nearer end. Errors: as ``lab_to_rgb``.
    """
    _check_lab(lab)
    clipped = np.empty(lab.shape, np.float32)
    for block, found in zip(_blocks(lab), _blocks(clipped), strict=True):
        found[:] = _clip(block.T)[0].T
    return clipped


def merge_ab(
    lightness: Float[np.ndarray, "h w"], ab: Float[np.ndarray, "h w 2"], dtype: Any = np.uint8
) -> Pixels:
    """SRGB of a ``lightness`` (0–100) and an ``ab``, brought into gamut by lowering chroma.

    ``dtype`` and errors are those of ``lab_to_rgb``; ValueError for two arrays of different height or width.
    """
    lab = np.dstack([lightness, ab])
    _check_lab(lab)
    rgb = np.empty(lab.shape, dtype)
    for block, found in zip(_blocks(lab), _blocks(rgb), strict=True):
        found[:] = _levels(_clip(block.T)[1], dtype).T
    return rgb


def scale_lightness(lightness: Float[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
    """A ``lightness`` in [0, 100], brought to [−1, 1]."""
    return lightness / 50 - 1


def scale_ab(ab: Float[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
    """An ``ab`` in CIE units, brought to (−1, 1): divided by 110, which no sRGB colour reaches."""
    return ab / AB_SCALE


def unscale_ab(scaled_ab: Float[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
    """The ab in CIE units of a ``scaled_ab``: times 110, by which features and targets divide it."""
    return scaled_ab * AB_SCALE


def _check_lab(lab: np.ndarray) -> None:
    check_float(lab, "lab", shape=(None, None, 3), low=-_MAX_LAB, high=_MAX_LAB)


def _blocks(pixels: np.ndarray) -> Iterator[np.ndarray]:
    """The pixels of a picture, (n, 3) of them at a time: as many as stay in the processor's cache."""
    flat = pixels.reshape(-1, 3)
    return (flat[start : start + _PIXELS_IN_CACHE] for start in range(0, len(flat), _PIXELS_IN_CACHE))


# Below, a colour is a column: an array (3, n) has its channels one after another.


def _clip(lab: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What ``clip_to_gamut`` makes of the colours, and its linear RGB."""
    clipped = lab.astype(np.float32)
    clipped[0] = np.clip(clipped[0], 0, 100)
    linear = _linear_rgb(clipped)
    outside = np.flatnonzero(~_in_gamut(linear))
    clipped[:, outside] = _lower_chroma(clipped[:, outside])
    linear[:, outside] = _linear_rgb(clipped[:, outside])
    return clipped, linear


def _lower_chroma(lab: np.ndarray, halvings: int = 14) -> np.ndarray:
    low, high = np.zeros(lab.shape[1], np.float32), np.ones(lab.shape[1], np.float32)
    for _ in range(halvings):  # bisection on the factor of ab; `low` is always in gamut
        middle = (low + high) / 2
        inside = _in_gamut(_linear_rgb(_scale_chroma(lab, middle)))
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    return _scale_chroma(lab, low)


def _scale_chroma(lab: np.ndarray, factor: np.ndarray) -> np.ndarray:
    return np.stack([lab[0], lab[1] * factor, lab[2] * factor])


def _in_gamut(linear: np.ndarray) -> np.ndarray:
    return ((linear >= -_GAMUT_TOLERANCE) & (linear <= 1 + _GAMUT_TOLERANCE)).all(axis=0)


def _linear_rgb(lab: np.ndarray) -> np.ndarray:
    """Linear RGB, which leaves [0, 1] where sRGB cannot show a colour. Source: CIE 15, as in scikit-image."""
    lightness, a, b = lab.astype(np.float64)
    y = (lightness + 16) / 116
    roots = np.stack([a / 500 + y, y, np.maximum(y - b / 200, 0)])  # below 0 there is no Z
    xyz = np.where(roots > 0.2068966, roots * roots * roots, (roots - 16 / 116) / 7.787)
    return _FROM_XYZ @ xyz


def _levels(linear: np.ndarray, dtype: Any) -> np.ndarray:
    """The nearest level of a channel for linear light, which is clipped to [0, 1]. Source: IEC 61966-2-1."""
    linear = np.clip(linear, 0, 1)
    coded = np.where(linear > 0.0031308, 1.055 * linear ** (1 / 2.4) - 0.055, 12.92 * linear)
    return np.rint(coded * np.iinfo(dtype).max)


def _roots(shares: np.ndarray) -> np.ndarray:
    """The cube roots of shares of the white's light, a line near 0. Source: CIE 15."""
    return np.where(shares > 0.008856, np.cbrt(shares), 7.787 * shares + 16 / 116)


def _linear_levels(dtype: Any) -> np.ndarray:
    """Linear light of each level that a channel can have. Source: IEC 61966-2-1."""
    coded = np.arange(np.iinfo(dtype).max + 1) * (1 / np.iinfo(dtype).max)
    return np.where(coded > 0.04045, ((coded + 0.055) / 1.055) ** 2.4, coded / 12.92)
