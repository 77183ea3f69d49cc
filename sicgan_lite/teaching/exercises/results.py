"""Checks for the chapter on results."""

from __future__ import annotations

from typing import Any

import numpy as np

from sicgan_lite.teaching.exercises.answers import (
    correct,
    explain_slip,
    not_answered,
    require,
    require_function,
    require_number,
)

_HEIGHT, _WIDTH, _TILE = 750, 1000, 128
_BLEND_CASES = ((8, 4), (8, 6), (10, 5))
_BINS = 4


def check_unpainted(answer: Any) -> str:
    """Check the share of 750×1000 pixels that whole, disjoint tiles of 128 leave unpainted."""
    if answer is None:
        return not_answered("give the share of pixels, between 0 and 1, that no whole tile covers.")
    share = require_number(answer)
    rows, columns = _HEIGHT // _TILE, _WIDTH // _TILE
    painted = rows * columns * _TILE**2 / (_HEIGHT * _WIDTH)
    low, right = 1 - rows * _TILE / _HEIGHT, 1 - columns * _TILE / _WIDTH
    explain_slip(
        share,
        {
            painted: "that is the painted share. The question is what is left.",
            100 * (1 - painted): "that is in percent. A share lies between 0 and 1.",
            (1 - painted) * _HEIGHT * _WIDTH: "that counts pixels. Divide by all of them.",
            low + right: "the corner is counted twice: it lies in both strips.",
            low: "the lower strip alone. There is one on the right too.",
            right: "the right strip alone. There is one below too.",
            0.0: f"do tiles of {_TILE} end at {_HEIGHT}? 5 of them end at {5 * _TILE}, 6 at {6 * _TILE}.",
        },
    )
    require(
        abs(share - (1 - painted)) < 1e-3,
        f"{share:g}: how many whole tiles fit into {_HEIGHT} rows, and how many into {_WIDTH} columns?",
    )
    return correct("5 × 7 tiles paint 640 × 896 pixels; 24 % of the picture stays as it was.")


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


def check_color_table(answer: object) -> str:
    """Check a function ``(lightness, ab, bins) -> table``: the median ab of each bin of lightness.

    Lightness (n,) is in [0, 100], ab (n, 2), the table (bins, 2); an empty bin is grey.
    """
    fit = require_function(answer)
    lightness, ab = _table_probe()
    table = fit(lightness.copy(), ab.copy(), _BINS)
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
    return correct("a median for each bin: all that lightness alone can say about colour.")


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
