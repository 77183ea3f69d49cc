"""Checks for the chapter on the GAN losses."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from sicgan_lite.teaching.exercises.answers import (
    correct,
    exercise,
    not_answered,
    require,
    require_function,
    require_number,
)

_ALPHAS = (0.9, 1.0, 0.75, 0.5, 0.0)
_PLAIN = 2 * math.log(2)
_RATIOS = np.array([1e-3, 0.1, 1.0, 10.0])


@exercise
def check_chance_partner(answer: object) -> str:
    """Check a function ``(real_target) -> fake_target`` that gives a chance loss of 2 ln 2 for D."""
    partner = require_function(answer)
    betas = [partner(alpha) for alpha in _ALPHAS]
    if betas[0] is None:
        return not_answered("let partner return the fake target with which D's chance loss is 2 ln 2.")
    pairs = dict(zip(_ALPHAS, map(require_number, betas), strict=True))
    _explain_partner(pairs)
    for alpha, beta in pairs.items():
        require(0 <= beta <= 1, f"real target {alpha}: {beta:g} is no target. It must lie between 0 and 1.")
        loss = _chance_loss(alpha, beta)
        require(
            math.isclose(loss, _PLAIN, abs_tol=1e-6),
            f"targets {alpha} and {beta:g}: at chance L_D is {loss:.4f}, and 2 ln 2 is {_PLAIN:.4f}. "
            "L_D depends on the sum of the targets alone: for which sum is a guess of 0.5 the best?",
        )
    return correct("α + β = 1, on the whole line: D* is 1/2 there, and a fair coin costs ln 2 a side.")


@exercise
def check_pull(answer: object) -> str:
    """Check a function ``(r, alpha, beta)``: the slope of log D* by log r, where r = p_real / p_fake."""
    pull = require_function(answer)
    if pull(_RATIOS.copy(), 0.9, 0.1) is None:
        return not_answered("let pull return the slope of log D* with respect to log r.")
    for alpha, beta in [(0.9, 0.1), (0.9, 0.0), (0.8, 0.3)]:
        got = np.broadcast_to(np.asarray(pull(_RATIOS.copy(), alpha, beta), dtype=float), _RATIOS.shape)
        exact = _exact_pull(_RATIOS, alpha, beta)
        _explain(got, exact, _pull_slips(_RATIOS, alpha, beta))
        worst = int(np.argmax(np.abs(got - exact)))
        require(
            np.allclose(got, exact, rtol=1e-4),
            f"r = {_RATIOS[worst]:g}, α = {alpha}, β = {beta}: {got[worst]:.4f} where the slope is "
            f"{exact[worst]:.4f}. Write D* with r, take the logarithm, and differentiate by log r.",
        )
    return correct(
        "one-sided, the pull goes to 1 where only fakes live; two-sided, it goes to 0 below r = β/α."
    )


@exercise
def check_generator_loss(answer: object) -> str:
    """Check a function ``(logits, target) -> loss``: G's loss, built from ``softplus``."""
    import torch

    g_loss = require_function(answer)
    logits = torch.tensor([-3.0, -0.5, 2.0, 4.0])
    given = g_loss(logits.clone(), 0.975)
    if given is None:
        return not_answered("let g_loss return the mean BCE of the logits against the target.")
    got = np.asarray(given, dtype=float)
    require(got.shape == (), f"one number is asked for, got shape {got.shape}. Take the mean of the batch.")
    z = logits.double().numpy()
    _explain(got, _bce(z, 0.975), _generator_slips(z, 0.975))
    require(
        math.isclose(float(got), _bce(z, 0.975), rel_tol=1e-4),
        f"L_G is {float(got):.4f} where {_bce(z, 0.975):.4f} is right. Try one logit of 0: "
        "it must give ln 2, whatever the target.",
    )
    far = float(g_loss(torch.tensor([200.0, -200.0]), 0.0))
    require(
        math.isclose(far, 100.0, rel_tol=1e-4),
        f"logits of 200 and -200 with target 0 give {far}, where 100 is right. "
        "An exponential has overflowed: let softplus take it.",
    )
    return correct("softplus(z) - t z, and it holds for logits of any size.")


def _explain_partner(pairs: Mapping[float, float]) -> None:
    slips: Mapping[str, Callable[[float], float]] = {
        "a fake target of 0 goes with a real target of 1 alone. There is a whole line of pairs.": (
            lambda _: 0.0
        ),
        "equal targets leave D nothing to tell apart, and its loss is that of their entropy.": lambda a: a,
        "that is D's score at chance, not a target.": lambda a: a / 2,
    }
    for message, slip in slips.items():
        same = all(math.isclose(beta, slip(alpha), abs_tol=1e-9) for alpha, beta in pairs.items())
        require(
            not same, f"targets 0.9 and {pairs[0.9]:g} give {_chance_loss(0.9, pairs[0.9]):.4f}: {message}"
        )


def _chance_loss(alpha: float, beta: float) -> float:
    """L_D for the score (α + β)/2, twice the entropy of a coin that falls so."""
    score = (alpha + beta) / 2
    return -2 * sum(p * math.log(p) for p in (score, 1 - score) if p > 0)


def _exact_pull(r: np.ndarray, alpha: float, beta: float) -> np.ndarray:
    return r * (alpha - beta) / ((alpha * r + beta) * (r + 1))


def _pull_slips(r: np.ndarray, alpha: float, beta: float) -> Mapping[str, np.ndarray]:
    score = (alpha * r + beta) / (r + 1)
    exact = _exact_pull(r, alpha, beta)
    return {
        "that is the slope of D* itself. G climbs its logarithm: divide by D*.": exact * score,
        "that is the slope by r. By log r it is r times as much.": exact / r,
        "the second slope is that of ln(r + 1) by r. By ln r it is r times as much: r/(r + 1).": (
            alpha * r / (alpha * r + beta) - 1 / (r + 1)
        ),
        "the sum of the densities was held fixed. r stands in the denominator of D* too.": (
            alpha * r / (alpha * r + beta)
        ),
        "that is the one-sided pull: β is missing.": 1 / (1 + r),
        "the sign is turned: log D* rises with r.": -exact,
        "that is log D*, not its slope.": np.log(score),
    }


def _generator_slips(z: np.ndarray, target: float) -> Mapping[str, float]:
    sigmoid = 1 / (1 + np.exp(-z))
    return {
        "that is the sum. Take the mean, so that the batch size does not matter.": _bce(z, target) * len(z),
        "that is the loss against 1. The target is missing.": _bce(z, 1.0),
        "that is D's loss on fakes. G wants them called real.": _bce(z, 0.0),
        "the target is turned round: t belongs to softplus(-z).": _bce(z, 1 - target),
        "the sign is turned: G would want to be caught.": -_bce(z, target),
        "the sigmoid is applied first. softplus has it inside.": _bce(sigmoid, target),
    }


def _bce(z: np.ndarray, target: float) -> float:
    return float((np.logaddexp(0, z) - target * z).mean())


def _explain(got: np.ndarray, exact: Any, slips: Mapping[str, Any]) -> None:
    """Raise WrongAnswer with the explanation of a known wrong answer."""
    for message, slip in slips.items():
        known = np.allclose(got, slip, rtol=1e-4) and not np.allclose(slip, exact, rtol=1e-4)
        require(not known, f"{np.round(got, 4).tolist()}: {message}")
