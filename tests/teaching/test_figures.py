from __future__ import annotations

import statistics
from typing import Any

import numpy as np
import pytest
from skimage.color import lab2rgb, rgb2lab
from support.figures import (
    AT_CHANCE,
    BLURRED,
    CHANCE,
    COFFEE,
    D_STAR,
    GREY,
    HISTORY,
    LOG_D,
    LOSSES,
    PULL,
    STEPS,
    X,
    game,
    line,
    lines,
    places,
)

from sicgan_lite.plotting import (
    display_size,
    rasterize,
)
from sicgan_lite.teaching import figures as module
from sicgan_lite.teaching.figures import (
    ablation_frame,
    compare_losses,
    gamut_in_ab,
    plot_ablation,
    plot_curves,
    plot_game,
    plot_losses,
    plot_methods,
    score_frame,
    show_ab_histogram,
    show_coverage,
    show_delta_e_map,
    show_features,
    training_frame,
)
from sicgan_lite.training import StepRecord

# --- colour ----------------------------------------------------------------------------------


def bin_at(image, a, b) -> np.ndarray:
    left, right, bottom, top = image.get_extent()
    rows, columns = image.get_array().shape[:2]
    assert image.origin == "lower"
    return np.asarray(image.get_array())[
        int((b - bottom) / (top - bottom) * rows), int((a - left) / (right - left) * columns)
    ]


def test_ab_histogram_puts_each_color_in_its_place():
    red_often, blue_once = np.tile([41.0, 31.0], (99, 1)), np.array([[-9.0, -51.0]])
    panel = show_ab_histogram(np.concatenate([red_often, blue_once])).axes[0]
    (image,) = panel.images
    often, once, never = bin_at(image, 41, 31), bin_at(image, -9, -51), bin_at(image, 31, 41)
    assert often[3] == pytest.approx(1)
    assert 0.3 < once[3] < 0.6
    assert never[3] == 0
    np.testing.assert_allclose(often[:3], lab2rgb([60.0, 41, 31]), atol=0.01)
    assert once[2] > once[0]  # blue is blue
    mean = line(panel, "_mean")
    assert (mean.get_xdata()[0], mean.get_ydata()[0]) == pytest.approx((40.5, 30.18))


def test_ab_histogram_takes_lab_and_compares():
    lab = rgb2lab(COFFEE)
    both = show_ab_histogram(lab, lab[..., 1:], titles=["lab", "ab"]).axes
    np.testing.assert_array_equal(both[0].images[0].get_array(), both[1].images[0].get_array())
    assert [panel.get_title(loc="left") for panel in both] == ["lab", "ab"]
    with pytest.raises(ValueError, match=r"\(100, 150\)"):
        show_ab_histogram(GREY.astype(float))


def test_the_gamut_in_ab_is_that_of_all_colors():
    edges = np.arange(-110, 111, 2)
    levels = np.arange(0, 256, 5)
    cube = np.stack(np.meshgrid(levels, levels, levels), -1).astype(np.uint8)
    ab = rgb2lab(cube)[..., 1:].reshape(-1, 2)
    inside = np.histogram2d(*ab.T, bins=edges)[0] > 0
    gamut = gamut_in_ab(edges)
    assert not (inside & ~gamut).any()
    assert gamut.mean() == pytest.approx(0.477, abs=0.003)  # counted over the whole cube
    assert not gamut[np.searchsorted(edges, -60), np.searchsorted(edges, -60)]  # no cyan is as strong


def test_a_line_goes_round_what_a_screen_shows():
    panel = show_ab_histogram(rgb2lab(COFFEE)).axes[0]
    (outline,) = panel.collections
    ends = outline.get_paths()[0].get_extents()
    assert (ends.x0, ends.x1, ends.y0, ends.y1) == pytest.approx((-86, 98, -108, 94), abs=3)
    assert panel.get_xlim() == (-110, 110)


