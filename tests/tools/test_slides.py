"""Slides show headings, questions and pictures; what a teacher says is in the notes."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from support.chapters import CHAPTERS, read

from tools import slides

TEXT = (
    "So much for that.\n\n## Chance\n\nWhy it is so.\n\n$$\nx = 1\n$$ (eq-x)\n\n*Predict:* which one\nis it?"
)


def kinds(cells: list) -> list[tuple[str, str]]:
    return [(cell.metadata["slideshow"]["slide_type"], cell.source) for cell in cells]


def test_a_text_becomes_notes_a_slide_with_its_equation_and_a_question() -> None:
    assert kinds(list(slides.text_slides(TEXT))) == [
        ("notes", "So much for that."),
        ("slide", "## Chance\n\n$$\nx = 1\n$$"),
        ("notes", "Why it is so."),
        ("subslide", "*Predict:* which one\nis it?"),
    ]


def test_a_picture_is_shown_without_its_code_and_plain_text_is_not() -> None:
    picture = new_output("display_data", data={"image/png": "", "text/plain": "x"})
    printed = new_output("stream", text="number")
    (slide,) = slides.code_slides(new_code_cell("plot()", outputs=[picture, printed]))
    assert slide.outputs == [picture]
    assert slide.metadata["tags"] == ["hide_input"]
    assert list(slides.code_slides(new_code_cell("1 + 1", outputs=[printed]))) == []


def test_every_question_of_every_chapter_has_a_slide_and_no_solution_has() -> None:
    for path in CHAPTERS:
        chapter = read(path)
        told = "\n\n".join(cell.source for cell in chapter.cells if cell.cell_type == "markdown")
        shown = [
            cell for cell in slides.deck(chapter).cells if cell.metadata["slideshow"]["slide_type"] != "notes"
        ]
        asked = sum(cell.source.startswith("*Predict:*") for cell in shown)
        assert asked == len(re.findall(r"(?m)^\*Predict:\*", told)), path.stem
        assert not [cell for cell in shown if "<summary>Solution</summary>" in cell.source]


def test_the_page_of_slides_hides_the_code_of_pictures(tmp_path: Path) -> None:
    picture = new_output("display_data", data={"image/png": "iVBORw0KGgo="})
    chapter = new_notebook(cells=[new_markdown_cell(TEXT), new_code_cell("plot_it()", outputs=[picture])])
    nbformat.write(chapter, tmp_path / "01-x.ipynb")
    page = slides.write(tmp_path / "01-x.ipynb", tmp_path / "out").read_text("utf-8")
    assert "plot_it" not in page
    assert "data:image/png" in page
    assert page.count("<section") == 4
    assert page.count("<aside") == 2
    assert "$$\nx = 1\n$$" in page


def test_slides_ask_nothing_of_a_network(tmp_path: Path) -> None:
    made = slides.write(CHAPTERS[4], tmp_path)
    page = made.read_text("utf-8")
    asked = re.findall(r"<(?:script|link|img|source|iframe)[^>]*?(?:src|href)=[\"']([^\"']+)", page)
    kept = [address for address in asked if not address.startswith("data:")]
    assert kept == ["mathjax/tex-mml-chtml.js"]
    assert (tmp_path / kept[0]).is_file()
    assert not re.search(r"url\((?!data:)|@import", page)
