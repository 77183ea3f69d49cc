"""What a reader sees of a check: in a notebook's kernel, with nothing of the check's own source."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from support.kernels import execute

import sicgan_lite.teaching.exercises as checks

CHECKS = sorted(name for name in dir(checks) if name.startswith("check_"))
WRONG = ("lambda *_: 1 / 0", "'nonsense'")
NEAR = (
    "check_scharr_scale(1600)",
    "check_noise_gain(8)",
    "check_sure_fit(103)",
    "check_conditional_size(230876)",
    "check_augment(lambda features, transform: transform(features))",
)
RIGHT = """
import numpy as np
from sicgan_lite import rgb_to_lab

check_lightness(lambda rgb: rgb_to_lab(rgb)[..., 0])
"""


def ask(folder: Path, *sources: str) -> list[list[NotebookNode]]:
    """What each cell shows, executed one after another by this environment's kernel."""
    start = "from sicgan_lite.teaching.exercises import *"
    tags = {"tags": ["raises-exception"]}
    cells = [new_code_cell(source, metadata=tags) for source in (start, *sources)]
    path = folder / "exercise.ipynb"
    nbformat.write(new_notebook(cells=cells), path)
    return [cell.outputs for cell in execute(path, Path(sys.executable)).cells[1:]]


@pytest.mark.slow
def test_a_wrong_answer_is_one_line_and_nothing_of_the_check(tmp_path: Path) -> None:
    sources = [*(f"{check}({answer})" for check in CHECKS for answer in WRONG), *NEAR]
    for source, outputs in zip(sources, ask(tmp_path, *sources), strict=True):
        (shown,) = outputs
        assert shown.output_type == "error", source
        (line,) = shown.traceback
        assert line.startswith("Not yet: "), source
        assert len(line.splitlines()) == 1, source
        assert len(line) < 400, source
        assert not re.search(r"File|exact =|return correct", line), source


def test_a_sentence_is_plain_and_a_picture_has_a_text(tmp_path: Path) -> None:
    still_open, right = ask(tmp_path, "check_lightness(lambda rgb: None)", RIGHT)
    assert still_open[0].data["text/plain"].startswith("Not answered yet: ")
    assert "text/html" not in still_open[0].data
    assert right[0].data["text/plain"].startswith("Correct: ")
    assert 'alt="A red cup' in right[0].data["text/html"]
