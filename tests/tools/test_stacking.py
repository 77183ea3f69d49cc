"""Panels are found in a figure as it is stored, and laid out anew for a phone."""

from __future__ import annotations

import io
import re
from base64 import b64decode
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support.chapters import CHAPTERS, code_cells

from sicgan_lite.plotting import BookFigure, show_images
from sicgan_lite.teaching.figures import show_ab_histogram, show_delta_e_map
from tools import stacking
from tools.markup import parse

WIDGET = "application/vnd.jupyter.widget-view+json"
COLORS = [(200, 30, 30), (30, 160, 30), (30, 30, 200), (200, 200, 0), (0, 180, 180), (180, 0, 180)]


def stored(figure: BookFigure) -> Image.Image:
    found = figure._repr_jpeg_()
    assert found
    return Image.open(io.BytesIO(found[0])).convert("RGB")


def flat(count: int, shape: tuple[int, int] = (40, 60)) -> list[np.ndarray]:
    return [np.full((*shape, 3), color, np.uint8) for color in COLORS[:count]]


def order(image: Image.Image) -> list[tuple[int, int]]:
    """The number of each panel's colour, and in which half of the picture it lies, from top to bottom."""
    pixels = np.asarray(image).astype(int)
    found = []
    for number, color in enumerate(COLORS):
        rows, columns = np.nonzero((np.abs(pixels - color) < 12).all(axis=-1))
        if len(rows) > 500:
            found.append((int(rows.mean()) // 20, int(columns.mean() > image.width / 2), number))
    return [(number, half) for _, half, number in sorted(found)]


@pytest.mark.parametrize(
    ("count", "across", "wanted"),
    [
        (2, 2, [(0, 0), (1, 0)]),
        (3, 3, [(0, 0), (1, 0), (2, 0)]),
        (4, 2, [(0, 0), (1, 0), (2, 0), (3, 0)]),
        (4, 4, [(0, 0), (1, 1), (2, 0), (3, 1)]),
        (5, 3, [(0, 0), (1, 1), (2, 0), (3, 1), (4, 0)]),
        (6, 3, [(0, 0), (3, 1), (1, 0), (4, 1), (2, 0), (5, 1)]),  # what stood below stands beside
    ],
)
def test_panels_are_laid_out_anew(count: int, across: int, wanted: list[tuple[int, int]]) -> None:
    names = [f"panel {n}" for n in range(count)]
    figure = stored(show_images(flat(count), names, columns=across))
    rows, bar = stacking.find_panels(np.asarray(figure))
    assert sum(map(len, rows)) == count
    assert bar is None
    stacked = stacking.rearrange(figure)
    assert stacked
    found = order(stacked)
    assert (
        found == wanted
        if max(half for _, half in wanted)
        else [number for number, _ in found] == [number for number, _ in wanted]
    )


def test_nothing_is_moved_where_pictures_stand_below_one_another_already() -> None:
    assert stacking.rearrange(stored(show_images(flat(3, (6, 60)), list("abc"), columns=1))) is None
    assert stacking.rearrange(stored(show_images(flat(1), ["one"]))) is None


def test_a_panel_keeps_its_bar_of_colours() -> None:
    figure = stored(show_delta_e_map(np.full((40, 60), 1.0), np.full((40, 60), 9.0), vmax=10))
    rows, bar = stacking.find_panels(np.asarray(figure))
    assert [len(row) for row in rows] == [2]
    assert bar
    assert bar[0] > rows[0][1][2]
    stacked = stacking.rearrange(figure)
    assert stacked
    assert stacked.width > 1.05 * (rows[0][0][2] - rows[0][0][0])


def test_a_chart_with_axes_is_left_as_it_is() -> None:
    figure = show_ab_histogram(*(np.random.default_rng(seed).normal(0, 30, (99, 2)) for seed in (0, 1)))
    figure.photographic = True
    assert stacking.rearrange(stored(figure)) is None


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_panel_of_the_book_s_pictures_is_found(path: Path) -> None:
    for cell in code_cells(path):
        for output in cell.outputs:
            data = output.get("data", {})
            axes = re.search(r"with (\d+) Axes", data.get("text/plain", ""))
            if "image/jpeg" in data and WIDGET not in data and axes:
                image = Image.open(io.BytesIO(b64decode(data["image/jpeg"]))).convert("RGB")
                rows, bar = stacking.find_panels(np.asarray(image))
                if rows:  # no chart
                    assert sum(map(len, rows)) + (bar is not None) == int(axes[1]), cell.source


def test_the_page_offers_both_arrangements_once(tmp_path: Path) -> None:
    stored(show_images(flat(3), list("abc"))).save(tmp_path / "row.jpeg")
    stored(show_images(flat(1), ["one"])).save(tmp_path / "one.jpeg")
    images = '<a><img src="row.jpeg" alt="A row."></a><a><img src="one.jpeg" alt="One."></a>'
    page = parse(f'<div class="cell_output">{images}</div><figure><img src="row.jpeg"></figure>')
    stacking.stack_pictures(page, tmp_path)
    once = str(page)
    (picture,) = page("picture")
    assert [(tag.name, tag.get("srcset"), tag.get("alt")) for tag in picture.find_all()] == [
        ("source", "row-phone.jpg", None),
        ("img", None, "A row."),
    ]
    source = picture.source
    assert source
    with Image.open(tmp_path / "row-phone.jpg") as stacked:
        assert stacked.size == (int(str(source["width"])), int(str(source["height"])))
        assert stacked.height > stacked.width
    stacking.stack_pictures(page, tmp_path)
    assert str(page) == once
