from __future__ import annotations

import io
import statistics
import subprocess
import sys
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter
from matplotlib.colors import to_rgb, to_rgba
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image
from skimage import data
from skimage.color import deltaE_ciede2000, lab2rgb, rgb2lab

from sicgan_lite import plotting
from sicgan_lite.plotting import (
    PALETTE,
    PAPER,
    BookFigure,
    before_after,
    display_size,
    rasterize,
    reduce_colors,
    show_images,
    style,
)
from sicgan_lite.teaching import figures as module
from sicgan_lite.teaching.figures import (
    ablation_frame,
    compare_losses,
    plot_ablation,
    plot_curves,
    plot_game,
    plot_losses,
    plot_reckoning,
    score_frame,
    show_ab_histogram,
    show_coverage,
    show_delta_e_map,
    show_features,
    training_frame,
)

COFFEE = data.coffee()[::4, ::4].copy()
GREY = COFFEE[..., 1].copy()
STEPS = np.arange(1, 401)
HISTORY = {
    "step": STEPS,
    "loss_d": 1.4 + 0.3 * np.cos(STEPS / 30),
    "loss_g": 0.8 + 0.2 * np.sin(STEPS / 20),
    "real_score": 0.45 + 0.3 * np.exp(-STEPS / 90),
    "fake_score": 0.45 - 0.3 * np.exp(-STEPS / 90),
}
CHANCE = (0.45, 1.3763, 0.7985)

X = np.linspace(-3, 3, 61)
BLURRED = np.exp(-((X - 1) ** 2)), np.exp(-((X + 1) ** 2))
D_STAR = {"one-sided": np.linspace(0.05, 0.9, 61), "two-sided": np.linspace(0.1, 0.9, 61)}
LOG_D = {name: np.log(values) for name, values in D_STAR.items()}
LOSSES = {"one-sided": (0.5, 7.25), "two-sided": (0.75, 2.25)}
AT_CHANCE = {"one-sided": (0.45, 1.375, 0.8), "two-sided": (0.5, 1.4, 0.7)}
PULL = {"one-sided": 9.75, "two-sided": float("nan")}


def game(real=BLURRED[0], fake=BLURRED[1], losses=LOSSES) -> BookFigure:
    numbers = {"losses": losses, "equilibrium": AT_CHANCE, "pull": PULL}
    return plot_game(X, real, fake, D_STAR, LOG_D, density_limit=1.2, **numbers)


def every_figure() -> dict[str, BookFigure]:
    maps = np.random.default_rng(0).uniform(-1, 1, (5, 20, 20))
    return {
        "images": show_images([COFFEE, GREY], ["one", "two"]),
        "ab": show_ab_histogram(rgb2lab(COFFEE)),
        "delta_e": show_delta_e_map(np.abs(maps[0]), vmax=1.0),
        "losses": plot_losses(HISTORY, equilibrium=CHANCE),
        "compared": compare_losses({"one": HISTORY, "two": HISTORY}, {"one": CHANCE, "two": CHANCE}),
        "coverage": show_coverage(np.ones((40, 60), int), np.array([[3, 7], [20, 30]]), 16),
        "features": show_features(maps),
        "curves": plot_curves(X, LOG_D, xlabel="x", ylabel="log D*"),
        "scores": score_frame(COFFEE, {"the paper's D": 0.67, "conditional D": 0.08}),
        "game": game(),
        "frame": training_frame(COFFEE, HISTORY, 100, CHANCE),
        "ablation": plot_ablation({"all": [6.0, 6.5], "none": [8.0, 9.0]}, baseline="all"),
        "run": ablation_frame(COFFEE, {"all": [6.0, 6.5], "none": [8.0, 9.0]}, ("none", 1)),
        "reckoning": plot_reckoning({"coffee": {"grey": ([20.0], [24.0]), "L1": ([3.0, 4.0], [4.0, 5.0])}}),
    }


@pytest.fixture(scope="module")
def figures() -> dict[str, BookFigure]:
    return every_figure()


def line(panel, label) -> Any:
    (found,) = [drawn for drawn in panel.get_lines() if drawn.get_label() == label]
    return found


def lines(panel, label) -> list[Any]:
    return [drawn for drawn in panel.get_lines() if drawn.get_label() == label]


# --- the style -------------------------------------------------------------------------------


def luminance(color) -> float:  # WCAG 2.2, "relative luminance"
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


@pytest.mark.parametrize(("color", "wanted"), [*((color, 3) for color in PALETTE), (plotting.INK, 7)])
def test_colors_stand_out_from_the_background(color, wanted):
    paper, ink = luminance(PAPER), luminance(color)
    assert (paper + 0.05) / (ink + 0.05) >= wanted


def test_the_background_is_a_true_grey():
    assert len(set(to_rgb(PAPER))) == 1


# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
BLINDNESS = {
    "none": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
# Drawn in one panel. Where two others meet, the line style differs as well.
TOGETHER = [
    (plotting.REAL, plotting.FAKE),
    (plotting.GENERATOR, plotting.DISCRIMINATOR),
    (plotting.REAL, plotting.INK),
    (plotting.FAKE, plotting.INK),
]


@pytest.mark.parametrize("kind", BLINDNESS)
@pytest.mark.parametrize(("one", "other"), TOGETHER)
def test_colors_differ_for_color_blind_readers(kind, one, other):
    def seen(color):
        rgb = np.array(to_rgb(color))
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        linear = np.clip(np.array(BLINDNESS[kind]) @ linear, 0, 1)
        return rgb2lab(np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055))

    assert deltaE_ciede2000(seen(one), seen(other)) > 15


def test_global_settings_stay_as_they_were():
    before = dict(mpl.rcParams)
    every_figure()
    assert dict(mpl.rcParams) == before


def test_figures_do_not_depend_on_the_readers_settings():
    theirs: dict[Any, Any] = {
        "axes.facecolor": "black",
        "lines.linewidth": 9,
        "axes.spines.top": True,
        "lines.solid_joinstyle": "miter",
    }
    with mpl.rc_context(theirs):
        panel = plot_losses(HISTORY).axes[0]
    assert panel.get_facecolor() == to_rgba(PAPER)
    assert not panel.spines["top"].get_visible()
    assert line(panel, "$L_D$").get_linewidth() < 3
    assert line(panel, "$L_D$").get_solid_joinstyle() == "round"


def test_style_is_for_the_readers_own_figures_too():
    with style():
        assert mpl.rcParams["axes.facecolor"] == PAPER
    assert mpl.rcParams["axes.facecolor"] != PAPER


