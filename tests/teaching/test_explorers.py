from __future__ import annotations

import base64
import html
import io
import re
from typing import Any

import ipywidgets as widgets
import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter
from ipywidgets.widgets import widget as registry
from matplotlib.figure import Figure
from PIL import Image

from sicgan_lite.plotting import PALETTE
from sicgan_lite.teaching import explorers
from sicgan_lite.teaching.explorers import FRAME_BYTES, LARGEST_FRAME, MAX_FRAMES, Control, explore
from sicgan_lite.teaching.figures import plot_losses

SIGMAS = Control("noise σ", [0.0, 0.1, 0.5], unit="of ab/110")
needs_stack = pytest.mark.skipif(
    not hasattr(widgets, "Stack"), reason="ipywidgets 7 has no Stack: there the kernel swaps the pictures"
)
BLURS = [0, 2, 4]
RISE = {key: np.linspace(0, 1, 50) for key in ("step", "loss_d", "loss_g", "real_score", "fake_score")}


def flat(**setting):
    """A picture whose colour tells its setting."""
    sigma, side = setting["sigma"], setting.get("side", "left")
    return np.full((40, 60, 3), [int(100 * sigma), 90 if side == "left" else 200, 128], np.uint8)


def say(**setting):
    return "A flat picture at " + ", ".join(f"{name} {value}" for name, value in setting.items())


def attribute(picture: widgets.HTML, name: str) -> str:
    (found,) = re.findall(rf' {name}="([^"]*)"', picture.value)
    return html.unescape(found)


def pixels(picture: widgets.HTML) -> np.ndarray:
    kind, data = attribute(picture, "src").split(",")
    assert kind == "data:image/webp;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB"))


def links() -> list[tuple]:
    found: list[Any] = [w for w in registry._instances.values() if type(w).__name__ == "Link"]
    return [(*link.source, *link.target) for link in found]


@pytest.fixture(autouse=True)
def no_widgets_left():
    yield
    widgets.Widget.close_all()


@pytest.fixture
def ipywidgets_7(monkeypatch):
    monkeypatch.delattr(widgets, "Stack", raising=False)
    monkeypatch.delattr(widgets, "jslink")  # it exists there, but nothing must hang on it


# --- what the page is given ------------------------------------------------------------------


@needs_stack
def test_one_slider_is_linked_to_its_pictures():
    box = explore(flat, alt=say, sigma=SIGMAS)
    slider, stack = box.children
    assert isinstance(box, widgets.VBox)
    assert type(slider) is widgets.SelectionSlider
    assert type(stack) is widgets.Stack
    assert links() == [(slider, "index", stack, "selected_index")]
    assert (slider.index, stack.selected_index) == (0, 0)


def test_the_slider_is_labelled_and_reads_out_value_and_unit():
    slider = explore(flat, alt=say, sigma=SIGMAS).children[0]
    assert slider.description == "noise σ"
    assert [text for text, _ in slider.options] == ["0\xa0of ab/110", "0.1\xa0of ab/110", "0.5\xa0of ab/110"]
    assert [value for _, value in slider.options] == [0, 0.1, 0.5]
    assert slider.style.description_width == "initial"
    assert (slider.layout.width, slider.layout.max_width) == ("100%", "640px")


def test_a_plain_sequence_is_labelled_by_its_name():
    slider = explore(lambda blur_width: flat(sigma=blur_width), alt=say, blur_width=BLURS).children[0]
    assert slider.description == "blur width"
    assert [text for text, _ in slider.options] == ["0", "2", "4"]


def test_numbers_follow_the_format_and_words_are_left_alone():
    assert Control("a", [0.5, 1], unit="%", format="{:.1f}").texts == ["0.5\xa0%", "1.0\xa0%"]
    assert Control("D", ["paper", "conditional"]).texts == ["paper", "conditional"]


