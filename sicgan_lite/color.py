"""sRGB and CIE L*a*b*, in floats, with units that are required and never guessed."""

from typing import Any

import numpy as np
from jaxtyping import Float, Float32, UInt8, UInt16
from skimage.color import lab2rgb, lab2xyz, rgb2lab
from skimage.color.colorconv import rgb_from_xyz

from sicgan_lite.arrays import check_float, check_rgb

Pixels = UInt8[np.ndarray, "h w 3"] | UInt16[np.ndarray, "h w 3"]
AB_SCALE = 110.0
_PIXELS_AT_ONCE = 2**20  # scikit-image's conversion takes 20 times the memory of its input
_MAX_LAB = 1e4  # far beyond any colour; the cubes of what is larger would overflow
# Linear RGB may leave [0, 1] by this much and still round to the same 8-bit value as the border.
_GAMUT_TOLERANCE = 1e-4


def rgb_to_lab(rgb: Pixels) -> Float32[np.ndarray, "h w 3"]:
    """CIE L*a*b* (D65) of ``rgb``, an sRGB image of 8 or 16 bits.

    L is in [0, 100]; over sRGB, a is in [−86.2, 98.3] and b in [−107.9, 94.5]. Errors: ValueError
    for anything but a uint8 or uint16 array of shape (h, w, 3). Source: CIE 15, through scikit-image.
    """
    check_rgb(rgb, deep=True)
    lab = np.empty(rgb.shape, np.float32)
    rows = max(1, _PIXELS_AT_ONCE // rgb.shape[1])
    for top in range(0, len(rgb), rows):
        lab[top : top + rows] = rgb2lab(rgb[top : top + rows])
    return lab


def lab_to_rgb(lab: Float[np.ndarray, "h w 3"], dtype: Any = np.uint8) -> Pixels:
    """SRGB of ``lab``, a CIE L*a*b* (D65) image; ``dtype`` is uint8, or uint16 for 16 bits.

    A colour outside sRGB has its RGB clipped, which moves its lightness; ``clip_to_gamut`` keeps
    it. Errors: ValueError for another shape, NaN, and values beyond ±10,000.
    """
    _check_lab(lab)
    return np.rint(lab2rgb(_with_real_z(lab)) * np.iinfo(dtype).max).astype(dtype)


def clip_to_gamut(lab: Float[np.ndarray, "h w 3"]) -> Float32[np.ndarray, "h w 3"]:
    """The nearest colours to ``lab`` that sRGB can show, of the same lightness and hue.

    Only chroma is lowered, and only where it has to be: a colour inside the gamut is returned
    untouched. L outside [0, 100] is brought to the nearer end. Errors: as ``lab_to_rgb``.
    """
    _check_lab(lab)
    clipped = lab.astype(np.float32)
    clipped[..., 0] = np.clip(clipped[..., 0], 0, 100)
    outside = ~_in_gamut(clipped)
    clipped[outside] = _lower_chroma(clipped[outside])
    return clipped


def merge_ab(
    lightness: Float[np.ndarray, "h w"], ab: Float[np.ndarray, "h w 2"], dtype: Any = np.uint8
) -> Pixels:
    """SRGB of a ``lightness`` (0–100) and an ``ab``, brought into gamut by lowering chroma.

    ``dtype`` and errors are those of ``lab_to_rgb``; ValueError for two arrays of different height or width.
    """
    return lab_to_rgb(clip_to_gamut(np.dstack([lightness, ab])), dtype)


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


def _lower_chroma(lab: np.ndarray, halvings: int = 14) -> np.ndarray:
    low, high = np.zeros(len(lab), np.float32), np.ones(len(lab), np.float32)
    for _ in range(halvings):  # bisection on the factor of ab; `low` is always in gamut
        middle = (low + high) / 2
        inside = _in_gamut(_scale_chroma(lab, middle))
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    return _scale_chroma(lab, low)


def _scale_chroma(lab: np.ndarray, factor: np.ndarray) -> np.ndarray:
    return np.concatenate([lab[..., :1], lab[..., 1:] * factor[..., None]], axis=-1)


def _in_gamut(lab: np.ndarray) -> np.ndarray:
    linear_rgb = lab2xyz(_with_real_z(lab)) @ rgb_from_xyz.T
    inside = (linear_rgb >= -_GAMUT_TOLERANCE) & (linear_rgb <= 1 + _GAMUT_TOLERANCE)
    possible = lab[..., 2] <= _largest_b(lab[..., 0])
    return inside.all(axis=-1) & possible


def _with_real_z(lab: np.ndarray) -> np.ndarray:
    # Above this b the tristimulus value Z would be negative. scikit-image sets it to 0 and warns;
    # lowering b to the limit is the same colour without the warning.
    real = lab.astype(np.float64)
    real[..., 2] = np.minimum(real[..., 2], _largest_b(real[..., 0]))
    return real


def _largest_b(lightness: np.ndarray) -> np.ndarray:
    return (lightness + 16) / 116 * 200 - 1e-6
