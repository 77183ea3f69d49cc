"""What every chapter has, and what none may have."""

from __future__ import annotations

import re
from pathlib import Path
from statistics import median

import pytest
from support.chapters import BOOK, CHAPTERS, code_cells, markdown, read

from tools.address import colab_link
from tools.chapter_setup import setup_text

pytestmark = pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)


def test_the_book_lists_the_chapter(path: Path) -> None:
    assert f"file: book/{path.stem}\n" in (BOOK.parent / "_toc.yml").read_text("utf-8")


def test_cells_are_short_enough_to_read(path: Path) -> None:
    lengths = [len(cell.source.splitlines()) for cell in code_cells(path)]
    assert max(lengths) <= 25
    assert median(lengths) <= 8


def test_there_are_twelve_to_twenty_code_cells(path: Path) -> None:
    assert 12 <= len(code_cells(path)) <= 20


def test_the_text_takes_a_quarter_of_an_hour_at_most(path: Path) -> None:
    # What stands behind a fold, and equations, are read by some or at another pace. The line of a thing
    # to touch is not in the page, which has the thing.
    aside = r'<details>.*?</details>|\$\$.*?\$\$|<p class="to-touch">.*?</p>'
    text = re.sub(aside, "", markdown(path), flags=re.DOTALL)
    assert 1000 <= len(text.split()) <= 2300


def test_every_code_cell_was_executed_in_order(path: Path) -> None:
    counts = [cell.execution_count for cell in code_cells(path)]
    assert counts == list(range(1, len(counts) + 1))


def test_no_cell_is_kept_from_the_comparison(path: Path) -> None:
    tags = {tag for cell in code_cells(path) for tag in cell.metadata.get("tags", [])}
    assert not tags & {"nbval-skip", "nbval-ignore-output"}
    assert not any("NBVAL_" in cell.source for cell in code_cells(path))


def test_no_cell_ends_with_a_semicolon(path: Path) -> None:
    # It hides the value in Jupyter, but not from nbval, which would then see another output.
    assert not [cell.source for cell in code_cells(path) if cell.source.rstrip().endswith(";")]


def test_every_picture_says_what_it_shows(path: Path) -> None:
    for cell in code_cells(path):
        if any({"image/png", "image/jpeg"} & output.get("data", {}).keys() for output in cell.outputs):
            alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
            assert len(alt) >= 40, f"alt={alt!r} in the cell\n{cell.source}"


def test_outputs_hold_no_address_and_no_path_of_a_machine(path: Path) -> None:
    texts = [
        output.get("text", "") + output.get("data", {}).get("text/plain", "")
        for cell in code_cells(path)
        for output in cell.outputs
    ]
    assert not [text for text in texts if re.search(r"0x[0-9a-f]{6,}|/tmp/|/home/|/root/", text)]


def test_the_file_is_light(path: Path) -> None:
    assert path.stat().st_size <= 1_500_000


def test_the_set_up_is_the_standard_one(path: Path) -> None:
    assert code_cells(path)[0].source.startswith(setup_text().rstrip("\n"))


def test_the_set_up_stands_once(path: Path) -> None:
    assert sum("SICGAN_LITE_SPEC" in cell.source for cell in code_cells(path)) == 1


def test_the_colab_link_stands_in_the_first_cell(path: Path) -> None:
    first = read(path).cells[0]
    assert first.cell_type == "markdown"
    assert f"({colab_link(path.stem)})" in first.source


def test_there_is_an_explorer(path: Path) -> None:
    assert read(path).metadata.get("widgets"), "no widget state is stored"


def test_equations_keep_to_what_every_reader_program_knows(path: Path) -> None:
    # A starred or bare align cannot be referred to by {eq}; \bm is not defined in MathJax.
    assert not re.search(r"\\bm\b|\\begin\{align|\\label\{", markdown(path))


def test_the_text_names_no_other_host_for_pictures_or_scripts(path: Path) -> None:
    assert not re.search(r"!\[[^\]]*\]\(https?:|<(img|script|iframe)[^>]*https?:", markdown(path))
