"""Figures in one quiet style, safe for colour-blind readers, on a neutral background.

A ``BookFigure`` is made without pyplot: nothing is registered or has to be closed, no setting is changed.
"""

import io
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import matplotlib.style as mpl_style
import numpy as np
from jaxtyping import Shaped, UInt8
from matplotlib import cycler
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from PIL import Image

# A true grey, so that it shifts no colour beside it; light enough for dark ink, dark enough not to
# glare on a dark page.
PAPER = "#efefef"
INK = "#26282b"
FAINT = "#8c8c8c"
# Okabe and Ito's hues, darkened until each has a contrast of 3:1 on PAPER.
REAL = "#0072b2"
FAKE = "#c04a00"
DISCRIMINATOR = "#7b3f98"
GENERATOR = "#00805f"
PALETTE = (REAL, FAKE, GENERATOR, DISCRIMINATOR)

WIDTH = 7.2  # inches: the text column of the book
_STRIP = 1 / 6  # height by width: what is flatter may take the whole column
DPI = 144
JPEG_QUALITY = 80
PNG_COLORS = 128
_PAD = 0.06  # inches around every panel
TITLE_HEIGHT = 0.26  # inches that a line of title takes

STYLE: Mapping[str, Any] = {
    "figure.facecolor": PAPER,
    "figure.dpi": DPI,
    "savefig.facecolor": "auto",
    "text.color": INK,
    "axes.facecolor": PAPER,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 10.5,
    "axes.titlepad": 6,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.prop_cycle": cycler(color=PALETTE, linestyle=["-", "--", "-.", ":"]),
    "grid.color": "#dcdcdc",
    "grid.linewidth": 0.7,
    **dict.fromkeys(["xtick.color", "ytick.color"], FAINT),
    **dict.fromkeys(["xtick.labelcolor", "ytick.labelcolor"], INK),
    **dict.fromkeys(["xtick.labelsize", "ytick.labelsize"], 9),
    "font.size": 10,
    "lines.linewidth": 1.8,
    "lines.solid_capstyle": "round",
    "legend.frameon": False,
    "legend.fontsize": 9,
    "legend.handlelength": 1.8,
    "legend.borderaxespad": 0.2,
}


@contextmanager
def style() -> Iterator[None]:
    """The book's style inside a ``with`` block, or as a decorator; the settings return after it."""
    with mpl_style.context(["default", dict(STYLE)]):
        yield


