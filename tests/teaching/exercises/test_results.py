from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from sicgan_lite.losses import generator_loss
from sicgan_lite.teaching.exercises import WrongAnswer, check_blend, check_color_table, check_descent


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


@pytest.mark.parametrize("check", [check_blend, check_color_table, check_descent])
def test_an_open_function_says_what_is_asked(check: Callable[[object], str]) -> None:
    assert check(lambda *_: None).startswith("Not answered yet: ")


def test_an_open_descent_says_what_is_asked() -> None:
    assert check_descent(None).startswith("Not answered yet: ")


def kl(one: np.ndarray, other: np.ndarray) -> float:
    return float((one * np.log(one / other)).sum())


def jsd(p: np.ndarray, q: np.ndarray) -> float:
    middle = (p + q) / 2
    return (kl(p, middle) + kl(q, middle)) / 2


@pytest.mark.parametrize(
    "goal",
    [
        lambda p, q: kl(q, p) - 2 * jsd(p, q),
        lambda p, q: ((p + q) * np.log(p + q) - q * np.log(p)).sum(),
        lambda p, q: np.sum((p + q) * np.log(p + q) - q * np.log(p) - 1) + 3,
    ],
)
def test_a_right_descent(goal: Callable[..., float]) -> None:
    assert check_descent(goal).startswith("Correct: ")


def test_the_right_descent_is_that_of_the_librarys_losses() -> None:
    # With autograd, logits of the best D held fixed, and shares as G's weights.
    p, q = torch.tensor([0.2, 0.5, 0.3]), torch.tensor([0.4, 0.4, 0.2], requires_grad=True)
    logits = (p / q.detach()).log()
    losses = torch.stack([generator_loss(logit[None]) for logit in logits])
    (ours,) = torch.autograd.grad((q * losses).sum(), q)
    (theirs,) = torch.autograd.grad(((p + q) * (p + q).log() - q * p.log()).sum(), q)
    assert torch.allclose(ours - ours.mean(), theirs - theirs.mean(), atol=1e-6)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda p, q: -(q * np.log(p / (p + q))).sum(), "that D moves too"),
        (lambda p, q: 2 * jsd(p, q), "2 JSD, which the minimax"),
        (jsd, "that is the JSD"),
        (lambda p, q: kl(q, p), "subtract for that"),
        (kl, "maximum likelihood"),
        (lambda p, q: 2 * jsd(p, q) - kl(q, p), "uphill"),
        (lambda p, q: p.sum(), "does not change"),
        (lambda p, q: (q**2).sum(), "and G's loss by"),
        (lambda p, q: -np.log(p / (p + q)), r"got shape \(5,\)"),
        (lambda p, q: np.log(q - 1).sum(), "nan or infinity"),
        (0.5, "the function itself"),
    ],
)
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_a_wrong_descent_is_explained(answer: object, said: str) -> None:
    with pytest.raises(WrongAnswer, match=said):
        check_descent(answer)


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
    said: Any = check_color_table(fit())
    assert said.startswith("Correct: ")
    assert 'alt="A red cup' in said._repr_html_()


def by_number(*, forget: bool = False, stray: int = 0) -> Callable[..., np.ndarray]:
    """Rows by the number of the bin, as an index; 100 has one of its own if it is forgotten."""

    def color_table(lightness: np.ndarray, ab: np.ndarray, bins: int) -> np.ndarray:
        table = np.zeros((bins, 2))
        number = (lightness * bins / 100).astype(int) + stray
        for k in np.unique(number if forget else np.minimum(number, bins - 1)):
            table[k] = np.median(ab[number == k], axis=0)
        return table

    return color_table


def test_a_forgotten_hundred_that_leaves_the_table_is_named() -> None:
    with pytest.raises(WrongAnswer, match=r"L = 100 fell into bin 4, and the last one is bin 3"):
        check_color_table(by_number(forget=True))


def test_another_index_error_is_not_taken_for_it() -> None:
    with pytest.raises(WrongAnswer, match=r"`table\[k\] = .*IndexError"):
        check_color_table(by_number(forget=True, stray=3))


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
