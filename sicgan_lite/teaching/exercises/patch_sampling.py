"""Checks for the chapter on patch sampling."""

from itertools import product
from typing import Any

import numpy as np

from sicgan_lite.patches import ALL_TRANSFORMS, TRANSFORMS
from sicgan_lite.teaching.exercises.answers import (
    WrongAnswer,
    correct,
    exercise,
    not_answered,
    require,
    require_function,
)
from sicgan_lite.teaching.exercises.number_task import NumberTask

_POSITIONS = (400 - 128 + 1) * (600 - 128 + 1)
_DISTANCE = 20


def _points_nearer_than(distance: float) -> int:
    """How many lattice points lie nearer to the middle than ``distance``, the middle among them."""
    radius = int(distance)
    rows, columns = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    return int(np.count_nonzero(rows**2 + columns**2 < distance**2))


_NEAR = _points_nearer_than(_DISTANCE)
_FIT = (_POSITIONS - 1) // _NEAR + 1
SURE_FIT = NumberTask(
    asked="give the number of origins that cannot jam at a distance of 20 pixels.",
    exact=_FIT,
    right=f"{_FIT - 1} origins forbid at most {_FIT - 1} · {_NEAR} of {_POSITIONS} positions.",
    slips={
        _FIT - 1: "one too few. Either the first origin was asked for leave, and it needs nobody's: the "
        "bound is on n − 1. Or positions at exactly 20 were counted as forbidden: nearer than 20 means < 20.",
        _FIT + 1: "one too many: at this number the n − 1 origins before the last may close every position.",
        (400 * 600 - 1) // _NEAR + 1: "that counts all pixels. An origin needs room for its patch "
        "to the right and below.",
        (_POSITIONS - 1) // _points_nearer_than(_DISTANCE / 2) + 1: "that gives each origin a disc of "
        "radius d/2. An origin forbids every position nearer than d, not d/2.",
        int(_POSITIONS / (np.pi * _DISTANCE**2)): "that takes the area of a disc, πd². Positions are lattice "
        "points: count them.",
    },
    too_small=f"{{value}} is fewer than fit for sure. An origin forbids {_NEAR} positions, and there are "
    f"{_POSITIONS}.",
    too_large=f"{{value}} is too many. An origin forbids {_NEAR} positions, and there are {_POSITIONS}.",
    whole="{value} is no number of origins. The bound is on n − 1: round, then add one.",
    # What random placing reached, with a margin on both sides.
    between=(
        225,
        255,
        "{value} is about what random placing reaches before it jams. That is luck, not a promise.",
    ),
)


@exercise
def check_sure_fit(answer: object) -> str:
    """Check how many origins of 128×128 patches are sure to fit on 400×600 at a distance of 20."""
    return SURE_FIT.check(answer)


@exercise
def check_closed_set(answer: Any) -> str:
    """Check four of the paper's six symmetries that are closed under composition, by their names."""
    if answer is None:
        return not_answered("give a set of four names, closed under composition.")
    require(
        isinstance(answer, (set, frozenset, list, tuple)), f"a set of names is asked for, got {answer!r}."
    )
    names = set(answer)
    strange = sorted(map(str, names - set(TRANSFORMS)))
    require(not strange, f"{', '.join(strange)}: not one of the paper's six, {', '.join(TRANSFORMS)}.")
    require(
        "id" in names, "id is missing. A flip done twice does nothing, and that has to be in the set too."
    )
    for first, second in product(sorted(names), repeat=2):
        both = _compose(first, second)
        require(both in names, f"{second} after {first} is {both}, which is not in your set.")
    require(len(names) == 4, f"your set is closed, but it has {len(names)} of the four names asked for.")
    return correct("whatever follows whatever, you stay among these four.")


@exercise
def check_clean_test(answer: object) -> str:
    """Check a function ``(test, train, size)`` that keeps the test origins apart from all training."""
    clean = require_function(answer)
    size, test, train = _split_probe()
    got = clean(test.copy(), train.copy(), size)
    if got is None:
        return not_answered("let clean_test return the rows of test that share no pixel with training.")
    got = np.asarray(got)
    require(got.dtype != bool, "that is a mask. Return the origins themselves: test[mask].")
    require(
        got.ndim == 2 and got.shape[1] == 2,
        f"the result must have shape (n, 2), a row and a column for each origin, got {got.shape}.",
    )
    for mask, message in _split_slips(test, train, size):
        require(not np.array_equal(got, test[mask]), message)
    if not np.array_equal(got, test[_apart(test, train, size)]):
        raise WrongAnswer(
            f"{len(got)} origins are left of {len(test)}, and they are not the right ones. "
            "Patches share no pixel if rows or columns differ by the size or more, for every training patch."
        )
    return correct(f"{len(got)} of {len(test)} test patches are left: that is what a clean test costs.")


def _compose(first: str, second: str) -> str:
    patch = np.arange(9).reshape(3, 3)
    both = ALL_TRANSFORMS[second](ALL_TRANSFORMS[first](patch))
    return next(name for name, turn in ALL_TRANSFORMS.items() if np.array_equal(turn(patch), both))


def _split_probe() -> tuple[int, np.ndarray, np.ndarray]:
    """Training patches in one corner, and test patches on a lattice that touches, overlaps and misses."""
    size = 8
    train = np.array([[8, 8], [8, 16], [14, 10]])
    test = np.array(list(product(range(0, 34, 2), repeat=2)))
    return size, test, train


def _apart(test: np.ndarray, train: np.ndarray, size: int) -> np.ndarray:
    """True for the test origins whose patch shares no pixel with any training patch."""
    return np.all(np.any(np.abs(test[:, None] - train) >= size, axis=2), axis=1)


def _split_slips(test: np.ndarray, train: np.ndarray, size: int) -> list[tuple[np.ndarray, str]]:
    gap = np.abs(test[:, None] - train)
    return [
        (
            ~_apart(test, train, size),
            "those are the patches that do touch training. Return the others.",
        ),
        (
            np.all(gap >= size, axis=(1, 2)),
            "too strict: patches are apart if rows or columns differ by the size. Both are not needed.",
        ),
        (
            np.all(np.any(gap > size, axis=2), axis=1),
            "too strict: origins that differ by exactly the size are neighbours that share no pixel.",
        ),
        (
            np.all(np.hypot(gap[..., 0], gap[..., 1]) >= size, axis=1),
            "that compares the distance of origins. Two squares can lie further apart than their side, "
            "along the diagonal, and still overlap.",
        ),
        (
            np.any(gap >= size, axis=(1, 2)),
            "being apart from one training patch is not enough. It has to hold for all of them.",
        ),
        (
            np.all(np.any(gap > 0, axis=2), axis=1),
            "that removes only patches with the very same origin. A shift by one pixel shares nearly all.",
        ),
    ]