class BookFigure(Figure):
    """A Figure that a notebook shows as it is, whether or not pyplot was imported.

    Line drawings are shown as PNG; a ``photographic`` figure as JPEG, in about a fifth of the bytes.
    """

    def __init__(self, *args: Any, photographic: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.photographic = photographic

    def _repr_png_(self) -> tuple[bytes, dict[str, int]] | None:
        return None if self.photographic else self._encoded()

    def _repr_jpeg_(self) -> tuple[bytes, dict[str, int]] | None:
        return self._encoded() if self.photographic else None

    def _encoded(self) -> tuple[bytes, dict[str, int]]:
        _, file = encode_picture(Image.fromarray(rasterize(self)), photographic=self.photographic)
        return file, dict(zip(("width", "height"), display_size(self), strict=True))


def encode_picture(picture: Image.Image, *, photographic: bool) -> tuple[str, bytes]:
    """A picture's media type and its file: JPEG for photographs, PNG for line drawings."""
    buffer, kind = io.BytesIO(), "jpeg" if photographic else "png"
    if photographic:  # without subsampling: it would blur the very thing that the book is about
        picture.save(buffer, kind, quality=JPEG_QUALITY, subsampling=0)
    else:
        reduce_colors(picture, PNG_COLORS).save(buffer, kind, optimize=True)
    return f"image/{kind}", buffer.getvalue()


def rasterize(figure: Figure, dpi: float | None = None) -> UInt8[np.ndarray, "h w 3"]:
    """The figure's pixels at its own size, and at its own dpi when none is given."""
    shown_on, own_dpi = figure.canvas, figure.dpi
    canvas = FigureCanvasAgg(figure)
    try:
        figure.set_dpi(dpi or own_dpi)
        canvas.draw()
        return np.asarray(canvas.buffer_rgba())[..., :3].copy()
    finally:
        figure.set_dpi(own_dpi)
        figure.set_canvas(shown_on)


def reduce_colors(drawing: Image.Image, colors: int) -> Image.Image:
    """A line drawing in a palette of its own: with 64 colours or more, nothing to see, half the bytes.

    The colours chosen are those that cover the drawing's best, however few pixels have them: a
    palette by frequency would mix the colours of thin lines.
    """
    method = Image.Quantize.MAXCOVERAGE
    return drawing.quantize(colors, method=method, kmeans=1, dither=Image.Dither.NONE)


def display_size(figure: Figure) -> tuple[int, int]:
    """Width and height in CSS pixels, of which an inch has 96, on a page that has room for it."""
    width, height = figure.get_size_inches()
    return round(width * 96), round(height * 96)


@style()
def show_images(
    images: Sequence[Shaped[np.ndarray, "..."]],
    titles: Sequence[str],
    *,
    columns: int | None = None,
    limits: tuple[float, float] | None = None,
) -> BookFigure:
    """Pictures side by side, at most ``columns`` in a row, each under its title.

    An image is uint8, rgb (h, w, 3) or grey (h, w); or a float map (h, w), for which ``limits``
    says what is black and what is white. Errors: ValueError for another kind of array, and when
    images and titles differ in number.
    """
    if not images or len(images) != len(titles):
        raise ValueError(f"got {len(images)} images and {len(titles)} titles; wanted one title for each")
    columns = min(columns or len(images), len(images))
    rows = math.ceil(len(images) / columns)
    tallest = max(image.shape[0] / image.shape[1] for image in images)
    cell = min(WIDTH / columns, WIDTH / 2 if tallest > _STRIP else WIDTH)
    height = rows * (picture_height(cell, tallest) + TITLE_HEIGHT)
    figure = new_figure(cell * columns, height, photographic=True)
    panels = np.ravel(figure.subplots(rows, columns, squeeze=False))
    for panel, image, title in zip(panels, images, titles, strict=False):
        draw_image(panel, image, title, limits)
    for panel in panels[len(images) :]:
        panel.remove()
    return figure


def before_after(
    original: UInt8[np.ndarray, "h w 3"], grey: UInt8[np.ndarray, "..."], colored: UInt8[np.ndarray, "h w 3"]
) -> BookFigure:
    """The photograph, what the generator was given of it, and what it made. All uint8."""
    return show_images([original, grey, colored], ["Photograph", "Its lightness", "Generated colour"])


def new_figure(width: float, height: float, *, photographic: bool = False) -> BookFigure:
    """An empty figure of this size in inches; its panels are laid out so that nothing overlaps."""
    layout = ConstrainedLayoutEngine(w_pad=_PAD, h_pad=_PAD)
    return BookFigure(figsize=(width, height), dpi=DPI, layout=layout, photographic=photographic)


def picture_height(cell: float, aspect: float) -> float:
    """Inches that a picture of this height to width takes in a cell, padding included."""
    return (cell - 2.5 * _PAD) * aspect + 2.5 * _PAD


def draw_image(panel: Axes, image: np.ndarray, title: str, limits: tuple[float, float] | None) -> None:
    """Draw an image, as ``show_images`` takes it, into a panel under its title."""
    if image.dtype == np.uint8:
        limits = (0, 255)
    elif limits is None or image.ndim != 2:
        came = f"{image.dtype} {image.shape}"
        raise ValueError(f"an image is uint8, or a float map (h, w) with limits; got {came}")
    panel.imshow(image, cmap="gray", vmin=limits[0], vmax=limits[1])
    panel.set_title(title)
    panel.set_axis_off()
    panel.set_anchor("N")
