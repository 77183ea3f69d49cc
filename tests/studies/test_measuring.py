"""What is measured of a training is what a second look at the same training finds."""

from __future__ import annotations

import pickle
from itertools import islice
from typing import Any

import numpy as np
import pytest
import torch
from support.tiny import photo, tiny_config, tiny_state
from torch.nn.functional import binary_cross_entropy_with_logits

from sicgan_lite import TrainState, colorize, delta_e_map, generator_loss, lab_to_rgb, train
from sicgan_lite.studies import measuring
from sicgan_lite.studies.measuring import (
    late_steps,
    measure,
    next_generator_loss,
    train_and_measure,
)


def test_late_looks_are_those_of_the_pictures_after_these_steps() -> None:
    rgb, config = photo(), tiny_config(epochs=4, holdout=(0.0, 0.0, 1.0, 0.3))
    results = train_and_measure(config, rgb, looks=3).results
    assert results["late"]["step"] == [9, 10, 12]
    state = TrainState.create(rgb, config, "cpu")
    pictures = [colorize(state.generator, rgb) for record in train(state) if record.step in (9, 10, 12)]
    found = [delta_e_map(picture, rgb)[:, 9:].mean() for picture in pictures]
    assert results["late"]["delta_e_seen"] == pytest.approx(found)
    assert results["delta_e_seen"] == results["late"]["delta_e_seen"][-1]


def test_the_first_steps_are_the_first_and_the_seconds_those_that_went_by(monkeypatch) -> None:
    rgb, config = photo(), tiny_config(epochs=4)
    clock = iter([1000.0, 1012.5])
    monkeypatch.setattr(measuring.time, "process_time", lambda: next(clock))
    results = train_and_measure(config, rgb).results
    assert results["seconds"] == 12.5
    records = list(islice(train(TrainState.create(rgb, config, "cpu")), 5))
    assert results["first_steps"] == [list(record[3:]) for record in records]


def test_looking_changes_no_step_and_one_look_is_the_last() -> None:
    rgb, config = photo(), tiny_config(epochs=4)
    often, once = train_and_measure(config, rgb, looks=5), train_and_measure(config, rgb)
    assert np.array_equal(often.picture, once.picture)
    for name in ("loss_d", "fake_score", "delta_e", "first_steps"):
        assert often.results[name] == once.results[name]
    assert "late" not in once.results


def test_a_result_travels_as_values() -> None:
    trained = train_and_measure(tiny_config(), photo())
    model, results, picture = pickle.loads(pickle.dumps(trained))
    assert (model, results) == (trained.model, trained.results)
    assert np.array_equal(picture, trained.picture)


@pytest.mark.parametrize(
    ("total", "looks", "steps"),
    [(200, 1, [200]), (200, 5, [150, 162, 175, 188, 200]), (2, 5, [2]), (1, 2, [1]), (8, 2, [6, 8])],
)
def test_late_steps_are_spread_over_the_last_quarter(total: int, looks: int, steps: list[int]) -> None:
    assert late_steps(total, looks) == steps


def test_no_look_is_refused() -> None:
    with pytest.raises(ValueError, match="looks must be at least 1, got 0"):
        late_steps(10, 0)


def flat(*abs_: tuple[float, float]) -> np.ndarray:
    """A picture of lightness 60 with one column for each ab, in 8 bits."""
    lab = np.array([[(60.0, *ab) for ab in abs_]] * 4, np.float32)
    return lab_to_rgb(lab)


def test_overlap_and_squares_used_by_hand() -> None:
    photograph, picture = flat((4, 4), (4, 4), (-12, 20), (28, 4)), flat((4, 4), (4, 4), (4, 4), (60, 4))
    found = measure(picture, photograph, None)
    assert found["color_overlap"] == pytest.approx(0.5)  # of 0.75 one way and 0.5 the other
    assert found["squares_used"] == pytest.approx(1 / 3)  # a colour that the photograph lacks adds none
    itself = measure(photograph, photograph, None)
    assert (itself["color_overlap"], itself["squares_used"], itself["delta_e"]) == (1, 1, 0)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"noise_channels": 2},
        {"features": ("lightness", "blur_1"), "feature_noise": 0.5},
        {"generator_objective": "minimax"},
    ],
    ids=["paper", "z", "feature noise", "minimax"],
)
def test_the_loss_before_ds_step_is_the_recorded_one_where_d_does_not_learn(changes: dict[str, Any]) -> None:
    state = tiny_state(target_jitter=0.0, noise_std=0.0, lr_discriminator=1e-30, **changes)
    list(islice(train(state), 2))
    before = next_generator_loss(state)
    (record,) = islice(train(state), 1)
    assert before == pytest.approx(record.loss_g, rel=1e-6)


def test_the_loss_before_ds_step_knows_the_old_d_and_draws_nothing() -> None:
    state = tiny_state(target_jitter=0.0, lr_discriminator=0.5)
    list(islice(train(state), 2))
    dice = state.rng.get_state()
    before = next_generator_loss(state)
    assert torch.equal(state.rng.get_state(), dice)
    features = torch.from_numpy(state.patches[np.random.default_rng([0, 0]).permutation(10)[8:]][0])
    with torch.no_grad():
        logits = state.discriminator(state.generator(features), features)
    assert before == pytest.approx(binary_cross_entropy_with_logits(logits, torch.ones(2)).item(), rel=1e-5)
    assert before == pytest.approx(generator_loss(logits).item(), rel=1e-5)
    (record,) = islice(train(state), 1)
    assert abs(record.loss_g - before) > 0.01  # D's step, of half a unit, is between them