def test_no_figure_is_left_open_and_neither_pyplot_nor_torch_is_needed():
    code = (
        "import sys, numpy as np\n"
        "from sicgan_lite import plotting\n"
        "from sicgan_lite.teaching import explorers\n"
        "plotting.rasterize(plotting.show_images([np.zeros((8, 8, 3), np.uint8)], ['a']))\n"
        "print({'matplotlib.pyplot', 'torch'} & set(sys.modules))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "set()"


def test_text_is_large_enough_to_read(figures):
    for name, figure in figures.items():
        figure.draw_without_rendering()
        for text in figure.findobj(Text):
            assert not text.get_text() or text.get_fontsize() >= 9, (name, text.get_text())


def test_nothing_drawn_leaves_the_figure(figures):
    for name, figure in figures.items():
        drawn = figure.get_tightbbox()  # inches
        width, height = figure.get_size_inches()
        assert min(drawn.x0, drawn.y0, width - drawn.x1, height - drawn.y1) > -0.01, name


# --- showing itself --------------------------------------------------------------------------


def decoded(shown) -> tuple[Any, dict[str, int]]:
    pixels, size = shown
    return Image.open(io.BytesIO(pixels)), size


def test_a_drawing_is_shown_as_png_and_a_photograph_as_jpeg(figures):
    drawing, photograph = figures["losses"], figures["images"]
    assert drawing._repr_jpeg_() is None
    assert photograph._repr_png_() is None
    assert decoded(drawing._repr_png_())[0].format == "PNG"
    assert decoded(photograph._repr_jpeg_())[0].format == "JPEG"


def test_ipython_shows_one_picture_of_a_figure(figures):
    for figure in figures.values():
        shown, _ = DisplayFormatter().format(figure)
        assert len([kind for kind in shown if kind.startswith("image/")]) == 1


def test_the_text_beside_the_picture_is_constant():
    text = repr(plot_losses(HISTORY))
    assert text == repr(plot_losses(HISTORY, equilibrium=CHANCE))
    assert text.startswith("<BookFigure size 1036.8x")
    assert "0x" not in text


def test_the_picture_shown_is_the_figure(figures):
    figure = figures["images"]
    picture, size = decoded(figure._repr_jpeg_())
    assert np.abs(np.asarray(picture, float) - rasterize(figure)).mean() < 3
    assert size == {"width": 691, "height": round(figure.get_size_inches()[1] * 96)}


def test_chroma_is_not_subsampled(figures):
    picture, _ = decoded(figures["images"]._repr_jpeg_())
    assert [layer[1:3] for layer in picture.layer] == [(1, 1)] * 3


def test_a_palette_keeps_the_colors_of_thin_lines(figures):
    pixels = rasterize(figures["game"])
    reduced = np.asarray(reduce_colors(Image.fromarray(pixels), 48).convert("RGB")).astype(int)
    for color in (*PALETTE, PAPER):
        here = (pixels == np.rint(np.array(to_rgb(color)) * 255)).all(axis=-1)
        assert here.any()
        # The paper must not move at all: it would flicker under a slider.
        assert np.abs(reduced[here] - pixels[here]).max() <= (0 if color == PAPER else 4)


def test_pictures_are_small():
    coffee = data.coffee()
    shown: list[Any] = [
        show_images([coffee] * 3, ["a", "b", "c"])._repr_jpeg_(),
        plot_losses(HISTORY)._repr_png_(),
    ]
    assert all(len(pixels) < 100_000 for pixels, _ in shown)


def test_rasterize_leaves_the_figure_as_it_was():
    figure = Figure(figsize=(2, 1), dpi=50)
    canvas = figure.canvas
    assert rasterize(figure).shape == (50, 100, 3)
    assert rasterize(figure, 120).shape == (120, 240, 3)
    assert (figure.canvas, figure.dpi) == (canvas, 50)
    assert display_size(figure) == (192, 96)


# --- pictures --------------------------------------------------------------------------------


def test_images_stand_in_reading_order_under_their_titles():
    pictures = [COFFEE, GREY, COFFEE[:, ::-1].copy(), COFFEE[::-1].copy(), GREY]
    figure = show_images(pictures, list("abcde"), columns=3)
    figure.draw_without_rendering()
    assert [panel.get_title(loc="left") for panel in figure.axes] == list("abcde")
    for panel, picture in zip(figure.axes, pictures, strict=True):
        np.testing.assert_array_equal(panel.images[0].get_array(), picture)
        assert not panel.axison
    corners = [panel.get_position() for panel in figure.axes]
    assert corners[0].x0 < corners[1].x0 < corners[2].x0
    assert corners[3].x0 == pytest.approx(corners[0].x0)
    assert corners[3].y1 < corners[0].y0


def test_grey_is_drawn_from_black_to_white():
    dim = np.full((4, 4), 100, np.uint8)  # a scale of its own would make it black or white
    image = show_images([dim], ["dim"]).axes[0].images[0]
    assert image.get_clim() == (0, 255)
    shown = show_images([dim], ["dim"])
    assert (np.abs(rasterize(shown).astype(int) - 100).max(axis=-1) <= 1).mean() > 0.5


def test_a_float_map_needs_limits():
    lightness = np.linspace(20, 70, 12).reshape(3, 4)
    image = show_images([lightness], ["L"], limits=(0, 100)).axes[0].images[0]
    assert image.get_clim() == (0, 100)
    with pytest.raises(ValueError, match=r"float64 \(3, 4\)"):
        show_images([lightness], ["L"])
    with pytest.raises(ValueError, match=r"float64 \(3, 4, 3\)"):
        show_images([np.dstack([lightness] * 3)], ["rgb in floats"], limits=(0, 1))


@pytest.mark.parametrize(("images", "titles"), [([COFFEE], ["a", "b"]), ([], [])])
def test_every_image_has_a_title(images, titles):
    with pytest.raises(ValueError, match=f"{len(images)} images and {len(titles)} titles"):
        show_images(images, titles)


def test_before_after_shows_all_three_in_order():
    generated = COFFEE[..., ::-1].copy()
    panels = before_after(COFFEE, GREY, generated).axes
    for panel, picture in zip(panels, [COFFEE, GREY, generated], strict=True):
        np.testing.assert_array_equal(panel.images[0].get_array(), picture)
    assert "Generated" in panels[2].get_title(loc="left")


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


def places(figure):
    figure.draw_without_rendering()
    return [(panel.get_position().bounds, panel.get_xlim(), panel.get_ylim()) for panel in figure.axes]


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


def test_a_reckoning_shows_both_regions_of_every_photograph():
    scores = {
        "cup": {"grey": ([20.0], [24.0]), "L1": ([3.0, 4.0, 8.0], [4.0, 5.0, 6.0])},
        "cat": {"grey": ([17.0], [12.0]), "L1": ([1.0, 2.0, 3.0], [7.0, 7.0, 1.0])},
    }
    panels: Any = plot_reckoning(scores).axes
    cup, cat = panels
    assert [panel.get_title(loc="left") for panel in (cup, cat)] == ["cup", "cat"]
    assert [text.get_text() for text in cup.get_yticklabels()] == ["grey", "L1"]
    for panel, seen, held_out in [(cup, 5.0, 5.0), (cat, 2.0, 5.0)]:
        drawn = {tuple(dots.get_xdata()): float(np.mean(dots.get_ydata())) for dots in panel.get_lines()}
        assert all((mean,) in drawn for mean in (seen, held_out))
    assert line(cup, "seen").get_xdata()[0] == 20
    assert line(cup, "held out").get_xdata()[0] == 24
    seeds = [dots for dots in cat.get_lines() if list(dots.get_xdata()) == [7.0, 7.0, 1.0]]
    assert seeds[0].get_color() == line(cup, "held out").get_color()
    assert round(float(seeds[0].get_ydata()[0])) == 1  # the row of L1, a little below its middle


def test_the_regions_of_a_reckoning_have_names():
    scores = {"cup": {"L1": ([3.0], [4.0])}}
    panel = plot_reckoning(scores, regions=("own", "other")).axes[0]
    assert (line(panel, "own").get_xdata()[0], line(panel, "other").get_xdata()[0]) == (3.0, 4.0)


def test_a_reckoning_needs_the_same_methods_for_every_photograph():
    one, other = {"grey": ([1.0], [2.0])}, {"L1": ([1.0], [2.0])}
    with pytest.raises(ValueError, match=r"\['grey'\].*one has \['L1'\]"):
        plot_reckoning({"cup": one, "cat": other})


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
