"""What is recorded is what the texts say of it."""

from __future__ import annotations

from dataclasses import fields

import pytest

from sicgan_lite import Config, safe_distance, sample_image
from sicgan_lite.teaching.settings import ABLATIONS, METHODS, PHOTOGRAPHS, RUNS, SWEEPS, by_photograph


def differing(one: Config, other: Config) -> set[str]:
    return {field.name for field in fields(one) if getattr(one, field.name) != getattr(other, field.name)}


@pytest.mark.parametrize("name", SWEEPS)
def test_every_run_of_a_sweep_sees_as_many_pixels(name: str) -> None:
    for _, config in SWEEPS[name]:
        assert config.epochs * config.num_patches * config.size**2 == 6400 * 64**2
        assert config.batch_size * config.size**2 == 32 * 64**2
        assert config.holdout == (0.0, 0.7, 1.0, 1.0)


def test_a_change_to_the_ablations_changes_what_it_names_and_nothing_else() -> None:
    unchanged, *changed = [config for _, config in SWEEPS["ablations"]][: len(ABLATIONS)]
    assert unchanged.conditional
    assert ABLATIONS["nothing changed"] == {}
    for config, changes in zip(changed, list(ABLATIONS.values())[1:], strict=True):
        assert differing(config, unchanged) == set(changes)


def test_the_methods_are_run_on_every_photograph_with_three_seeds() -> None:
    runs = by_photograph(SWEEPS["methods"])
    assert list(runs) == list(PHOTOGRAPHS)
    for configs in runs.values():
        assert [config.seed for config in configs] == [seed for seed in (0, 1, 2) for _ in METHODS]


def test_every_run_fits_its_photograph() -> None:
    for image, config in RUNS.values():
        height, width, _ = sample_image(image).shape
        count = -(-config.num_patches // 6)
        assert safe_distance(height, width, size=config.size, count=count, holdout=config.holdout) > 0
