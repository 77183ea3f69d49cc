"""Runs that take longer than a reader waits: recorded once, kept with their hashes, read anywhere."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Real, UInt8
from PIL import Image
from safetensors.torch import load_file

from sicgan_lite.config import Config
from sicgan_lite.files import sha256_of, write_atomically
from sicgan_lite.networks import Discriminator
from sicgan_lite.studies.places import runs_folder
from sicgan_lite.training import StepRecord, history


class RecordError(ValueError):
    """A record is missing, unfinished or not the one that its hashes describe."""


@dataclass(frozen=True)
class Run:
    """A finished run in its ``folder``: its ``name``, its ``config`` and how it went.

    ``history`` holds one array for each field of ``StepRecord``, ``info`` what ``run.json`` says.
    """

    name: str
    folder: Path
    config: Config
    history: dict[str, Real[np.ndarray, " steps"]]
    info: dict[str, Any]

    @property
    def snapshot_steps(self) -> list[int]:
        """The steps after which a picture was kept."""
        return sorted(int(path.stem) for path in (self.folder / "snapshots").glob("*.webp"))

    def snapshot(self, step: int) -> UInt8[np.ndarray, "h w 3"]:
        """The picture after that step. Errors: RecordError names the steps that there are."""
        if step not in self.snapshot_steps:
            raise RecordError(f"{self.name} has no snapshot of step {step}; it has {self.snapshot_steps}")
        return np.asarray(Image.open(self.folder / "snapshots" / f"{step:05d}.webp").convert("RGB"))

    @property
    def generator_path(self) -> Path:
        """The trained generator, for ``load_generator``."""
        return self.folder / "generator.safetensors"

    def discriminator(self) -> Discriminator:
        """The trained D. Errors: RecordError for a run recorded before D's weights were kept."""
        path = self.folder / "discriminator.safetensors"
        if not path.is_file():
            raise RecordError(f"{self.name} was recorded before D's weights were kept")
        with torch.random.fork_rng(devices=[]):  # building draws initial weights
            discriminator = Discriminator.from_config(self.config)
        discriminator.load_state_dict(load_file(path))
        return discriminator.eval()


def load_run(name: str, folder: Path | None = None) -> Run:
    """Read a finished run by its ``name`` and check every file against its recorded hash.

    ``folder`` holds the runs; it is the recorded runs' own unless another is given. Errors:
    RecordError names what is missing or differs.
    """
    where = (folder or runs_folder()) / name
    if not (where / "run.json").is_file():
        raise RecordError(f"there is no run {name!r} in {where.parent}; `make recorded-runs` makes it")
    info = json.loads((where / "run.json").read_text(encoding="utf-8"))
    if not info["finished"]:
        raise RecordError(f"run {name!r} stands at step {info['step']}; `make recorded-runs` finishes it")
    for relative, expected in info["sha256"].items():
        path = where / relative
        if not path.is_file():
            raise RecordError(f"{path} is missing; `make recorded-runs` makes it anew")
        if sha256_of(path.read_bytes()) != expected:
            raise RecordError(f"{path} differs from what was recorded (SHA-256 {expected[:12]}… expected)")
    config = Config.from_dict(json.loads((where / "config.json").read_text(encoding="utf-8")))
    return Run(name, where, config, read_history(where / "history.csv"), info)


def read_history(path: Path) -> dict[str, np.ndarray]:
    """A ``history.csv`` as one array per field of StepRecord."""
    return history(read_records(path))


def read_records(path: Path) -> list[StepRecord]:
    """The records that ``write_records`` wrote."""
    with path.open(encoding="utf-8", newline="") as file:
        return [_parse(row) for row in csv.DictReader(file)]


def write_records(path: Path, records: list[StepRecord]) -> None:
    """Write records as CSV, one row a step, floats to the last bit."""
    rows = [",".join(StepRecord._fields), *(",".join(map(repr, record)) for record in records)]
    write_atomically(path, ("\n".join(rows) + "\n").encode())


def is_finished(path: Path) -> bool:
    """Whether a ``run.json`` is there and says that its run is finished."""
    return path.is_file() and json.loads(path.read_text(encoding="utf-8"))["finished"]


def _parse(row: dict[str, str]) -> StepRecord:
    counts = [int(row[name]) for name in StepRecord._fields[:3]]
    return StepRecord(*counts, *(float(row[name]) for name in StepRecord._fields[3:]))
