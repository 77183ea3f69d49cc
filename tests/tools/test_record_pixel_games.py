"""The recorded pixel-sized games: whole, by today's settings, and the same game here."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from sicgan_lite import delta_e, mean_color, sample_image, shrink
from sicgan_lite.files import pixels_sha256
from sicgan_lite.studies.runs import RecordError
from sicgan_lite.teaching import PixelGame, load_pixel_games
from tools import record_pixel_games as tool

PHOTO = shrink(sample_image(tool.IMAGE))


def test_every_game_that_the_chapters_count_is_there_once() -> None:
    record = load_pixel_games()
    games = [(row["kind"], row["seed"], row["step"]) for row in record["games"]]
    assert sorted(games) == sorted(product(tool.KINDS, tool.SEEDS, tool.STEPS))
    starts = [(row["objective"], row["optimizer"], row["seed"]) for row in record["head_starts"]]
    assert sorted(starts) == sorted(product(tool.OBJECTIVES, tool.RATES, tool.SEEDS))


def test_it_was_recorded_with_the_settings_of_today() -> None:
    record = load_pixel_games()
    today = tool.settings(PixelGame(PHOTO, dtype=torch.float64))
    later = {name: value for name, value in today.items() if name not in record["settings"]}
    assert record["settings"] | later == today
    assert not any(later.values())  # options that came after the record are off
    assert record["kinds"] == tool.KINDS
    assert record["rgb_sha256"] == pixels_sha256(PHOTO)
    assert record["mean_color"] == pytest.approx(delta_e(mean_color(PHOTO), PHOTO))


@pytest.mark.parametrize("kind", tool.KINDS)
def test_the_first_steps_of_a_recorded_game_repeat(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tool, "STEPS", tool.STEPS[:1])
    (here,) = tool.play(PHOTO, kind, 3)
    (then,) = [
        row
        for row in load_pixel_games()["games"]
        if (row["kind"], row["seed"], row["step"]) == (kind, 3, tool.STEPS[0])
    ]
    measured = ("loss_d", "loss_g", "pull", "delta_e")
    np.testing.assert_allclose([here[k] for k in measured], [then[k] for k in measured], rtol=1e-4)


def test_a_late_start_is_the_game_played_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tool, "HEAD_START", 20)
    monkeypatch.setattr(tool, "TOGETHER", 10)
    row = tool.start(PHOTO, "minimax", "sgd", 4)
    how: dict[str, Any] = {"generator_objective": "minimax", "generator_optimizer": "sgd"}
    game = PixelGame(PHOTO, seed=4, dtype=torch.float64, **how)
    weights = [parameter.detach().clone() for parameter in game.generator.parameters()]
    for _ in range(20):
        last = game.step()
        for parameter, weight in zip(game.generator.parameters(), weights, strict=True):
            parameter.data.copy_(weight)  # G rests by force
    assert row["pull"] == pytest.approx(last.pull)
    before, game.lr_generator = game.table(), 0.01
    game.run(10)
    assert row["moved"] == pytest.approx(np.hypot(*(game.table() - before).T).mean())
    assert row["moved"] > 0


def test_without_the_file_the_error_names_what_makes_it(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"there is no .*pixel-games\.json; `make recorded-games`"):
        load_pixel_games(tmp_path)
