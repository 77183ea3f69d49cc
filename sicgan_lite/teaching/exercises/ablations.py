"""Checks for the chapter on ablations."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sicgan_lite.studies.comparison import chance_apart, compare_seeds
from sicgan_lite.teaching.exercises.answers import (
    correct,
    exercise,
    not_answered,
    require,
    require_function,
    require_number,
)
from sicgan_lite.teaching.exercises.number_task import NumberTask

_SEEDS = 4
# Two results a side are enough for a spread; unequal numbers and a falling error are among the cases.
_RESULTS = (
    ([10.4, 12.8, 6.6], [5.3, 4.6, 4.4]),
    ([3.4, 3.9], [5.3, 4.6]),
    ([4.0, 7.5, 9.0, 5.5], [5.0, 6.0]),
)
_PLANS = ((1.0, 2.0, 2.0), (5.1, 2.2, 2.0), (0.5, 0.4, 2.8), (-1.1, 1.9, 2.0))


_RIGHT = chance_apart(_SEEDS)
_WAYS = math.comb(2 * _SEEDS, _SEEDS)
_RANKS = (
    "{value}: in how many ways can eight ranks be divided into four and four, and in how many of "
    "them are the lowest four together?"
)
LUCK = NumberTask(
    asked="give the share, between 0 and 1, of equal pairs that stand apart.",
    exact=_RIGHT,
    right="2 of 70 ways, 2.9 %. Four seeds each cut luck to less than a third of three seeds' 10 %.",
    slips={
        1 / _WAYS: "that is one side alone. The changed runs may be the lowest four or the highest four.",
        chance_apart(3): "that is the share for three seeds each.",
        100 * _RIGHT: "that is in percent. A share lies between 0 and 1.",
        2 / 2**_SEEDS: "that compares each seed with its own pair. All runs of one side are meant "
        "to lie below all of the other.",
        2 / math.factorial(2 * _SEEDS): "the order within a side does not matter.",
        _WAYS: "that is the number of ways to divide eight runs. Two of them are apart.",
    },
    too_small=_RANKS,
    too_large=_RANKS,
    near=0.035,
)


@exercise
def check_luck(answer: Any) -> str:
    """Check how often two equal settings with four seeds each stand apart: 2 / C(8, 4)."""
    return LUCK.check(answer)


@exercise
def check_effect(answer: object) -> str:
    """Check a function ``(changed, unchanged) -> (effect, spread)`` of two lists of results.

    The effect is changed minus unchanged; the spread the root of the mean of the sample variances.
    """
    measure = require_function(answer)
    for changed, unchanged in _RESULTS:
        found = measure(list(changed), list(unchanged))
        if found is None:
            return not_answered("let measure return two numbers, (effect, spread).")
        pair = np.asarray(found, float)
        require(pair.shape == (2,), f"two numbers are asked for, (effect, spread); got {found!r}.")
        _require_effect(float(pair[0]), changed, unchanged)
        _require_spread(float(pair[1]), changed, unchanged)
    return correct("an effect in ΔE, and beside it what the seed alone does.")


@exercise
def check_seeds_needed(answer: object) -> str:
    """Check a function ``(effect, spread, times) -> seeds``: a whole number for each side.

    It is the least n for which the effect is ``times`` standard errors of the difference,
    spread · sqrt(2 / n), or more.
    """
    plan = require_function(answer)
    for effect, spread, times in _PLANS:
        seeds = plan(effect, spread, times)
        if seeds is None:
            return not_answered("let seeds_needed return how many seeds each side needs.")
        _require_seeds(require_number(seeds), effect, spread, times)
    return correct("half the effect needs four times the seeds.")


def _require_effect(effect: float, changed: list[float], unchanged: list[float]) -> None:
    exact = compare_seeds(changed, unchanged).effect
    case = f"changed {changed}, unchanged {unchanged}"
    require(
        not math.isclose(effect, -exact, rel_tol=1e-6),
        f"{case}: the effect is {effect:.3g}; the sign is turned. Changed minus unchanged: a lower "
        "error is a negative effect.",
    )
    medians = float(np.median(changed) - np.median(unchanged))
    require(
        not math.isclose(effect, medians, rel_tol=1e-6) or math.isclose(medians, exact, rel_tol=1e-6),
        f"{case}: {effect:.3g} is the difference of the medians. Take the means.",
    )
    require(
        math.isclose(effect, exact, rel_tol=1e-6),
        f"{case}: the effect is {effect:.3g}; the means are {np.mean(changed):.3g} and "
        f"{np.mean(unchanged):.3g}.",
    )


def _require_spread(spread: float, changed: list[float], unchanged: list[float]) -> None:
    one, other = np.std(changed, ddof=1), np.std(unchanged, ddof=1)
    case = f"changed {changed}, unchanged {unchanged}: the spread is {spread:.3g}."
    wrong = {
        "Divide by n − 1: with few runs, the mean lies in their own middle (ddof=1).": np.sqrt(
            (np.var(changed) + np.var(unchanged)) / 2
        ),
        "That is the mean of the deviations. Take the mean of their squares, then the root.": (one + other)
        / 2,
        "That is a variance. Take its root, to have the unit of ΔE.": (one**2 + other**2) / 2,
        "That is the spread of all runs together: the effect itself is in it.": np.std(
            [*changed, *unchanged], ddof=1
        ),
        "The squares are added; take their mean.": np.hypot(one, other),
    }
    for message, value in wrong.items():
        require(not math.isclose(spread, value, rel_tol=1e-6), f"{case} {message}")
    exact = compare_seeds(changed, unchanged).spread
    require(
        math.isclose(spread, exact, rel_tol=1e-6),
        f"{case} The deviations are {one:.3g} and {other:.3g}; take the root of the mean of their squares.",
    )


def _require_seeds(seeds: float, effect: float, spread: float, times: float) -> None:
    exact = 2 * (times * spread / effect) ** 2
    case = f"effect {effect}, spread {spread}, {times} standard errors: {seeds:g} seeds."
    require(seeds > 0, f"{case} A number of seeds is above 0. Does the sign of the effect matter?")
    require(
        not (math.isclose(seeds, exact, rel_tol=1e-9) and exact % 1),
        f"{case} Seeds are whole: round up with math.ceil.",
    )
    require(seeds % 1 == 0, f"{case} A whole number is asked for.")
    wrong = {
        math.ceil(exact / 2): "A difference has two means, and both are uncertain: n is twice that.",
        math.ceil(math.sqrt(exact)): "The error falls with the root of n, so n goes with the square.",
        math.ceil(exact / times**2): f"The effect is to be {times} standard errors; that is one.",
        math.floor(exact): "Rounded down, the effect falls short. Round up.",
    }
    if seeds != math.ceil(exact):
        require(seeds not in wrong, f"{case} {wrong.get(int(seeds), '')}")
    require(
        seeds == math.ceil(exact),
        f"{case} With n seeds each, the standard error is spread · sqrt(2 / n). Solve for n.",
    )
