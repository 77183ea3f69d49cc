"""One photograph, many settings: each run trained and measured on any executor."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import UInt8

from sicgan_lite.checkpoint import generator_bytes, read_generator_config, read_results
from sicgan_lite.colorizing import colorize
from sicgan_lite.config import Config
from sicgan_lite.devices import describe_machine
from sicgan_lite.files import pixels_sha256, sha256_of, write_atomically
from sicgan_lite.metrics import colorfulness, delta_e_map
from sicgan_lite.networks import Generator
from sicgan_lite.origins import holdout_mask
from sicgan_lite.studies.jobs import Job, run_jobs
from sicgan_lite.training import StepRecord, TrainState, train

MEASURED = StepRecord._fields[3:]  # two losses, two scores


class SweepRun(NamedTuple):
    """A finished run: its config, what was measured, and the generator's file.

    ``results`` holds ``delta_e`` (the whole picture), ``delta_e_seen`` and ``delta_e_held_out`` (None
    without a holdout), ``colorfulness``, the means of ``loss_d``, ``loss_g``, ``real_score`` and
    ``fake_score`` over the second half of the steps, ``first_steps`` (these four of the first five
    steps, to repeat them), ``seconds``, ``rgb_sha256``, and the machine.
    """

    config: Config
    results: dict[str, Any]
    path: Path


def run_sweep(
    configs: Iterable[Config],
    image: UInt8[np.ndarray, "h w 3"],
    *,
    out: str | Path,
    executor: Executor | None = None,
    on_done: Callable[[str], object] | None = None,
) -> list[SweepRun]:
    """Train each config on one photograph, measure it, and keep its generator in the folder ``out``.

    Each run is one file, written when it comes; a finished run is never repeated, so a sweep that
    was stopped goes on. ``executor`` is any ``concurrent.futures.Executor`` (a process pool, a Dask
    client's, MPI's); None trains here, one after another. ``on_done`` is given each run's name.
    Results come in the order of the configs. Errors: ValueError for the same config twice;
    JobsError names the runs that left no result, after all others are done.
    """
    configs = list(configs)
    names = _names(configs)
    jobs = [_job(name, config, image, Path(out)) for name, config in zip(names, configs, strict=True)]
    for job in run_jobs(jobs, executor):
        if on_done is not None:
            on_done(job.name)
    return [read_run(job.files[-1]) for job in jobs]


def train_and_measure(settings: dict[str, Any], rgb: UInt8[np.ndarray, "h w 3"]) -> tuple[bytes]:
    """One run of a sweep: the bytes of its generator's file, results inside."""
    config = Config.from_dict(settings)
    started = time.process_time()
    state = TrainState.create(rgb, config)
    records = list(train(state))
    results = _losses(records) | _errors(state.generator, rgb, config)
    results |= {"seconds": time.process_time() - started, "rgb_sha256": state.rgb_sha256}
    return (generator_bytes(state.generator, config, **results, **describe_machine()),)


def run_file(config: Config, rgb: UInt8[np.ndarray, "h w 3"]) -> str:
    """The name of a run's file, which follows from the settings and the photograph's pixels."""
    about = json.dumps([config.to_dict(), pixels_sha256(rgb)], sort_keys=True)
    return f"{sha256_of(about.encode())[:16]}.safetensors"


def read_run(path: str | Path) -> SweepRun:
    """A run of a sweep from its file. Errors: as ``load_generator``."""
    return SweepRun(read_generator_config(path), read_results(path), Path(path))


def write_table(path: str | Path, runs: Mapping[str, Sequence[SweepRun]]) -> None:
    """Write runs as one tidy CSV, a row each: photograph, file, every setting, every result.

    ``runs`` are those of each photograph, by its name.
    """
    rows = [
        {"image": image, "run": run.path.stem} | _flat(run.config.to_dict()) | _flat(run.results)
        for image, its_runs in runs.items()
        for run in its_runs
    ]
    for row in rows:
        row.pop("first_steps", None)  # no column of a tidy table
    columns = list(dict.fromkeys(column for row in rows for column in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_atomically(path, text.getvalue().encode())


def _job(name: str, config: Config, image: np.ndarray, out: Path) -> Job:
    path = out / run_file(config, image)
    return Job(name, (path,), train_and_measure, lambda: (config.to_dict(), image))


def _names(configs: list[Config]) -> list[str]:
    """For each config, the settings that tell it from the others."""
    settings = [config.to_dict() for config in configs]
    varied = [name for name in Config.__slots__ if any(s[name] != settings[0][name] for s in settings)]
    return [" ".join(f"{name}={s[name]}" for name in varied) or "the only config" for s in settings]


def _losses(records: list[StepRecord]) -> dict[str, Any]:
    late = records[len(records) // 2 :]
    means = {name: float(np.mean([getattr(record, name) for record in late])) for name in MEASURED}
    return means | {"first_steps": [list(record[3:]) for record in records[:5]]}


def _errors(generator: Generator, rgb: np.ndarray, config: Config) -> dict[str, float | None]:
    colored = colorize(generator, rgb)
    error = delta_e_map(colored, rgb)
    held_out = holdout_mask(config.holdout or (0, 0, 0, 0), *rgb.shape[:2])
    return {
        "delta_e": float(error.mean()),
        "delta_e_seen": float(error[~held_out].mean()),
        "delta_e_held_out": float(error[held_out].mean()) if config.holdout else None,
        "colorfulness": colorfulness(colored),
    }


def _flat(values: dict[str, Any]) -> dict[str, Any]:
    """Plain cells: nothing for None, a list as JSON, a dict as a column for each of its keys."""
    cells: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, dict):
            cells |= value
        else:
            cells[name] = json.dumps(value) if isinstance(value, list) else value
    return cells
