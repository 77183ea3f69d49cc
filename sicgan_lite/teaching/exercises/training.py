"""Checks for the chapter on training."""

from __future__ import annotations

import math
import reprlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from sicgan_lite.arrays.resizing import shrink
from sicgan_lite.config import Config
from sicgan_lite.pictures.samples import sample_image
from sicgan_lite.plotting import show_images
from sicgan_lite.teaching.exercises.answers import (
    WrongAnswer,
    correct,
    exercise,
    not_answered,
    require,
    require_function,
    require_number,
)

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

    from sicgan_lite.networks import Discriminator, Generator
    from sicgan_lite.training import StepRecord, TrainState

_GAME_STEPS = 200
_ALIVE, _BURST = 0.01, 100.0  # live games have a pull between these
_PARTS: tuple[str, ...] = ("generator", "discriminator", "optimizer_g", "optimizer_d", "step", "rng")
_DERIVED = {
    "patches": "the photograph and the seed in the config give the patches again",
    "config": "a fresh state is built from it already",
    "order": "the order of an epoch follows from the seed and the epoch's number",
    "history": "training never reads it",
}
_RATE = 0.1
_STOP = 3  # the step after which the run of the exercise is stopped
_SMALL = Config(
    size=8,
    num_patches=10,
    epochs=2,
    batch_size=4,
    generator_widths=(4,),
    discriminator_widths=(4,),
    precision="float32",
)


@exercise
def check_cure(answer: Any) -> str:
    """Check (rate, unit): a learning rate that kills D's ReLUs in the pixel game, and a unit that survives.

    Two games of 200 steps on the cup, with one seed and this rate: one with ReLUs in D, one with the unit.
    """
    if answer is None:
        return not_answered("give two things, (a rate at which D dies, a unit that lives at that rate).")
    pair = isinstance(answer, tuple | list) and len(answer) == 2
    require(pair, f"two things are asked for, (rate, unit), got {reprlib.repr(answer)}.")
    rate, unit = require_number(answer[0]), _require_unit(answer[1])
    require(rate > 0, f"a rate of {rate:g}: D would not learn at all. A rate is above 0.")
    broken = _play(rate, None)
    _explain_broken(broken, rate)
    cured = _play(rate, unit)
    _explain_cured(cured, rate, unit)
    return correct(
        f"at a rate of {rate:g} D's ReLUs give a pull of 0, and with {unit} the pull is {cured.pull:.2g}. "
        "A unit that has a slope on both sides cannot die.",
        show_images([broken.picture, cured.picture], ["D dead", f"D alive: pull {cured.pull:.2g}"]),
        "The cup as two games painted it: one whose D died early, and one whose D lived.",
    )


@exercise
def check_discriminator_step(answer: object) -> str:
    """Check a function ``(generator, discriminator, optimizer, features, real) -> loss``.

    It makes one step of D on real (target 0.9) and generated (target 0) patches, without noise,
    and returns L_D before the step.
    """
    step = require_function(answer)
    trial = _try_step(step)
    if trial.loss is None:
        return not_answered("let discriminator_step train D once and return the loss.")
    _explain_loss(float(trial.loss), trial.real_logits, trial.fake_logits)
    require(
        not trial.generator_gradients,
        "the loss is right, but G has received gradients: this step would train G to help D. "
        "Cut the way back with fake.detach().",
    )
    require(trial.moved, "the loss is right, but D has not moved. backward() measures; the optimizer steps.")
    require(
        trial.as_expected,
        "D moved to another place than one step of its loss leads to. Gradients add up: "
        "call optimizer.zero_grad() before backward().",
    )
    return correct("D has made one step of its own loss, and G has noticed nothing.")


@exercise
def check_checkpoint_parts(answer: Any) -> str:
    """Check the parts of a state that a checkpoint must hold, by stopping and resuming a small run."""
    if answer is None:
        return not_answered("give a set of names, such as {'generator', 'step'}.")
    texts = isinstance(answer, Iterable) and not isinstance(answer, str)
    require(texts, f"a set of names is asked for, got {answer!r}.")
    parts = set(answer)
    for name in sorted(map(str, parts - set(_PARTS))):
        why = _DERIVED.get(name)
        require(why is None, f"{name!r} need not be kept: {why}. Leave it out.")
        raise WrongAnswer(f"{name!r} is no part of a state. Choose among {sorted({*_PARTS, *_DERIVED})}.")
    whole, resumed = _stop_and_resume(parts)
    for straight, again in zip(whole, resumed, strict=False):
        _explain_difference(straight, again, set(_PARTS) - parts)
    return correct("stopped after three steps and resumed, the run repeats every number to the last bit.")


