"""Two settings, a few seeds each: what their results say about one another."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb, sqrt
from statistics import fmean, variance
from typing import NamedTuple


class Comparison(NamedTuple):
    """What the seeds say: ``effect`` and ``spread`` in the unit of the results.

    The effect is the difference of the means, changed minus unchanged. The spread is that of single
    runs: the root of the mean of both sample variances. ``apart`` says whether every changed run
    lies on one side of every unchanged one.
    """

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
    """Compare one result for each seed with and without a change.

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
