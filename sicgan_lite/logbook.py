"""The folder of a run in progress: its history and its checkpoint, kept in step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from sicgan_lite.checkpoint import load_checkpoint, save_checkpoint
from sicgan_lite.runs import read_records, write_records
from sicgan_lite.training import StepRecord, TrainState, train


@dataclass
class Logbook:
    """A training state with the record of every step so far, in a folder."""

    folder: Path
    state: TrainState
    records: list[StepRecord] = field(default_factory=list)

    @classmethod
    def resume(cls, folder: Path, rgb: UInt8[np.ndarray, "h w 3"], device: str = "auto") -> Logbook:
        """Go on from the folder's last checkpoint.

        Errors: FileNotFoundError when there is none; FileFormatError as ``load_checkpoint``.
        """
        path = folder / "checkpoint.pt"
        if not path.is_file():
            raise FileNotFoundError(f"{folder} holds no checkpoint.pt to resume from")
        state = load_checkpoint(path, rgb, device)
        # A kill between the two writes of `save` leaves records that the checkpoint does not know.
        return cls(folder, state, read_records(folder / "history.csv")[: state.step])

    def steps(self) -> Iterator[StepRecord]:
        """Train to the end, a record a step. Nothing is written until ``save``."""
        for record in train(self.state):
            self.records.append(record)
            yield record

    def save(self) -> None:
        """Write history, then checkpoint: whatever the checkpoint counts is then on disk."""
        write_records(self.folder / "history.csv", self.records)
        save_checkpoint(self.folder / "checkpoint.pt", self.state)