@dataclass(frozen=True)
class _Played:
    """How a pixel game ended: G's picture, and D's pull on it, over the last ten steps."""

    picture: np.ndarray
    pull: float


def _require_unit(unit: Any) -> nn.Module:
    import torch
    from torch import nn

    is_class = isinstance(unit, type) and issubclass(unit, nn.Module)
    require(
        not is_class, f"{reprlib.repr(unit)} is a class. Make a unit of it, with brackets, as in nn.ReLU()."
    )
    if not isinstance(unit, nn.Module):
        raise WrongAnswer(f"the second is to be a unit, as nn.ReLU() is one, got {reprlib.repr(unit)}.")
    require(not isinstance(unit, nn.ReLU), "the unit is a ReLU again, which is to die at this rate.")
    with torch.no_grad():
        bend = torch.diff(unit(torch.linspace(-3, 3, 61)), n=2).abs().max()
    require(
        bool(bend > 1e-3),
        f"{unit} is a straight line. D would live, and could tell colours apart along one direction only.",
    )
    return unit


def _play(rate: float, unit: nn.Module | None) -> _Played:
    """Play the pixel game on the cup with this rate for D, and with this unit in place of D's ReLUs."""
    import torch
    from torch import nn

    from sicgan_lite.teaching.pixel_game import PixelGame

    game = PixelGame(shrink(sample_image("coffee")), seed=0, dtype=torch.float64)
    game.lr_discriminator = rate
    for place, layer in enumerate(game.discriminator):
        if unit is not None and isinstance(layer, nn.ReLU):
            game.discriminator[place] = unit.double()
    pull = game.run(_GAME_STEPS).pull[-10:].mean()
    return _Played(game.colorize(shrink(sample_image("coffee"), 300)), float(pull))


def _explain_broken(played: _Played, rate: float) -> None:
    require(
        math.isfinite(played.pull),
        f"at a rate of {rate:g} D has burst: its pull is no number any more. Dead means a pull of 0.",
    )
    require(
        played.pull == 0,
        f"at a rate of {rate:g} the D with ReLUs lives: its pull is {played.pull:.2g}, and not 0. At "
        "first Adam moves each weight by about the rate. How far must that be to shut every ReLU?",
    )


def _explain_cured(played: _Played, rate: float, unit: nn.Module) -> None:
    require(
        played.pull <= _BURST,
        f"at a rate of {rate:g} ReLU dies, but {unit} bursts: its pull is {played.pull:.2g}. "
        "Try a smaller rate.",
    )
    require(
        played.pull >= _ALIVE,
        f"at a rate of {rate:g} ReLU dies, and {unit} nearly so: its pull is {played.pull:.2g}. "
        "Which unit has a slope wherever it is thrown?",
    )


@dataclass(frozen=True)
class _Trial:
    """What one call of the reader's step did to two small networks."""

    loss: Any
    real_logits: np.ndarray
    fake_logits: np.ndarray
    generator_gradients: bool
    moved: bool
    as_expected: bool


def _try_step(step: Callable[..., Any]) -> _Trial:
    import torch

    generator, discriminator, features, real = _small_game()
    optimizer = torch.optim.SGD(discriminator.parameters(), lr=_RATE)
    with torch.no_grad():
        fake = generator(features)
        logits = [discriminator(ab, features).double().numpy() for ab in (real, fake)]
    wanted = _after_one_step(discriminator, real, fake, features)
    before = [p.detach().clone() for p in discriminator.parameters()]
    for parameter in discriminator.parameters():
        parameter.grad = torch.ones_like(parameter)  # left over from a step of G
    loss = step(generator, discriminator, optimizer, features, real)
    after = list(discriminator.parameters())
    touched = any(p.grad is not None for p in generator.parameters())
    moved, as_expected = not _all_close(before, after), _all_close(wanted, after)
    return _Trial(loss, logits[0], logits[1], touched, moved, as_expected)


def _small_game() -> tuple[Generator, Discriminator, Tensor, Tensor]:
    import torch

    from sicgan_lite.networks import Discriminator, Generator

    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(0)
        generator, discriminator = Generator((4,), 8), Discriminator((4,))
    with torch.no_grad():
        for weights in list(discriminator.parameters())[-2:]:
            weights.mul_(6)  # opinions strong enough to tell one loss from another
    rng = torch.Generator().manual_seed(0)
    features = torch.rand((6, 5, 8, 8), generator=rng)
    real = 2 * torch.rand((6, 2, 8, 8), generator=rng) - 0.5
    return generator, discriminator, features, real


