"""How wrong a colouring is."""

import numpy as np
from jaxtyping import Bool, Float, Float32, UInt8

from sicgan_lite.arrays import check_float, check_rgb
from sicgan_lite.color import rgb_to_lab

Image = UInt8[np.ndarray, "h w 3"]
Mask = Bool[np.ndarray, "h w"]
# uint8 is sRGB and float is L*a*b*: each dtype has one meaning in this library.
Colors = UInt8[np.ndarray, "*pixels 3"] | Float[np.ndarray, "*pixels 3"]


def delta_e_map(colors: Colors, reference: Colors) -> Float32[np.ndarray, "*pixels"]:
    """CIEDE2000 between ``colors`` and ``reference``, images of one shape, for each pixel.

    A uint8 array is sRGB, a float array is L*a*b*: each dtype has one meaning in this library.
    1 is about the least difference that an eye sees between flat patches. Errors: ValueError for
    another dtype or shape, for NaN, and for shapes that differ. Source: Sharma, Wu and Dalal (2005),
    through scikit-image.
    """
    from skimage.color import deltaE_ciede2000  # here: a training does without the quarter of a second

    if np.shape(colors) != np.shape(reference):
        raise ValueError(f"images must have one shape, got {np.shape(colors)} and {np.shape(reference)}")
    first, second = _as_lab(colors, "colors"), _as_lab(reference, "reference")
    return np.asarray(deltaE_ciede2000(first, second), np.float32)


def delta_e(colors: Colors, reference: Colors, where: Mask | None = None) -> float:
    """The mean of ``delta_e_map(colors, reference)``, over the pixels that ``where`` marks if given.

    Errors: as ``delta_e_map``; ValueError for a mask of another shape or without a pixel.
    """
    return float(marked_pixels(delta_e_map(colors, reference), where).mean())


def colorfulness(rgb: Image) -> float:
    """Hasler and Süsstrunk's M3 of ``rgb``: 0 is grey, 15 slightly, 59 quite, 109 extremely colourful.

    Errors: ValueError for anything but a uint8 array (h, w, 3). Source: Measuring colourfulness in
    natural images (2003).
    """
    check_rgb(rgb)
    red, green, blue = rgb.astype(float).transpose(2, 0, 1)
    red_green, yellow_blue = red - green, (red + green) / 2 - blue
    spread = np.hypot(red_green.std(), yellow_blue.std())
    return float(spread + 0.3 * np.hypot(red_green.mean(), yellow_blue.mean()))


def color_overlap(rgb: Image, reference: Image, where: Mask | None = None) -> float:
    """The share of the colours of ``reference`` that ``rgb`` has: Σ min of their two histograms.

    Each histogram counts ab in squares of 8 CIE units, over the pixels that ``where`` marks if it is
    given, and adds up to 1; where a colour stands does not matter. 1 is the same colours in the same
    amounts. Errors: as ``delta_e``.
    """
    ours, theirs = (ab_histogram(marked_pixels(rgb_to_lab(image), where)) for image in (rgb, reference))
    return float(np.minimum(ours / ours.sum(), theirs / theirs.sum()).sum())


def marked_pixels(image: np.ndarray, where: np.ndarray | None) -> np.ndarray:
    """The pixels of an image that a mask marks, in one row; all without a mask."""
    if where is None:
        return image.reshape(-1, *image.shape[2:])
    if where.dtype != bool or where.shape != image.shape[:2] or not where.any():
        raise ValueError(
            f"where must be a bool array of shape {image.shape[:2]} that marks a pixel; "
            f"it is {where.dtype} of shape {where.shape} and marks {np.count_nonzero(where)}"
        )
    return image[where]


def ab_histogram(lab: np.ndarray) -> np.ndarray:
    """Pixels in each square of 8 units of ab, which lies within ±128 for any sRGB colour."""
    counts, _, _ = np.histogram2d(lab[:, 1], lab[:, 2], bins=32, range=[[-128, 128]] * 2)
    return counts


def _as_lab(image: np.ndarray, name: str) -> np.ndarray:
    if image.dtype == np.uint8:
        return rgb_to_lab(image)
    check_float(image, name, shape=(*[None] * (image.ndim - 1), 3))
    if image.min() >= 0 and 0.1 < image.max() <= 1:
        raise ValueError(f"{name} lies in [0, 1], as RGB does; floats are L*a*b* here: pass uint8 instead")
    return image
