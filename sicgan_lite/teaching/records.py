"""How a chapter reads what was recorded: runs, sweeps, games, and the paper's Table 1."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Real

from sicgan_lite.config import Config
from sicgan_lite.pictures.samples import sample_image
from sicgan_lite.studies.runs import RecordError, Run, is_finished, load_run, read_records, runs_folder
from sicgan_lite.studies.sweep import SweepRun, read_run, run_file
from sicgan_lite.teaching.settings import RUNS, SWEEPS, by_photograph
from sicgan_lite.training import history


def load_sweep(name: str, folder: Path | None = None) -> dict[str, list[SweepRun]]:
    """A recorded sweep: the runs of each photograph, in the order of ``SWEEPS``.

    ``folder`` is the recorded sweeps' own unless another is given. Errors: KeyError for a name that is
    none; RecordError for a sweep that is not finished.
    """
    where = folder or runs_folder() / "sweeps"
    files = {
        image: [where / run_file(config, sample_image(image)) for config in configs]
        for image, configs in by_photograph(SWEEPS[name]).items()
    }
    missing = sum(not path.is_file() for paths in files.values() for path in paths)
    if missing:
        raise RecordError(
            f"{missing} of the {len(SWEEPS[name])} runs of {name!r} are not in {where};"
            " `make recorded-runs` makes them"
        )
    return {image: [read_run(path) for path in paths] for image, paths in files.items()}


def mean_and_spread(values: Sequence[float]) -> str:
    """The mean and the standard deviation of ``values`` as text: "3.7 ± 0.6"; one value alone.

    Errors: ValueError for no values.
    """
    if len(values) == 0:
        raise ValueError("the mean of no values was asked for")
    spread = f" ± {np.std(values, ddof=1):.1f}" if len(values) > 1 else ""
    return f"{np.mean(values):.1f}{spread}"


def finished_runs(folder: Path | None = None) -> dict[str, Run]:
    """Every run of ``RUNS`` whose record is finished, by name, in that order.

    ``folder`` is the recorded runs' own unless another is given. Errors: RecordError for a finished
    record that was changed.
    """
    where = folder or runs_folder()
    return {name: load_run(name, where) for name in RUNS if is_finished(where / name / "run.json")}


def begun_history(name: str, folder: Path | None = None) -> dict[str, Real[np.ndarray, " steps"]]:
    """How far the run of this ``name`` in ``RUNS`` came: its history, which is not checked against a hash.

    ``folder`` is the recorded runs' own unless another is given. Errors: RecordError where none is begun.
    """
    path = (folder or runs_folder()) / name / "history.csv"
    if not path.is_file():
        raise RecordError(f"there is no {path}; `make recorded-runs` makes it")
    return history(read_records(path))


def paper_table() -> dict[str, Real[np.ndarray, " 40"]]:
    """The paper's Table 1 in the form of a history: step, epoch, batch, loss_d, loss_g.

    40 rows in the order of training: batch 1 and batch 101 of the 157 in each of 20 epochs.
    """
    path = Path(__file__).with_name("table1.csv")
    epoch, batch, loss_d, loss_g = np.loadtxt(path, delimiter=",", skiprows=1, unpack=True)
    step = (epoch - 1) * Config.paper().batches_per_epoch + batch
    counts = {"step": step, "epoch": epoch, "batch": batch}
    whole = {name: values.astype(int) for name, values in counts.items()}
    return whole | {"loss_d": loss_d, "loss_g": loss_g}


def as_printed(
    history: Mapping[str, Real[np.ndarray, " steps"]],
) -> dict[str, Real[np.ndarray, " rows"]]:
    """The rows of a ``history`` that the paper's Table 1 prints: batches 1 and 101 of each epoch."""
    rows = np.isin(history["batch"], (1, 101))
    return {name: values[rows] for name, values in history.items()}


def load_pixel_games(folder: Path | None = None) -> dict[str, Any]:
    """The recorded pixel-sized games of ten seeds, as ``tools/record_pixel_games.py`` wrote them.

    ``folder`` is the recorded runs' own unless another is given. Errors: RecordError when the file is
    not there.
    """
    path = (folder or runs_folder()) / "pixel-games.json"
    if not path.is_file():
        raise RecordError(f"there is no {path}; `make recorded-games` makes it")
    return json.loads(path.read_text(encoding="utf-8"))
