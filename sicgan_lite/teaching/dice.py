"""Rolls of z: how far they move a picture, the best of them, and a third network that reads them back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn

from sicgan_lite.checkpoint import load_generator
from sicgan_lite.color import merge_ab, rgb_to_lab
from sicgan_lite.config import Config
from sicgan_lite.networks import Generator
from sicgan_lite.studies.runs import RecordError, runs_folder
from sicgan_lite.teaching.pixel_game import PixelGame
from sicgan_lite.teaching.terms import reconstruction_loss
from sicgan_lite.training import StepRecord, TrainState, draw_batch, train_step

Row = dict[str, Any]


def variety_over_rolls(ab: Float[np.ndarray, "rolls *pixels 2"]) -> float:
    """How far colours move with z, in CIE units: 0 means that G ignores its die.

    ``ab`` holds the same pixels once for each roll. For each pixel, the root of the mean squared
    distance from its mean over the rolls; then the mean over pixels.
    """
    return float(np.sqrt(ab.var(axis=0).sum(axis=-1)).mean())


def best_rolls(
    game: PixelGame, rgb: UInt8[np.ndarray, "h w 3"], rolls: Float[np.ndarray, " n"]
) -> Float[np.ndarray, "h w 1"]:
    """For each pixel the roll, among ``rolls`` of one z, with which the ``game`` comes nearest to its ab.

    An oracle: it has looked at ``rgb``. It shows what the die can say, and not what anybody could know.
    """
    lab = rgb_to_lab(rgb)
    painted = np.stack([game.predict_ab(lab[..., 0], np.array([roll])) for roll in rolls])
    nearest = np.linalg.norm(painted - lab[..., 1:], axis=-1).argmin(axis=0)
    return rolls[nearest][..., None]


def die_chart(game: PixelGame, *, ends: float = 2.5) -> UInt8[np.ndarray, "levels rolls 3"]:
    """All that G has learned in a ``game`` with one z, or none: its colour for each lightness and z.

    Rows are the lightnesses from 100 down to 0, columns the rolls from −``ends`` to ``ends``.
    """
    lightness, z = np.meshgrid(np.linspace(100, 0, 101), np.linspace(-ends, ends, 121), indexing="ij")
    ab = game.predict_ab(lightness, z[..., None] if game.noise_channels else None)
    return merge_ab(lightness.astype(np.float32), ab.astype(np.float32))


class RollReader(nn.Module):
    """Q: three lightness features and scaled ab → the z that G painted with (InfoGAN's third network)."""

    def __init__(self, noise_channels: int, width: int = 16) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(5, width, 3, padding=1),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(4),
            nn.Flatten(),
            nn.Linear(width * 16, noise_channels),
        )

    def forward(
        self, ab: Float[Tensor, "n 2 h w"], features: Float[Tensor, "n c h w"]
    ) -> Float[Tensor, "n k"]:
        """The z that it reads from a scaled ``ab``."""
        return self.layers(torch.cat([features[:, :3], ab], dim=1))


def train_with_reader(state: TrainState, *, weight: float = 1.0) -> Iterator[StepRecord]:
    """Train as ``train`` does; after each step G and a ``RollReader`` go down the reconstruction loss.

    ``state`` is fresh, on the CPU, and its config has noise channels. The batch is the step's own, with
    other z; G's Adam is the game's, so that ``weight`` weighs the loss against the game's.
    Errors: ValueError for a config without z.
    """
    config = state.config
    if not config.noise_channels:
        raise ValueError("there is no z to read: set noise_channels to 1 or more")
    reader = _new_reader(config)
    players = state.optimizer_g, torch.optim.Adam(reader.parameters(), config.lr_generator, config.betas)
    rng = torch.Generator().manual_seed(config.seed)
    while state.step < config.total_steps:
        features, _ = draw_batch(state, *divmod(state.step, config.batches_per_epoch))
        yield train_step(state)
        z = torch.randn(len(features), config.noise_channels, generator=rng)
        loss = weight * reconstruction_loss(reader(state.generator(features, z), features), z)
        for player in players:
            player.zero_grad()
        loss.backward()
        for player in players:
            player.step()


def _new_reader(config: Config) -> RollReader:
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(config.seed)
        return RollReader(config.noise_channels)


def load_dice(folder: Path | None = None) -> dict[str, Any]:
    """The recorded games with a die, as ``tools/record_dice.py`` wrote them.

    ``folder`` is the recorded runs' own unless another is given. Errors: RecordError when the file is
    not there.
    """
    path = (folder or runs_folder()) / "dice" / "dice.json"
    if not path.is_file():
        raise RecordError(f"there is no {path}; `make recorded-games` makes it")
    return json.loads(path.read_text(encoding="utf-8"))


def recorded_dice(kind: str, image: str = "", *, step: int = 0, folder: Path | None = None) -> list[Row]:
    """The recorded games of a ``kind``: on the photograph ``image``, or on all; at one ``step``, or the last.

    ``folder`` is that of ``load_dice``. Errors: KeyError for a kind, a photograph or a step that was not
    recorded.
    """
    record = load_dice(folder)
    games = [row for row in [*record["games"], *record["patch_games"]] if row["kind"] == kind]
    last = step or max((row.get("step", 0) for row in games), default=0)
    found = [row for row in games if image in ("", row["image"]) and row.get("step", 0) == last]
    if not found:
        kinds = sorted({row["kind"] for row in [*record["games"], *record["patch_games"]]})
        raise KeyError(f"no game of {kind!r} on {image or 'any'} at step {last}; the kinds are {kinds}")
    return found


def rolled_generator(kind: str, folder: Path | None = None) -> Generator:
    """A recorded G of the cup on patches, whose z is left alone, or read back. ``kind``: as in the record.

    ``folder`` is that of ``load_dice``. Errors: FileNotFoundError for another kind.
    """
    return load_generator((folder or runs_folder()) / "dice" / f"coffee-{kind.replace(' ', '-')}.safetensors")
