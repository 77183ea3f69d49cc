"""Play the pixel-sized game with ten seeds and record how it ended, in ``book/runs/pixel-games.json``.

``make recorded-games`` does so in a few minutes of one core. Chapters 5 and 6 quote these games, and read
the file.
"""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from sicgan_lite import delta_e, mean_color, sample_image, shrink
from sicgan_lite.devices import describe_machine
from sicgan_lite.files import pixels_sha256, write_atomically
from sicgan_lite.losses import equilibrium_losses
from sicgan_lite.studies.runs import runs_folder
from sicgan_lite.teaching import PixelGame

IMAGE, SEEDS = "coffee", range(10)
STEPS = (100, 1000, 1500, 2000)  # the first shows whether another machine still plays the same game
AVERAGED = 200  # steps, for losses and pull
# What is not said here is as PixelGame has it.
KINDS: dict[str, dict[str, Any]] = {
    "the paper's D": {},
    "D sees lightness": {"conditional": True},
    "leaky units in D": {"leaky_slope": 0.2},
}
# D learns alone, then both do: G with either loss, by plain descent or with Adam.
HEAD_START, TOGETHER = 300, 100
OBJECTIVES = ("non-saturating", "minimax")
RATES = {"sgd": 0.01, "adam": 0.002}


def record() -> dict[str, Any]:
    """Everything that the file holds."""
    rgb = shrink(sample_image(IMAGE))
    started = time.perf_counter()
    games = [row for seed in SEEDS for kind in KINDS for row in play(rgb, kind, seed)]
    starts = [
        start(rgb, objective, optimizer, seed)
        for seed in SEEDS
        for objective in OBJECTIVES
        for optimizer in RATES
    ]
    return {
        "made by": "tools/record_pixel_games.py",
        "image": IMAGE,
        "width": rgb.shape[1],
        "rgb_sha256": pixels_sha256(rgb),
        "dtype": "float64",
        "settings": settings(PixelGame(rgb, dtype=torch.float64)),
        "kinds": KINDS,
        "chance": equilibrium_losses(0.9)._asdict(),
        "mean_color": delta_e(mean_color(rgb), rgb),
        **describe_machine(),
        "wall_seconds": time.perf_counter() - started,
        "games": games,
        "head_start": {"steps_of_d_alone": HEAD_START, "steps_of_both": TOGETHER, "rates": RATES},
        "head_starts": starts,
    }


def settings(game: PixelGame) -> dict[str, Any]:
    """The numbers and words that a game was made with."""
    kept = {name: value for name, value in vars(game).items() if isinstance(value, (bool, int, float, str))}
    return {name: kept[name] for name in sorted(kept) if name not in ("seed", "steps")}


def play(rgb: np.ndarray, kind: str, seed: int) -> Iterator[dict[str, Any]]:
    """One game, a row at each of STEPS."""
    game = PixelGame(rgb, seed=seed, dtype=torch.float64, **KINDS[kind])
    for step in STEPS:
        history = game.run(step - game.steps)
        losses = (float(np.mean(series[-AVERAGED:])) for series in (history.loss_d, history.loss_g))
        row = {
            "kind": kind,
            "seed": seed,
            "step": step,
            **dict(zip(("loss_d", "loss_g"), losses, strict=True)),
        }
        yield row | {
            "pull": float(np.mean(history.pull[-AVERAGED:])),
            "delta_e": delta_e(game.colorize(rgb), rgb),
        }


def start(rgb: np.ndarray, objective: str, optimizer: str, seed: int) -> dict[str, Any]:
    """D learns alone, then both; how far G's colours come, in CIE units. None: beyond every number."""
    how: Any = {"generator_objective": objective, "generator_optimizer": optimizer}
    game = PixelGame(rgb, seed=seed, dtype=torch.float64, lr_generator=0.0, **how)
    alone = game.run(HEAD_START)
    before = game.table()
    game.lr_generator = RATES[optimizer]
    both = game.run(TOGETHER)
    moved = float(np.linalg.norm(game.table() - before, axis=1).mean())
    return {
        "objective": objective,
        "optimizer": optimizer,
        "seed": seed,
        "pull": float(alone.pull[-1]),
        "fake_score_before": float(alone.fake_score[-1]),
        "fake_score_after": float(both.fake_score[-1]),
        "moved": moved if math.isfinite(moved) else None,
    }


def main() -> None:
    """Write the file."""
    os.nice(19)
    torch.set_num_threads(1)
    with np.errstate(all="ignore"):  # a game may leave the numbers
        content = record()
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    write_atomically(runs_folder() / "pixel-games.json", text.encode())


if __name__ == "__main__":
    main()
