from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sicgan_lite.origins import safe_distance
from sicgan_lite.patches import TRANSFORMS
from sicgan_lite.teaching.exercises import WrongAnswer, check_clean_test, check_closed_set, check_sure_fit


def pixels(origins: Any, size: int) -> np.ndarray:
    covered = np.zeros((80, 80), bool)
    for row, column in origins:
        covered[row : row + size, column : column + size] = True
    return covered


def clean(test, train, size):
    covered = pixels(train, size)
    return np.array([o for o in test if not (pixels([o], size) & covered).any()])


def test_an_open_exercise_says_so() -> None:
    assert check_sure_fit(None).startswith("Not answered yet: ")
    assert check_closed_set(None).startswith("Not answered yet: ")
    assert check_clean_test(lambda test, train, size: None).startswith("Not answered yet: ")


def test_sure_fit_the_largest_number_whose_safe_distance_is_20() -> None:
    fits = [n for n in range(2, 400) if safe_distance(400, 600, size=128, count=n) >= 20]
    assert check_sure_fit(max(fits)).startswith("Correct")
    assert check_sure_fit(104.0).startswith("Correct")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (103, "one too few.*nearer than 20 means < 20"),
        (105, "one too many"),
        (193, "counts all pixels"),
        (424, "not d/2"),
        (102, "area of a disc"),
        (240, "not a promise"),
        (500, "too many.*forbids 1245"),
        (100, "fewer than fit"),
        (103.72, "no number of origins"),
        ("104", "a number is asked for"),
    ],
)
def test_sure_fit_a_wrong_answer_hears_why(answer: object, message: str) -> None:
    with pytest.raises(WrongAnswer, match=message):
        check_sure_fit(answer)


@pytest.mark.parametrize(
    "answer", [{"id", "rot_90", "rot_180", "rot_270"}, ["flip_y", "flip_x", "id", "rot_180"]]
)
def test_closed_set_both_of_four_are_right(answer: object) -> None:
    assert check_closed_set(answer).startswith("Correct")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"id", "rot_90", "rot_180", "flip_x"}, "rot_180 after flip_x is flip_y"),
        ({"id", "rot_90", "flip_x"}, "rot_90 after flip_x is (anti)?transpose"),
        (set(TRANSFORMS), "rot_270 after flip_x is (anti)?transpose"),
        ({"id", "flip_x", "flip_y"}, "flip_y after flip_x is rot_180"),
        ({"id", "rot_180", "transpose", "antitranspose"}, "antitranspose, transpose: not one of the paper"),
        ({"rot_90", "rot_180", "rot_270", "flip_x"}, "id is missing"),
        ({"id", "rot_180"}, "closed, but it has 2"),
        (4, "a set of names"),
    ],
)
def test_closed_set_a_wrong_answer_hears_why(answer: object, message: str) -> None:
    with pytest.raises(WrongAnswer, match=message):
        check_closed_set(answer)


def test_clean_test_what_shares_no_pixel_stays() -> None:
    assert check_clean_test(clean).startswith("Correct: ")


def gap(test: np.ndarray, train: np.ndarray) -> Any:
    return np.abs(test[:, None] - train)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda test, train, size: test[(gap(test, train) < size).all(2).any(1)], "do touch training"),
        (lambda test, train, size: test[(gap(test, train) >= size).all(2).all(1)], "Both are not needed"),
        (lambda test, train, size: test[(gap(test, train) > size).any(2).all(1)], "exactly the size"),
        (lambda test, train, size: test[((gap(test, train) ** 2).sum(2) >= size**2).all(1)], "diagonal"),
        (lambda test, train, size: test[(gap(test, train) >= size).any(2).any(1)], "not enough"),
        (lambda test, train, size: np.array([o for o in test if list(o) not in train.tolist()]), "very same"),
        (lambda test, train, size: (gap(test, train) >= size).any(2).all(1), "a mask"),
        (lambda test, train, size: clean(test, train, size)[0], r"shape \(n, 2\)"),
        (lambda test, train, size: clean(test, train, size)[:-1], "not the right ones"),
        (np.zeros((3, 2)), "the function itself"),
    ],
)
def test_clean_test_a_wrong_answer_hears_why(answer: object, message: str) -> None:
    with pytest.raises(WrongAnswer, match=message):
        check_clean_test(answer)