def test_delta_e_maps_share_one_scale():
    good, bad = np.full((10, 15), 2.0), np.full((10, 15), 12.0)
    bad[0, 0] = 40
    panels: list[Any]
    *panels, bar = show_delta_e_map(good, bad, vmax=20.0, titles=["good", "bad"]).axes
    assert [panel.images[0].get_clim() for panel in panels] == [(0, 20)] * 2
    assert [panel.get_title(loc="left") for panel in panels] == ["good  mean ΔE 2.0", "bad  mean ΔE 12.2"]
    assert bar.get_ylabel() == "ΔE2000"
    assert bar._colorbar.extend == "max"
    bar: Any = show_delta_e_map(good, vmax=20.0).axes[-1]
    assert bar._colorbar.extend == "neither"


def test_more_error_is_always_lighter():
    cmap = show_delta_e_map(np.eye(3), vmax=1.0).axes[0].images[0].cmap
    assert (np.diff(rgb2lab(cmap(np.linspace(0, 1, 50))[:, :3])[:, 0]) > 0).all()


# --- training --------------------------------------------------------------------------------


def test_losses_and_scores_are_drawn_raw_and_smoothed():
    losses, scores = plot_losses(HISTORY).axes
    for panel, key in [
        (losses, "loss_d"),
        (losses, "loss_g"),
        (scores, "real_score"),
        (scores, "fake_score"),
    ]:
        raw = line(panel, f"_{key} raw")
        np.testing.assert_array_equal(raw.get_xdata(), STEPS)
        np.testing.assert_array_equal(raw.get_ydata(), HISTORY[key])
    np.testing.assert_array_equal(line(losses, "$L_D$").get_xdata(), STEPS)
    assert losses.get_xlabel() == scores.get_xlabel() == "step"


def test_smoothing_averages_the_neighbours():
    jagged = HISTORY | {"loss_d": 2.0 + np.where(STEPS % 2, 0.5, -0.5)}
    smooth = line(plot_losses(jagged).axes[0], "$L_D$").get_ydata()
    assert np.abs(smooth[5:-5] - 2).max() < 0.05
    constant = HISTORY | {"loss_d": np.full(400, 1.5)}
    np.testing.assert_allclose(line(plot_losses(constant).axes[0], "$L_D$").get_ydata(), 1.5)
    straight = HISTORY | {"loss_d": STEPS / 100}
    middle = line(plot_losses(straight).axes[0], "$L_D$").get_ydata()[10:-10]
    np.testing.assert_allclose(middle, STEPS[10:-10] / 100)  # it does not lag


def test_a_short_history_is_drawn_as_it_is():
    short = {key: values[:3] for key, values in HISTORY.items()}
    np.testing.assert_allclose(line(plot_losses(short).axes[0], "$L_G$").get_ydata(), short["loss_g"])


def test_no_curve_is_told_from_another_by_its_colour_alone():
    figures = plot_losses(HISTORY, equilibrium=CHANCE), training_frame(COFFEE, HISTORY, 100, CHANCE)
    for figure in figures:
        losses, scores = figure.axes[-2:]
        for panel, names in ((losses, ("$L_D$", "$L_G$")), (scores, ("real", "generated"))):
            drawn = [line(panel, name) for name in names] + lines(panel, "at chance")[:1]
            # matplotlib keeps dashes here alone; solid lines have none
            dashes = [curve._dash_pattern[1] for curve in drawn]
            assert len({tuple(pattern) if pattern else () for pattern in dashes}) == 3


def test_dotted_lines_stand_at_chance():
    losses: Any
    losses, scores = plot_losses(HISTORY, equilibrium=CHANCE).axes
    assert [drawn.get_ydata()[0] for drawn in lines(losses, "at chance")] == [1.3763, 0.7985]
    assert [drawn.get_ydata()[0] for drawn in lines(scores, "at chance")] == [0.45]
    assert all(drawn.is_dashed() for drawn in lines(losses, "at chance"))
    assert [text.get_text() for text in losses.texts] == ["1.38", "0.80"]
    assert [text.get_text() for text in losses.get_legend().get_texts()] == ["$L_D$", "$L_G$", "at chance"]
    assert not lines(plot_losses(HISTORY).axes[0], "at chance")


