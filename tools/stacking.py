"""Rows of pictures stand one below the other on a phone: each figure gets a second, narrow arrangement.

A figure of a chapter is one image with several panels, each under its title. Between them lies nothing but
the figure's ground, so the panels can be cut apart again. The browser chooses which arrangement it loads
(``picture`` and ``source``), without a script. Charts, whose axes stand beside them, are not cut: they
scroll sideways.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from bs4 import BeautifulSoup
from PIL import Image, ImageColor

from sicgan_lite.plotting import DPI, JPEG_QUALITY, PAPER

PHONE = "(max-width: 575.98px)"  # as in book.css
ENDING = "-phone.jpg"
GROUND = np.array(ImageColor.getrgb(PAPER))
NEAR = 20  # levels: JPEG rings beside an edge
GAP = 5  # pixels that a gap between panels has at least
BETWEEN = 10  # pixels that are left between them on a phone
TITLE = 50  # pixels: what is lower is a title, of two lines at most
NARROW = 0.3  # of the widest panel, at most: a bar of colours, which goes along with each
MOST_IN_A_COLUMN = 3  # of narrow panels; more go two by two

Span = tuple[int, int]
Box = tuple[int, int, int, int]  # left, top, right, bottom


def stack_pictures(page: BeautifulSoup, folder: Path) -> None:
    """Give each figure of photographs with several panels its arrangement for phones.

    ``folder`` is where the page lies. A second time changes nothing more.
    """
    for image in page.select('.cell_output img[src$=".jpg"], .cell_output img[src$=".jpeg"]'):
        if image.parent and image.parent.name == "picture":
            continue
        file = folder / str(image["src"])
        stacked = rearrange(Image.open(file).convert("RGB"))
        if stacked is None:
            continue
        stacked.save(file.with_name(file.stem + ENDING), "JPEG", quality=JPEG_QUALITY, subsampling=0)
        shown = f"--shown: {round(stacked.width * 96 / DPI)}px"
        around = image.wrap(page.new_tag("picture", attrs={"style": shown}))
        source = str(image["src"]).rpartition(".")[0] + ENDING
        attributes = {
            "media": PHONE,
            "srcset": source,
            "width": str(stacked.width),
            "height": str(stacked.height),
        }
        around.insert(0, page.new_tag("source", attrs=attributes))


def rearrange(image: Image.Image) -> Image.Image | None:
    """The figure's panels in one column, or in two where they are many; None where nothing is to be moved."""
    rows, bar = find_panels(np.asarray(image))
    across = max(map(len, rows), default=0)
    if across < 2:
        return None
    pieces = [[_with_bar(image, box, bar) for box in row] for row in rows]
    columns = 1 if across < 3 or sum(map(len, rows)) <= MOST_IN_A_COLUMN else 2
    # Two rows belong together panel by panel: they become two columns.
    turned = columns == 2 and len(rows) == 2 and len(rows[0]) == len(rows[1])
    order = zip(*pieces, strict=True) if turned else pieces
    return _lay([piece for row in order for piece in row], columns)


def _with_bar(image: Image.Image, box: Box, bar: Span | None) -> Image.Image:
    """One panel, and beside it the bar that tells its colours."""
    panel = image.crop(box)
    if bar is None:
        return panel
    beside = image.crop((bar[0], box[1], bar[1], box[3]))
    both = Image.new("RGB", (panel.width + GAP + beside.width, panel.height), PAPER)
    both.paste(panel, (0, 0))
    both.paste(beside, (panel.width + GAP, 0))
    return both


def _lay(pieces: list[Image.Image], columns: int) -> Image.Image:
    wide = max(piece.width for piece in pieces)
    rows = [pieces[start : start + columns] for start in range(0, len(pieces), columns)]
    heights = [max(piece.height for piece in row) + BETWEEN for row in rows]
    size = (columns * wide + (columns + 1) * BETWEEN, sum(heights) + BETWEEN)
    laid, top = Image.new("RGB", size, PAPER), BETWEEN
    for row, height in zip(rows, heights, strict=True):
        for column, piece in enumerate(row):
            laid.paste(piece, (BETWEEN + column * (wide + BETWEEN), top))
        top += height
    return laid


def find_panels(pixels: np.ndarray) -> tuple[list[list[Box]], Span | None]:
    """The panels of a figure, row by row, titles included; and from where to where a bar of colours stands.

    No panels are found in charts, where labels stand before or between them.
    """
    drawn = np.abs(pixels.astype(int) - GROUND).max(axis=-1) > NEAR
    columns = spans(drawn.max(axis=0), GAP)
    widest = max((right - left for left, right in columns), default=0)
    panels = [(left, right) for left, right in columns if right - left > NARROW * widest]
    if columns[: len(panels)] != panels or not panels:
        return [], None
    rows = _rows(drawn[:, panels[0][0] : panels[0][1]])
    # All are equally wide; one that fades into the ground only seems to end before.
    ends = [*(left - GAP for left, _ in columns[1:]), pixels.shape[1]]
    panels = [(left, min(left + widest, end)) for (left, _), end in zip(panels, ends, strict=False)]
    found = [[(left, top, right, bottom) for left, right in panels] for top, bottom in rows]
    seen = [[box for box in row if drawn[box[1] : box[3], box[0] : box[2]].any()] for row in found]
    bar = columns[len(panels) :]
    return seen, ((bar[0][0], bar[-1][1]) if bar else None)


def _rows(drawn: np.ndarray) -> list[Span]:
    """From the top of a title to the foot of its picture."""
    rows: list[Span] = []
    start = None
    for top, bottom in spans(drawn.max(axis=1), 2):
        start = top if start is None else start
        if bottom - top > TITLE:
            rows.append((start, bottom))
            start = None
    return rows


def spans(filled: np.ndarray, gap: int) -> list[Span]:
    """Where runs of True begin and end; a hole shorter than ``gap`` does not part them."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], filled, [False]]).astype(int)))
    runs = list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
    joined: list[Span] = []
    for start, end in runs:
        if joined and start - joined[-1][1] < gap:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined
