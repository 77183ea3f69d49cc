"""Session plans fit the time that they name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.chapters import BOOK, CHAPTERS, markdown

TEXT = (BOOK / "teaching.md").read_text("utf-8")
TEACH = {
    int(n): int(m) for n, m in re.findall(r"^\| \[(\d+) [^|]*(?:\|[^|]*){4}\| (\d+) min \|$", TEXT, re.M)
}
PLAN = TEXT[TEXT.index("sessions of ninety minutes") :].split("\n## ")[0]
SESSIONS = re.findall(r"^\| (\d) \| ([^|]+) \|", PLAN, re.MULTILINE)


def share(path: Path, heading: str) -> float:
    """How much of a chapter's text stands before a heading."""
    text = re.sub(r"<details>.*?</details>", "", markdown(path), flags=re.DOTALL)
    before, found, _ = text.partition(f"## {heading}\n")
    assert found, f"{path.stem} has no heading {heading!r}"
    return len(before.split()) / len(text.split())


def minutes(chapters: str) -> float:
    """The time of what a session takes: whole chapters, or chapters up to a heading."""
    total = 0.0
    for number, heading in re.findall(r"(\d+)(?:, to \*([^*]+)\*)?", chapters):
        path = next(path for path in CHAPTERS if path.stem.startswith(f"{int(number):02}-"))
        total += TEACH[int(number)] * (share(path, heading) if heading else 1)
    return total


def test_every_chapter_has_its_time() -> None:
    assert {int(path.stem[:2]) for path in CHAPTERS} <= set(TEACH)


@pytest.mark.parametrize(("number", "chapters"), SESSIONS)
def test_a_session_fits_into_ninety_minutes(number: str, chapters: str) -> None:
    assert 40 <= minutes(chapters) <= 90, number


def test_the_plan_has_as_many_sessions_as_it_says() -> None:
    words = ("one", "two", "three", "four", "five", "six", "seven", "eight")
    told = re.search(r"## (\w+) sessions of ninety", TEXT)
    assert told is not None
    assert [number for number, _ in SESSIONS] == [str(n + 1) for n in range(words.index(told[1].lower()) + 1)]
    lessons = re.search(r"half a day or (\w+) lessons", (BOOK / "index.md").read_text("utf-8"))
    assert lessons is not None
    assert lessons[1] == told[1].lower()
