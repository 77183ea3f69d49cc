"""Recording a run: interruptible, with everything that a reader needs to trust it.

``make recorded-runs`` records the runs and sweeps that are missing, at low
priority; it can be stopped at any moment and continued.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from tqdm.auto import tqdm

from sicgan_lite.checkpoint import save_generator
from sicgan_lite.colorizing import colorize
from sicgan_lite.config import Config
from sicgan_lite.devices import describe_machine, keep_freed_memory
from sicgan_lite.files import pixels_sha256, sha256_of, sole_use, write_atomically
from sicgan_lite.pictures.images import sample_image
from sicgan_lite.studies.jobs import Job, run_jobs
from sicgan_lite.studies.logbook import Logbook
from sicgan_lite.studies.measuring import train_and_measure
from sicgan_lite.studies.rows import Row, append_row, read_rows
from sicgan_lite.studies.runs import RecordError, load_run, runs_folder
from sicgan_lite.studies.sweep import run_sweep, write_table
from sicgan_lite.teaching import effects
from sicgan_lite.teaching.settings import RUNS, SWEEPS, by_photograph
from sicgan_lite.training import StepRecord, TrainState

THREADS = 1  # two runs side by side use two cores better than one run on both
# Pictures are kept after these steps, when most happens, and after 20 more, evenly.
EARLY_STEPS = (0, 1, 2, 3, 5, 7, 10, 15, 20, 25, 30, 40, 60, 80, 120, 200, 250)
EVEN_PICTURES = 20
SAVE_EVERY = 20  # steps: two minutes of work at most are lost
SNAPSHOT_WIDTH = 300


def record_run(name: str, image: str, config: Config, *, folder: Path) -> Iterator[StepRecord]:
    """Train ``config`` on a sample photograph and record it, going on from its last checkpoint.

    An iterator like ``train``: a step each. What was saved survives a kill at any moment.
    """
    where = folder / name
    (where / "snapshots").mkdir(parents=True, exist_ok=True)
    rgb = sample_image(image)
    recording = _Recording.open(where, image, rgb, config)
    for record in recording.logbook.steps():
        recording.keep(record.step)
        yield record
    recording.finish()


def keeps_picture(step: int, config: Config) -> bool:
    """Whether a run's picture after this step is kept; the last one always is."""
    every = max(1, config.total_steps // EVEN_PICTURES)
    return step in EARLY_STEPS or step % every == 0 or step == config.total_steps


@dataclass
class _Recording:
    logbook: Logbook
    rgb: np.ndarray
    info: dict[str, Any]
    clocks: tuple[float, float] = (0.0, 0.0)

    @classmethod
    def open(cls, where: Path, image: str, rgb: np.ndarray, config: Config) -> _Recording:
        if (where / "checkpoint.pt").is_file():
            logbook = Logbook.resume(where, rgb, "cpu")
            info = json.loads((where / "run.json").read_text(encoding="utf-8"))
            info["resumptions"] += 1
            return cls(logbook, rgb, info, _clocks())
        logbook = Logbook(where, TrainState.create(rgb, config, "cpu"))
        write_atomically(where / "config.json", _json(config.to_dict()))
        recording = cls(logbook, rgb, describe(image, rgb, config), _clocks())
        recording.keep_picture()
        return recording

    def keep(self, step: int) -> None:
        if keeps_picture(step, self.logbook.state.config):
            self.keep_picture()
        if step % SAVE_EVERY == 0:
            self.save()

    def keep_picture(self) -> None:
        state = self.logbook.state
        picture = Image.fromarray(colorize(state.final_generator, self.rgb))
        height = round(picture.height * SNAPSHOT_WIDTH / picture.width)
        path = self.logbook.folder / "snapshots" / f"{state.step:05d}.webp"
        picture.resize((SNAPSHOT_WIDTH, height), Image.Resampling.LANCZOS).save(path, quality=85, method=6)

    def save(self) -> None:
        now = _clocks()
        self.info["wall_seconds"] += now[0] - self.clocks[0]
        self.info["cpu_seconds"] += now[1] - self.clocks[1]
        self.clocks = now
        self.info["step"] = self.logbook.state.step
        self.info["steps_per_second"] = self.info["step"] / self.info["wall_seconds"]
        write_atomically(self.logbook.folder / "run.json", _json(self.info))
        self.logbook.save()

    def finish(self) -> None:
        self.save()
        where, state = self.logbook.folder, self.logbook.state
        save_generator(where / "generator.safetensors", state.final_generator, state.config)
        unhashed = {where / "run.json", where / "checkpoint.pt"}
        files = [path for path in sorted(where.rglob("*")) if path.is_file() and path not in unhashed]
        kept = [path for path in files if not path.name.startswith(".")]  # no lock, no leftovers
        self.info["sha256"] = {
            path.relative_to(where).as_posix(): sha256_of(path.read_bytes()) for path in kept
        }
        self.info["finished"] = True
        write_atomically(where / "run.json", _json(self.info))
        (where / "checkpoint.pt").unlink()


def describe(image: str, rgb: np.ndarray, config: Config) -> dict[str, Any]:
    """What ``run.json`` says at the start of a run on this machine."""
    return {
        "finished": False,
        "image": image,
        "rgb_sha256": pixels_sha256(rgb),
        "precision": config.precision,
        **describe_machine(),
        "wall_seconds": 0.0,
        "cpu_seconds": 0.0,
        "energy_joules": None,  # no meter can be read on this machine's processor
        "resumptions": 0,
        "step": 0,
    }


def _clocks() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _json(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()


def main() -> None:
    """Record the named runs and sweeps, or all of them, where they are not finished."""
    known = [*SWEEPS, "effects", *RUNS]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *known], metavar="NAME", help=", ".join(known))
    names = parser.parse_args().names or known
    os.nice(19)
    keep_freed_memory()
    torch.set_num_threads(THREADS)
    for name in names:
        if name == "effects":
            record_effects(folder=runs_folder())
            continue
        if name in SWEEPS:
            record_sweep(name, folder=runs_folder())
            continue
        try:
            load_run(name)
        except RecordError:
            _record_with_progress(name)


