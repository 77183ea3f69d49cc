"""Places: what a rule knows of a pixel, and that the record is what the rules give."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from sicgan_lite import grey, holdout_mask, merge_ab, rgb_to_lab
from sicgan_lite.patches import ALL_TRANSFORMS
from sicgan_lite.studies.runs import RecordError
from sicgan_lite.teaching import context, learn_ab, small_photograph
from sicgan_lite.teaching.effects import SIDES

LIGHTNESS = np.random.default_rng(0).uniform(0, 100, (40, 40)).astype(np.float32)


@pytest.mark.parametrize("transform", ALL_TRANSFORMS.values())
def test_fifteen_numbers_commute_with_the_eight_symmetries_and_a_place_does_not(transform) -> None:
    numbers = context.pixel_numbers(LIGHTNESS)
    assert len(numbers) == 15
    np.testing.assert_allclose(context.pixel_numbers(transform(LIGHTNESS)), transform(numbers), atol=1e-4)
    placed = context.pixel_numbers(LIGHTNESS, position=True)
    apart = context.pixel_numbers(transform(LIGHTNESS), position=True)[15:] - transform(placed)[15:]
    assert transform is ALL_TRANSFORMS["id"] or np.abs(apart).max() > 0.5


def test_a_scale_adds_a_blur_and_a_spread() -> None:
    assert [len(context.pixel_numbers(LIGHTNESS, scale)) for scale in (0, 1, 3, 4, 32)] == [3, 5, 7, 9, 15]
    np.testing.assert_array_equal(context.pixel_numbers(LIGHTNESS, 0), context.pixel_numbers(LIGHTNESS)[:3])


def test_a_place_says_how_far_across_and_how_far_down() -> None:
    x, y = context.pixel_numbers(LIGHTNESS[:20], 0, position=True)[3:]
    np.testing.assert_allclose(x[7], np.arange(40) / 40, atol=1e-6)
    np.testing.assert_allclose(y[:, 7], np.arange(20) / 20, atol=1e-6)


def test_a_judge_keeps_seen_and_held_out_apart() -> None:
    rgb = np.full((10, 10, 3), 128, np.uint8)
    painted = rgb.copy()
    painted[:, 7:] = merge_ab(rgb_to_lab(rgb)[:, 7:, 0], np.full((10, 3, 2), 30, np.float32))
    seen = np.arange(10)[None] < np.full((10, 1), 7)
    near, far, chroma = context.judge(rgb, painted, seen)
    assert near < 0.05
    assert far > 15
    assert chroma == pytest.approx(0.3 * 30 * np.sqrt(2), rel=0.02)


def test_the_record_has_every_place_with_as_many_seeds() -> None:
    rows = context.load_places()
    learned = [row for row in rows if row.rule not in context.PLAIN]
    counts = Counter((row.rule, row.photograph, row.side) for row in learned)
    assert set(counts.values()) == {3}
    names = {*context.LEARNED, *(f"shares, {how}" for how in context.DECODINGS)}
    photographs = context.CHOSEN_ON + context.FRESH
    assert set(counts) == {(rule, n, side) for rule in names for n in photographs for side in SIDES}
    assert all(row.held_out > 0 and row.seen > 0 for row in rows)


def test_a_recorded_place_is_what_its_rule_gives() -> None:
    rows = {row[:4]: row for row in context.load_places()}
    rgb = small_photograph("coffee")
    lab, seen = rgb_to_lab(rgb), ~holdout_mask(SIDES["left"], *rgb.shape[:2])
    assert rows["grey", "coffee", "left", 0][4:] == pytest.approx(
        context.judge(rgb, grey(rgb), seen), abs=1e-3
    )
    ab = learn_ab(context.pixel_numbers(lab[..., 0]), lab[..., 1:], seen, seed=1)
    again = context.judge(rgb, merge_ab(lab[..., 0], ab), seen)
    assert rows["15 numbers", "coffee", "left", 1][4:] == pytest.approx(again, abs=0.3)


def test_a_record_that_is_not_there_is_missed(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="measure_context"):
        context.load_places(tmp_path)


def test_errors_are_means_over_seeds_in_the_order_asked_for() -> None:
    rows = [
        context.Place("r", "p", side, seed, seed + 1.0, 10.0 * seed, 0.0) for side in "ab" for seed in (0, 2)
    ]
    rows += [context.Place("r", "q", "a", 0, 5.0, 6.0, 0.0), context.Place("s", "q", "a", 0, 9.0, 9.0, 0.0)]
    np.testing.assert_allclose(context.errors(rows, "r", [("q", "a"), ("p", "b")]), [[5, 6], [2, 10]])
    with pytest.raises(ValueError, match="no row of 's'"):
        context.errors(rows, "s", [("p", "a")])


def test_a_gain_is_told_with_and_without_its_best_place() -> None:
    table = {"old": (4, 5, 16), "new": (5, 6, 4)}
    rows = [
        context.Place(rule, photograph, "a", 0, 1.0, float(error), 0.0)
        for rule, its in table.items()
        for photograph, error in zip("xyz", its, strict=True)
    ]
    found = context.compare_rules(rows, "new", "old", [(name, "a") for name in "xyz"])
    assert found == pytest.approx((25 / 3, 5, 10 / 3, -1, 1, 3))
