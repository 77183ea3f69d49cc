"""Pictures made small or large."""

import cv2
import numpy as np
from jaxtyping import UInt8

from sicgan_lite.arrays import check_rgb


def shrink(rgb: UInt8[np.ndarray, "h w 3"], width: int = 96) -> UInt8[np.ndarray, "h2 w2 3"]:
    """The photograph ``rgb`` at this ``width``, each pixel the mean of the area that it covers.

    Errors: ValueError for a bad rgb, and for a width below 1 or above the photograph's.
    """
    check_rgb(rgb)
    if not 1 <= width <= rgb.shape[1]:
        raise ValueError(f"width must be between 1 and the photograph's {rgb.shape[1]}, got {width}")
    return shrink_to(rgb, width)


def shrink_to(image: np.ndarray, width: int | None) -> np.ndarray:
    """The image at this width if it is wider, each pixel the mean of the area that it covers."""
    if width is None or image.shape[1] <= width:
        return image
    height = max(1, round(image.shape[0] * width / image.shape[1]))
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)


def enlarged_rows(image: np.ndarray, shape: tuple[int, ...], top: int, bottom: int) -> np.ndarray:
    """Rows ``top`` to ``bottom`` of an image enlarged to ``shape``: bilinear, between pixel centres."""
    at = (np.arange(top, min(bottom, shape[0])) + 0.5) * len(image) / shape[0] - 0.5
    at = np.clip(at, 0, len(image) - 1)
    above = at.astype(int)
    share = (at - above).astype(np.float32)[:, None, None]
    rows = image[above] * (1 - share) + image[np.minimum(above + 1, len(image) - 1)] * share
    return cv2.resize(rows, (shape[1], len(rows)), interpolation=cv2.INTER_LINEAR)
