"""Play a game for each symptom of the clinic, and draw its two losses as a small curve.

``python -m tools.draw_clinic`` writes ``book/clinic/*.svg`` in half a minute of one core. One seed each: the
curves show what a symptom looks like, the numbers on the page come from many seeds.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from sicgan_lite import sample_image, shrink
from sicgan_lite.losses import equilibrium_losses
from sicgan_lite.plotting import DISCRIMINATOR, FAINT, GENERATOR
from sicgan_lite.teaching import PixelGame

FOLDER = Path(__file__).resolve().parent.parent / "book" / "clinic"
WIDTH, HEIGHT, POINTS = 220, 90, 110


class Symptom(NamedTuple):
    """A game: its photograph and settings, how long D learns alone, how long both do, the range shown."""

    image: str
    settings: dict[str, Any]
    steps: int
    head: int = 0
    low: float = 0.0
    high: float = 3.0


SURE = {"generator_optimizer": "sgd"}
SYMPTOMS = {
    "drawn": Symptom("coffee", {"seed": 1}, 1000),
    "dead": Symptom("coffee", {"lr_discriminator": 0.32, "seed": 1}, 1000),
    "collapsed": Symptom(
        "astronaut",
        {"conditional": True, "leaky_slope": 0.2, "noise_channels": 1, "lr_generator": 2e-2, "seed": 3},
        500,
    ),
    "led": Symptom("astronaut", {"conditional": True, "seed": 1}, 1000),
    "starved": Symptom("coffee", {**SURE, "generator_objective": "minimax", "seed": 3}, 200, 300, -1.0),
    "floored": Symptom("chelsea", {"fake_target": 0.3, "seed": 1}, 300, 200),
    "ahead": Symptom("chelsea", {"noise_std": 0.0, "seed": 1}, 300, 200, 0.0, 5.0),
    "swinging": Symptom("coffee", {"lr_discriminator": 0.32, "leaky_slope": 0.2, "seed": 2}, 400),
    "bottomless": Symptom("coffee", {"seed": 1, "real_target": 1.05}, 100, 500, -3.0),
}


def play(symptom: Symptom) -> np.ndarray:
    """Both losses at every step, in float64."""
    settings = dict(symptom.settings)
    target = settings.pop("real_target", 0.9)
    game = PixelGame(shrink(sample_image(symptom.image)), dtype=torch.float64, **settings)
    game.real_target = target  # asked for at the start, one above 1 is refused
    rate, game.lr_generator = game.lr_generator, 0.0
    alone = game.run(symptom.head)
    game.lr_generator = 0.01 if game.generator_optimizer == "sgd" else rate
    both = game.run(symptom.steps)
    return np.array([np.append(*series) for series in zip(alone[:2], both[:2], strict=True)])


def draw(symptom: Symptom, losses: np.ndarray) -> str:
    """The curves as SVG: D's loss, G's, and the dashed lines of chance."""
    minimax = symptom.settings.get("generator_objective", "non-saturating")
    targets = min(symptom.settings.get("real_target", 0.9), 1.0), symptom.settings.get("fake_target", 0.0)
    chance = equilibrium_losses(*targets, 1 - targets[1] if minimax == "minimax" else 1.0, objective=minimax)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#f7f7f7"/>',
    ]
    for value, series, color, name in zip(chance[1:], losses, (DISCRIMINATOR, GENERATOR), "DG", strict=True):
        (level,) = _heights(symptom, np.array([value]))
        lines.append(
            f'<path d="M0 {level:.1f}H{WIDTH}" stroke="{color}" stroke-width="0.8" stroke-dasharray="3 3"/>'
        )
        lines.append(f'<path d="M{_path(symptom, series)}" fill="none" stroke="{color}" stroke-width="1.6"/>')
        x, y = WIDTH - 13, 14 if name == "D" else HEIGHT - 6
        lines.append(
            f'<text x="{x}" y="{y}" fill="{color}" font-family="sans-serif" font-size="12">{name}</text>'
        )
    if symptom.low < 0:
        (zero,) = _heights(symptom, np.zeros(1))
        lines.append(f'<path d="M0 {zero:.1f}H{WIDTH}" stroke="{FAINT}" stroke-width="0.5"/>')
    return "\n".join([*lines, "</svg>", ""])


def _path(symptom: Symptom, series: np.ndarray) -> str:
    parts = np.array_split(series, POINTS)
    heights = _heights(symptom, np.array([part.mean() for part in parts]))
    across = (np.arange(POINTS) + 0.5) / POINTS * WIDTH
    return "L".join(f"{x:.0f} {y:.1f}" for x, y in zip(across, heights, strict=True))


def _heights(symptom: Symptom, values: np.ndarray) -> np.ndarray:
    share = (np.clip(values, symptom.low, symptom.high) - symptom.low) / (symptom.high - symptom.low)
    return 3 + (1 - share) * (HEIGHT - 6)


def drawings() -> Iterator[tuple[str, str]]:
    """Name and picture of every symptom."""
    for name, symptom in SYMPTOMS.items():
        yield name, draw(symptom, play(symptom))


def main() -> None:
    """Write every curve."""
    torch.set_num_threads(1)
    FOLDER.mkdir(exist_ok=True)
    with np.errstate(all="ignore"):
        for name, text in drawings():
            (FOLDER / f"{name}.svg").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