def test_runs_are_compared_on_one_scale_each_with_its_own_chance():
    short = {key: values[:9] for key, values in HISTORY.items() if "score" not in key}  # as in a table
    chances = {"short": (0.5, 1.3, 0.7), "long": CHANCE}
    figure = compare_losses({"long": HISTORY, "short": short}, chances, limits=(0, 3))
    assert [panel.get_title(loc="left") for panel in figure.axes] == ["long", "short"]
    for panel, history in zip(figure.axes, (HISTORY, short), strict=True):
        chance = chances[panel.get_title(loc="left")]
        assert panel.get_ylim() == (0, 3)
        assert [drawn.get_ydata()[0] for drawn in lines(panel, "at chance")] == [*chance[1:]]
        for label, key in [("$L_D$", "loss_d"), ("$L_G$", "loss_g")]:
            assert len(line(panel, label).get_ydata()) == len(history[key])
    np.testing.assert_allclose(line(figure.axes[1], "$L_D$").get_ydata(), short["loss_d"])


def test_a_run_without_its_chance_is_named():
    with pytest.raises(ValueError, match="no equilibrium for 'two'"):
        compare_losses({"one": HISTORY, "two": HISTORY}, {"one": CHANCE})


def test_a_history_that_lacks_a_series_is_named():
    with pytest.raises(ValueError, match="no 'fake_score'"):
        plot_losses({key: values for key, values in HISTORY.items() if key != "fake_score"})


def test_records_are_drawn_as_their_columns_are():
    records = [
        StepRecord(int(step), 1, int(step), *(float(HISTORY[key][row]) for key in StepRecord._fields[3:]))
        for row, step in enumerate(STEPS)
    ]
    pairs = [
        (plot_losses(records), plot_losses(HISTORY)),
        (training_frame(COFFEE, records, 100), training_frame(COFFEE, HISTORY, 100)),
        (compare_losses({"a": records}, {"a": CHANCE}), compare_losses({"a": HISTORY}, {"a": CHANCE})),
    ]
    for drawn, wanted in pairs:
        np.testing.assert_array_equal(rasterize(drawn), rasterize(wanted))


@pytest.mark.parametrize("history", [[], {key: values[:0] for key, values in HISTORY.items()}])
def test_a_history_without_steps_is_refused(history):
    with pytest.raises(ValueError, match="no steps"):
        plot_losses(history)


def test_a_training_frame_marks_its_step():
    picture, losses, scores = training_frame(COFFEE, HISTORY, 100, CHANCE).axes
    np.testing.assert_array_equal(picture.images[0].get_array(), COFFEE)
    assert picture.get_title(loc="left") == "step 100"
    assert [line(panel, "_step").get_xdata()[0] for panel in (losses, scores)] == [100, 100]
    assert [drawn.get_ydata()[0] for drawn in lines(scores, "at chance")] == [0.45]


def test_a_training_frame_can_leave_out_what_is_too_high():
    losses = training_frame(COFFEE, HISTORY, 100, CHANCE, loss_limits=(0.5, 1.2)).axes[1]
    assert losses.get_ylim() == (0.5, 1.2)
    assert training_frame(COFFEE, HISTORY, 100, CHANCE).axes[1].get_ylim()[1] > 1.6


@pytest.mark.parametrize("step", [0, 401])
def test_a_step_outside_the_history_is_refused(step):
    with pytest.raises(ValueError, match=rf"\[1, 400\], got {step}"):
        training_frame(COFFEE, HISTORY, step)