@needs_stack
def test_pictures_stand_in_the_order_of_the_settings():
    _, stack = explore(flat, alt=say, sigma=SIGMAS).children
    for picture, sigma in zip(stack.children, SIGMAS.values, strict=True):
        assert attribute(picture, "alt") == f"A flat picture at sigma {sigma}"
        assert np.abs(pixels(picture).astype(int) - flat(sigma=sigma)).max() <= 4


@needs_stack
def test_two_sliders_move_a_stack_of_stacks():
    box = explore(flat, alt=say, sigma=SIGMAS, side=["left", "right"])
    outer, inner, stack = box.children
    assert (outer.description, inner.description) == ("noise σ", "side")
    assert [len(row.children) for row in stack.children] == [2, 2, 2]
    wanted = [(outer, "index", stack, "selected_index")]
    wanted += [(inner, "index", row, "selected_index") for row in stack.children]
    assert sorted(links(), key=repr) == sorted(wanted, key=repr)
    for row, sigma in zip(stack.children, SIGMAS.values, strict=True):
        for picture, side in zip(row.children, ["left", "right"], strict=True):
            assert attribute(picture, "alt") == say(sigma=sigma, side=side)
            assert np.abs(pixels(picture).astype(int) - flat(sigma=sigma, side=side)).max() <= 4


@needs_stack
def test_start_chooses_what_is_seen_first():
    box = explore(flat, alt=say, sigma=SIGMAS, side=["left", "right"], start={"sigma": 0.5, "side": "right"})
    outer, inner, stack = box.children
    assert (outer.value, inner.value) == (0.5, "right")
    assert stack.selected_index == 2
    assert [row.selected_index for row in stack.children] == [1, 1, 1]


@needs_stack
def test_pictures_keep_their_place_and_fit_a_phone():
    wide = np.zeros((450, 900, 3), np.uint8)
    _, stack = explore(lambda k: wide, alt=lambda k: f"k {k}", k=[1, 2]).children
    for picture in stack.children:
        assert (attribute(picture, "width"), attribute(picture, "height")) == ("640", "320")
        assert attribute(picture, "style") == "max-width:100%;height:auto"
    assert stack.children[0].layout is stack.children[1].layout  # stored once


def test_alternative_text_is_escaped():
    _, stack = explore(flat, alt=lambda sigma: f'"σ" < {sigma} & <b>', sigma=[1, 2]).children
    assert attribute(stack.children[0], "alt") == '"σ" < 1 & <b>'
    assert "<b>" not in stack.children[0].value


@needs_stack
def test_no_pixels_and_no_ids_in_what_nbval_compares():
    def text(render) -> Any:
        return DisplayFormatter().format(explore(render, alt=say, sigma=SIGMAS))[0]["text/plain"]

    assert text(flat) == text(lambda sigma: 255 - flat(sigma=sigma))
    _, stack = explore(flat, alt=say, sigma=SIGMAS).children
    assert stack.children[0].value.index("alt=") < stack.children[0].value.index("src=")


@needs_stack
@pytest.mark.parametrize(
    ("drawn", "kind", "shape", "color"),
    [
        (flat, "image/jpeg", (40, 60, 3), [10, 200, 128]),
        (lambda **_: plot_losses(RISE), "image/png", (276, 640, 3), [0, 114, 178]),  # 7.2 inches, shrunk
    ],
)
def test_where_no_widget_runs_the_first_picture_is_seen(drawn, kind, shape, color):
    start = {"sigma": 0.1, "side": "right"}
    shown = DisplayFormatter().format(
        explore(drawn, alt=say, start=start, sigma=SIGMAS, side=["left", "right"])
    )[0]
    assert set(shown) == {"text/plain", "application/vnd.jupyter.widget-view+json", kind}
    assert shown["text/plain"].startswith("VBox(")
    still = np.asarray(Image.open(io.BytesIO(base64.b64decode(shown[kind]))).convert("RGB"), float)
    assert still.shape == shape
    assert (np.abs(still - color).max(axis=-1) <= 4).sum() > 30


# --- drawing ---------------------------------------------------------------------------------


