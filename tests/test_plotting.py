from __future__ import annotations

import io
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
from skimage.color import deltaE_ciede2000, rgb2lab
from support.figures import CHANCE, COFFEE, GREY, HISTORY, every_figure, line

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
from sicgan_lite.teaching.figures import (
    plot_losses,
)


@pytest.fixture(scope="module")
def figures() -> dict[str, BookFigure]:
    return every_figure()


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


def test_a_flat_strip_takes_the_whole_column_and_a_picture_half():
    strip, picture = np.zeros((40, 720, 3), np.uint8), np.zeros((400, 600, 3), np.uint8)
    wide, half = (show_images([image] * 2, ["a", "b"], columns=1) for image in (strip, picture))
    assert wide.get_figwidth() == pytest.approx(2 * half.get_figwidth())
    assert wide.get_figheight() < half.get_figheight() / 3


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
