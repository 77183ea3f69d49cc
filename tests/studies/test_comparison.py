"""What a few seeds say, against enumeration, simulation and the textbook."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from sicgan_lite import chance_apart, compare_seeds


def test_effect_and_spread_are_those_of_the_t_test() -> None:
    rng = np.random.default_rng(0)
    for n in (2, 3, 7):
        changed, unchanged = rng.normal(size=n) + 1, rng.normal(size=n)
        found = compare_seeds(changed.tolist(), unchanged.tolist())
        t = stats.ttest_ind(changed, unchanged).statistic  # equal variances: the pooled spread
        assert found.effect / (found.spread * np.sqrt(2 / n)) == pytest.approx(t)
        assert found.effect == pytest.approx(changed.mean() - unchanged.mean())


@pytest.mark.parametrize(
    ("changed", "unchanged", "apart"),
    [
        ([4.0, 5.0], [1.0, 2.0], True),
        ([1.0, 2.0], [4.0, 5.0], True),
        ([1.0, 4.0], [2.0, 3.0], False),
        ([2.0, 3.0], [1.0, 4.0], False),
        ([2.0, 3.0], [1.0, 2.0], False),  # a tie is no distance
    ],
)
def test_apart_is_all_on_one_side(changed: list[float], unchanged: list[float], apart: bool) -> None:
    assert compare_seeds(changed, unchanged).apart is apart


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        ([5.0, 5.2], "stands apart"),
        ([2.1, 5.0], "a hint"),
        ([1.4, 2.8], "nothing"),
        ([-9.0, -8.0], "stands apart"),
    ],
)
def test_the_verdict_weighs_the_effect_against_the_spread(changed: list[float], verdict: str) -> None:
    assert compare_seeds(changed, [1.0, 2.2]).verdict == verdict


def test_an_effect_as_large_as_the_spread_says_nothing() -> None:
    # Both variances are 2, so the spread is their root; so is the effect.
    root = 2**0.5
    assert compare_seeds([0.0 + root, 2.0 + root], [0.0, 2.0]).verdict == "nothing"


@pytest.mark.parametrize(("changed", "unchanged"), [([1.0], [2.0, 3.0]), ([1.0, 2.0], [])])
def test_one_result_has_no_spread(changed: list[float], unchanged: list[float]) -> None:
    with pytest.raises(
        ValueError, match=f"at least 2 results on each side, got {min(len(changed), len(unchanged))}"
    ):
        compare_seeds(changed, unchanged)


@pytest.mark.parametrize("seeds", [1, 2, 3, 4, 5])
def test_luck_is_counted(seeds: int) -> None:
    ways = list(combinations(range(2 * seeds), seeds))
    apart = sum(
        max(way) < min(set(range(2 * seeds)) - set(way)) or min(way) > max(set(range(2 * seeds)) - set(way))
        for way in ways
    )
    assert chance_apart(seeds) == pytest.approx(apart / len(ways))


def test_luck_needs_a_seed() -> None:
    with pytest.raises(ValueError, match="at least 1, got 0"):
        chance_apart(0)
