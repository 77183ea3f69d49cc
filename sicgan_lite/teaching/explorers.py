"""Sliders over pictures that are ready: they need no kernel, so they work on a static page."""

from __future__ import annotations

import base64
import html
import io
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType
from typing import Any

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure
from PIL import Image, ImageOps

from sicgan_lite.plotting import display_size, encode_picture, rasterize, reduce_colors

Setting = float | str

MAX_FRAMES = 36
FRAME_BYTES = 15_000  # at most this on average,
LARGEST_FRAME = 3 * FRAME_BYTES  # and this for one that holds more than the others
FRAME_DPI = 120
DRAWING_COLORS = 64
# Tried until the frames fit, drawings first without loss: then fewer pixels, shown at the same size.
QUALITIES = (90, 80, 70, 60, 45)
SCALES = (1.0, 0.75, 0.5)
DISPLAY_WIDTH = 640  # CSS pixels


@dataclass(frozen=True)
class Control:
    """One slider: its ``label``, its settings (``values``) in order, and how a setting is read out.

    ``format`` is for numbers; a setting that is text is read out as it is. The ``unit`` follows it.
    """

    label: str
    values: Sequence[Setting]
    unit: str = ""
    format: str = "{:g}"

    @property
    def texts(self) -> list[str]:
        """What the slider shows, and a screen reader says, for each setting."""
        bare = [v if isinstance(v, str) else self.format.format(v) for v in self.values]
        return [f"{text}\N{NO-BREAK SPACE}{self.unit}" if self.unit else text for text in bare]


class Explorer(widgets.VBox):
    """Sliders over pictures; ``still`` is the first of them, for a reader's program that runs no widgets."""

    still: Mapping[str, str] = MappingProxyType({})

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        return {**(super()._repr_mimebundle_(**kwargs) or {}), **self.still}

    def __repr__(self) -> str:
        return super().__repr__().replace("Explorer", "VBox", 1)  # what it is to any other program


def explore(
    render: Callable[..., Figure | np.ndarray],
    *,
    alt: Callable[..., str],
    start: Mapping[str, Setting] | None = None,
    **values: Control | Sequence[Setting],
) -> Explorer:
    """One or two sliders over the pictures that ``render`` draws, once for each combination.

    ``values`` names the sliders: each is a ``Control``, or a sequence of settings, labelled by its
    name. ``render`` and ``alt`` are called with one setting of each: the first returns a Figure or
    a uint8 rgb array (h, w, 3), the second a text for readers who do not see it. ``start`` names
    the settings shown first. Errors: ValueError for more than 36 combinations, pictures of
    different sizes or of more than 15 kB on average, and texts that are missing or repeated.
    """
    controls = {name: _as_control(name, given) for name, given in values.items()}
    _check_controls(controls)
    combinations = product(*(control.values for control in controls.values()))
    settings = [dict(zip(controls, combination, strict=True)) for combination in combinations]
    texts = [alt(**setting) for setting in settings]
    _check_texts(texts, "the alternative texts")
    sliders = _sliders(controls, start or {})
    frames, size, photographic = _draw(render, settings)
    pictures = _pictures(_encode(frames, photographic=photographic), texts, size)
    box = Explorer([*sliders, _nest(sliders, pictures)])
    box.add_class("sicgan-explorer")  # for the book's stylesheet
    shown = settings.index(dict(zip(controls, (slider.value for slider in sliders), strict=True)))
    box.still = _still(frames[shown], size, photographic=photographic)
    return box


def _as_control(name: str, given: Control | Sequence[Setting]) -> Control:
    return given if isinstance(given, Control) else Control(name.replace("_", " "), given)


def _check_controls(controls: Mapping[str, Control]) -> None:
    if len(controls) not in (1, 2):
        raise ValueError(f"an explorer has one or two controls, got {len(controls)}: {list(controls)}")
    for name, control in controls.items():
        if not control.label.strip():
            raise ValueError(f"control {name!r} has no label")
        _check_texts(control.texts, f"the settings of {name!r}")
    count = math.prod(len(control.values) for control in controls.values())
    if not 1 <= count <= MAX_FRAMES:
        raise ValueError(f"{count} frames; an explorer has 1 to {MAX_FRAMES}")


def _check_texts(texts: Sequence[Any], what: str) -> None:
    for text in texts:
        if not isinstance(text, str) or not text.strip():
            raise ValueError(f"{what}: each needs a text of its own, got {text!r}")
        if texts.count(text) > 1:
            raise ValueError(f"{what}: {text!r} stands for {texts.count(text)} of them")


def _draw(
    render: Callable[..., Figure | np.ndarray], settings: Sequence[dict[str, Setting]]
) -> tuple[list[Image.Image], tuple[int, int], bool]:
    """Every frame, the size in CSS pixels that all are shown at, and whether they are photographs."""
    frames, sizes, photographic = zip(*(_frame(render(**setting)) for setting in settings), strict=True)
    for setting, frame in zip(settings, frames, strict=True):
        if frame.size != frames[0].size:  # the page would jump under the slider
            raise ValueError(f"the picture for {setting} has size {frame.size}, the first {frames[0].size}")
    width, height = sizes[0]
    shown = min(width, DISPLAY_WIDTH)
    return list(frames), (shown, round(height * shown / width)), any(photographic)


