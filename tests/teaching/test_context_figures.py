from __future__ import annotations

import numpy as np
import pytest
from matplotlib.patches import Rectangle

from sicgan_lite.teaching.context_figures import plot_gains, side_frame


def test_a_frame_outlines_the_held_out_side_and_tells_both_means() -> None:
    held_out = np.zeros((20, 30), bool)
    held_out[:, 21:] = True
    error = np.where(held_out, 9.0, 2.0)
    figure = side_frame(np.zeros((20, 30, 3), np.uint8), error, held_out)
    picture, shown = figure.axes
    assert shown.get_title(loc="left") == "ΔE: seen 2.0, held out 9.0"
    for panel in (picture, shown):
        boxes = [patch for patch in panel.patches if isinstance(patch, Rectangle)]
        assert {box.get_bbox().bounds for box in boxes} == {(20.5, -0.5, 9.0, 20.0)}


def test_a_map_shows_the_means_of_blocks_over_the_whole_picture() -> None:
    error = np.zeros((20, 32))
    error[:4, 4:8] = np.arange(16).reshape(4, 4)
    held_out = np.arange(32)[None] < np.full((20, 1), 9)
    shown = side_frame(np.zeros((20, 32, 3), np.uint8), error, held_out).axes[1].images[0]
    expected = np.zeros((5, 8))
    expected[0, 1] = 7.5
    np.testing.assert_allclose(np.asarray(shown.get_array()), expected)
    assert tuple(shown.get_extent()) == (-0.5, 31.5, 19.5, -0.5)


def test_frames_of_other_sides_have_one_size() -> None:
    sizes = set()
    for side in (np.s_[:6], np.s_[14:], np.s_[:, :9], np.s_[:, 21:]):
        held_out = np.zeros((20, 30), bool)
        held_out[side] = True
        figure = side_frame(np.zeros((20, 30, 3), np.uint8), np.ones((20, 30)), held_out)
        sizes.add(tuple(figure.get_size_inches()))
    assert len(sizes) == 1


def test_a_gain_lies_below_the_line_of_no_gain() -> None:
    pairs = np.array([[4.0, 2.0], [8.0, 9.0]])
    figure = plot_gains({"seen": {"old": pairs, "fresh": pairs + 1}}, labels=("without", "with"))
    (panel,) = figure.axes
    line, old, fresh = panel.lines
    np.testing.assert_allclose(np.asarray(line.get_xdata()), np.asarray(line.get_ydata()))
    np.testing.assert_allclose(np.asarray(old.get_xydata()), pairs)
    np.testing.assert_allclose(np.asarray(fresh.get_xydata()), pairs + 1)
    assert panel.get_xlim() == panel.get_ylim()
    assert panel.get_xlabel().endswith("without")


def test_more_groups_than_can_be_told_apart_are_refused() -> None:
    groups = dict.fromkeys("abcd", np.ones((2, 2)))
    with pytest.raises(ValueError, match="at most 3"):
        plot_gains({"seen": groups}, labels=("without", "with"))
