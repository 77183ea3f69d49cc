"""One photograph, many settings: each run trained and measured on any executor."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import UInt8

from sicgan_lite.checkpoint import read_generator_config, read_results
from sicgan_lite.config import Config
from sicgan_lite.files import folder_lock, make_folder, pixels_sha256, sha256_of, write_atomically
from sicgan_lite.studies.jobs import Job, run_jobs
from sicgan_lite.studies.measuring import train_and_measure

# Config gained its other fields after the first sweeps had been recorded.
_FIRST_SETTINGS = """
size num_patches epochs batch_size min_distance transforms generator_widths discriminator_widths
lr_generator lr_discriminator betas real_target fake_target generator_target target_jitter noise_std
noise_in_generator_step conditional l1_weight adversarial_weight features holdout precision seed
"""


class SweepRun(NamedTuple):
    """A finished run: its config, the results, and the generator's file (``path``).

    ``results`` holds ``delta_e`` (of the whole picture), ``delta_e_seen`` and ``delta_e_held_out`` (None
    without a holdout), ``colorfulness``, the means of ``loss_d``, ``loss_g``, ``real_score`` and
    ``fake_score`` over the second half of the steps, ``seconds`` of the processor, and the machine.
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

    The photograph is ``image``. Each run is one file, written when it comes; a finished run is never
    repeated, so a sweep that was stopped goes on. ``executor`` is any ``concurrent.futures.Executor``
    (a process pool, a Dask client's, MPI's); None trains here, one after another. ``on_done`` is given
    each run's name. Results come in the order of the configs. Errors: ValueError for the same config
    twice; BlockingIOError when another program is writing to ``out``; JobsError names the runs that left
    no result, after all others are done.
    """
    configs = list(configs)
    names = _names(configs)
    make_folder(out)  # fails before the work, not after it
    with folder_lock(out):
        jobs = [_job(name, config, image, Path(out)) for name, config in zip(names, configs, strict=True)]
        for job in run_jobs(jobs, executor):
            if on_done is not None:
                on_done(job.name)
        return [read_run(job.target) for job in jobs]


def train_model(config: Config, rgb: UInt8[np.ndarray, "h w 3"]) -> bytes:
    """One run of a sweep: its generator's file, results inside."""
    return train_and_measure(config, rgb).model  # the picture need not travel


def run_file(config: Config, rgb: UInt8[np.ndarray, "h w 3"]) -> str:
    """The name of a run's file, which follows from the settings and the photograph's pixels.

    A setting that Config gained later counts where it is used: runs recorded before keep their names.
    """
    settings = {name: value for name, value in config.to_dict().items() if name in _counting([config])}
    about = json.dumps([settings, pixels_sha256(rgb)], sort_keys=True)
    return f"{sha256_of(about.encode())[:16]}.safetensors"


def read_run(path: str | Path) -> SweepRun:
    """A run of a sweep from its file. Errors: as ``load_generator``."""
    return SweepRun(read_generator_config(path), read_results(path), Path(path))


def write_table(path: str | Path, runs: Mapping[str, Sequence[SweepRun]]) -> None:
    """Write runs as one tidy CSV, a row each: photograph, file, settings, every result.

    ``runs`` are those of each photograph, by its name.
    """
    rows = [
        {"image": image, "run": run.path.stem} | _flat(run.config.to_dict()) | _flat(run.results)
        for image, its_runs in runs.items()
        for run in its_runs
    ]
    counting = _counting([run.config for its_runs in runs.values() for run in its_runs])
    left_out = {"first_steps", *Config.__slots__} - counting  # a list is no column of a tidy table
    columns = [column for column in dict.fromkeys(chain.from_iterable(rows)) if column not in left_out]
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_atomically(path, text.getvalue().encode())


def _job(name: str, config: Config, image: np.ndarray, out: Path) -> Job:
    path = out / run_file(config, image)
    return Job(
        name, path, path.exists(), train_model, lambda: (config, image), partial(write_atomically, path)
    )


def _names(configs: list[Config]) -> list[str]:
    """For each config, the settings that tell it from the others."""
    settings = [config.to_dict() for config in configs]
    varied = [name for name in Config.__slots__ if any(s[name] != settings[0][name] for s in settings)]
    return [" ".join(f"{name}={s[name]}" for name in varied) or "the only config" for s in settings]


def _counting(configs: Iterable[Config]) -> set[str]:
    """The settings that name a run or have a column: the first ones, and later ones that are used."""
    unused = Config().to_dict()
    used = {k for config in configs for k, value in config.to_dict().items() if value != unused[k]}
    return used | set(_FIRST_SETTINGS.split())


def _flat(values: dict[str, Any]) -> dict[str, Any]:
    """Plain cells: nothing for None, a list as JSON, a dict as a column for each of its keys."""
    cells: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, dict):
            cells |= value
        else:
            cells[name] = json.dumps(value) if isinstance(value, list) else value
    return cells
