"""Record the runs and sweeps of the book that are missing, at low priority.

Stopped at any moment, it goes on where it was. ``make recorded-runs`` calls it.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import time
from concurrent.futures import Executor
from contextlib import closing
from pathlib import Path

import torch
from tqdm.auto import tqdm

from sicgan_lite.devices import keep_freed_memory
from sicgan_lite.files import FileFormatError, folder_lock
from sicgan_lite.pictures.samples import sample_image
from sicgan_lite.studies.jobs import Job, JobsError, open_executor, run_jobs
from sicgan_lite.studies.measuring import train_and_measure
from sicgan_lite.studies.rows import Row, append_row, read_rows
from sicgan_lite.studies.runs import RecordError, runs_folder
from sicgan_lite.studies.sweep import run_sweep, write_table
from sicgan_lite.teaching import beside, effects, views
from sicgan_lite.teaching.settings import PAPER_WIDTHS, RUNS, SWEEPS, by_photograph
from tools.recording import record_run

THREADS = 1  # two runs side by side use two cores better than one run on both
EFFECTS, AT_PHOTO, VIEWS, RULES = "effects", "at-photo", "views", "rules"
KNOWN = (*SWEEPS, RULES, AT_PHOTO, VIEWS, EFFECTS, *RUNS)


def main(arguments: list[str] | None = None) -> int:
    """Record what is asked for, or all of it; 1 when something could not be recorded."""
    args = _parser().parse_args(arguments)
    os.nice(19)
    keep_freed_memory()
    torch.set_num_threads(THREADS)
    limited = args.minutes is not None
    device = args.device or ("auto" if limited else "cpu")
    deadline = time.monotonic() + 60 * args.minutes if limited else math.inf
    failures = 0
    for name in args.names or (PAPER_WIDTHS if limited else KNOWN):
        try:
            record(name, args.out, device=device, workers=args.workers, deadline=deadline)
        except (RecordError, FileFormatError, BlockingIOError, JobsError) as error:
            print(f"{name}: {error}", file=sys.stderr)
            failures += 1
    return min(failures, 1)


def record(name: str, out: Path, *, device: str, workers: int, deadline: float) -> None:
    """Record a run or a sweep until it is finished, or the clock is past the deadline."""
    if name in RUNS:
        record_until(name, out, device, deadline)
        return
    if name == RULES:
        record_rules(folder=out)
        return
    with open_executor(workers) as executor:
        if name in (EFFECTS, AT_PHOTO, VIEWS):
            record_effects(name, folder=out, executor=executor, deadline=deadline)
        else:
            record_sweep(name, folder=out, executor=executor)


def record_until(name: str, out: Path, device: str, deadline: float) -> None:
    """Record a run, with a bar that says how long it will take; saved when time is over."""
    image, config = RUNS[name]
    steps = record_run(name, image, config, folder=out, device=device)
    with closing(steps), tqdm(total=config.total_steps, desc=name, unit="step", mininterval=5) as progress:
        while time.monotonic() < deadline and (step := next(steps, None)):
            if progress.n == 0:  # a resumed run: its earlier steps say nothing about this machine
                progress.initial = progress.n = step.step - 1
            progress.update()


def record_sweep(name: str, *, folder: Path, executor: Executor | None = None) -> None:
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
                executor=executor,
                on_done=lambda _: progress.update(),
            )
            for image, configs in photographs.items()
        }
    write_table(folder / f"{name}.csv", runs)


def record_effects(
    name: str = EFFECTS, *, folder: Path, executor: Executor | None = None, deadline: float = math.inf
) -> None:
    """Record the rows that are missing, seed by seed: of the effects, or of photo()'s settings beside them.

    Errors: BlockingIOError when another program records them; JobsError names the failed runs.
    """
    plan, path = effects.planned(), effects.effects_file(folder)
    if name == AT_PHOTO:
        plan, path = beside.planned(), effects.effects_file(folder).with_name("photo.jsonl")
    if name == VIEWS:
        plan, path = views.planned(), views.views_file(folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    with folder_lock(path.parent):
        done = {(row.image, row.config) for row in read_rows(path)}
        jobs = [_effect(run, path, done=(run.image, run.config) in done) for run in plan]
        missing = [job for job in jobs if not job.done]
        bar = tqdm(total=len(jobs), initial=len(jobs) - len(missing), desc=name, unit="run")
        with closing(run_jobs(missing, executor)) as finished, bar as progress:
            while time.monotonic() < deadline and next(finished, None):
                progress.update()


def record_rules(*, folder: Path) -> None:
    """Measure the rules without a network anew where the effects are measured: half a minute."""
    path = effects.effects_file(folder).with_name("rules.jsonl")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    for row in beside.rule_rows():
        append_row(path, row)


def _effect(run: effects.Planned, path: Path, *, done: bool) -> Job:
    return Job(
        name=f"{run.change}, {run.image}, seed {run.config.seed}",
        target=f"{path} {run}",
        done=done,
        work=train_and_measure,
        arguments=lambda: (run.config, effects.small_photograph(run.image), effects.LOOKS, "cpu"),
        keep=lambda trained: append_row(path, Row(*run, trained.results)),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *KNOWN], metavar="NAME", help=", ".join(KNOWN))
    parser.add_argument("--out", type=Path, default=runs_folder(), help="default: book/runs")
    parser.add_argument("--workers", type=int, default=1, help="processes for a sweep (default: 1)")
    parser.add_argument("--device", help="for runs (default: cpu; with --minutes auto)")
    parser.add_argument(
        "--minutes",
        type=float,
        help="stop after this time, saved. Without names, the paper's own widths alone are recorded, in"
        " the order of their worth: for a machine with an accelerator that is lent for a while",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
