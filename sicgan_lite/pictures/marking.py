"""The small visible mark of a picture whose colour is generated."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

_TEXT, _SHORT = "AI colour", "AI"
_LEGIBLE, _SMALLEST = 12, 8  # font sizes in pixels


def marked(pixels: np.ndarray) -> np.ndarray:
    """A copy of 8-bit or 16-bit pixels (h, w, 3 or 4) with the mark of ``draw_mark``."""
    before = pixels if pixels.dtype == np.uint8 else (pixels >> 8).astype(np.uint8)
    image = Image.fromarray(before)
    draw_mark(image)
    after = np.asarray(image)
    if pixels.dtype == np.uint8:
        return after
    changed = (after != before).any(axis=-1, keepdims=True)
    return np.where(changed, after.astype(np.uint16) * 257, pixels)


def draw_mark(image: Image.Image) -> None:
    """Write "AI colour" into the lower right corner, white on an opaque black plate, in place.

    The text grows with the picture, to a 25th of its shorter side, and is legible from 12 pixels
    on. A smaller picture gets smaller text, then "AI"; one with no room for that (under about
    12 × 9 pixels) gets nothing, and has its label in the file alone.
    """
    wanted = max(_LEGIBLE, min(image.size) // 25)
    for text, size in ((_TEXT, wanted), (_TEXT, _SMALLEST), (_SHORT, _SMALLEST)):
        font = ImageFont.load_default(size)
        margin = size // 3
        left, top, right, bottom = font.getbbox(text)
        corner = (image.width - (right - left) - 2 * margin, image.height - (bottom - top) - 2 * margin)
        if min(corner) >= 0:
            draw = ImageDraw.Draw(image)
            draw.rectangle((*corner, *image.size), fill="black")
            draw.text((corner[0] + margin - left, corner[1] + margin - top), text, "white", font)
            return
