from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from sicgan_lite.pictures.marking import draw_mark

GREY = (90, 120, 150)


def marked(width: int, height: int, mode: str = "RGB") -> np.ndarray:
    image = Image.new(mode, (width, height), GREY + (0,) * (len(mode) - 3))
    draw_mark(image)
    return np.asarray(image)


def plate(pixels: np.ndarray) -> tuple[int, int]:
    """Height and width of what was changed, measured from the lower right corner."""
    changed = (pixels[..., :3] != GREY).any(axis=-1)
    if not changed.any():
        return 0, 0
    rows, columns = np.nonzero(changed)
    return pixels.shape[0] - rows.min(), pixels.shape[1] - columns.min()


@pytest.mark.parametrize("size", [(200, 100), (640, 480), (4000, 3000), (5000, 40)])
def test_the_mark_is_white_on_black_in_the_lower_right_corner(size):
    pixels = marked(*size)
    height, width = plate(pixels)
    corner = pixels[-height:, -width:]
    assert (pixels[:-height] == GREY).all()
    assert (pixels[:, :-width] == GREY).all()
    assert (corner == corner[..., :1]).all()
    assert (corner > 200).mean() > 0.02
    assert (corner == 0).mean() > 0.5
    for edge in (corner[0], corner[-1], corner[:, 0], corner[:, -1]):
        assert (edge == 0).all()  # no letter is cut off


@pytest.mark.parametrize("side", [100, 400, 1000, 4000])
def test_the_mark_stays_legible_and_small(side):
    height, width = plate(marked(side, side))
    assert 12 <= height <= max(20, side / 16)
    assert width <= max(80, side / 4)


def test_the_mark_grows_with_the_picture():
    heights = [plate(marked(side, side))[0] for side in (300, 600, 1200, 2400)]
    assert heights[1] > heights[0]
    assert 1.8 < heights[3] / heights[2] < 2.2


def test_a_small_picture_gets_a_smaller_mark_a_shorter_one_then_none():
    widths = [plate(marked(side, side))[1] for side in (100, 50, 20)]
    assert widths[0] > widths[1] > widths[2] > 0
    for size in ((1, 1), (10, 10), (5000, 3), (3, 5000)):
        assert (marked(*size) == GREY).all()


@pytest.mark.parametrize("side", range(8, 80, 3))
def test_a_mark_is_whole_or_not_there(side):
    height, width = plate(marked(side, side))
    assert max(height, width) <= side
    if height:
        assert (marked(side, side)[-height, -width:] == 0).all()


def test_the_mark_shows_on_a_transparent_picture():
    pixels = marked(300, 200, "RGBA")
    height, width = plate(pixels)
    assert height > 0
    assert (pixels[-height:, -width:, 3] == 255).all()
    assert (pixels[:-height, :, 3] == 0).all()
