"""The numbers on the front page are those of the records."""

from __future__ import annotations

import json
import re

import cv2
import numpy as np
from support.chapters import BOOK

from sicgan_lite import delta_e, load_run, sample_image

RUNS = {"paper": "coffee-quick-seed0", "conditional": "coffee-quick-conditional-seed0"}


def test_the_losses_are_those_of_the_second_half() -> None:
    said = []
    for name in RUNS.values():
        history = load_run(name).history
        late = [np.mean(history[loss][-100:]) for loss in ("loss_d", "loss_g")]
        said.append(f"{late[0]:.2f} and {late[1]:.2f}")
    text = " ".join((BOOK / "index.md").read_text("utf-8").split())
    assert f"{said[0]} on the left, {said[1]} on the right" in text


def test_drawing_from_snapshots_moves_delta_e_by_less_than_a_half() -> None:
    page = (BOOK / "front" / "figure.html").read_text("utf-8")
    data = re.search(r'id="front-data">(.*?)</script>', page, re.DOTALL)
    assert data
    small = cv2.resize(sample_image("coffee"), (300, 200), interpolation=cv2.INTER_AREA)
    for key, name in RUNS.items():
        drawn, run = json.loads(data[1])[key], load_run(name)
        for step, error in zip(drawn["steps"], drawn["errors"], strict=True):
            assert abs(delta_e(run.snapshot(step), small) - error) < 0.5