def test_scores_are_as_long_as_they_are_high():
    picture, panel = score_frame(COFFEE, {"one": 0.25, "two": 1.0}).axes
    np.testing.assert_array_equal(picture.images[0].get_array(), COFFEE)
    bars: list[Any] = list(panel.patches)
    assert [bar.get_width() for bar in bars] == [0.25, 1.0]
    assert [text.get_text() for text in panel.texts] == ["0.25", "1.00"]
    assert [label.get_text() for label in panel.get_yticklabels()] == ["one", "two"]
    assert panel.get_xlim() == (0, 1)
    assert panel.get_ylim()[0] > panel.get_ylim()[1]  # the first one on top


@pytest.mark.parametrize("score", [-0.1, 1.5, float("nan")])
def test_a_logit_is_no_score(score):
    with pytest.raises(ValueError, match=rf"\[0, 1\], got {score} for 'D'"):
        score_frame(COFFEE, {"D": score})


def test_frames_of_an_explorer_stand_still():
    first, last = training_frame(COFFEE, HISTORY, 1), training_frame(COFFEE[::-1].copy(), HISTORY, 400)
    assert places(first) == places(last)
    assert places(score_frame(COFFEE, {"D": 0.0})) == places(score_frame(COFFEE[::-1].copy(), {"D": 1.0}))
    flat = np.full(61, 0.17)
    other = game(real=flat, fake=flat, losses={"one-sided": (1.0, 9.0), "two-sided": (3.0, 1.0)})
    assert places(game()) == places(other)


# --- the experiments -------------------------------------------------------------------------


def test_coverage_shows_counts_origins_and_one_patch():
    counts = np.zeros((40, 60), int)
    counts[3:19, 7:23] += 1
    panel, bar = show_coverage(counts, np.array([[3, 7], [20, 30]]), 16).axes
    np.testing.assert_array_equal(panel.images[0].get_array(), counts)
    assert tuple(panel.images[0].get_extent()) == (0, 60, 40, 0)  # the row grows downwards
    dots = line(panel, "_origins")
    assert list(zip(dots.get_xdata(), dots.get_ydata(), strict=True)) == [(7, 3), (30, 20)]
    outline: Any = panel.patches[0]
    assert (outline.get_xy(), outline.get_width(), outline.get_height()) == ((7, 3), 16, 16)
    assert bar.get_ylabel() == "patches over a pixel"
    assert panel.get_title(loc="left").startswith("2 patches of 16×16")


def test_a_coverage_map_can_end_its_title_with_a_number():
    figure = show_coverage(np.ones((40, 60), int), np.array([[3, 7]]), 16, "spread 3 %")
    assert figure.axes[0].get_title(loc="left") == "1 patches of 16×16; spread 3 %"


def test_coverage_maps_can_share_the_end_of_their_colours():
    counts = np.ones((40, 60), int)
    for vmax, end in ((None, 1), (130, 130)):
        (panel, _) = show_coverage(counts, np.array([[3, 7]]), 16, vmax=vmax).axes
        assert panel.images[0].get_clim() == (0, end)


def test_features_are_named_with_their_ranges():
    maps = np.stack([np.array([[low, high]]) for low, high in [(-0.92, 1), (0, 0.4), (-0.3, 0.2), (0, 0.9)]])
    panels = show_features(maps).axes
    assert [panel.get_title(loc="left") for panel in panels] == [
        "lightness\n−0.92 to 1.00",
        "sobel\n0.00 to 0.40",
        "laplacian\n−0.30 to 0.20",
        "x\n0.00 to 0.90",
    ]
    np.testing.assert_array_equal(panels[2].images[0].get_array(), maps[2])


def test_the_game_is_drawn_as_it_was_computed():
    densities, scores, signal, _ = game().axes
    np.testing.assert_array_equal(line(densities, "real").get_ydata(), BLURRED[0])
    np.testing.assert_array_equal(line(densities, "generated").get_ydata(), BLURRED[1])
    for name, values in D_STAR.items():
        np.testing.assert_array_equal(line(scores, name).get_ydata(), values)
        np.testing.assert_array_equal(line(signal, name).get_ydata(), LOG_D[name])
    assert densities.get_ylim() == (0, 1.2)
    assert signal.get_ylim()[0] == -8
    assert {panel.get_xlim() for panel in (densities, scores, signal)} == {(X[0], X[-1])}
    assert line(scores, "one-sided").get_linestyle() != line(scores, "two-sided").get_linestyle()