def _frame(drawn: Any) -> tuple[Image.Image, tuple[int, int], bool]:
    if isinstance(drawn, Figure):
        frame = Image.fromarray(rasterize(drawn, FRAME_DPI))
        if pyplot := sys.modules.get("matplotlib.pyplot"):
            pyplot.close(drawn)  # a figure that was made with pyplot stays open until it is told
        return frame, display_size(drawn), getattr(drawn, "photographic", False)
    if not isinstance(drawn, np.ndarray) or drawn.dtype != np.uint8 or drawn.shape[2:] != (3,):
        kind = f"{drawn.dtype} {drawn.shape}" if isinstance(drawn, np.ndarray) else type(drawn).__name__
        raise ValueError(f"render must return a Figure or uint8 (h, w, 3), got {kind}")
    return Image.fromarray(drawn), (drawn.shape[1], drawn.shape[0]), True


def _encode(frames: Sequence[Image.Image], *, photographic: bool) -> list[bytes]:
    """WebP files of the frames: all in one way, the best that keeps them within the budget."""
    budget = FRAME_BYTES * len(frames)
    ways: list[dict[str, Any]] = [{"quality": quality} for quality in QUALITIES]
    for scale, way in product(SCALES, ways if photographic else [{"lossless": True}, *ways]):
        files = [_webp(ImageOps.scale(frame, scale, Image.Resampling.LANCZOS), **way) for frame in frames]
        took, largest = sum(map(len, files)), max(map(len, files))
        if took <= budget and largest <= LARGEST_FRAME:
            return files
    limits = f"the limits are {budget} and {LARGEST_FRAME}: draw them smaller"
    raise ValueError(f"{len(frames)} frames take {took} bytes, the largest {largest}; {limits}")


def _still(frame: Image.Image, size: tuple[int, int], *, photographic: bool) -> dict[str, str]:
    """One picture by its media type, in base64: of a kind that every program shows, at its shown size."""
    small = frame.resize(size, Image.Resampling.LANCZOS)
    kind, file = encode_picture(small, photographic=photographic)
    return {kind: base64.b64encode(file).decode()}


def _webp(frame: Image.Image, **options: Any) -> bytes:
    if options.get("lossless"):
        frame = reduce_colors(frame, DRAWING_COLORS).convert("RGB")
    buffer = io.BytesIO()
    frame.save(buffer, "WEBP", method=4, **options)
    return buffer.getvalue()


def _pictures(files: Sequence[bytes], texts: Sequence[str], size: tuple[int, int]) -> list[widgets.HTML]:
    # Width and height keep the place of a picture that is not decoded yet. The pixels come last,
    # so that no text that is cut short shows them. One layout for all: a notebook stores each.
    layout = widgets.Layout(max_width="100%", margin="0")
    form = f'width="{size[0]}" height="{size[1]}" decoding="sync" style="max-width:100%;height:auto"'
    sources = [f"data:image/webp;base64,{base64.b64encode(file).decode()}" for file in files]
    tags = [f'<img alt="{html.escape(t)}" {form} src="{s}">' for t, s in zip(texts, sources, strict=True)]
    return [widgets.HTML(tag, layout=layout) for tag in tags]


def _sliders(controls: Mapping[str, Control], start: Mapping[str, Setting]) -> list[widgets.SelectionSlider]:
    for name, setting in start.items():
        if name not in controls or setting not in controls[name].values:
            allowed = {name: list(control.values) for name, control in controls.items()}
            raise ValueError(f"start: {name}={setting!r} is none of the settings {allowed}")
    return [_slider(control, start.get(name, control.values[0])) for name, control in controls.items()]


def _slider(control: Control, value: Setting) -> widgets.SelectionSlider:
    return widgets.SelectionSlider(
        options=list(zip(control.texts, control.values, strict=True)),
        value=value,
        description=control.label,
        style={"description_width": "initial"},  # never cut short
        layout={"width": "100%", "max_width": f"{DISPLAY_WIDTH}px"},
    )


def _nest(sliders: Sequence[widgets.SelectionSlider], pictures: Sequence[Any]) -> widgets.Box:
    """A stack of pictures for one slider; for two, a stack of such stacks."""
    first, *rest = sliders
    if not rest:
        return _stack(first, pictures)
    each = len(rest[0].options)
    rows = [_nest(rest, pictures[i : i + each]) for i in range(0, len(pictures), each)]
    return _stack(first, rows)


def _stack(slider: widgets.SelectionSlider, children: Sequence[widgets.Widget]) -> widgets.Box:
    """The child that the slider points at; the page moves it, without a kernel."""
    if hasattr(widgets, "Stack"):
        stack = widgets.Stack(children, selected_index=slider.index)
        widgets.jslink((slider, "index"), (stack, "selected_index"))
        return stack
    # ipywidgets 7, as in Colab, has no Stack: there the kernel changes the picture.
    box = widgets.Box([children[slider.index]])
    slider.observe(lambda change: box.set_trait("children", [children[change["new"]]]), names="index")
    return box
