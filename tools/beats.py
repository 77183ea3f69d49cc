"""What every chapter has, named for stylesheet and scripts, so that a notebook stays plain."""

from __future__ import annotations

import json
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from bs4 import BeautifulSoup, Tag

from sicgan_lite.teaching import exercises
from sicgan_lite.teaching.exercises.number_task import NumberTask
from tools.markup import plain

PREDICTIONS = Path(__file__).resolve().parent.parent / "book" / "predictions.yaml"
CHECKED = re.compile(r"^(check_\w+)\(\w+\)$", flags=re.MULTILINE)


@cache
def predictions() -> dict[str, list[dict[str, Any]]]:
    """What the *Predict* of each chapter ask for, by the chapter's name."""
    return yaml.safe_load(PREDICTIONS.read_text("utf-8"))


def mark_beats(page: BeautifulSoup, chapter: str = "") -> None:
    """The guess before the run, the number that can be checked here, and the way to Colab."""
    for word in page("em", string="Predict:"):
        question = word.parent
        if question and question.name == "p" and word.previous_sibling is None:
            _mark_prediction(page, question, chapter)
    for cell in page("div", class_="cell"):
        _mark_exercise(page, cell, chapter)
    for link in page("a", class_="external"):
        names = link.get_attribute_list("class")
        colab = link.get_text().startswith("Open this chapter") and "//colab" in str(link["href"])
        if colab and "colab" not in names:
            link["class"] = [*names, "colab"]  # pyright: ignore[reportArgumentType]


def _mark_prediction(page: BeautifulSoup, question: Tag, chapter: str) -> None:
    if question.parent and "predict" in question.parent.get_attribute_list("class"):
        return
    box = question.wrap(page.new_tag("div", attrs={"class": "predict"}))
    text = plain(question)
    known = next((row for row in predictions().get(chapter, []) if row["ask"] in text), {"ask": text[9:40]})
    box["data-ask"] = json.dumps(_asked(known, box, chapter), ensure_ascii=False)


def _asked(row: dict[str, Any], box: Tag, chapter: str) -> dict[str, Any]:
    """A row of the table as the page needs it, with the number that the chapter's own cells have printed."""
    ask = {key: row[key] for key in ("choices", "right", "others", "unit", "near", "open") if key in row}
    ask |= {"id": f"{chapter}: {row['ask']}", "numeric": "number" in row}
    if row.get("number"):
        ask["answer"] = printed_number(row["number"], box)
    return ask


def printed_number(pattern: str, box: Tag) -> float | None:
    """The number that the first matching output behind a question holds; None where none matches."""
    for output in box.find_all_next("div", class_="cell_output"):
        if found := re.search(pattern, output.get_text()):
            return float(found[1])
    return None


def number_task(check: str) -> NumberTask | None:
    """The table behind a check of one number; None for a check of something else."""
    function = getattr(exercises, check, None)
    module = sys.modules.get(getattr(function, "__module__", ""))
    task = getattr(module, check.removeprefix("check_").upper(), None)
    return task if isinstance(task, NumberTask) else None


def _mark_exercise(page: BeautifulSoup, cell: Tag, chapter: str) -> None:
    code = cell.find("div", class_="cell_input")
    found = CHECKED.search(code.get_text()) if code else None
    task = number_task(found[1]) if found else None
    if found is None or task is None or cell.find_next_sibling("div", class_="answer"):
        return
    ask = {
        "id": f"{chapter}: {found[1]}",
        "numeric": True,
        "label": "Your answer ",
        "exercise": task.as_table(),
    }
    attributes = {"class": "answer", "data-ask": json.dumps(ask, ensure_ascii=False)}
    cell.insert_after(page.new_tag("div", attrs=attributes))