def test_the_losses_of_the_game_stand_beside_their_values_at_chance():
    values: Any = game().axes[3]
    assert [text.get_text() for text in values.get_yticklabels()] == [
        "$L_D$ one",
        "$L_D$ two",
        "$L_G$ one",
        "$L_G$ two",
    ]
    assert list(line(values, "now").get_xdata()) == [0.5, 0.75, 7.25, 2.25]
    assert list(line(values, "at chance").get_xdata()) == [1.375, 1.4, 0.8, 0.7]
    assert [text.get_text() for text in values.texts] == ["7.2 →"]  # beyond the axis, so in words
    assert values.texts[0].xy == (4, 2)
    endless: Any = game(losses={"one-sided": (0.5, np.inf), "two-sided": (0.75, 2.25)}).axes[3]
    assert [text.get_text() for text in endless.texts] == ["∞ →"]


def test_the_game_names_its_pull():
    shown: Any = game().axes[2].get_legend()
    assert [text.get_text() for text in shown.get_texts()] == ["one-sided: pull 9.8", "two-sided: pull none"]
    assert module._pull(0.0449) == "0.04"


def test_two_kinds_of_smoothing_are_both_seen_where_they_agree():
    same = dict.fromkeys(D_STAR, D_STAR["one-sided"])
    numbers = {"losses": LOSSES, "equilibrium": AT_CHANCE, "pull": PULL}
    scores = plot_game(X, *BLURRED, same, LOG_D, **numbers).axes[1]
    under, over = line(scores, "one-sided"), line(scores, "two-sided")
    assert under.get_linewidth() > over.get_linewidth()
    assert over.get_linestyle() == "--"


def test_a_game_on_a_phone_has_letters_of_ten_pixels():
    width, _ = display_size(game())
    assert 9 / 72 * 96 * min(1, 358 / width) >= 10


def test_curves_are_told_apart_by_more_than_color():
    four = {name: np.full(61, float(k)) for k, name in enumerate("abcd")}
    panel: Any = plot_curves(X, four, xlabel="score", ylabel="slope").axes[0]
    for name, values in four.items():
        np.testing.assert_array_equal(line(panel, name).get_ydata(), values)
    assert len({drawn.get_linestyle() for drawn in panel.get_lines()}) == 4
    assert (panel.get_xlabel(), panel.get_ylabel()) == ("score", "slope")
    assert [text.get_text() for text in panel.get_legend().get_texts()] == list("abcd")
    with pytest.raises(ValueError, match="5 curves; at most 4"):
        plot_curves(X, {**four, "e": X}, xlabel="", ylabel="")


def test_a_plot_of_methods_shows_both_regions_of_every_photograph():
    scores = {
        "cup": {"grey": ([20.0], [24.0]), "L1": ([3.0, 4.0, 8.0], [4.0, 5.0, 6.0])},
        "cat": {"grey": ([17.0], [12.0]), "L1": ([1.0, 2.0, 3.0], [7.0, 7.0, 1.0])},
    }
    panels: Any = plot_methods(scores).axes
    cup, cat = panels
    assert [panel.get_title(loc="left") for panel in (cup, cat)] == ["cup", "cat"]
    assert [text.get_text() for text in cup.get_yticklabels()] == ["grey", "L1"]
    for panel, seen, held_out in [(cup, 4.0, 5.0), (cat, 2.0, 7.0)]:
        drawn = {tuple(dots.get_xdata()): float(np.mean(dots.get_ydata())) for dots in panel.get_lines()}
        assert all((median,) in drawn for median in (seen, held_out))
    assert line(cup, "seen").get_xdata()[0] == 20
    assert line(cup, "held out").get_xdata()[0] == 24
    seeds = [dots for dots in cat.get_lines() if list(dots.get_xdata()) == [7.0, 7.0, 1.0]]
    assert seeds[0].get_color() == line(cup, "held out").get_color()
    assert round(float(seeds[0].get_ydata()[0])) == 1  # the row of L1, a little below its middle


