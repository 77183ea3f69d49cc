"""A rule's answers: what each loss asks for, by closed form, and that nothing unseen is learned."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from sicgan_lite.teaching.pixel_rules import Shares, decode, learn_ab, learn_shares

RNG = np.random.default_rng(0)
ALL = np.ones((40, 50), bool)
LEFT = np.arange(50)[None] < np.full((40, 1), 30)


def test_a_rule_learns_two_colors_of_one_number() -> None:
    number = RNG.choice([-1.0, 1.0], (1, 40, 50))
    ab = np.stack([40 * number[0], -15 * number[0]], axis=-1)
    assert np.abs(learn_ab(number, ab, ALL) - ab).max() < 2


def test_l1_asks_for_the_median_where_the_numbers_say_nothing() -> None:
    ab = RNG.exponential(20, (40, 50, 2)).astype(np.float32)
    found = learn_ab(np.zeros((1, 40, 50)), ab, ALL)
    median, mean = np.median(ab.reshape(-1, 2), axis=0), ab.reshape(-1, 2).mean(axis=0)
    assert np.abs(found - median).max() < 2.5
    assert np.all(mean - median > 5)


def test_cross_entropy_asks_for_the_frequencies() -> None:
    ab = np.array([[3.0, 4.0], [33.0, -7.0]])[(RNG.uniform(size=(40, 50)) < 0.25).astype(int)]
    shares, colors = learn_shares(np.zeros((1, 40, 50)), ab, ALL)
    np.testing.assert_allclose(colors, [[3, 4], [33, -7]])
    np.testing.assert_allclose(shares.mean(axis=(0, 1)), [0.75, 0.25], atol=0.05)
    np.testing.assert_allclose(shares.sum(axis=-1), 1, atol=1e-5)


@pytest.mark.parametrize("learn", [learn_ab, lambda *given: learn_shares(*given).shares])
def test_nothing_is_learned_from_a_pixel_that_is_not_seen(learn) -> None:
    numbers, ab = RNG.normal(size=(3, 40, 50)), RNG.uniform(-40, 40, (40, 50, 2))
    other = np.where(LEFT[..., None], ab, 77.0)
    np.testing.assert_array_equal(learn(numbers, ab, LEFT), learn(numbers, other, LEFT))


def test_a_seed_gives_the_same_rule_and_leaves_the_global_state_alone() -> None:
    numbers, ab = RNG.normal(size=(2, 40, 50)), RNG.uniform(-40, 40, (40, 50, 2))
    before = torch.get_rng_state()
    once, again, other = (learn_ab(numbers, ab, ALL, seed=seed, steps=20) for seed in (4, 4, 5))
    np.testing.assert_array_equal(once, again)
    assert np.abs(once - other).max() > 0.1
    assert torch.equal(before, torch.get_rng_state())


def test_a_unit_of_the_numbers_does_not_matter() -> None:
    numbers, ab = RNG.normal(size=(2, 40, 50)), RNG.uniform(-40, 40, (40, 50, 2))
    scaled = numbers * np.array([100, 3])[:, None, None] + 7
    np.testing.assert_allclose(
        learn_ab(numbers, ab, ALL, steps=10), learn_ab(scaled, ab, ALL, steps=10), atol=0.05
    )


SHARES = Shares(
    np.array([[[0.45, 0.3, 0.25]]], np.float32), np.array([[0, 10], [10, 0], [30, 20]], np.float32)
)


@pytest.mark.parametrize(
    ("how", "ab"), [("mean", (10.5, 9.5)), ("median", (10.0, 10.0)), ("mode", (0.0, 10.0))]
)
def test_a_distribution_is_decoded_as_by_hand(how: str, ab: tuple[float, float]) -> None:
    np.testing.assert_allclose(decode(SHARES, how), [[ab]], atol=1e-5)


def test_annealing_lies_between_mean_and_mode() -> None:
    mean, mode, between = (decode(SHARES, how)[0, 0] for how in ("mean", "mode", "annealed"))
    to_mode = np.linalg.norm(mean - mode)
    assert 0.2 * to_mode < np.linalg.norm(between - mode) < 0.8 * to_mode
    weights = SHARES.shares[0, 0] ** (1 / 0.38)
    np.testing.assert_allclose(between, weights @ SHARES.colors / weights.sum(), rtol=1e-5)


def test_what_cannot_be_learned_or_decoded_is_refused() -> None:
    numbers, ab = np.zeros((1, 40, 50)), np.zeros((40, 50, 2))
    with pytest.raises(ValueError, match="no pixel is seen"):
        learn_ab(numbers, ab, ~ALL)
    with pytest.raises(ValueError, match="numbers must be finite"):
        learn_ab(numbers + np.nan, ab, ALL)
    with pytest.raises(ValueError, match="ab must be finite"):
        learn_shares(numbers, ab + np.inf, ALL)
    with pytest.raises(ValueError, match="'annealed', got 'middle'"):
        decode(SHARES, "middle")
