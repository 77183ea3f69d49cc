from __future__ import annotations

import numpy as np
import pytest

from sicgan_lite.teaching.exercises.answers import (
    WrongAnswer,
    explain_slip,
    require,
    require_function,
    require_number,
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


def test_a_slip_is_met_to_three_digits_and_not_beyond() -> None:
    slips = {0.6931: "that is ln 2", 0.0: "that is nothing"}
    explain_slip(0.70, slips)
    explain_slip(1e-6, slips)
    for value, why in [(0.6935, "0.6935: that is ln 2"), (0.0, "0: that is nothing")]:
        with pytest.raises(WrongAnswer, match=why):
            explain_slip(value, slips)
