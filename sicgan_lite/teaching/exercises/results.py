"""Checks for the chapter on results."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sicgan_lite.arrays.resizing import shrink
from sicgan_lite.color import merge_ab, rgb_to_lab
from sicgan_lite.metrics import delta_e
from sicgan_lite.pictures.samples import sample_image
from sicgan_lite.plotting import BookFigure, show_images
from sicgan_lite.teaching.exercises.answers import (
    WrongAnswer,
    correct,
    exercise,
    not_answered,
    require,
    require_function,
)

_SHARES = (np.array([0.45, 0.3, 0.15, 0.07, 0.03]), np.array([0.1, 0.2, 0.25, 0.15, 0.3]))
_BLEND_CASES = ((8, 4), (8, 6), (10, 5))
_BINS = 4


@exercise
def check_descent(answer: object) -> str:
    """Check a function ``(p, q) -> number`` that G goes down, if D is the best there is at each moment.

    p and q (n,) are the shares of the photograph's and of G's colours in n squares. With targets 1 and 0
    the best D scores p / (p + q), and moving a little of q into a square changes G's loss by -ln D there.
    """
    if answer is None:
        return not_answered("let goal be a function of p and q whose value, one number, falls as G learns.")
    goal = require_function(answer)
    p, q = _SHARES
    value = goal(p.copy(), q.copy())
    if value is None:
        return not_answered("let goal return one number.")
    require(np.shape(value) == (), f"one number is wanted, got shape {np.shape(value)}. Add up the squares.")
    slope = _slopes(goal, p, q)
    require(bool(np.isfinite(slope).all()), "nan or infinity came back for shares that are all above 0.")
    exact, slips = -np.log(p / (p + q)), _descent_slips(p, q)
    for message, wrong in slips.items():
        require(not _same_moves(slope, wrong), message)
    require(
        _same_moves(slope, exact),
        f"moving 0.001 of q from the first square to the last changes your number by "
        f"{0.001 * (slope[-1] - slope[0]):.5f}, and G's loss by {0.001 * (exact[-1] - exact[0]):.5f}. "
        "Write -ln D with p and q, and look for what has this slope by q.",
    )
    return correct("KL(q‖p) − 2 JSD(p, q), up to a constant. It is least, and G at rest, where q = p.")


@exercise
def check_blend(answer: object) -> str:
    """Check a function ``(size, stride) -> weights``: a window whose shifted copies add up to 1.

    The weights (size,) are positive, the same from both ends, and greatest in the middle.
    """
    blend = require_function(answer)
    for size, stride in _BLEND_CASES:
        weights = blend(size, stride)
        if weights is None:
            return not_answered("let blend return the weights of one row of a tile, an array of its size.")
        _require_window(np.asarray(weights, float), size, stride)
    return correct("each pixel gets the mean of its tiles, and a tile's border has little say in it.")


@exercise
def check_color_table(answer: object) -> str:
    """Check a function ``(lightness, ab, bins) -> table``: the median ab of each bin of lightness.

    Lightness (n,) is in [0, 100], ab (n, 2), the table (bins, 2); an empty bin is grey.
    """
    fit = require_function(answer)
    lightness, ab = _table_probe()
    try:
        table = fit(lightness.copy(), ab.copy(), _BINS)
    except IndexError:
        fit(np.minimum(lightness, 99), ab.copy(), _BINS)  # with the same error, it is another one
        raise WrongAnswer(
            f"L = 100 fell into bin {_BINS}, and the last one is bin {_BINS - 1}. Put it there: np.minimum."
        ) from None
    if table is None:
        return not_answered("let color_table return an array (bins, 2): an a and a b for each bin.")
    table = np.asarray(table, float)
    require(table.shape == (_BINS, 2), f"the table has shape {table.shape}; wanted ({_BINS}, 2).")
    require(not np.isnan(table).any(), "a bin without a pixel is NaN. Leave such a bin grey: a = b = 0.")
    for message, wrong in _table_slips(lightness, ab).items():
        require(not np.allclose(table, wrong, atol=1e-3), message)
    exact = _table(lightness, ab)
    rows = np.flatnonzero(~np.isclose(table, exact, atol=1e-3).all(axis=1))
    require(
        len(rows) == 0,
        f"bin {rows[0] if len(rows) else 0} is off. It holds the pixels with bin ≤ L · {_BINS} / 100 "
        "< bin + 1, and the last one L = 100 too.",
    )
    cup = shrink(sample_image("coffee"), 300)
    return correct(
        "a median for each bin: all that lightness alone can say about colour.",
        _painted(fit, cup),
        "A red cup on brown wood, and beside it the cup painted from your table of 32 colours.",
    )


def _slopes(goal: Callable[..., Any], p: np.ndarray, q: np.ndarray, step: float = 1e-5) -> np.ndarray:
    """The slope of ``goal`` by each share of q."""
    ways = step * np.eye(len(q))
    return np.array([float(goal(p.copy(), q + way) - goal(p.copy(), q - way)) / (2 * step) for way in ways])


def _same_moves(slope: np.ndarray, other: np.ndarray) -> bool:
    """Whether moving shares from square to square changes both alike: a constant drops out."""
    return bool(np.allclose(slope - slope.mean(), other - other.mean(), atol=1e-4))


def _descent_slips(p: np.ndarray, q: np.ndarray) -> dict[str, np.ndarray]:
    right = -np.log(p / (p + q))
    shannon = np.log(2 * q / (p + q))
    return {
        "that is G's loss with the best D put in. As q moves, that D moves too, and your number with it. "
        "G holds D fixed while it steps: look for what has the slope −ln D by q.": right + q / (p + q),
        "that is 2 JSD, which the minimax loss goes down. G's loss here is −ln D.": shannon,
        "that is the JSD, which the minimax loss goes down. G's loss here is −ln D.": shannon / 2,
        "that is KL(q‖p), and one part of the answer. Where fakes are many D gives way: subtract for that.": (
            np.log(q / p)
        ),
        "that is KL(p‖q), which maximum likelihood goes down. G's loss is −ln D where the fakes are.": -p / q,
        "the sign is turned: G would go uphill.": -right,
        "it does not change when q moves.": np.zeros_like(q),
    }


def _painted(fit: Callable[..., Any], rgb: np.ndarray) -> BookFigure:
    lab = rgb_to_lab(rgb)
    lightness, bins = lab[..., 0], 32
    table = np.asarray(fit(lightness.ravel(), lab[..., 1:].reshape(-1, 2), bins), np.float32)
    painted = merge_ab(lightness, table[np.minimum((lightness * bins / 100).astype(int), bins - 1)])
    return show_images([rgb, painted], ["Photograph", f"Your table of 32: ΔE {delta_e(painted, rgb):.1f}"])


def _require_window(weights: np.ndarray, size: int, stride: int) -> None:
    require(weights.shape == (size,), f"size {size}: the weights have shape {weights.shape}, not ({size},).")
    require(bool((weights > 0).all()), f"size {size}: a weight is {weights.min():g}. Each must be above 0.")
    sums = np.array([weights[phase::stride].sum() for phase in range(stride)])
    require(
        np.allclose(sums, 1),
        f"size {size}, stride {stride}: the tiles over one pixel weigh {sums.min():.3g} to {sums.max():.3g} "
        "together, not 1. Divide weights[phase::stride] by its sum.",
    )
    require(
        np.allclose(weights, weights[::-1]),
        f"size {size}: the window differs from its mirror image. Let it rise and fall alike.",
    )
    require(
        bool(weights[0] < weights[size // 2] - 1e-6),
        f"size {size}: the border weighs as much as the middle. A tile then still ends abruptly.",
    )


def _table_probe() -> tuple[np.ndarray, np.ndarray]:
    """Pixels with a skewed ab, L = 100 among them and no lightness between 25 and 50."""
    rng = np.random.default_rng(0)
    lightness = np.concatenate([rng.uniform(0, 25, 60), rng.uniform(50, 100, 120), [100.0]])
    return lightness, np.stack([rng.exponential(20, 181), lightness - rng.exponential(30, 181)], axis=1)


def _table_slips(lightness: np.ndarray, ab: np.ndarray) -> dict[str, np.ndarray]:
    whole = np.broadcast_to(np.median(ab, axis=0), (_BINS, 2))
    return {
        "these are means. The mean has the least squared distance; L1 asks for the median.": (
            _table(lightness, ab, np.mean)
        ),
        "every bin has the median of all pixels. Choose the pixels of each bin.": whole,
        "the last bin lacks L = 100. Put it there with np.minimum.": (
            _table(lightness[lightness < 100], ab[lightness < 100])
        ),
    }


def _table(lightness: np.ndarray, ab: np.ndarray, middle: Any = np.median) -> np.ndarray:
    bins = np.minimum((lightness * _BINS / 100).astype(int), _BINS - 1)
    table = np.zeros((_BINS, 2))
    for k in np.unique(bins):
        table[k] = middle(ab[bins == k], axis=0)
    return table
