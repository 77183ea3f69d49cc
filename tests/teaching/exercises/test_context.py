from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter, sobel

from sicgan_lite.teaching.exercises import WrongAnswer, check_cheapest, check_isotropic, check_winner


def cheapest(shares: np.ndarray, costs: np.ndarray) -> list[int]:
    """By hand, one pixel and one answer at a time."""
    best = []
    for likely in shares:
        expected = [sum(p * costs[i, j] for j, p in enumerate(likely)) for i in range(len(costs))]
        best.append(expected.index(min(expected)))
    return best


def winner(count: int, spread: float) -> float:
    draws = np.random.default_rng(1).normal(0, spread, (100_000, count))
    return float(draws.max(axis=1).mean())


@pytest.mark.parametrize("check", [check_cheapest, check_isotropic, check_winner])
def test_an_open_function_says_what_is_asked(check: Callable[[object], str]) -> None:
    assert check(lambda *_: None).startswith("Not answered yet: ")


@pytest.mark.parametrize("sigma", [1, 3])
def test_a_blur_a_spread_and_an_edge_are_isotropic(sigma: float) -> None:
    def around(lightness: np.ndarray) -> np.ndarray:
        return gaussian_filter(lightness, sigma, mode="mirror")

    said: Any = check_isotropic(lambda light: np.sqrt(around(light**2) - around(light) ** 2))
    assert said.startswith("Correct: ")
    assert "img alt" in said._repr_html_()
    assert check_isotropic(lambda light: around(light) - light).startswith("Correct: ")
    assert check_isotropic(lambda light: np.hypot(sobel(light, 0), sobel(light, 1))).startswith("Correct: ")


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (lambda light: sobel(light, 0), "differs from the turned map"),
        (lambda light: light * np.linspace(0, 1, 24)[:, None], "differs from the turned map"),
        (lambda light: np.cumsum(light, axis=1), "differs from the turned map"),
        (lambda light: light**2, "Lightness knows that"),
        (lambda light: np.full_like(light, light.mean()), "the same everywhere"),
        (lambda light: light[1:], "shape (23, 24)"),
        (lambda light: light / np.zeros_like(light), "NaN or infinity"),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_a_feature_that_is_none_is_told_why(answer: Callable[..., Any], word: str) -> None:
    with pytest.raises(WrongAnswer) as told:
        check_isotropic(answer)
    assert word in str(told.value)


def test_the_least_expected_cost_is_right() -> None:
    assert check_cheapest(cheapest).startswith("Correct: ")


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (lambda p, c: p.argmax(axis=1), "likeliest"),
        (lambda p, c: (p @ c).argmin(axis=1), "turned round"),
        (lambda p, c: (p @ c.T).argmax(axis=1), "greatest cost"),
        (lambda p, c: (p @ c.T).argmin(axis=0), "wanted shape (200,)"),
        (lambda p, c: ((1 - p) @ c.T).argmin(axis=1), "costs less"),
    ],
)
def test_another_decision_is_told_apart(answer: Callable[..., Any], word: str) -> None:
    with pytest.raises(WrongAnswer) as told:
        check_cheapest(answer)
    assert word in str(told.value)


def test_a_simulation_of_the_winner_is_near_enough() -> None:
    assert check_winner(winner).startswith("Correct: ")


def test_the_winner_of_two_has_its_closed_form() -> None:
    with pytest.raises(WrongAnswer, match="23 settings"):
        check_winner(lambda count, s: {1: 0.0, 2: s / np.sqrt(np.pi)}.get(count, 0.9))


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (lambda count, s: -winner(count, s), "above 0"),
        (lambda count, s: s, "spread itself"),
        (lambda count, s: s * np.sqrt(2 * np.log(count)), "very many"),
        (lambda count, s: 2 * winner(count, s), "best to worst"),
        (lambda count, s: 0.0, "2 settings"),
        (lambda count, s: "much", "a number is asked for"),
    ],
)
def test_another_lead_is_told_apart(answer: Callable[..., Any], word: str) -> None:
    with pytest.raises(WrongAnswer) as told:
        check_winner(answer)
    assert word in str(told.value)