def _after_one_step(
    discriminator: Discriminator, real: Tensor, fake: Tensor, features: Tensor
) -> list[Tensor]:
    """D's parameters after one step of plain gradient descent."""
    import torch

    from sicgan_lite.losses import discriminator_loss

    parameters = list(discriminator.parameters())
    loss = discriminator_loss(discriminator(real, features), discriminator(fake, features))
    gradients = torch.autograd.grad(loss, parameters)
    return [p.detach() - _RATE * g for p, g in zip(parameters, gradients, strict=True)]


def _all_close(first: list[Any], second: list[Any]) -> bool:
    import torch

    return all(torch.allclose(a, b, atol=1e-6) for a, b in zip(first, second, strict=True))


def _explain_loss(loss: float, real: np.ndarray, fake: np.ndarray) -> None:
    right = _bce(real, 0.9) + _bce(fake, 0.0)
    for message, wrong in _loss_slips(real, fake).items():
        require(not math.isclose(loss, wrong, rel_tol=1e-4), f"L_D is {loss:.3f}: {message}")
    require(
        math.isclose(loss, right, rel_tol=1e-4),
        f"L_D is {loss:.3f} where {right:.3f} is right. Wanted: the mean BCE of the real patches against "
        "0.9, plus that of the generated patches against 0, both before the step.",
    )


def _loss_slips(real: np.ndarray, fake: np.ndarray) -> Mapping[str, float]:
    return {
        "half of what it should be. It is the sum of two means, not their mean.": (
            (_bce(real, 0.9) + _bce(fake, 0)) / 2
        ),
        "the targets are swapped. Real patches have 0.9, generated ones 0.": (
            _bce(real, 0.0) + _bce(fake, 0.9)
        ),
        "the real target is 1. It is smoothed here: 0.9.": _bce(real, 1.0) + _bce(fake, 0.0),
        "the generated target is 0.1. Only the real side is smoothed.": _bce(real, 0.9) + _bce(fake, 0.1),
        "that is G's loss. D wants 0 for generated patches.": _bce(fake, 1.0),
        "the real patches alone. D must see generated ones too.": _bce(real, 0.9),
        "the generated patches alone. D must see real ones too.": _bce(fake, 0.0),
        "the sigmoid is applied twice. These networks give logits, and the BCE on logits has its own.": (
            _bce(_sigmoid(real), 0.9) + _bce(_sigmoid(fake), 0.0)
        ),
    }


def _bce(logits: np.ndarray, target: float) -> float:
    return float((np.logaddexp(0, logits) - target * logits).mean())


def _sigmoid(logits: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-logits))


def _stop_and_resume(parts: set[str]) -> tuple[list[StepRecord], list[StepRecord]]:
    """The steps after the stop: in a run that went on, and in one that kept only ``parts``."""
    from sicgan_lite.training import TrainState, train

    rgb = np.random.default_rng(0).integers(0, 256, (16, 20, 3)).astype(np.uint8)
    whole = list(train(TrainState.create(rgb, _SMALL, "cpu")))
    stopped, resumed = (TrainState.create(rgb, _SMALL, "cpu") for _ in range(2))
    list(islice(train(stopped), _STOP))
    for name in parts:
        _carry(name, stopped, resumed)
    return whole[_STOP:], list(train(resumed))


def _carry(name: str, old: TrainState, new: TrainState) -> None:
    if name == "step":
        new.step = old.step
    elif name == "rng":
        rng: torch.Generator = new.rng
        rng.set_state(old.rng.get_state())
    else:
        getattr(new, name).load_state_dict(getattr(old, name).state_dict())


def _explain_difference(straight: StepRecord, again: StepRecord, missing: set[str]) -> None:
    require(
        straight.step == again.step,
        f"the resumed run starts at step {again.step} again, where step {straight.step} comes next. "
        "How does it know where it was?",
    )
    for name, value, other in zip(straight._fields, straight, again, strict=True):
        require(
            value == other,
            f"at step {straight.step} the resumed run has {name} = {other:.6f}, the run that went on "
            f"{value:.6f}. {_hint(missing)}",
        )


def _hint(missing: set[str]) -> str:
    if missing & {"generator", "discriminator"}:
        return "Two players have learnt something. Keep both."
    if missing & {"optimizer_g", "optimizer_d"}:
        return "Adam remembers past gradients, for each player. A fresh Adam starts from none."
    return "Noise and targets are drawn at random. Where does the next draw come from?"
