from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sicgan_lite.teaching.exercises import WrongAnswer, check_blend, check_color_table, check_unpainted

UNPAINTED = 1 - 640 * 896 / (750 * 1000)


def hat(size: int, stride: int) -> np.ndarray:
    weights = np.minimum(np.arange(size), np.arange(size)[::-1]) + 0.5
    for phase in range(stride):
        weights[phase::stride] /= weights[phase::stride].sum()
    return weights


def raw_hat(size: int, stride: int) -> np.ndarray:
    return np.minimum(np.arange(size), np.arange(size)[::-1]) + 0.5


def flat(size: int, stride: int) -> np.ndarray:
    weights = np.ones(size)
    for phase in range(stride):
        weights[phase::stride] /= weights[phase::stride].sum()
    return weights


def with_zero(size: int, stride: int) -> np.ndarray:
    return np.minimum(np.arange(size), np.arange(size)[::-1]) / 2.0


def lopsided(size: int, stride: int) -> np.ndarray:
    weights = np.arange(size) + 0.5
    for phase in range(stride):
        weights[phase::stride] /= weights[phase::stride].sum()
    return weights


def fit(
    *, middle: Callable[..., Any] = np.median, last: bool = True, lone: bool = False, empty: float = 0.0
) -> Callable[..., np.ndarray]:
    """The function that is asked for, right unless something is asked for."""

    def color_table(lightness: np.ndarray, ab: np.ndarray, bins: int) -> np.ndarray:
        table = np.full((bins, 2), empty)
        for k in range(bins):
            inside = (lightness * bins / 100 >= k) & (lightness * bins / 100 < k + 1)
            if k == bins - 1 and last:
                inside |= lightness == 100
            if inside.any():
                table[k] = middle(ab if lone else ab[inside], axis=0)
            elif lone:
                table[k] = middle(ab, axis=0)
        return table

    return color_table


def test_an_open_share_says_what_is_asked() -> None:
    assert check_unpainted(None).startswith("Not answered yet: ")


@pytest.mark.parametrize("check", [check_blend, check_color_table])
def test_an_open_function_says_what_is_asked(check: Callable[[object], str]) -> None:
    assert check(lambda *_: None).startswith("Not answered yet: ")


@pytest.mark.parametrize("answer", [UNPAINTED, 0.235, 0.2354])
def test_a_right_share(answer: float) -> None:
    assert check_unpainted(answer).startswith("Correct: ")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (1 - UNPAINTED, "the painted share"),
        (23.5413, "in percent"),
        (176560, "counts pixels"),
        (110 / 750 + 104 / 1000, "corner is counted twice"),
        (110 / 750, "lower strip alone"),
        (0.104, "right strip alone"),
        (0, "5 of them end at 640, 6 at 768"),
        (0.5, "how many whole tiles"),
        ("a quarter", "a number is asked for"),
    ],
)
def test_a_wrong_share_is_explained(answer: Any, said: str) -> None:
    with pytest.raises(WrongAnswer, match=said):
        check_unpainted(answer)


def test_a_right_window() -> None:
    assert check_blend(hat).startswith("Correct: ")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (raw_hat, "weigh 4 to 4 together, not 1"),
        (flat, "border weighs as much"),
        (with_zero, "a weight is 0"),
        (lopsided, "differs from its mirror image"),
        (lambda size, stride: np.outer(hat(size, stride), hat(size, stride)), r"shape \(8, 8\), not \(8,\)"),
        (0.5, "the function itself"),
    ],
)
def test_a_wrong_window_is_explained(answer: object, said: str) -> None:
    with pytest.raises(WrongAnswer, match=said):
        check_blend(answer)


def test_a_right_table() -> None:
    assert check_color_table(fit()).startswith("Correct: ")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (fit(middle=np.mean), "these are means"),
        (fit(last=False), "lacks L = 100"),
        (fit(lone=True), "median of all pixels"),
        (fit(empty=np.nan), "without a pixel is NaN"),
        (lambda L, ab, bins: fit()(L, ab, bins).T, r"shape \(2, 4\); wanted \(4, 2\)"),
        (lambda L, ab, bins: fit()(100 - L, ab, bins), "bin 0 is off"),
        (lambda L, ab, bins: fit()(L, ab, bins) + (np.arange(bins) == 2)[:, None], "bin 2 is off"),
        (np.zeros((4, 2)), "the function itself"),
    ],
)
def test_a_wrong_table_is_explained(answer: object, said: str) -> None:
    with pytest.raises(WrongAnswer, match=said):
        check_color_table(answer)
