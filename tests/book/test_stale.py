"""A number in a stored output that is no longer true is found by nbval, wherever a chapter prints one.

The chapters themselves are executed by `make chapters`. Here each of their outputs is printed by a cell that
does nothing else, once as it is stored and once with another digit: what nbval is told to overlook must hide
none of these.
"""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output
from support.chapters import BOOK, CHAPTERS, code_cells

ROOT = BOOK.parent
PARTS = ("conftest.py", "pyproject.toml", "tests/nbval_sanitize.cfg")


def last_digit_changed(text: str) -> str:
    """The same text with one more in its last digit, and 0 instead of 10."""
    found = re.search(r"\d(?=\D*$)", text)
    assert found
    return text[: found.start()] + str((int(found[0]) + 1) % 10) + text[found.end() :]


def printing(text: str, stored: str, metadata: NotebookNode) -> NotebookNode:
    """A cell that prints the text, with an output that was stored once and the cell's own tags."""
    output = new_output("stream", name="stdout", text=stored)
    return new_code_cell(f"print({text!r}, end='')", metadata=metadata, outputs=[output], execution_count=1)


def printed(chapter: Path) -> list[tuple[str, NotebookNode]]:
    """Each text with a number that a chapter prints, with its cell's own tags."""
    outputs = [(output, cell.metadata) for cell in code_cells(chapter) for output in cell.outputs]
    return [(o.text, tags) for o, tags in outputs if o.output_type == "stream" and re.search(r"\d", o.text)]


def twins(chapter: Path) -> list[NotebookNode]:
    """For each cell of a chapter that prints a number: one with its own output, one with another digit."""
    return [
        printing(text, stored, tags)
        for text, tags in printed(chapter)
        for stored in (text, last_digit_changed(text))
    ]


def test_nothing_that_a_chapter_prints_is_overlooked() -> None:
    overlooked = configparser.ConfigParser(interpolation=None)
    overlooked.read(ROOT / "tests" / "nbval_sanitize.cfg", encoding="utf-8")
    patterns = [overlooked[name]["regex"] for name in overlooked.sections()]
    assert patterns
    for chapter in CHAPTERS:
        for text, _ in printed(chapter):
            assert not any(re.search(pattern, text) for pattern in patterns), (chapter.name, text)


def test_one_changed_number_in_a_chapter_is_found(tmp_path: Path) -> None:
    for part in PARTS:
        (tmp_path / part).parent.mkdir(exist_ok=True)
        shutil.copyfile(ROOT / part, tmp_path / part)
    (tmp_path / "book").mkdir()
    found = [twins(chapter) for chapter in CHAPTERS]
    assert all(found), "each chapter prints a number"
    cells = [cell for chapter in found for cell in chapter]
    nbformat.write(new_notebook(cells=cells), tmp_path / "book" / "01-twins.ipynb")
    command = [sys.executable, "-m", "pytest", "--nbval", "book/", "-q", "--junitxml=report.xml"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    cases = list(ET.parse(tmp_path / "report.xml").iter("testcase"))
    failed = [case.find("failure") is not None for case in cases]
    assert failed == [False, True] * (len(cells) // 2), ran.stdout