def record_sweep(name: str, *, folder: Path) -> None:
    """Train what is missing of a sweep, then write its table. Stopped, it goes on where it was.

    Errors: JobsError names the runs that left no result.
    """
    photographs = by_photograph(SWEEPS[name])
    with tqdm(total=len(SWEEPS[name]), desc=name, unit="run") as progress:
        runs = {
            image: run_sweep(
                configs,
                sample_image(image),
                out=folder / "sweeps",
                on_done=lambda _: progress.update(),
            )
            for image, configs in photographs.items()
        }
    write_table(folder / f"{name}.csv", runs)


def record_effects(*, folder: Path, executor: Executor | None = None) -> None:
    """Record the rows of the effects that are missing, seed by seed.

    Errors: BlockingIOError when another program records them; JobsError names the failed runs.
    """
    path = effects.effects_file(folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    with sole_use(path.parent):
        done = {(row.image, row.config) for row in read_rows(path)}
        jobs = [_effect(run, path, done=(run.image, run.config) in done) for run in effects.planned()]
        with tqdm(total=len(jobs), initial=len(done), desc="effects", unit="run") as progress:
            for job in run_jobs(jobs, executor):
                progress.update(0 if job.done else 1)


def _effect(run: effects.Planned, path: Path, *, done: bool) -> Job:
    return Job(
        name=f"{run.change}, {run.image}, seed {run.config.seed}",
        target=f"{path} {run}",
        done=done,
        work=train_and_measure,
        arguments=lambda: (run.config, effects.small_photograph(run.image), effects.LOOKS),
        keep=lambda trained: append_row(path, Row(*run, trained.results)),
    )


def _record_with_progress(name: str) -> None:
    image, config = RUNS[name]
    with tqdm(total=config.total_steps, desc=name, unit="step", mininterval=5) as progress:
        for record in record_run(name, image, config, folder=runs_folder()):
            if progress.n == 0:  # a resumed run: its earlier steps say nothing about this machine
                progress.initial = progress.n = record.step - 1
            progress.update()


if __name__ == "__main__":
    main()
