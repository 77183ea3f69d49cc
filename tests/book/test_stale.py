"""A number in a stored output that is no longer true is found by nbval, in every chapter."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import nbformat
import pytest
from nbformat import NotebookNode
from support.chapters import BOOK, CHAPTERS, read

ROOT = BOOK.parent
PARTS = ("conftest.py", "pyproject.toml", "tests/nbval_sanitize.cfg")


def number_changed(notebook: NotebookNode) -> int:
    """Change the last digit that the first cell with a number prints; how many code cells lie before.

    What comes after that cell is cut off, which saves its time.
    """
    before = 0
    for at, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and (found := re.search(r"\d(?=\D*$)", output.text)):
                other = str((int(found[0]) + 1) % 10)
                output.text = output.text[: found.start()] + other + output.text[found.end() :]
                del notebook.cells[at + 1 :]
                return before
        before += cell.cell_type == "code"
    raise AssertionError("no cell prints a number")


@pytest.mark.slow
def test_one_changed_number_in_a_chapter_is_found(tmp_path: Path) -> None:
    for part in PARTS:
        (tmp_path / part).parent.mkdir(exist_ok=True)
        shutil.copyfile(ROOT / part, tmp_path / part)
    (tmp_path / "book").mkdir()
    expected = set()
    for chapter in CHAPTERS:
        notebook = read(chapter)
        expected.add((chapter.stem, number_changed(notebook)))
        nbformat.write(notebook, tmp_path / "book" / chapter.name)
    command = [sys.executable, "-m", "pytest", "--nbval", "book/", "-q", "--junitxml=report.xml"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    cases = list(ET.parse(tmp_path / "report.xml").iter("testcase"))
    failed = {place(case) for case in cases if case.find("failure") is not None}
    assert failed == expected, ran.stdout
    assert len(cases) == sum(before + 1 for _, before in expected)


def place(case: ET.Element) -> tuple[str, int]:
    """The chapter and the number of the code cell that a line of the report is about."""
    chapter = re.search(r"\d\d-[\w-]+", case.attrib["classname"])
    assert chapter is not None
    return chapter[0], int(case.attrib["name"].removeprefix("Cell "))
