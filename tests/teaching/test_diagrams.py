from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.patches import FancyBboxPatch

from sicgan_lite.studies.comparison import Verdict
from sicgan_lite.teaching.diagrams import game_diagram, plot_effects, plot_levels, plot_orbits
from sicgan_lite.teaching.effects import Effect


def boxes(figure) -> dict[str, FancyBboxPatch]:
    """Each box under the words that stand in its middle."""
    (panel,) = figure.axes
    found = [patch for patch in panel.patches if isinstance(patch, FancyBboxPatch)]
    middles = {tuple(np.round(patch.get_extents().get_points().mean(axis=0))): patch for patch in found}
    named = {}
    for text in panel.texts:
        place = tuple(np.round(panel.transData.transform(text.get_position())))
        near = [patch for middle, patch in middles.items() if np.hypot(*np.subtract(middle, place)) < 3]
        if near:
            named[text.get_text()] = near[0]
    return named


def test_words_lie_within_their_boxes_and_no_box_on_another() -> None:
    figure = game_diagram()
    figure.draw_without_rendering()
    named = boxes(figure)
    assert len(named) == 6
    outlines = [patch.get_extents() for patch in named.values()]
    for number, one in enumerate(outlines):
        assert not any(one.overlaps(other) for other in outlines[number + 1 :])
    for text in figure.axes[0].texts:
        if text.get_text() in named:
            words, box = text.get_window_extent(), named[text.get_text()].get_extents()
            assert box.x0 <= words.x0 < words.x1 <= box.x1
            assert box.y0 <= words.y0 < words.y1 <= box.y1


def test_values_flow_from_the_features_through_g_and_d_to_both_losses() -> None:
    figure = game_diagram()
    figure.draw_without_rendering()
    named, (panel,) = boxes(figure), figure.axes

    def at(point) -> str:
        place = panel.transData.transform(point)
        (name,) = [
            words.split("\n")[0]
            for words, patch in named.items()
            if patch.get_extents().padded(2).contains(*place)
        ]
        return name

    arrows: list[Any] = [text for text in panel.texts if getattr(text, "arrow_patch", None)]
    ways = {(at(arrow.xyann), at(arrow.xy), arrow.arrow_patch.get_linestyle()) for arrow in arrows}
    assert ways == {
        ("lightness", "G", "-"),
        ("G", "D", "-"),
        ("the photograph's", "D", "-"),
        ("D", "$L_D$", "-"),
        ("D", "$L_G$", "-"),
        ("$L_D$", "D", "--"),
        ("$L_G$", "G", "--"),
    }


def test_orbits_are_drawn_as_they_were_walked_on_one_scale() -> None:
    paths = {"out": np.cumsum(np.ones((5, 2)), axis=0), "in": np.array([[1.0, 0.0], [0.5, -0.5]])}
    figure = plot_orbits(paths, limit=3)
    for panel, (name, path) in zip(figure.axes, paths.items(), strict=True):
        assert panel.get_title(loc="left") == name
        np.testing.assert_array_equal(panel.get_lines()[0].get_xydata(), path)
        assert panel.get_xlim() == panel.get_ylim() == (-3, 3)


def test_levels_stand_in_their_rows_with_bars_of_two_errors_and_chance_beside_them() -> None:
    figure = plot_levels(
        {"top": [(1.4, 0.1, 1.38), (0.8, 0.02, 0.77)], "below": [(1.2, 0.05, 1.3), (1, 0, 0.7)]}
    )
    d, g = figure.axes
    assert [label.get_text() for label in d.get_yticklabels()] == ["top", "below"]
    chance, means = d.get_lines()[:2]
    np.testing.assert_allclose(np.asarray(chance.get_xydata()), [(1.38, 1), (1.3, 0)])
    np.testing.assert_allclose(np.asarray(means.get_xydata()), [(1.4, 1), (1.2, 0)])
    bars: Any = d.collections[0]
    np.testing.assert_allclose([segment[:, 0] for segment in bars.get_segments()], [(1.2, 1.6), (1.1, 1.3)])
    np.testing.assert_allclose(np.asarray(g.get_lines()[0].get_xdata()), [0.77, 0.7])


def test_effects_stand_below_their_heading_filled_where_they_hold() -> None:
    better = Effect(3.0, 5.0, Verdict(-2.0, 1.0, 0.0001, 6), 0.01, [-1.0, -3.0])
    worse = Effect(6.0, 5.0, Verdict(1.0, 0.4, 0.3, 6), 1.0, [0.5])
    figure = plot_effects({"b": better, "w": worse}, {"one": ["b"], "two": ["w"]})
    panels: Any = figure.axes
    left, right = panels
    assert [text.get_text() for text in left.get_yticklabels()] == ["ONE", "b"]
    assert [text.get_text() for text in right.get_yticklabels()] == ["TWO", "w"]
    for panel, effect in ((left, better), (right, worse)):
        _, places, median = panel.lines
        assert list(places.get_xdata()) == effect.places
        assert list(median.get_xdata()) == [effect.verdict.effect]
        assert set(median.get_ydata()) == set(places.get_ydata()) == {1}
    assert left.lines[2].get_markerfacecolor() == left.lines[2].get_color()
    assert right.lines[2].get_markerfacecolor() == "white"
    assert left.lines[2].get_color() != right.lines[2].get_color()
