from __future__ import annotations

import numpy as np
from support.tiny import photo, tiny_config

from sicgan_lite import Config
from tools import measure_presets


def test_every_run_is_made_once(tmp_path, monkeypatch):
    asked: list[Config] = []

    def run(config: Config, rgb: np.ndarray) -> dict[str, str]:
        asked.append(config)
        return {"delta_e": f"{rgb.mean():.3f}"}

    monkeypatch.setattr(measure_presets, "run", run)
    path, photos = tmp_path / "presets.csv", [("a", photo(seed=1)), ("b", photo(seed=2))]
    for _ in range(2):
        measure_presets.measure(path, photos)
    rows = measure_presets.read_rows(path)
    plan = list(measure_presets.planned())
    assert len(rows) == len(asked) == 2 * len(plan) == 2 * len(set(plan))
    assert {(row["method"], row["precision"], int(row["seed"])) for row in rows} == set(plan)
    for row, config in zip(rows, asked, strict=True):
        told = {"precision": row["precision"], "seed": int(row["seed"])}
        assert config.to_dict() == measure_presets.METHODS[row["method"]].to_dict() | told


def test_a_row_is_the_commands_verdict():
    row = measure_presets.run(tiny_config(), photo())
    assert set(row) == {"delta_e", "grey", "one_color", "table", "lost", "train_seconds"}
    lost = float(row["delta_e"]) >= min(float(row["grey"]), float(row["one_color"])) - 0.05
    assert row["lost"] == str(lost)
    assert float(row["one_color"]) <= float(row["grey"]) + 1e-3


def test_the_presets_are_the_commands_own():
    assert measure_presets.METHODS["photo"] == Config.photo()
    assert measure_presets.METHODS["quick"] == Config.quick()