def test_every_combination_is_drawn_once_and_in_order():
    drawn = []

    def render(**setting):
        drawn.append(tuple(setting.values()))
        return flat(**setting)

    explore(render, alt=say, sigma=[1, 2], side=["left", "right"])
    assert drawn == [(1, "left"), (1, "right"), (2, "left"), (2, "right")]


@needs_stack
def test_figures_are_drawn_at_the_size_of_a_frame():
    box = explore(lambda k: plot_losses(RISE), alt=lambda k: f"k {k}", k=[1, 2])
    frame = pixels(box.children[1].children[0])
    assert frame.shape == (372, 864, 3)  # 7.2 × 3.1 inches at 120 dpi
    real = np.array([int(PALETTE[0][i : i + 2], 16) for i in (1, 3, 5)])
    assert (np.abs(frame - real).max(axis=-1) <= 3).sum() > 50  # a drawing keeps its colours


def test_figures_of_pyplot_are_closed():
    import matplotlib.pyplot as plt

    def render(k):
        figure, panel = plt.subplots(figsize=(2, 1))
        panel.plot([0, k])
        return figure

    explore(render, alt=lambda k: f"a line to {k}", k=[1, 2])
    assert plt.get_fignums() == []


def noise(shape, amplitude, rng):
    return (128 + amplitude * rng.standard_normal(shape)).clip(0, 255).astype(np.uint8)


def test_frames_stay_within_their_budget():
    rng = np.random.default_rng(0)
    _, stack = explore(lambda k: noise((170, 260, 3), 25, rng), alt=lambda k: f"k {k}", k=range(4)).children
    sizes = [len(base64.b64decode(attribute(p, "src").split(",")[1])) for p in stack.children]
    assert sum(sizes) <= 4 * FRAME_BYTES
    assert min(sizes) > 2_000  # and spend it: quality is lowered no further than needed


def test_a_frame_has_fifteen_kilobytes_on_average(monkeypatch):
    monkeypatch.setattr(explorers, "_webp", lambda frame, **options: bytes(15_001))
    says = rf"36 frames take 540036 bytes, the largest 15001; the limits are 540000 and {LARGEST_FRAME}: draw"
    with pytest.raises(ValueError, match=says):
        explore(flat, alt=say, sigma=[i / 50 for i in range(36)])
    monkeypatch.setattr(explorers, "_webp", lambda frame, **options: bytes(15_000))
    explore(flat, alt=say, sigma=[i / 50 for i in range(36)])


def test_no_frame_takes_the_bytes_of_all_others(monkeypatch):
    tries = len(explorers.QUALITIES)
    sizes = iter([45_001, 1000, 1000, 1000] * tries + [45_000, 1000, 1000, 1000])
    widths = []
    monkeypatch.setattr(
        explorers, "_webp", lambda frame, **options: widths.append(frame.width) or bytes(next(sizes))
    )
    box = explore(flat, alt=say, sigma=[0, 0.1, 0.2, 0.3])
    assert len(base64.b64decode(attribute(box.children[1].children[0], "src").split(",")[1])) == 45_000
    assert next(sizes, None) is None
    assert widths == [60] * 4 * tries + [45] * 4, "first every quality, then fewer pixels"


def test_frames_with_fewer_pixels_are_shown_at_the_same_size():
    rng = np.random.default_rng(0)
    _, stack = explore(lambda k: noise((350, 500, 3), 40, rng), alt=lambda k: f"k {k}", k=[1, 2]).children
    for picture in stack.children:
        assert pixels(picture).shape[1] < 500
        assert (attribute(picture, "width"), attribute(picture, "height")) == ("500", "350")


def test_frames_that_cannot_be_small_are_refused():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match=r"2 frames take \d+ bytes, .* limits are 30000 and 45000"):
        explore(lambda k: noise((700, 900, 3), 80, rng), alt=lambda k: f"k {k}", k=[1, 2])


# --- ipywidgets 7, in Colab ------------------------------------------------------------------


def shown(box) -> str:
    while not isinstance(box, widgets.HTML):
        (box,) = box.children
    return attribute(box, "alt")


