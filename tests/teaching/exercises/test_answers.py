"""A check ends in one sentence, whatever the answer is and does."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from sicgan_lite.plotting import show_images
from sicgan_lite.teaching import exercises
from sicgan_lite.teaching.exercises import WrongAnswer
from sicgan_lite.teaching.exercises.answers import (
    correct,
    exercise,
    not_answered,
    require,
    require_function,
    require_number,
)

STRANGE = ["nonsense", -1, object(), [None, None], {1: 2}, np.zeros((3, 3)), (1, 2, 3)]
CHECKS = [getattr(exercises, name) for name in dir(exercises) if name.startswith("check_")]


def stops(*_: Any) -> Any:
    return 1 / 0


def asks_an_array(array: np.ndarray, *_: Any) -> Any:
    return 0 if array < 10 else 1


@pytest.mark.parametrize(
    "answer", ["nonsense", -1, object(), [None, None], {1: 2}, np.zeros((3, 3)), (1, 2, 3)]
)
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_strange_answer_is_a_wrong_answer(check: Any, answer: object) -> None:
    with pytest.raises(WrongAnswer, match=r"\w{3}"):
        check(answer)


@pytest.mark.parametrize("result", STRANGE)
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_function_with_a_strange_result_is_never_right(check: Any, result: object) -> None:
    try:
        said = check(lambda *_: result)
    except WrongAnswer as wrong:
        said = str(wrong)
    assert re.match(r"\S", said)
    assert not said.startswith("Correct")


@exercise
def check_any(answer: Any) -> str:
    return correct(f"{answer(np.zeros(3))}.")


def test_a_fault_in_the_readers_function_is_told_with_its_line() -> None:
    with pytest.raises(WrongAnswer, match=r"line \d+, `return 1 / 0`. ZeroDivisionError: division by"):
        check_any(stops)


def test_a_fault_of_numpys_is_the_readers_line_too() -> None:
    def asks(array: np.ndarray) -> np.ndarray:
        return np.broadcast_to(array, (2, 2))

    with pytest.raises(WrongAnswer, match=r"`return np.broadcast_to\(array, \(2, 2\)\)`. ValueError"):
        check_any(asks)


def test_what_numpy_says_about_a_question_to_an_array_is_explained() -> None:
    with pytest.raises(WrongAnswer, match=r"`if` asks one question.*np\.where"):
        check_any(asks_an_array)


def test_a_function_that_cannot_be_called_like_that_is_told() -> None:
    with pytest.raises(WrongAnswer, match=r"cannot use this answer\. TypeError: .*takes 0 positional"):
        exercises.check_lightness(lambda: 1)


def test_a_missing_library_is_no_wrong_answer() -> None:
    def needs_another(_: object) -> None:
        raise ModuleNotFoundError("No module named 'torch'")

    with pytest.raises(ModuleNotFoundError):
        check_any(needs_another)


def test_a_notebook_shows_one_line_of_a_wrong_answer() -> None:
    assert WrongAnswer("a is\n  b")._render_traceback_() == ["Not yet: a is b"]


def test_a_sentence_is_shown_without_quotation_marks() -> None:
    for said in (not_answered("do it."), correct("done.")):
        assert repr(said) == str(said)
        assert said._repr_html_() is None


def test_a_right_answer_shows_the_readers_picture_with_a_text_for_it() -> None:
    figure = show_images([np.zeros((4, 6, 3), np.uint8)], ["Yours"])
    html = correct("1 < 2.", figure, 'a "black" square')._repr_html_()
    assert html is not None
    assert html.startswith("<p>Correct: 1 &lt; 2.</p>")
    assert re.search(
        r'<img alt="a &quot;black&quot; square" width="\d+" height="\d+" .*base64,\S{100,}">', html
    )


@pytest.mark.parametrize("answer", [3, 3.0, np.float32(3), np.int64(3)])
def test_any_kind_of_number_is_a_number(answer: object) -> None:
    number = require_number(answer)
    assert (number, type(number)) == (3.0, float)


@pytest.mark.parametrize("answer", [None, "3", True, float("nan"), float("inf"), [3], 3j])
def test_what_is_no_finite_number_is_shown(answer: object) -> None:
    with pytest.raises(WrongAnswer) as error:
        require_number(answer)
    assert repr(answer) in str(error.value)


def test_a_result_is_no_function() -> None:
    assert require_function(len) is len
    with pytest.raises(WrongAnswer, match=r"hand over the function itself.* got int"):
        require_function(len("three"))


def test_a_requirement_is_raised_only_where_it_fails() -> None:
    require(True, "unseen")  # noqa: FBT003 - a condition is what it takes
    with pytest.raises(WrongAnswer, match="seen"):
        require(False, "seen")  # noqa: FBT003
