"""Compare two settings over some seeds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from math import comb, sqrt
from statistics import fmean, variance
from typing import NamedTuple

import numpy as np
from scipy.stats import rankdata

Block = tuple[Sequence[float], Sequence[float]]  # results with and without the change, all else alike


class Comparison(NamedTuple):
    """What ``compare_seeds`` finds."""

    effect: float
    spread: float
    apart: bool

    @property
    def verdict(self) -> str:
        """In words: "stands apart", "a hint", or "nothing" where the spread is as large as the effect."""
        if abs(self.effect) <= self.spread:
            return "nothing"
        return "stands apart" if self.apart else "a hint"


def compare_seeds(changed: Sequence[float], unchanged: Sequence[float]) -> Comparison:
    """Compare ``changed`` with ``unchanged``: one result for each seed, with and without a change.

    What it returns has an ``effect`` and a ``spread`` in the unit of the results. The effect is the
    difference of the means, changed minus unchanged. The spread is that of single runs: the root of the
    mean of both sample variances. ``apart`` says whether every changed run lies on one side of every
    unchanged one, and ``verdict`` says all of it in words: "stands apart", "a hint", or "nothing".
    Errors: ValueError with fewer than two results on a side, which have no spread.
    """
    if (few := min(len(changed), len(unchanged))) < 2:
        raise ValueError(f"a spread needs at least 2 results on each side, got {few}")
    spread = sqrt((variance(changed) + variance(unchanged)) / 2)
    apart = min(changed) > max(unchanged) or max(changed) < min(unchanged)
    return Comparison(fmean(changed) - fmean(unchanged), spread, apart)


def chance_apart(seeds: int) -> float:
    """How often two settings that do not differ stand apart, with this many seeds each.

    Of all ways to divide the ranks into two groups, two are apart: 2 / C(2n, n). Errors: ValueError
    below one seed.
    """
    if seeds < 1:
        raise ValueError(f"seeds must be at least 1, got {seeds}")
    return 2 / comb(2 * seeds, seeds)


class Verdict(NamedTuple):
    """What ``compare_blocks`` finds."""

    effect: float
    lower: float
    p: float
    runs: int


def compare_blocks(blocks: Iterable[Block]) -> Verdict:
    """Compare a change with its absence, block by block: of one photograph, say, and one held-out side.

    ``blocks`` are pairs: the results with the change, and those without. What it returns has an
    ``effect``, the median difference over all pairs of runs in a block, changed minus unchanged, in the
    unit of the results; ``lower``, the share of pairs in which the changed run has the lower result
    (ties count half); ``p``, how often chance alone is as far from one half; and ``runs``, the number
    of changed ones. Runs are ranked within their
    block, so one that went astray counts no more than any other that lost. Were the change none, every
    relabelling within a block would be as likely; p counts them. Errors: ValueError for no block, and
    for a block without runs on a side. Source: the rank sum test of Wilcoxon (1945), stratified as by
    van Elteren (1960), with every block's pairs counted alike.
    """
    sides = [(np.asarray(changed, float), np.asarray(unchanged, float)) for changed, unchanged in blocks]
    if not sides or not all(len(changed) and len(unchanged) for changed, unchanged in sides):
        raise ValueError("a comparison needs blocks with runs on both sides; one is empty, or there is none")
    differences = np.concatenate([np.subtract.outer(*block).ravel() for block in sides])
    sums, chances = zip(*(_rank_sums(*block) for block in sides), strict=True)
    chance = reduce(np.convolve, chances)
    mean = np.arange(len(chance)) @ chance
    far = np.abs(np.arange(len(chance)) - mean) >= abs(sum(sums) - mean) - 1e-6
    lower = np.mean((differences < 0) + (differences == 0) / 2)
    runs = sum(len(changed) for changed, _ in sides)
    return Verdict(float(np.median(differences)), float(lower), min(1.0, float(chance[far].sum())), runs)


def holm(p_values: Sequence[float]) -> list[float]:
    """Each of ``p_values`` as it stands among all: the chance that any comparison at all is so small by luck.

    Errors: ValueError for a value outside [0, 1]. Source: Holm (1979).
    """
    if not all(0 <= p <= 1 for p in p_values):
        raise ValueError(f"p-values are in [0, 1], got {list(p_values)}")
    adjusted, least = [0.0] * len(p_values), 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        least = max(least, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = least
    return adjusted


def _rank_sums(changed: np.ndarray, unchanged: np.ndarray) -> tuple[int, np.ndarray]:
    """Twice the changed runs' rank sum, and how likely each such sum is under all relabellings."""
    ranks = np.rint(2 * rankdata(np.concatenate([changed, unchanged]))).astype(int)  # twice: ties share
    ways = np.zeros((len(changed) + 1, ranks.sum() + 1))  # [runs taken, their sum]
    ways[0, 0] = 1
    for rank in ranks:
        ways[1:, rank:] += ways[:-1, : ways.shape[1] - rank].copy()
    return int(ranks[: len(changed)].sum()), ways[-1] / ways[-1].sum()
