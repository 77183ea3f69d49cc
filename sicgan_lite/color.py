"""sRGB and CIE L*a*b*, in floats, with units that are required and never guessed."""

from typing import Any

import numpy as np
from jaxtyping import Float, Float32, UInt8, UInt16

from sicgan_lite.arrays import check_float, check_rgb
from sicgan_lite.arrays.srgb import blocks, clip, lab_of, levels, light_of_levels, lightness_of, linear_rgb

Pixels = UInt8[np.ndarray, "h w 3"] | UInt16[np.ndarray, "h w 3"]
AB_SCALE = 110.0
_PIXELS_AT_ONCE = 2**20  # a conversion takes 20 times the memory of its input
_MAX_LAB = 1e4  # far beyond any colour; the cubes of what is larger would overflow


def rgb_to_lab(rgb: Pixels) -> Float32[np.ndarray, "h w 3"]:
    """CIE L*a*b* (D65) of ``rgb``, an sRGB image of 8 or 16 bits.

    L is in [0, 100]; over sRGB, a is in [−86.2, 98.3] and b in [−107.9, 94.5]. Errors: ValueError
    for anything but a uint8 or uint16 array of shape (h, w, 3). Source: CIE 15, as in scikit-image.
    """
    check_rgb(rgb, deep=True)
    lab = np.empty(rgb.shape, np.float32)
    rows, light = max(1, _PIXELS_AT_ONCE // rgb.shape[1]), light_of_levels(rgb.dtype)
    for top in range(0, len(rgb), rows):
        lab[top : top + rows] = lab_of(light[rgb[top : top + rows]])
    return lab


def rgb_to_lightness(rgb: Pixels) -> Float32[np.ndarray, "h w"]:
    """L of ``rgb_to_lab``, to the last bit, in half of its time. Errors: as ``rgb_to_lab``."""
    check_rgb(rgb, deep=True)
    lightness = np.empty(rgb.shape[:2], np.float32)
    rows, light = max(1, _PIXELS_AT_ONCE // rgb.shape[1]), light_of_levels(rgb.dtype)
    for top in range(0, len(rgb), rows):
        lightness[top : top + rows] = lightness_of(light[rgb[top : top + rows]])
    return lightness


def lab_to_rgb(lab: Float[np.ndarray, "h w 3"], dtype: Any = np.uint8) -> Pixels:
    """SRGB of ``lab``, a CIE L*a*b* (D65) image; ``dtype`` is uint8, or uint16 for 16 bits.

    A colour outside sRGB has its RGB clipped, which moves its lightness; ``clip_to_gamut`` keeps
    it. Errors: ValueError for another shape, NaN, and values beyond ±10,000.
    """
    _check_lab(lab)
    rgb = np.empty(lab.shape, dtype)
    for block, found in zip(blocks(lab), blocks(rgb), strict=True):
        found[:] = levels(linear_rgb(block.T), dtype).T
    return rgb


def clip_to_gamut(lab: Float[np.ndarray, "h w 3"]) -> Float32[np.ndarray, "h w 3"]:
    """The nearest colours to ``lab`` that sRGB can show, of the same lightness and hue.

    Only chroma is lowered, and only where it has to be: a colour inside the gamut is returned
    untouched. L outside [0, 100] is brought to the nearer end. Errors: as ``lab_to_rgb``.
    """
    _check_lab(lab)
    clipped = np.empty(lab.shape, np.float32)
    for block, found in zip(blocks(lab), blocks(clipped), strict=True):
        found[:] = clip(block.T)[0].T
    return clipped


def merge_ab(
    lightness: Float[np.ndarray, "h w"], ab: Float[np.ndarray, "h w 2"], dtype: Any = np.uint8
) -> Pixels:
    """SRGB of a ``lightness`` (0–100) and an ``ab``, brought into gamut by lowering chroma.

    ``dtype`` is that of ``lab_to_rgb``. Errors: as ``lab_to_rgb``; ValueError for two arrays of different
    height or width.
    """
    lab = np.dstack([lightness, ab])
    _check_lab(lab)
    rgb = np.empty(lab.shape, dtype)
    for block, found in zip(blocks(lab), blocks(rgb), strict=True):
        found[:] = levels(clip(block.T)[1], dtype).T
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
