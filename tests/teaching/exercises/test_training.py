from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits as bce

from sicgan_lite.teaching.exercises import (
    WrongAnswer,
    check_checkpoint_parts,
    check_cure,
    check_discriminator_step,
)

WHOLE = {"generator", "discriminator", "optimizer_g", "optimizer_d", "step", "rng"}


def loss_on(logits: torch.Tensor, target: float) -> torch.Tensor:
    return bce(logits, torch.full_like(logits, target))


def d_step(
    *,
    real_target: float = 0.9,
    fake_target: float = 0.0,
    detach: bool = True,
    zero: bool = True,
    move: bool = True,
    scale: float = 1.0,
    see: Callable[[torch.Tensor], torch.Tensor] = lambda logits: logits,
) -> Callable[..., float]:
    """A discriminator's step, right unless something is asked for."""

    def step(generator: Any, discriminator: Any, optimizer: Any, features: Any, real: Any) -> float:
        fake = generator(features)
        real_logits = see(discriminator(real, features))
        fake_logits = see(discriminator(fake.detach() if detach else fake, features))
        loss = scale * (loss_on(real_logits, real_target) + loss_on(fake_logits, fake_target))
        if zero:
            optimizer.zero_grad()
        loss.backward()
        if move:
            optimizer.step()
        return loss.item()

    return step


def g_loss(generator: Any, discriminator: Any, optimizer: Any, features: Any, real: Any) -> float:
    return loss_on(discriminator(generator(features), features), 1.0).item()


def real_only(generator: Any, discriminator: Any, optimizer: Any, features: Any, real: Any) -> float:
    return loss_on(discriminator(real, features), 0.9).item()


@pytest.mark.parametrize("check", [check_cure, check_checkpoint_parts])
def test_an_open_exercise_says_what_is_asked(check: Callable[[object], str]) -> None:
    assert check(None).startswith("Not answered yet: ")


def test_an_open_step_says_what_is_asked() -> None:
    assert check_discriminator_step(lambda *_: None).startswith("Not answered yet: ")


@pytest.mark.parametrize("unit", [nn.LeakyReLU(0.2), nn.PReLU()])
def test_a_leaky_unit_is_a_cure(unit: nn.Module) -> None:
    said: Any = check_cure((0.3, unit))
    assert re.match(r"Correct: at a rate of 0.3 D's ReLUs give a pull of 0", said)
    assert 'alt="The cup as two games painted it' in said._repr_html_()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((0.004, nn.LeakyReLU(0.2)), "D with ReLUs lives: its pull is 0"),
        ((0.2, nn.ReLU()), "is a ReLU again"),
        ((0.2, nn.LeakyReLU), "is a class"),
        ((0.2, nn.Identity()), "straight line"),
        ((0.3, nn.ReLU6()), "ReLU dies, and ReLU6.. nearly so: its pull is 0"),
        ((10, nn.LeakyReLU(0.2)), "bursts"),
        ((0, nn.LeakyReLU(0.2)), "not learn at all"),
        ((-0.1, nn.LeakyReLU(0.2)), "not learn at all"),
        ((0.2, torch.relu), "is to be a unit"),
        ((0.2,), "two things"),
        (("0.2", nn.LeakyReLU(0.2)), "a number is asked for"),
    ],
)
def test_what_is_no_break_or_no_cure_is_explained(answer: Any, said: str) -> None:
    with pytest.raises(WrongAnswer, match=said):
        check_cure(answer)


def test_a_right_step() -> None:
    assert check_discriminator_step(d_step()).startswith("Correct: ")


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (d_step(detach=False), "fake.detach"),
        (d_step(zero=False), "zero_grad"),
        (d_step(move=False), "D has not moved"),
        (d_step(scale=0.5), "sum of two means"),
        (d_step(real_target=1.0), "smoothed here"),
        (d_step(fake_target=0.1), "Only the real side"),
        (d_step(real_target=0.0, fake_target=0.9), "swapped"),
        (d_step(see=torch.sigmoid), "applied twice"),
        (d_step(scale=6.0), "Wanted: the mean BCE"),
        (g_loss, "G's loss"),
        (real_only, "must see generated"),
        (3.0, "the function itself"),
    ],
)
def test_a_wrong_step_is_explained(step: object, said: str) -> None:
    with pytest.raises(WrongAnswer, match=said):
        check_discriminator_step(step)


def test_the_random_state_of_the_reader_stays() -> None:
    before = torch.random.get_rng_state()
    check_discriminator_step(d_step())
    check_checkpoint_parts(WHOLE)
    assert torch.equal(before, torch.random.get_rng_state())


def test_a_whole_checkpoint() -> None:
    assert check_checkpoint_parts(WHOLE).startswith("Correct: ")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (WHOLE - {"generator"}, "at step 4 .* Two players"),
        (WHOLE - {"discriminator"}, "at step 4 .* Two players"),
        (WHOLE - {"optimizer_g"}, "at step 5 .* Adam remembers"),
        (WHOLE - {"optimizer_d"}, "at step 4 the resumed run has loss_g .* Adam remembers"),
        (WHOLE - {"rng"}, "at step 4 .* drawn at random"),
        (WHOLE - {"step"}, "starts at step 1 again, where step 4"),
        (WHOLE | {"patches"}, "'patches' need not be kept: the photograph"),
        (WHOLE | {"history"}, "never reads it"),
        (WHOLE | {"weights"}, "'weights' is no part"),
        ("generator", "a set of names"),
        (4, "a set of names"),
    ],
)
def test_a_wrong_checkpoint_is_explained(answer: Any, said: str) -> None:
    with pytest.raises(WrongAnswer, match=said):
        check_checkpoint_parts(answer)
