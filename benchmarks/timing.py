"""What the benchmarks share: contenders that take turns, ratios with their spread, memory, records."""

from __future__ import annotations

import json
import multiprocessing
import os
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from sicgan_lite.devices import describe_machine

RESULTS = Path(__file__).resolve().parent / "results"

Result = TypeVar("Result")
Seconds = dict[str, list[float]]


class NoRecordError(LookupError):
    """Something was not measured yet."""


class Spread(NamedTuple):
    """The median of some numbers, and the quartiles between which half of them lie."""

    median: float
    low: float
    high: float


class Memory(NamedTuple):
    """Bytes that this process holds, and the most that it ever held."""

    now: int
    most: int


def interleave(
    contenders: Mapping[str, Callable[[], object]],
    rounds: int,
    *,
    warm: int = 1,
    before: Callable[[], object] = lambda: None,
    clock: Callable[[], float] = time.perf_counter,
) -> Seconds:
    """Seconds of each contender in each round.

    A round runs every contender once, and the next round starts with the next one, so that a busy
    minute of the machine meets them all. ``warm`` more rounds come first and are not counted.
    ``before`` is called at the start of each round: it draws the data that all of them get.
    """
    names = list(contenders)
    seconds: Seconds = {name: [] for name in names}
    for number in range(warm + rounds):
        before()
        first = number % len(names)
        for name in names[first:] + names[:first]:
            start = clock()
            contenders[name]()
            seconds[name].append(clock() - start)
    return {name: found[warm:] for name, found in seconds.items()}


def spread(numbers: list[float]) -> Spread:
    """The median and the quartiles; one number is its own."""
    if len(numbers) == 1:
        return Spread(*numbers * 3)
    low, median, high = statistics.quantiles(numbers, n=4, method="inclusive")
    return Spread(median, low, high)


def ratio(seconds: Seconds, above: str, below: str) -> Spread:
    """How many times as long ``above`` takes as ``below``: a ratio for each round, then their median."""
    return spread([a / b for a, b in zip(seconds[above], seconds[below], strict=True)])


def in_fresh_process(function: Callable[..., Result], *arguments: Any) -> Result:
    """What a function of a module returns in a process of its own, where its memory can be measured."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def memory() -> Memory:
    """What this process holds. Where the system tells the peak alone, that stands for both."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text("utf-8").splitlines())
        now, most = (1024 * int(lines[name].split()[0]) for name in ("VmRSS", "VmHWM"))
        return Memory(now, most)
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    most = unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return Memory(most, most)


def reset_peak() -> int:
    """Bytes held now, from where the peak is counted anew (where the system can)."""
    if Path("/proc/self/clear_refs").exists():
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # Linux: forget the peak
    return memory().now


def load_average() -> float | None:
    """How many processes wanted a core in the last minute; None where the system does not count."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def record(name: str, results: Mapping[str, Any], *, load: float | None) -> Path:
    """Write what was measured to ``results/NAME.json``, with the machine, the day and its load before."""
    machine = describe_machine() | {"cores": os.cpu_count(), "load_before": load}
    day = datetime.now(timezone.utc).date().isoformat()
    path = RESULTS / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    text = json.dumps({"day": day, "machine": machine, **results}, indent=1, default=float)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def read_if_there(name: str) -> dict[str, Any]:
    """What ``record`` wrote; nothing before the first time."""
    try:
        return read(name)
    except NoRecordError:
        return {}


def read(name: str) -> dict[str, Any]:
    """What ``record`` wrote. Errors: NoRecordError."""
    path = RESULTS / f"{name}.json"
    if not path.exists():
        raise NoRecordError(f"there is no record {name}.json yet: `make bench` makes all that are missing")
    return json.loads(path.read_text("utf-8"))
