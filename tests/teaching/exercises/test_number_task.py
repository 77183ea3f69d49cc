"""One number, right or wrong: the sentences, their order, and the table for the page."""

from __future__ import annotations

import json

import pytest

from sicgan_lite.teaching.exercises.answers import WrongAnswer
from sicgan_lite.teaching.exercises.number_task import NumberTask

TASK = NumberTask(
    asked="give the number of legs of two spiders.",
    exact=16.0,
    right="eight each.",
    slips={8.0: "that is one spider.", 12.0: "those are insects."},
    too_small="{value} is too few.",
    too_large="{value} is too many.",
    near=0.01,
    whole="{value}: legs are whole.",
    between=(31.0, 33.0, "{value} is four spiders."),
)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (8, "8: that is one spider."),
        (8.0001, "8.0001: legs are whole."),
        (3, "3 is too few."),
        (50, "50 is too many."),
        (32, "32 is four spiders."),
        (31.5, "31.5 is four spiders."),
        ("many", "a number is asked for, got 'many'."),
    ],
)
def test_a_wrong_number_gets_its_own_sentence(answer: object, said: str) -> None:
    with pytest.raises(WrongAnswer) as wrong:
        TASK.check(answer)
    assert str(wrong.value) == said


def test_right_and_open_answers() -> None:
    assert TASK.check(16) == "Correct: eight each."
    assert TASK.check(None) == "Not answered yet: give the number of legs of two spiders."


def test_without_whole_numbers_a_slip_is_met_to_three_digits_and_the_answer_to_its_own() -> None:
    task = NumberTask("a", 2.0, "b", {3.0: "c"}, too_small="d", too_large="e", near=0.03)
    for near_slip in (3.0, 3.0029):
        with pytest.raises(WrongAnswer, match="c"):
            task.check(near_slip)
    with pytest.raises(WrongAnswer, match="e"):
        task.check(3.01)
    assert task.check(2.05) == task.check(1.95) == "Correct: b"
    with pytest.raises(WrongAnswer, match="d"):
        task.check(1.9)


def test_the_table_is_json_and_says_everything() -> None:
    table = json.loads(json.dumps(TASK.as_table()))
    assert table["slips"] == [[8.0, "that is one spider."], [12.0, "those are insects."]]
    assert table["between"] == [31.0, 33.0, "{value} is four spiders."]
    assert set(table) == {*NumberTask.__dataclass_fields__, "slip"}