def test_the_regions_of_a_plot_of_methods_have_names():
    scores = {"cup": {"L1": ([3.0], [4.0])}}
    panel = plot_methods(scores, regions=("own", "other")).axes[0]
    assert (line(panel, "own").get_xdata()[0], line(panel, "other").get_xdata()[0]) == (3.0, 4.0)


def test_a_plot_of_methods_needs_the_same_methods_for_every_photograph():
    one, other = {"grey": ([1.0], [2.0])}, {"L1": ([1.0], [2.0])}
    with pytest.raises(ValueError, match=r"\['grey'\].*one has \['L1'\]"):
        plot_methods({"cup": one, "cat": other})


def test_an_ablation_shows_mean_spread_and_seeds():
    scores = {"all": [6.0, 6.4, 6.5], "no sobel": [7.0, 9.0], "once": [5.0]}
    panel = plot_ablation(scores, baseline="all", references={"mean colour": 8.2}).axes[0]
    assert [text.get_text() for text in panel.get_yticklabels()] == list(scores)
    assert line(panel, "_baseline").get_xdata()[0] == pytest.approx(6.3)
    assert line(panel, "mean colour").get_xdata()[0] == 8.2
    assert "mean colour" in [text.get_text() for text in panel.texts]
    assert [list(seeds.get_xdata()) for seeds in lines(panel, "_seeds")] == list(scores.values())
    for row, (bar, values) in enumerate(zip(panel.containers, scores.values(), strict=True)):
        mean, _, spreads = bar
        assert (mean.get_xdata()[0], mean.get_ydata()[0]) == (pytest.approx(statistics.mean(values)), row)
        if len(values) > 1:
            (ends,) = spreads[0].get_segments()
            assert np.ptp(ends[:, 0]) == pytest.approx(2 * statistics.stdev(values))
        else:
            assert not spreads  # one seed has no spread
    assert panel.get_ylim()[0] > panel.get_ylim()[1]  # the first variant on top


def test_a_frame_rings_the_run_that_painted_its_picture():
    scores = {"all": [6.0, 6.5], "no x": [9.0, 8.0, 7.0]}
    picture, panel = ablation_frame(COFFEE, scores, ("no x", 1)).axes
    np.testing.assert_array_equal(picture.images[0].get_array(), COFFEE)
    ring = line(panel, "_shown")
    assert (ring.get_xdata()[0], ring.get_ydata()[0]) == (8.0, 1)
    assert [list(seeds.get_xdata()) for seeds in lines(panel, "_seeds")] == list(scores.values())
    assert [text.get_text() for text in panel.get_yticklabels()] == list(scores)
    assert panel.get_xlim()[0] == 0
    assert panel.get_ylim()[0] > panel.get_ylim()[1]  # the first variant on top
    assert places(ablation_frame(COFFEE, scores, ("no x", 1))) == places(
        ablation_frame(COFFEE[::-1].copy(), scores, ("all", 0))
    )


@pytest.mark.parametrize("shown", [("no y", 0), ("all", 2), ("all", -1)])
def test_a_frame_needs_a_run_that_there_is(shown):
    with pytest.raises(ValueError, match=rf"no run {shown[1]} of '{shown[0]}'.*'all'"):
        ablation_frame(COFFEE, {"all": [6.0, 6.5]}, shown)


def test_the_baseline_must_be_a_variant():
    with pytest.raises(ValueError, match="'full' is none of the variants"):
        plot_ablation({"all": [6.0]}, baseline="full")
