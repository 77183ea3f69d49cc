"""A handout holds no solution and no output; its checks tell a right answer from a wrong one and none."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from support.chapters import CHAPTERS, read

from tools import cell_roles, handout

PYTHON = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
OPEN = "from sicgan_lite.teaching.exercises import check_noise_gain\n\nnoise_gain = None  # yours\n"
SOURCE = f"{OPEN}check_noise_gain(noise_gain)"


def graded(made: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in made.cells if cell.metadata.get("nbgrader", {}).get("grade")]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_handout_keeps_every_exercise_and_no_solution(path: Path) -> None:
    chapter = read(path)
    made = handout.handout(chapter)
    text = nbformat.writes(made)
    open_ = [cell for cell in chapter.cells if cell_roles.role(cell) == "exercise"]
    assert len(graded(made)) == len(open_) >= 3
    assert text.count("<summary>Hint</summary>") == nbformat.writes(chapter).count("<summary>Hint</summary>")
    assert "<summary>Solution</summary>" not in text
    solved = [found for cell in chapter.cells for found in PYTHON.findall(cell.source) if "check_" in found]
    assert len(solved) >= 3
    for block in solved:
        whole = textwrap.dedent(block).strip()
        secret = whole.rpartition("\n")[0].strip() or whole  # the call of a check is no secret
        assert not [cell for cell in made.cells if secret in cell.source]
    assert all(not cell.outputs and cell.execution_count is None for cell in made.cells if "outputs" in cell)
    names = [cell.metadata["nbgrader"]["grade_id"] for cell in made.cells if "nbgrader" in cell.metadata]
    assert len(names) == len(set(names)) == 2 * len(open_)


def run(*sources: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    for source in sources:
        exec(source, names)
    return names


@pytest.mark.parametrize("answer", ["noise_gain = 6**0.5", "noise_gain = 8", "noise_gain = None"])
def test_a_wrong_answer_and_an_open_one_raise(answer: str) -> None:
    _, check = handout.exercise_cells(SOURCE)
    with pytest.raises(AssertionError):
        run(OPEN, answer, check.source)


def test_the_chapters_own_solution_gets_its_point() -> None:
    path = next(path for path in CHAPTERS if path.stem.startswith("02"))
    blocks = [found for cell in read(path).cells for found in PYTHON.findall(cell.source)]
    solution = next(textwrap.dedent(block) for block in blocks if "check_noise_gain(" in block)
    _, check = handout.exercise_cells(SOURCE)
    said = run("import numpy as np\n" + OPEN, solution, check.source)["said"]
    assert str(said).startswith("Correct: ")


def test_a_check_is_locked_and_worth_a_point_and_lets_the_rest_run() -> None:
    answer, check = handout.exercise_cells(SOURCE)
    assert answer.source == "noise_gain = None  # yours"
    assert check.source.startswith(OPEN.splitlines()[0])
    assert check.metadata["nbgrader"]["locked"]
    assert check.metadata["nbgrader"]["points"] == 1
    assert check.metadata["tags"] == ["raises-exception"]
    assert answer.metadata["nbgrader"]["solution"]


def test_a_fold_goes_alone() -> None:
    fold = "<details>\n<summary>{}</summary>\n\nx\n\n</details>"
    text = "\n\n".join(["a", *map(fold.format, ("Hint", "Solution", "Aside")), "b"])
    left = "\n\n".join(["a", *map(fold.format, ("Hint", "Aside")), "b"])
    assert cell_roles.without_solution(text) == left


def test_an_exercise_that_does_not_end_in_its_check_is_refused() -> None:
    with pytest.raises(ValueError, match="last line"):
        cell_roles.parts("check_x(y)\nprint(1)")


@pytest.mark.parametrize(
    ("cell", "role"),
    [
        (new_code_cell("import os\nSICGAN_LITE_SPEC"), "set-up"),
        (new_code_cell(SOURCE), "exercise"),
        (new_code_cell("check = 1"), "code"),
        (new_markdown_cell("a\n<details>\n<summary>Solution</summary>\nb\n</details>"), "solution"),
        (new_markdown_cell("a\n<details>\n<summary>Hint</summary>\nb\n</details>"), "text"),
    ],
)
def test_what_a_cell_is_for_is_told_from_its_text(cell: NotebookNode, role: str) -> None:
    assert cell_roles.role(cell) == role


def test_nbgrader_hands_out_the_cells_as_they_are(tmp_path: Path) -> None:
    # Its default clears every cell to answer in, with the line that says what is asked for.
    folder = handout.write(CHAPTERS[:1], tmp_path)
    assert [path.name for path in folder.iterdir()] == [CHAPTERS[0].name]
    assert "c.ClearSolutions.enabled = False\n" in (tmp_path / "nbgrader_config.py").read_text("utf-8")
