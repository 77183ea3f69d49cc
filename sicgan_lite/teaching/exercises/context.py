"""Checks for the chapter on context."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.integrate import quad
from scipy.stats import norm

from sicgan_lite.arrays.resizing import shrink
from sicgan_lite.color import rgb_to_lab
from sicgan_lite.patches import ALL_TRANSFORMS
from sicgan_lite.pictures.samples import sample_image
from sicgan_lite.plotting import BookFigure, show_images
from sicgan_lite.teaching.exercises.answers import (
    correct,
    exercise,
    not_answered,
    require,
    require_function,
    require_number,
)

_WINNERS = ((1, 0.26), (2, 1.0), (23, 0.26))
_NEAR = 0.03  # a simulation is allowed


@exercise
def check_isotropic(answer: object) -> str:
    """Check a function ``lightness -> map``, both (h, w): a context feature of the reader's own.

    Lightness is float32 in [0, 100]. The map commutes with the eight symmetries of a square, and depends
    on more of the picture than the pixel itself.
    """
    feature = require_function(answer)
    lightness = np.random.default_rng(0).uniform(0, 100, (24, 24)).astype(np.float32)
    made = feature(lightness.copy())
    if made is None:
        return not_answered("let feature return an array of lightness's own shape.")
    made = np.asarray(made, float)
    require(made.shape == lightness.shape, f"the map has shape {made.shape}, not {lightness.shape}.")
    require(bool(np.isfinite(made).all()), "the map holds NaN or infinity.")
    for name, turn in ALL_TRANSFORMS.items():
        apart = np.abs(turn(made) - np.asarray(feature(turn(lightness).copy()), float)).max()
        require(
            bool(apart <= 1e-3 * max(1.0, float(np.abs(made).max()))),
            f"{name!r}: the map of the turned picture differs from the turned map by {apart:.3g}. "
            "Give no direction and no place a say of its own.",
        )
    require(float(made.std()) > 1e-6, "the map is the same everywhere.")
    require(
        not _is_pointwise(feature, lightness),
        "a pixel's number does not change when its neighbours do. Lightness knows that already.",
    )
    return correct(
        "it commutes with all eight, and it looks around.",
        _shown(feature),
        "A red cup in grey, and beside it your own feature of its lightness.",
    )


@exercise
def check_cheapest(answer: object) -> str:
    """Check a function ``(shares, costs) -> index``: for each pixel the answer of least expected cost.

    Shares (n, k) say how likely each of k colours is; costs (k, k) holds in row i and column j what it
    costs to answer i where j is true. The index (n,) counts from 0.
    """
    cheapest = require_function(answer)
    shares, costs = _decision()
    index = cheapest(shares.copy(), costs.copy())
    if index is None:
        return not_answered("let cheapest return, for each pixel, the number of the colour to answer.")
    index = np.asarray(index)
    require(index.shape == (len(shares),), f"wanted shape ({len(shares)},), got {index.shape}.")
    for message, wrong in _decision_slips(shares, costs).items():
        require(not np.array_equal(index, wrong), message)
    exact = (shares @ costs.T).argmin(axis=1)
    rows = np.flatnonzero(index != exact)
    require(
        len(rows) == 0,
        f"pixel {rows[0] if len(rows) else 0}: another answer costs less. "
        "The expected cost of answer i is the sum over j of share j times costs[i, j].",
    )
    return correct("with other costs the same distribution gives another picture.")


@exercise
def check_winner(answer: object) -> str:
    """Check a function ``(count, spread) -> number``: by how much the best of equals looks better.

    ``count`` settings are equally good. Each mean is off by a normal error of standard deviation
    ``spread``. The number is the expected lead of the best one over what it is worth; a simulation that is
    right within 3 % will do.
    """
    winner = require_function(answer)
    for count, spread in _WINNERS:
        value = winner(count, spread)
        if value is None:
            return not_answered("let winner return by how much the best of them looks better than it is.")
        _require_lead(require_number(value), count, spread)
    return correct("23 settings that are all alike, each off by 0.26, and the best looks 0.5 better.")


def _is_pointwise(feature: Callable[..., Any], lightness: np.ndarray) -> bool:
    """Whether the middle pixel's number stays when all others change."""
    other = np.random.default_rng(1).permuted(lightness)
    other[12, 12] = lightness[12, 12]
    middles = [np.asarray(feature(each.copy()), float)[12, 12] for each in (lightness, other)]
    return bool(np.isclose(*middles, atol=1e-6))


def _shown(feature: Callable[..., Any]) -> BookFigure:
    lightness = rgb_to_lab(shrink(sample_image("coffee"), 240))[..., 0]
    made = np.asarray(feature(lightness.copy()), np.float32)
    low, high = np.percentile(made, [1, 99])
    scaled = ((made - low) / max(high - low, 1e-6)).clip(0, 1)
    return show_images([lightness / 100, scaled], ["Lightness", "Your feature"], limits=(0, 1))


def _decision() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(4)
    costs = rng.uniform(1, 10, (5, 5))
    np.fill_diagonal(costs, 0)
    return rng.dirichlet(np.ones(5), 200), costs


def _decision_slips(shares: np.ndarray, costs: np.ndarray) -> dict[str, np.ndarray]:
    return {
        "that is the likeliest colour, whatever a mistake costs.": shares.argmax(axis=1),
        "costs is turned round: row i is the answer, column j the truth.": (shares @ costs).argmin(axis=1),
        "that is the answer of greatest cost.": (shares @ costs.T).argmax(axis=1),
    }


def _require_lead(value: float, count: int, spread: float) -> None:
    exact = spread * _expected_maximum(count)
    said = f"{count} settings, spread {spread:g}: {value:.3g}"
    many = spread * np.sqrt(2 * np.log(count))
    slips = {
        "that is the spread itself. The best of many is further out.": spread,
        "that is what very many tend to, and too much for so few.": many,
        "that is best to worst. The best against what it is worth is half of it.": 2 * exact,
        "that is the spread of a difference of two.": spread * np.sqrt(2),
    }
    require(value >= -_NEAR * spread, f"{said}. It looks better: give the lead as a number above 0.")
    for message, slip in slips.items():
        meant = abs(slip - exact) > _NEAR * spread and abs(value - slip) <= _NEAR * spread
        require(not meant, f"{said}: {message}")
    require(
        abs(value - exact) <= _NEAR * spread,
        f"{said}, and it is not within 3 % of the spread. Draw {count} errors many times, and take the best "
        "of each draw.",
    )


def _expected_maximum(count: int) -> float:
    """The mean of the largest of that many standard normal numbers."""
    value, _ = quad(lambda x: x * count * norm.pdf(x) * norm.cdf(x) ** (count - 1), -10, 10)
    return float(value)
