"""Play games whose G has a die, pixel-sized and on patches, and record them in ``book/runs/dice``.

``make recorded-games`` does so in ten minutes of one core. Chapter 10 and the clinic quote these games.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator
from itertools import combinations, product
from pathlib import Path
from typing import Any

import numpy as np
import torch

from sicgan_lite import (
    Config,
    color_overlap,
    colorize,
    delta_e,
    merge_ab,
    rgb_to_lab,
    sample_image,
    save_generator,
    shrink,
)
from sicgan_lite.devices import describe_machine
from sicgan_lite.files import write_atomically
from sicgan_lite.studies.measuring import squares_used
from sicgan_lite.studies.runs import runs_folder
from sicgan_lite.teaching import PHOTOGRAPHS, PixelGame
from sicgan_lite.teaching.dice import train_with_reader, variety_over_rolls
from sicgan_lite.training import TrainState, train

SEEDS = range(10)
COMMON: dict[str, Any] = {"conditional": True, "leaky_slope": 0.2, "dtype": torch.float64}
FAST = 2e-2  # ten times G's rate
# Of each kind: how the game begins, what is changed after SHORT steps, and the steps that are looked at.
SHORT, LONG = 500, 2000
KINDS: dict[str, tuple[dict[str, Any], dict[str, Any], tuple[int, ...]]] = {
    "no die": ({}, {}, (SHORT, LONG)),
    "a die": ({"noise_channels": 1}, {}, (SHORT, LONG)),
    "G ten times as fast": ({"noise_channels": 1, "lr_generator": FAST}, {}, (SHORT,)),
    "then slow again": (
        {"noise_channels": 1, "lr_generator": FAST},
        {"lr_generator": 2e-3},
        (2 * SHORT,),
    ),
    "then slow, with the term": (
        {"noise_channels": 1, "lr_generator": FAST},
        {"lr_generator": 2e-3, "diversity": 0.3},
        (2 * SHORT,),
    ),
    "fast, with the term": ({"noise_channels": 1, "lr_generator": FAST, "diversity": 0.3}, {}, (SHORT,)),
}
AVERAGED = 100  # steps, for the losses
ROLLS = 8
BAND = (45, 60)  # lightness at which the astronaut is orange or grey
VIVID = 30  # chroma
# On patches: a small photograph, so that a game takes five seconds.
PATCH_WIDTH, PATCH_SEEDS = 120, range(3)
PATCH: dict[str, Any] = {
    "size": 16,
    "num_patches": 6400,
    "batch_size": 16,
    "conditional": True,
    "leaky_slope": 0.2,
    "precision": "float32",
}
READ_BACK = "z read back"
PATCH_KINDS: dict[str, dict[str, Any]] = {
    "no z": {},
    "z alone": {"noise_channels": 1},
    READ_BACK: {"noise_channels": 1},
}
LOSSES = ("loss_d", "loss_g")
SHOWN = ("coffee", 0)  # whose generators are kept


def games() -> Iterator[dict[str, Any]]:
    """Every pixel-sized game, a row at each step that is looked at; all seeds on the astronaut alone."""
    for image, seed, kind in product(PHOTOGRAPHS, SEEDS, KINDS):
        if image == "astronaut" or seed < len(SEEDS) // 2:
            yield from play(image, kind, seed)


def play(image: str, kind: str, seed: int) -> Iterator[dict[str, Any]]:
    """One game."""
    rgb = shrink(sample_image(image))
    begin, change, looks = KINDS[kind]
    game = PixelGame(rgb, seed=seed, **COMMON, **begin)
    for step in looks:
        if change:
            game.run(SHORT)
            vars(game).update(change)
        history = game.run(step - game.steps)
        losses = {name: float(getattr(history, name)[-AVERAGED:].mean()) for name in LOSSES}
        yield {"image": image, "kind": kind, "seed": seed, "step": step, **losses, **measure(game, rgb)}


def measure(game: PixelGame, rgb: np.ndarray) -> dict[str, float]:
    """What rolls for each pixel show: their variety, and what the picture shares with the photograph."""
    lightness, rng = rgb_to_lab(rgb)[..., 0], np.random.default_rng(0)
    shape = (*lightness.shape, game.noise_channels)
    painted = np.stack([game.predict_ab(lightness, rng.standard_normal(shape)) for _ in range(ROLLS)])
    pictures = [merge_ab(lightness, ab) for ab in painted]
    band = (lightness > BAND[0]) & (lightness < BAND[1])
    return {
        "variety": variety_over_rolls(painted),
        "share": float((np.hypot(*painted[:, band].T) > VIVID).mean()),
        "overlap_in_band": color_overlap(pictures[0], rgb, band),
        "color_overlap": color_overlap(pictures[0], rgb),
        "squares_used": squares_used(np.vstack(pictures), np.vstack([rgb] * ROLLS), least=5 * ROLLS),
        "delta_e": delta_e(pictures[0], rgb),
    }


def patch_games(folder: Path) -> Iterator[dict[str, Any]]:
    """Games on patches: without z, with one that is left alone, and with one that is read back."""
    for image, seed, (kind, change) in product(PHOTOGRAPHS, PATCH_SEEDS, PATCH_KINDS.items()):
        rgb, config = shrink(sample_image(image), PATCH_WIDTH), Config.quick(seed=seed, **PATCH | change)
        state = TrainState.create(rgb, config, "cpu")
        records = list(train_with_reader(state) if kind == READ_BACK else train(state))
        if (image, seed) == SHOWN and kind in ("z alone", READ_BACK):
            save_generator(folder / f"{image}-{kind.replace(' ', '-')}.safetensors", state.generator, config)
        late = {name: float(np.mean([getattr(r, name) for r in records[-AVERAGED:]])) for name in LOSSES}
        yield {"image": image, "kind": kind, "seed": seed, **late, **measure_rolls(state, rgb)}


def measure_rolls(state: TrainState, rgb: np.ndarray) -> dict[str, float]:
    """How far apart six rolls for the whole picture are, and how far from the photograph, in ΔE."""
    channels = state.config.noise_channels
    rolls = np.random.default_rng(7).standard_normal((6 if channels else 1, channels)).astype(np.float32)
    pictures = [colorize(state.generator, rgb, z=roll if channels else None) for roll in rolls]
    apart = [delta_e(one, two) for one, two in combinations(pictures, 2)]
    return {
        "moved": float(np.mean(apart)) if apart else 0.0,
        "delta_e": float(np.mean([delta_e(picture, rgb) for picture in pictures])),
        "color_overlap": float(np.mean([color_overlap(picture, rgb) for picture in pictures])),
    }


def main() -> None:
    """Write the file, or one part of it anew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=("games", "patch_games"))
    only = parser.parse_args().only
    os.nice(19)
    torch.set_num_threads(1)
    folder = runs_folder() / "dice"
    folder.mkdir(exist_ok=True)
    path = folder / "dice.json"
    content = json.loads(path.read_text("utf-8")) if only and path.is_file() else {}
    content |= {"made by": "tools/record_dice.py", **describe_machine()}
    if only != "patch_games":
        content["games"] = [rounded(row) for row in games()]
    if only != "games":
        content["patch_games"] = [rounded(row) for row in patch_games(folder)]
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    write_atomically(path, text.encode())


def rounded(row: dict[str, Any]) -> dict[str, Any]:
    """A row with five digits."""
    return {name: round(value, 5) if isinstance(value, float) else value for name, value in row.items()}


if __name__ == "__main__":
    main()
