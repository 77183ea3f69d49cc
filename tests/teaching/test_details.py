from __future__ import annotations

import numpy as np
import pytest
from matplotlib.patches import Rectangle

from sicgan_lite.plotting import BookFigure, rasterize, show_images
from sicgan_lite.teaching.details import outline, show_details
from sicgan_lite.teaching.figures import show_delta_e_map

RNG = np.random.default_rng(0)
PHOTO = RNG.integers(0, 256, (20, 30, 3), dtype=np.uint8)


def boxes(figure: BookFigure, panel: int) -> set[tuple[float, ...]]:
    """Left, top, width and height of each outline, in pixels of the picture."""
    return {box.get_bbox().bounds for box in figure.axes[panel].patches if isinstance(box, Rectangle)}


def test_a_box_lies_on_the_borders_of_its_pixels() -> None:
    figure = outline(show_images([PHOTO, PHOTO], ["one", "two"]), np.s_[5:9, 10:16], np.s_[-3:, :2])
    wanted = {(9.5, 4.5, 6.0, 4.0), (-0.5, 16.5, 2.0, 3.0)}
    assert boxes(figure, 0) == boxes(figure, 1) == wanted


def test_a_mask_gets_the_box_that_holds_it_where_it_is_asked_for() -> None:
    mask = np.zeros((20, 30), bool)
    mask[4, 7] = mask[11, 9] = True
    figure = outline(show_images([PHOTO, PHOTO], ["one", "two"]), mask, panels=[1])
    assert boxes(figure, 0) == set()
    assert boxes(figure, 1) == {(6.5, 3.5, 3.0, 8.0)}


def test_a_line_is_seen_on_black_and_on_white() -> None:
    for ground in (0, 255):
        image = np.full((20, 30, 3), ground, np.uint8)
        plain, lined = (rasterize(show_images([image], ["a"])) for _ in range(2))
        lined = rasterize(outline(show_images([image], ["a"]), np.s_[5:15, 5:20]))
        assert (np.abs(lined.astype(int) - plain).max(axis=-1) > 150).sum() > 100


def test_a_bar_of_colours_is_no_picture() -> None:
    figure = show_delta_e_map(np.ones((20, 30)), vmax=2.0)
    outline(figure, np.s_[:5, :5])
    assert [len(panel.patches) for panel in figure.axes if not panel.images] == [0]
    assert boxes(figure, 0) == {(-0.5, -0.5, 5.0, 5.0)}


def test_details_stand_below_their_pictures() -> None:
    part = np.s_[5:15, 10:25]
    figure = show_details([PHOTO, 255 - PHOTO], ["one", "two"], part, "a corner")
    assert [panel.get_title(loc="left") for panel in figure.axes] == ["one", "two", "a corner", "a corner"]
    for panel, image in zip(figure.axes[2:], [PHOTO, 255 - PHOTO], strict=True):
        np.testing.assert_array_equal(np.asarray(panel.images[0].get_array()), image[part])
    assert boxes(figure, 0) == boxes(figure, 1) == {(9.5, 4.5, 15.0, 10.0)}
    assert boxes(figure, 2) == boxes(figure, 3) == set()
    above, below = (figure.axes[number].get_subplotspec() for number in (1, 3))
    assert above
    assert below
    assert below.num1 - above.num1 == 2


def test_a_part_without_a_pixel_is_refused() -> None:
    with pytest.raises(ValueError, match="holds no pixel"):
        outline(show_images([PHOTO], ["one"]), np.s_[40:50, :])
