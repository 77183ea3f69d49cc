"""What a few seeds say, against enumeration, simulation and the textbook."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from scipy import stats

from sicgan_lite import chance_apart, compare_seeds, holm
from sicgan_lite.studies.comparison import compare_blocks


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


def test_one_block_is_the_exact_rank_sum_test() -> None:
    rng = np.random.default_rng(0)
    for n, m in ((2, 2), (3, 5), (10, 10)):
        changed, unchanged = rng.normal(size=n) - 0.7, rng.normal(size=m)
        u, p = stats.mannwhitneyu(changed, unchanged, method="exact")
        found = compare_blocks([(changed.tolist(), unchanged.tolist())])
        assert found.p == pytest.approx(p)
        assert found.lower == pytest.approx(1 - u / (n * m))
        assert found.runs == n


def relabelled(changed: list[float], unchanged: list[float]) -> list[float]:
    """Pairs won, less pairs lost, for every choice of which runs are the changed ones."""
    runs = [*changed, *unchanged]
    ways = combinations(range(len(runs)), len(changed))
    split = [([runs[i] for i in way], [x for i, x in enumerate(runs) if i not in way]) for way in ways]
    return [sum(np.sign(b - a) for a in mine for b in others) for mine, others in split]


@pytest.mark.parametrize("seed", range(4))
def test_blocks_with_ties_against_all_relabellings_one_by_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sizes = ((2, 2), (3, 2), (1, 1))
    blocks = [(rng.integers(4, size=n).tolist(), rng.integers(4, size=m).tolist()) for n, m in sizes]
    won = sum(relabelled(*block)[0] for block in blocks)  # the first choice is the true one
    totals = np.array([sum(way) for way in product(*(relabelled(*block) for block in blocks))])
    found = compare_blocks(blocks)
    assert found.p == pytest.approx(np.mean(np.abs(totals) >= abs(won)))
    assert found.lower == pytest.approx((won / sum(n * m for n, m in sizes) + 1) / 2)


def test_a_block_that_is_worse_throughout_hides_no_change() -> None:
    easy, hard = ([1.0, 1.1, 1.2], [2.0, 2.1, 2.2]), ([11.0, 11.1, 11.2], [12.0, 12.1, 12.2])
    found = compare_blocks([easy, hard])
    assert found.p == pytest.approx(2 / 20**2)  # all six on one side, in both blocks or in neither
    assert (found.effect, found.lower, found.runs) == (pytest.approx(-1), 1, 6)
    pooled = compare_blocks([(easy[0] + hard[0], easy[1] + hard[1])])
    assert pooled.p > 0.1  # what the photographs differ by drowns it


def test_a_run_that_went_astray_counts_once() -> None:
    blocks = [([1.0, 2.0, 900.0], [3.0, 4.0, 5.0])]
    assert compare_blocks(blocks) == compare_blocks([([1.0, 2.0, 6.0], [3.0, 4.0, 5.0])])
    assert compare_blocks(blocks).effect == -2


def test_no_change_at_all_is_certain_to_be_chance() -> None:
    assert compare_blocks([([1.0, 1.0], [1.0, 1.0])] * 3) == (0, 0.5, 1, 6)


@pytest.mark.parametrize("blocks", [[], [([1.0], [])], [([1.0], [2.0]), ([], [2.0])]])
def test_a_block_without_runs_is_refused(blocks: list) -> None:
    with pytest.raises(ValueError, match="blocks with runs on both sides"):
        compare_blocks(blocks)


def test_p_is_right_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    sizes = (3, 3, 2, 2)

    def nothing() -> float:
        return compare_blocks([tuple(rng.normal(size=(2, n)).tolist()) for n in sizes]).p

    found = np.array([nothing() for _ in range(1500)])
    for level in np.unique(found):  # each that can come about: between them, p promises less
        assert np.mean(found <= level) == pytest.approx(level, abs=0.04)


@pytest.mark.parametrize(
    ("p_values", "adjusted"),
    [
        ([], []),
        ([0.03], [0.03]),
        ([0.01, 0.04, 0.03], [0.03, 0.06, 0.06]),  # 3 × 0.01, 2 × 0.03, and never less than before
        ([0.5, 0.4], [0.8, 0.8]),
        ([0.9, 0.001, 0.9], [1.0, 0.003, 1.0]),
    ],
)
def test_many_comparisons_by_hand(p_values: list[float], adjusted: list[float]) -> None:
    assert holm(p_values) == pytest.approx(adjusted)


def test_luck_among_many_is_held_by_holm() -> None:
    rng = np.random.default_rng(0)
    families = rng.uniform(size=(4000, 19))
    assert np.mean([min(holm(family.tolist())) <= 0.05 for family in families]) == pytest.approx(
        0.05, abs=0.012
    )
    assert np.mean(families.min(axis=1) <= 0.05) > 0.5  # what it protects from


def test_a_p_value_is_a_share() -> None:
    with pytest.raises(ValueError, match=r"in \[0, 1\], got \[0.2, 1.5\]"):
        holm([0.2, 1.5])
