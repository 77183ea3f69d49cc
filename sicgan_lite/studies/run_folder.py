"""The folder of a run in progress: its history and its checkpoint, kept in step."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from sicgan_lite.checkpoint import load_checkpoint, save_checkpoint
from sicgan_lite.devices import Device
from sicgan_lite.files import FileFormatError
from sicgan_lite.studies.runs import read_records, write_records
from sicgan_lite.training import StepRecord, TrainState, train


@dataclass
class RunFolder:
    """A training state with the record of every step so far, in a folder."""

    folder: Path
    state: TrainState
    records: list[StepRecord] = field(default_factory=list)

    @classmethod
    def resume(cls, folder: Path, rgb: UInt8[np.ndarray, "h w 3"], device: Device = "auto") -> RunFolder:
        """Go on from the folder's last checkpoint.

        Errors: FileNotFoundError when there is none; FileFormatError as ``load_checkpoint``, and for
        a history that does not hold every step of the checkpoint.
        """
        state = load_checkpoint(find_checkpoint(folder), rgb, device)
        # A kill between the two writes of `save` leaves records that the checkpoint does not know.
        return cls(folder, state, _first_records(folder / "history.csv", state.step))

    def steps(self) -> Iterator[StepRecord]:
        """Train to the end, a record a step. Nothing is written until ``save``."""
        for record in train(self.state):
            self.records.append(record)
            yield record

    def save(self) -> None:
        """Write history, then checkpoint: whatever the checkpoint counts is then on disk.

        Before the first step there is no history, so a folder without a checkpoint has no run.
        """
        if self.records:
            write_records(self.folder / "history.csv", self.records)
        save_checkpoint(self.folder / "checkpoint.pt", self.state)


def find_checkpoint(folder: Path) -> Path:
    """The folder's last checkpoint. Errors: FileNotFoundError when there is none."""
    path = folder / "checkpoint.pt"
    if not path.is_file():
        raise FileNotFoundError(f"{folder} holds no checkpoint.pt to resume from")
    return path


def _first_records(path: Path, count: int) -> list[StepRecord]:
    if count == 0:
        return []
    try:
        records = read_records(path)[:count]
    except (ValueError, LookupError, TypeError, csv.Error) as error:
        raise FileFormatError(f"{path} is not a history of sicgan-lite") from error
    if len(records) < count:
        raise FileFormatError(
            f"{path} holds {len(records)} steps; the checkpoint beside it stands at {count}"
        )
    return records
