from __future__ import annotations

import numpy as np
import pytest

from sicgan_lite.teaching.die_figures import plot_clouds, show_die_charts


def test_every_cloud_lies_over_the_photograph_in_the_same_square() -> None:
    rng = np.random.default_rng(0)
    real, one, two = rng.normal(size=(40, 2)), rng.normal(size=(9, 2)), rng.normal(size=(5, 2))
    panels = plot_clouds(real, {"one": one, "two": two}).axes
    assert [panel.get_title("left") for panel in panels] == ["one", "two"]
    for panel, ab in zip(panels, (one, two), strict=True):
        dots, crosses = panel.get_lines()
        np.testing.assert_array_equal(dots.get_xydata(), real)
        np.testing.assert_array_equal(crosses.get_xydata(), ab)
        (left, right), (low, high) = panel.get_xlim(), panel.get_ylim()
        assert left < real[:, 0].min() < real[:, 0].max() < right
        assert low < real[:, 1].min() < real[:, 1].max() < high
        assert right - left == pytest.approx(high - low)


def test_a_chart_s_first_row_is_the_lightest() -> None:
    chart = np.zeros((101, 121, 3), np.uint8)
    chart[0], chart[:, 0] = 255, [200, 0, 0]
    panels = show_die_charts({"A": chart, "B": chart}, ends=3).axes
    assert [panel.get_title("left") for panel in panels] == ["A", "B"]
    (image,) = panels[0].get_images()
    np.testing.assert_array_equal(image.get_array(), chart)
    assert image.origin == "upper"
    assert image.get_extent() == [-3, 3, 0, 100]
