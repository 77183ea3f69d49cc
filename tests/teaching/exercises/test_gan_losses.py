from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch.nn.functional import binary_cross_entropy_with_logits, softplus

from sicgan_lite import equilibrium_losses, optimal_discriminator
from sicgan_lite.teaching.exercises import WrongAnswer, check_chance_partner, check_generator_loss, check_pull


@pytest.mark.parametrize("check", [check_chance_partner, check_pull, check_generator_loss])
def test_an_open_exercise_says_what_is_asked(check: Callable[[object], str]) -> None:
    assert check(lambda *_: None).startswith("Not answered yet: ")


@pytest.mark.parametrize("check", [check_chance_partner, check_pull, check_generator_loss])
def test_a_result_is_no_function(check: Callable[[object], str]) -> None:
    with pytest.raises(WrongAnswer, match="the function itself"):
        check(0.1)


def test_a_right_partner() -> None:
    assert check_chance_partner(lambda alpha: 1 - alpha).startswith("Correct: ")
    for alpha in (0.0, 0.3, 0.9):
        assert equilibrium_losses(alpha, 1 - alpha).loss_d == pytest.approx(2 * np.log(2))


@pytest.mark.parametrize(
    ("partner", "said"),
    [
        (lambda alpha: 0.0, r"0.9 and 0 give 1.3763: .* whole line"),
        (lambda alpha: alpha, "equal targets"),
        (lambda alpha: alpha / 2, "score at chance"),
        (lambda alpha: alpha - 1, "no target"),
        (lambda alpha: 0.5, "targets 0.9 and 0.5: at chance L_D is 1.2217.* depends on the sum"),
        (lambda alpha: "0.1", "a number is asked for"),
    ],
)
def test_a_wrong_partner_is_explained(partner: object, said: str) -> None:
    with pytest.raises(WrongAnswer, match=said):
        check_chance_partner(partner)


def by_differences(r, alpha, beta):
    """The slope of log D* by log r, measured on the library's D*."""
    up, down = (
        np.log(optimal_discriminator(r * np.exp(h), np.ones_like(r), real_target=alpha, fake_target=beta))
        for h in (1e-5, -1e-5)
    )
    return (up - down) / 2e-5


def d_star(r, alpha, beta):
    return (alpha * r + beta) / (r + 1)


def test_a_right_pull() -> None:
    assert check_pull(by_differences).startswith("Correct: ")
    assert check_pull(lambda r, a, b: r * (a - b) / ((a * r + b) * (1 + r))).startswith("Correct: ")


@pytest.mark.parametrize(
    ("pull", "said"),
    [
        (lambda r, a, b: by_differences(r, a, b) * d_star(r, a, b), "slope of D. itself"),
        (lambda r, a, b: by_differences(r, a, b) / r, "by r. By log r"),
        (lambda r, a, b: a * r / (a * r + b), "held fixed"),
        (lambda r, a, b: a * r / (a * r + b) - 1 / (r + 1), "second slope is that of ln"),
        (lambda r, a, b: 1 / (1 + r), "β is missing"),
        (lambda r, a, b: -by_differences(r, a, b), "sign is turned"),
        (lambda r, a, b: np.log(d_star(r, a, b)), "not its slope"),
        (lambda r, a, b: 0.5, "r = 0.001, α = 0.9, β = 0.1: 0.5000 where the slope is 0.0079"),
    ],
)
def test_a_wrong_pull_is_explained(pull: object, said: str) -> None:
    with pytest.raises(WrongAnswer, match=said):
        check_pull(pull)


def test_a_right_generator_loss() -> None:
    assert check_generator_loss(lambda z, t: (softplus(z) - t * z).mean()).startswith("Correct: ")
    assert check_generator_loss(
        lambda z, t: binary_cross_entropy_with_logits(z, torch.full_like(z, t))
    ).startswith("Correct: ")


@pytest.mark.parametrize(
    ("loss", "said"),
    [
        (lambda z, t: softplus(z) - t * z, "Take the mean of the batch"),
        (lambda z, t: (softplus(z) - t * z).sum(), "that is the sum"),
        (lambda z, t: softplus(-z).mean(), "target is missing"),
        (lambda z, t: softplus(z).mean(), "D's loss on fakes"),
        (lambda z, t: (t * softplus(z) + (1 - t) * softplus(-z)).mean(), "turned round"),
        (lambda z, t: (t * z - softplus(z)).mean(), "sign is turned"),
        (lambda z, t: (softplus(z.sigmoid()) - t * z.sigmoid()).mean(), "sigmoid is applied first"),
        (lambda z, t: (torch.log(1 + torch.exp(z)) - t * z).mean(), "overflowed"),
        (lambda z, t: (softplus(z) - t).mean(), "must give ln 2"),
    ],
)
def test_a_wrong_generator_loss_is_explained(loss: object, said: str) -> None:
    with pytest.raises(WrongAnswer, match=said):
        check_generator_loss(loss)
