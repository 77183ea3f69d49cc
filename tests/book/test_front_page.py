"""The numbers on the front page are those of the records."""

from __future__ import annotations

import json
import re

import cv2
import numpy as np
from support.chapters import BOOK

from sicgan_lite import delta_e, equilibrium_losses, grey, load_run, mean_color, sample_image

RUNS = {"paper": "coffee-quick-seed0", "conditional": "coffee-quick-conditional-seed0"}


TEXT = " ".join((BOOK / "index.md").read_text("utf-8").split())
FIGURE = (BOOK / "front" / "figure.html").read_text("utf-8")


def test_the_losses_are_those_of_the_second_half_and_near_their_theory() -> None:
    said = []
    for name in RUNS.values():
        run = load_run(name)
        late = [np.mean(run.history[loss][-100:]) for loss in ("loss_d", "loss_g")]
        said.append(f"{late[0]:.2f} and {late[1]:.2f}")
        _, *chance = equilibrium_losses(*run.config.mean_targets)
        assert f"theory says {chance[0]:.2f} and {chance[1]:.2f}" in TEXT
        np.testing.assert_allclose(late, chance, atol=0.025)
    assert f"{said[0]} on the left, {said[1]} on the right" in TEXT


def test_the_blue_cup_has_the_painter_s_lowest_loss() -> None:
    late = load_run(RUNS["paper"]).history["loss_g"][100:]
    assert int(np.argmin(late)) + 101 == 110
    assert f"step of the second half: {late.min():.2f}, its lowest" in TEXT


def test_one_training_is_worse_than_one_brown_and_one_is_better() -> None:
    photo = sample_image("coffee")
    brown, plain = float(delta_e(mean_color(photo), photo)), float(delta_e(grey(photo), photo))
    assert f"One brown everywhere: error\xa0{brown:.1f}" in FIGURE
    assert f"The grey picture has {plain:.0f}" in TEXT
    last = {name: errors["errors"][-1] for name, errors in drawn().items()}
    assert last["paper"] > brown + 0.3
    assert last["conditional"] < brown - 0.3


def test_the_lines_are_the_losses_of_the_records() -> None:
    lines = re.findall(r'<path class="front-(judge|painter)" d="M([^"]+)"', FIGURE)
    runs = [load_run(name).history for name in RUNS.values()]
    for history, (judge, painter) in zip(runs, [lines[:2], lines[2:]], strict=True):
        for loss, (player, path) in (("loss_d", judge), ("loss_g", painter)):
            assert player == {"loss_d": "judge", "loss_g": "painter"}[loss]
            steps, heights = np.array([point.split() for point in path.split("L")], float).T
            np.testing.assert_array_equal(steps, np.arange(len(history[loss])))
            np.testing.assert_allclose(2.2 - heights / 50, np.minimum(history[loss], 2.2), atol=0.011)


def drawn() -> dict[str, dict[str, list[float]]]:
    data = re.search(r'id="front-data">(.*?)</script>', FIGURE, re.DOTALL)
    assert data
    return json.loads(data[1])


def test_drawing_from_snapshots_moves_delta_e_by_less_than_a_half() -> None:
    small = cv2.resize(sample_image("coffee"), (300, 200), interpolation=cv2.INTER_AREA)
    for key, name in RUNS.items():
        shown, run = drawn()[key], load_run(name)
        for step, error in zip(shown["steps"], shown["errors"], strict=True):
            assert abs(delta_e(run.snapshot(int(step)), small) - error) < 0.5
