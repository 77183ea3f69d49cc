"""What a *Predict* asks for is in its chapter, and a number exercise brings Python's own table along."""

from __future__ import annotations

import json
import re
import sys
from typing import Any

import nbformat
import pytest
from support.chapters import BOOK, markdown

from sicgan_lite.teaching import exercises
from sicgan_lite.teaching.exercises.number_task import NumberTask
from tools import beats
from tools.markup import parse

ROWS = [(chapter, row) for chapter, rows in beats.predictions().items() for row in rows]
NAMES = [f"{chapter}: {row['ask']}" for chapter, row in ROWS]
CELL = '<div class="cell"><div class="cell_input"><pre>sure = 3\n{}(sure)\n</pre></div></div>'


def flat(text: str) -> str:
    return " ".join(text.split())


def asked(page: str, chapter: str = "01-x") -> list[dict[str, Any]]:
    tree = parse(page)
    beats.mark_beats(tree, chapter)
    return [json.loads(str(box["data-ask"])) for box in tree.select("[data-ask]")]


@pytest.mark.parametrize(("chapter", "row"), ROWS, ids=NAMES)
def test_a_row_belongs_to_one_question_of_its_chapter(chapter: str, row: dict[str, Any]) -> None:
    text = markdown(BOOK / f"{chapter}.ipynb")
    questions = re.findall(r"^\*Predict:\*.*(?:\n(?!\n).*)*", text, flags=re.MULTILINE)
    assert sum(row["ask"] in flat(question) for question in questions) == 1


@pytest.mark.parametrize(("chapter", "row"), ROWS, ids=NAMES)
def test_what_is_called_right_is_what_the_chapter_says(chapter: str, row: dict[str, Any]) -> None:
    if "right" in row:
        assert row["right"] in row["choices"]
        assert row["proof"] in flat(markdown(BOOK / f"{chapter}.ipynb"))
    if row.get("number"):
        cells = nbformat.read(BOOK / f"{chapter}.ipynb", as_version=4).cells
        printed = [output.get("text", "") for cell in cells for output in cell.get("outputs", [])]
        assert any(re.search(row["number"], text) for text in printed)
    known = row.get("choices") or [float(wrong) for wrong in row.get("others", {})]
    assert all(other in known or float(other) in known for other in row.get("others", {}))


def test_a_question_becomes_a_box_once() -> None:
    page = "<p><em>Predict:</em> which of them?</p><p>Not <em>Predict:</em> this.</p>"
    tree = parse(page)
    beats.mark_beats(tree, "01-x")
    once = str(tree)
    assert once.count('class="predict"') == 1
    assert [json.loads(str(box["data-ask"])) for box in tree.select("[data-ask]")] == [
        {"id": "01-x: which of them?", "numeric": False}
    ]
    beats.mark_beats(tree, "01-x")
    assert str(tree) == once


def test_the_number_of_a_question_is_the_one_that_its_cells_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    row = {"ask": "how many", "number": r"legs: (\d+)", "unit": "legs", "near": 1}
    monkeypatch.setattr(beats, "predictions", lambda: {"01-x": [row]})
    output = '<div class="cell_output">{}</div>'
    page = f"{output.format('legs: 5')}<p><em>Predict:</em> how many?</p>{output.format('arms: 1, legs: 8')}"
    (found,) = asked(page)
    assert (found["answer"], found["unit"], found["near"], found["numeric"]) == (8.0, "legs", 1, True)


@pytest.mark.parametrize("check", ["check_scharr_scale", "check_luck", "check_conditional_size"])
def test_a_number_exercise_has_the_check_s_own_table(check: str) -> None:
    (found,) = asked(CELL.format(check))
    task = beats.number_task(check)
    assert task
    assert found["exercise"] == json.loads(json.dumps(task.as_table()))
    assert getattr(exercises, check)(task.exact) == f"Correct: {found['exercise']['right']}"


def test_other_exercises_stay_in_the_notebook() -> None:
    assert asked(CELL.format("check_augment")) == []


def test_every_number_exercise_of_the_book_is_found() -> None:
    checks = [name for name in dir(exercises) if name.startswith("check_")]
    found = [task for name in checks if (task := beats.number_task(name))]
    modules = {sys.modules[getattr(exercises, name).__module__] for name in checks}
    tables = [value for one in modules for value in vars(one).values() if isinstance(value, NumberTask)]
    assert len(tables) >= 6
    assert {id(task) for task in found} == {id(table) for table in tables}
