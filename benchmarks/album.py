"""An album on two processes against one: small photographs, a model for each.

``python -m benchmarks.album`` writes results/album.json: seconds by the clock and of the processors, with
the starting of the processes. On a machine that others use, the processors' seconds say more: where two
processes take no more of them than one, they take half of the time when both cores are theirs.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from PIL import Image

from benchmarks.timing import load_average, ratio, record
from sicgan_lite import Config, make_album, sample_image, shrink
from sicgan_lite.devices import keep_freed_memory
from sicgan_lite.studies.jobs import open_executor

CLOCKS = ("seconds", "processor seconds")


def photographs(folder: Path, count: int, width: int) -> None:
    """Small photographs, each another part of a sample."""
    coffee = sample_image("coffee")
    for number in range(count):
        top, left = 7 * number % 200, 11 * number % 300
        Image.fromarray(shrink(coffee[top : top + 200, left : left + 300], width)).save(
            folder / f"{number:03}.png"
        )


def make(folder: Path, workers: int, config: Config) -> dict[str, float]:
    """Seconds of an album on so many processes."""
    begun, busy = time.perf_counter(), _busy()
    with tempfile.TemporaryDirectory() as out, open_executor(workers) as executor:
        make_album(folder, out=out, config=config, executor=executor)
    return dict(zip(CLOCKS, (time.perf_counter() - begun, _busy() - busy), strict=True))


def _busy() -> float:
    """Processor seconds of this process and of those that it started and that have ended."""
    return sum(os.times()[:4])


def measure(config: Config, *, count: int, rounds: int, width: int = 120) -> dict[str, Any]:
    """Both ways in turns, and how many times as long one process takes."""
    found: dict[str, dict[str, list[float]]] = {clock: {"1": [], "2": []} for clock in CLOCKS}
    with tempfile.TemporaryDirectory() as folder:
        photographs(Path(folder), count, width)
        for number in range(rounds):
            for workers in (1, 2) if number % 2 else (2, 1):
                for clock, value in make(Path(folder), workers, config).items():
                    found[clock][str(workers)].append(value)
    return {
        "settings": config.to_dict(),
        "photographs": count,
        "rounds": rounds,
        **found,
        "ratios": {clock: ratio(found[clock], "1", "2")._asdict() for clock in CLOCKS},
    }


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photographs", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--steps", type=int, default=Config.photo().total_steps)
    options = parser.parse_args(arguments)
    keep_freed_memory()
    torch.set_num_threads(1)  # as each of the two processes
    load, batch = load_average(), Config.photo().batch_size
    config = Config.photo(num_patches=batch * options.steps)
    found = measure(config, count=options.photographs, rounds=options.rounds)
    print({clock: found[clock] for clock in CLOCKS})
    print(record("album", found, load=load))


if __name__ == "__main__":
    main()
