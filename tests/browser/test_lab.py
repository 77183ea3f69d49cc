"""Chapters opened and run in JupyterLab, their sliders moved by the keyboard.

One chapter runs here; with LAB=all, as in `make test-lab`, all of them.
"""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from PIL import Image
from playwright.sync_api import Browser, Locator, Page
from support.chapters import CHAPTERS, code_cells
from support.lab import faults, open_notebook, run_all, serve_lab

from tools.notebooks import KERNEL

CHOSEN = CHAPTERS if os.environ.get("LAB") == "all" else CHAPTERS[:1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("chapters")


@pytest.fixture(scope="module")
def lab(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve_lab(folder, tmp_path_factory.mktemp("lab")) as address:
        yield address


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(120_000)  # JupyterLab is large, and the machine may be busy
    yield context.new_page()
    context.close()


def pictures_by_keyboard(explorer: Locator) -> list[set[str]]:
    """The texts of the pictures that each slider of an explorer brings up, from one end to the other."""
    found = []
    for handle in explorer.locator(".noUi-handle").all():
        handle.focus()
        handle.press("Home")
        texts = set()
        for _ in range(int(float(handle.get_attribute("aria-valuemax") or 0)) + 1):
            texts.add(explorer.locator("img:visible").get_attribute("alt"))
            handle.press("ArrowRight")
        found.append(texts)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("chapter", CHOSEN, ids=lambda path: path.stem)
def test_a_chapter_runs_and_its_sliders_obey_the_keyboard(
    chapter: Path, folder: Path, lab: str, page: Page
) -> None:
    shutil.copy(chapter, folder)
    open_notebook(page, lab, chapter.name)
    run_all(page)
    assert faults(page) == []
    explorers = page.locator(".sicgan-explorer").all()
    assert len(explorers) == sum(cell.source.count("explore(") for cell in code_cells(chapter))
    for explorer in explorers:
        for handle, texts in zip(
            explorer.locator(".noUi-handle").all(), pictures_by_keyboard(explorer), strict=True
        ):
            assert len(texts) == int(float(handle.get_attribute("aria-valuemax") or 0)) + 1 > 1


@pytest.mark.slow
def test_a_phones_photograph_is_chosen_in_the_page_and_used(
    folder: Path, lab: str, page: Page, tmp_path: Path
) -> None:
    cell = (
        "from sicgan_lite import show_images\n"
        "from sicgan_lite.teaching import use_photo\n"
        "def use(rgb):\n    print('used', rgb.shape)\n    return show_images([rgb], ['Yours'])\n"
        "use_photo('upload', use)"
    )
    nbformat.write(
        new_notebook(cells=[new_code_cell(cell)], metadata={"kernelspec": KERNEL}), folder / "own.ipynb"
    )
    open_notebook(page, lab, "own.ipynb")
    run_all(page)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a photograph").click()
    chooser.value.set_files(phone_photograph(tmp_path))
    page.get_by_text("used (225, 300, 3)").wait_for()
    page.locator(".jp-OutputArea-output img").wait_for()
    assert faults(page) == []


def phone_photograph(folder: Path) -> Path:
    """12 megapixels, as large as a phone makes them: some 5 MB."""
    coarse = np.random.default_rng(0).integers(0, 256, (504, 672, 3), np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(coarse).resize((4032, 3024), Image.Resampling.BICUBIC).save(buffer, "JPEG", quality=97)
    path = folder / "phone.jpg"
    path.write_bytes(buffer.getvalue())
    assert 4e6 < path.stat().st_size < 9e6
    return path