@pytest.mark.usefixtures("ipywidgets_7")
def test_without_stack_the_kernel_swaps_the_picture():
    slider, frame = explore(flat, alt=say, sigma=SIGMAS, start={"sigma": 0.1}).children
    assert shown(frame) == say(sigma=0.1)
    slider.value = 0.5
    assert shown(frame) == say(sigma=0.5)
    slider.index = 0
    assert shown(frame) == say(sigma=0.0)


@pytest.mark.usefixtures("ipywidgets_7")
def test_without_stack_two_sliders_swap_it_too():
    outer, inner, frame = explore(flat, alt=say, sigma=SIGMAS, side=["left", "right"]).children
    assert shown(frame) == say(sigma=0.0, side="left")
    inner.value = "right"
    assert shown(frame) == say(sigma=0.0, side="right")
    outer.value = 0.5
    assert shown(frame) == say(sigma=0.5, side="right")
    inner.value = "left"
    assert shown(frame) == say(sigma=0.5, side="left")


# --- what is refused -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({}, r"one or two controls, got 0"),
        ({"a": [1], "b": [1], "c": [1]}, r"got 3: \['a', 'b', 'c'\]"),
        ({"a": range(37)}, rf"37 frames; an explorer has 1 to {MAX_FRAMES}"),
        ({"a": range(6), "b": range(7)}, "42 frames"),
        ({"a": []}, "0 frames"),
        ({"a": [0.1, 0.1]}, "'0.1' stands for 2"),
        ({"a": Control("a", [0.12, 0.14], format="{:.1f}")}, r"settings of 'a'.*'0.1' stands for 2"),
        ({"a": Control(" ", [1, 2])}, "'a' has no label"),
    ],
)
def test_controls_are_checked_before_anything_is_drawn(settings, says):
    def render(**_):
        raise AssertionError("drawn too early")

    with pytest.raises(ValueError, match=says):
        explore(render, alt=say, **settings)


@needs_stack
def test_thirty_six_frames_are_allowed():
    box = explore(lambda a, b: flat(sigma=a), alt=say, a=range(6), b=range(6))
    assert sum(len(row.children) for row in box.children[2].children) == MAX_FRAMES


@pytest.mark.parametrize(
    ("alt", "says"),
    [
        (lambda sigma: " ", "got ' '"),
        (lambda sigma: None, "got None"),
        (lambda sigma: "always the same", "'always the same' stands for 3"),
    ],
)
def test_every_setting_needs_a_text_of_its_own(alt, says):
    with pytest.raises(ValueError, match=says):
        explore(flat, alt=alt, sigma=SIGMAS)


@pytest.mark.parametrize("start", [{"sigma": 0.3}, {"noise": 0.1}])
def test_start_must_be_a_setting(start):
    with pytest.raises(ValueError, match="is none of the settings"):
        explore(flat, alt=say, sigma=SIGMAS, start=start)


@pytest.mark.parametrize(
    ("drawn", "says"),
    [
        (np.zeros((4, 4, 3)), r"float64 \(4, 4, 3\)"),
        (np.zeros((4, 4), np.uint8), r"uint8 \(4, 4\)"),
        (np.zeros((4, 4, 4), np.uint8), r"uint8 \(4, 4, 4\)"),
        (None, "NoneType"),
    ],
)
def test_render_returns_a_figure_or_rgb(drawn, says):
    with pytest.raises(ValueError, match=says):
        explore(lambda sigma: drawn, alt=say, sigma=SIGMAS)


def test_pictures_of_different_sizes_are_refused():
    def render(sigma):
        return np.zeros((10, 20 if sigma < 0.5 else 21, 3), np.uint8)

    with pytest.raises(ValueError, match=r"\{'sigma': 0.5\} has size \(21, 10\), the first \(20, 10\)"):
        explore(render, alt=say, sigma=SIGMAS)


def test_a_name_that_render_does_not_know_is_an_error():
    with pytest.raises(TypeError, match="sigma"):
        explore(lambda blur: Figure(), alt=say, sigma=SIGMAS)
