from __future__ import annotations

from itertools import islice
from typing import Any

import numpy as np
import pytest
from support.tiny import photo, tiny_config

from sicgan_lite import Config, delta_e, grey, holdout_mask, rgb_to_lab
from tools import measure_photo


@pytest.fixture
def measured(monkeypatch) -> list[tuple[Config, int]]:
    """Every run that was asked for; none is trained."""
    asked: list[tuple[Config, int]] = []

    def run(config: Config, rgb: np.ndarray) -> dict[str, float]:
        asked.append((config, len(rgb)))
        return {"seen": 1.0, "held_out": 2.0, "train_seconds": 3.0}

    monkeypatch.setattr(measure_photo, "run", run)
    monkeypatch.setattr(measure_photo, "rules", lambda rgb, side: {"grey_seen": 5.0})
    return asked


def test_each_place_and_seed_is_measured_once(tmp_path, measured):
    path, settings = tmp_path / "there" / "table.csv", {"a": tiny_config(), "b, again": tiny_config(size=9)}
    for _ in range(2):
        measure_photo.measure(path, iter([("noise", photo())]), settings, (0, 3))
    assert len(measured) == 2 * 4 * 2
    assert {(config.size, config.seed) for config, _ in measured} == {(8, 0), (8, 3), (9, 0), (9, 3)}
    assert {config.holdout for config, _ in measured} == set(measure_photo.SIDES.values())
    rows = measure_photo.read_rows(path)
    assert len(rows) == 16
    assert rows[0] == {
        "setting": "a",
        "photograph": "noise",
        "side": "right",
        "seed": "0",
        "seen": "1.000",
        "held_out": "2.000",
        "train_seconds": "3.000",
        "grey_seen": "5.000",
    }


def test_every_setting_is_a_config_and_the_preset_is_one_of_them():
    made = {name: Config(**measure_photo.START | changes) for name, changes in measure_photo.SETTINGS.items()}
    assert made["D and 30 L1"] == Config.photo(precision="float32")


def test_a_rule_is_scored_seen_and_held_out():
    rgb = photo(40, 60)
    scores = measure_photo.rules(rgb, "right")
    held_out = holdout_mask((0, 0.7, 1, 1), 40, 60)[::4, ::4]
    error = delta_e(grey(rgb)[::4, ::4], rgb[::4, ::4], held_out)
    assert scores["grey_held_out"] == pytest.approx(error)
    assert scores["table_of_32_seen"] < scores["grey_seen"]


def test_a_run_is_trained_and_compared_with_the_photograph():
    changes: dict[str, Any] = {"holdout": (0, 0.7, 1, 1), "l1_weight": 1.0, "adversarial_weight": 0.0}
    found = measure_photo.run(tiny_config(**changes), photo(40, 60))
    held_out = holdout_mask((0, 0.7, 1, 1), 40, 60)[::4, ::4]
    thin = photo(40, 60)[::4, ::4]
    grey_error = measure_photo.score(grey(thin), rgb_to_lab(thin), held_out)
    assert 0 < found["seen"] < 2 * grey_error["seen"]
    assert found["train_seconds"] > 0


def test_photographs_of_other_packages_are_there():
    names = [name for name, rgb in islice(measure_photo.fresh_photographs(None), 3) if rgb.ndim == 3]
    assert names == ["rocket", "motorcycle", "hopper"]
