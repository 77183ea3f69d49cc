from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from support.tiny import photo

from sicgan_lite.files import pixels_sha256
from sicgan_lite.teaching import context
from sicgan_lite.teaching.effects import SIDES, small_photograph
from tools import measure_context

LEARNED = len(context.LEARNED) + len(context.DECODINGS)


@pytest.fixture
def painted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[int, int]]:
    """How many pixels were seen, and the seed, of each call that learns; nothing is learned."""
    asked: list[tuple[int, int]] = []

    def paint_all(rgb: np.ndarray, seen: np.ndarray, seed: int) -> list[tuple[str, np.ndarray]]:
        asked.append((int(seen.sum()), seed))
        return [("3 numbers", rgb)]

    monkeypatch.setattr(measure_context, "paint_all", paint_all)
    monkeypatch.setattr(measure_context, "photographs", lambda _: [("noise", photo())])
    for module in (measure_context, context):
        monkeypatch.setattr(module, "runs_folder", lambda: tmp_path)
    monkeypatch.setattr(sys, "argv", ["measure_context"])
    return asked


def test_each_place_and_seed_is_measured_once(painted: list[tuple[int, int]], tmp_path: Path) -> None:
    for _ in range(2):
        measure_context.main()
    assert [seed for _, seed in painted] == [0, 1, 2] * len(SIDES)
    rows = context.load_places(tmp_path)
    assert {row.side for row in rows} == set(SIDES)
    assert [row.rule for row in rows[:6]] == [*context.PLAIN, *["3 numbers"] * 3]
    assert rows[3][4:6] == (0, 0)  # the photograph itself


def test_the_record_says_how_it_was_made(painted: list[tuple[int, int]], tmp_path: Path) -> None:
    measure_context.main()
    about = json.loads((tmp_path / "context" / "places.json").read_text("utf-8"))
    assert about["photographs"]["noise"]["rgb_sha256"] == pixels_sha256(photo())
    assert about["settings"]["steps"] == 400
    assert about["processor_seconds"] > 0


def test_the_committed_record_is_of_these_photographs() -> None:
    about = json.loads((context.runs_folder() / "context" / "places.json").read_text("utf-8"))
    assert list(about["photographs"]) == [*context.CHOSEN_ON, *context.FRESH]
    for name in context.CHOSEN_ON:
        assert about["photographs"][name]["rgb_sha256"] == pixels_sha256(small_photograph(name))


def test_a_learned_picture_is_painted_by_every_rule() -> None:
    seen = np.arange(40)[None] < np.full((40, 1), 28)
    rgb = np.random.default_rng(0).integers(0, 255, (40, 40, 3), np.uint8)
    assert len(dict(context.paint_all(rgb, seen, 0))) == LEARNED
