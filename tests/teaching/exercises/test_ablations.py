from __future__ import annotations

import math
import statistics
from collections.abc import Callable
from typing import Any

import pytest

from sicgan_lite.teaching.exercises import WrongAnswer, check_effect, check_luck, check_seeds_needed


def effect_of(changed: list[float], unchanged: list[float]) -> float:
    return statistics.fmean(changed) - statistics.fmean(unchanged)


def spread_of(changed: list[float], unchanged: list[float]) -> float:
    return math.sqrt((statistics.variance(changed) + statistics.variance(unchanged)) / 2)


def measure(
    effect: Callable[..., float] = effect_of, spread: Callable[..., float] = spread_of
) -> Callable[..., tuple[float, float]]:
    """The function that is asked for, right unless a part is replaced."""
    return lambda changed, unchanged: (effect(changed, unchanged), spread(changed, unchanged))


def test_an_open_share_says_what_is_asked() -> None:
    assert check_luck(None).startswith("Not answered yet: ")


@pytest.mark.parametrize("check", [check_effect, check_seeds_needed])
def test_an_open_function_says_what_is_asked(check: Callable[[object], str]) -> None:
    assert check(lambda *_: None).startswith("Not answered yet: ")


@pytest.mark.parametrize("answer", [2 / 70, 1 / 35, 0.0286])
def test_a_right_share(answer: float) -> None:
    assert check_luck(answer).startswith("Correct: ")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (1 / 70, "one side alone"),
        (0.1, "for three seeds each"),
        (2.857142, "in percent"),
        (0.125, "with its own pair"),
        (2 / 40320, "order within a side"),
        (70, "number of ways"),
        (0.5, "lowest four together"),
        ("rarely", "a number is asked for"),
        (float("nan"), "a number is asked for"),
    ],
)
def test_a_wrong_share_is_explained(answer: Any, said: str) -> None:
    with pytest.raises(WrongAnswer, match=said):
        check_luck(answer)


def test_a_right_measure() -> None:
    assert check_effect(measure()).startswith("Correct: ")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (measure(effect=lambda c, u: -effect_of(c, u)), "the sign is turned"),
        (measure(effect=lambda c, u: statistics.median(c) - statistics.median(u)), "of the medians"),
        (measure(effect=lambda c, u: effect_of(c, u) / statistics.fmean(u)), "the means are 9.93 and 4.77"),
        (
            measure(spread=lambda c, u: math.sqrt((statistics.pvariance(c) + statistics.pvariance(u)) / 2)),
            "Divide by n − 1",
        ),
        (measure(spread=lambda c, u: (statistics.stdev(c) + statistics.stdev(u)) / 2), "mean of the dev"),
        (measure(spread=lambda c, u: spread_of(c, u) ** 2), "That is a variance"),
        (measure(spread=lambda c, u: statistics.stdev([*c, *u])), "all runs together"),
        (measure(spread=lambda c, u: math.sqrt(2) * spread_of(c, u)), "squares are added"),
        (measure(spread=lambda c, _: statistics.stdev(c)), "The deviations are 3.13 and 0.473"),
        (effect_of, "two numbers are asked for"),
        ((5.1, 2.2), "the function itself"),
    ],
)
def test_a_wrong_measure_is_explained(answer: object, said: str) -> None:
    with pytest.raises(WrongAnswer, match=said):
        check_effect(answer)


def seeds_needed(effect: float, spread: float, times: float) -> int:
    """By trying, not by a formula."""
    return next(n for n in range(1, 1000) if abs(effect) >= times * spread * math.sqrt(2 / n) - 1e-12)


def test_a_right_plan() -> None:
    assert check_seeds_needed(seeds_needed).startswith("Correct: ")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda d, s, k: math.ceil((k * s / d) ** 2), "both are uncertain"),
        (lambda d, s, k: math.ceil(math.sqrt(2) * k * s / abs(d)), "goes with the square"),
        (lambda d, s, k: math.ceil(2 * (s / d) ** 2), "that is one"),
        (lambda d, s, k: math.floor(2 * (k * s / d) ** 2), "Round up"),
        (lambda d, s, k: 2 * (k * s / d) ** 2, "round up with math.ceil"),
        (lambda d, s, k: 1.5, "A whole number"),
        (lambda d, s, k: 0, "above 0"),
        (lambda d, s, k: 7, "Solve for n"),
        (lambda d, s, k: "many", "a number is asked for"),
        (32, "the function itself"),
    ],
)
def test_a_wrong_plan_is_explained(answer: object, said: str) -> None:
    with pytest.raises(WrongAnswer, match=said):
        check_seeds_needed(answer)
