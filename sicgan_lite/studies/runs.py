"""Runs that take longer than a reader waits: recorded once, kept with their hashes, read anywhere."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Real, UInt8
from PIL import Image
from safetensors.torch import load_file

from sicgan_lite.config import Config
from sicgan_lite.files import read_bytes, sha256_of, write_atomically
from sicgan_lite.networks import Discriminator
from sicgan_lite.studies.places import runs_folder
from sicgan_lite.training import StepRecord, history

_MOST_BYTES = 1 << 27  # of one file of a record: far above any of ours


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
    info = _read_info(where / "run.json")
    if not info["finished"]:
        raise RecordError(f"run {name!r} stands at step {info['step']}; `make recorded-runs` finishes it")
    for relative, expected in info["sha256"].items():
        path = where / relative
        if not path.is_file():
            raise RecordError(f"{path} is missing; `make recorded-runs` makes it anew")
        if sha256_of(_bytes_of(path)) != expected:
            raise RecordError(f"{path} differs from what was recorded (SHA-256 {expected[:12]}… expected)")
    try:
        config = Config.from_dict(_json_of(where / "config.json"))
        steps = read_history(where / "history.csv")
    except (ValueError, LookupError, TypeError, OSError, csv.Error) as error:
        raise RecordError(f"{where} holds no run of sicgan-lite ({one_line(error)})") from None
    return Run(name, where, config, steps, info)


def _read_info(path: Path) -> dict[str, Any]:
    """What a ``run.json`` says. Errors: RecordError for anything else."""
    info = _json_of(path)
    begun = (
        isinstance(info, dict) and isinstance(info.get("finished"), bool) and type(info.get("step")) is int
    )
    hashes = info.get("sha256", None if info["finished"] else {}) if begun else None
    if not isinstance(hashes, dict) or not all(map(_is_entry, hashes.items())):
        raise RecordError(f"{path} is not the record of a run; `make recorded-runs` makes it anew")
    return info


def _is_entry(entry: tuple[str, Any]) -> bool:
    """Whether a file inside the run's folder has a SHA-256."""
    name, digest = entry
    inside = not Path(name).is_absolute() and ".." not in Path(name).parts
    return inside and isinstance(digest, str) and re.fullmatch("[0-9a-f]{64}", digest) is not None


def _json_of(path: Path) -> Any:
    try:
        return json.loads(_bytes_of(path))
    except (ValueError, RecursionError, OSError) as error:
        raise RecordError(f"{path} cannot be read ({one_line(error)})") from None


def _bytes_of(path: Path) -> bytes:
    try:
        return read_bytes(path, at_most=_MOST_BYTES)
    except (ValueError, OSError) as error:
        raise RecordError(f"{path} cannot be read ({one_line(error)})") from None


def one_line(error: Exception) -> str:
    """What an error says, in one line of at most 200 letters: a stranger's file may be quoted in it."""
    return " ".join(str(error).split())[:200] or type(error).__name__


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
    return path.is_file() and _read_info(path)["finished"]


def _parse(row: dict[str, str]) -> StepRecord:
    counts = [int(row[name]) for name in StepRecord._fields[:3]]
    return StepRecord(*counts, *(float(row[name]) for name in StepRecord._fields[3:]))
