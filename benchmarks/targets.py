"""What was aimed at, what was measured, and whether it was met: decided by the records alone."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator
from typing import NamedTuple

from benchmarks.tables import LOOPS, PRECISIONS, batches_measured, origin_seconds
from benchmarks.timing import NoRecordError, read
from benchmarks.words import between, short, table


class Target(NamedTuple):
    """An aim in words, what was found in words, and the verdict."""

    what: str
    aim: str
    found: str
    met: bool


def targets() -> Iterator[Target]:
    """Every target of the project's speed that was measured."""
    for part in (_step, _batches, _origins, _whole_image, _start, _quick):
        try:
            yield from part()
        except NoRecordError:  # nothing is said of what was not measured
            continue


def _step() -> Iterator[Target]:
    for batch in batches_measured():
        ratios = read(f"training_step_{batch}")["ratios"]
        for name, least in (("bfloat16", 3.5), ("float32", 1.3)):
            found, alike = (ratios[f"{loop} against {name}"] for loop in LOOPS)
            aim, met = f"≥ {least}× the canonical loop", found["median"] >= least
            said = f"{between(found, '×')}; {alike['median']:.2f}× with memory kept by both"
            yield Target(f"{name} step, batch {batch}", aim, said, met)
        found = ratios["floor's share, bfloat16"]
        met = found["median"] >= 0.85
        yield Target(f"bfloat16 step, batch {batch}", "≥ 85 % of the floor", between(found, " %", 100), met)


def _batches() -> Iterator[Target]:
    record, what = read("batches"), "gathered batches"
    found = record["ratios"]["OpenCV against gathered"]
    yield Target(what, "≥ 40× OpenCV", between(found, "×"), found["median"] >= 40)
    found = read(f"training_step_{max(batches_measured())}")["ratios"]["batch's share, bfloat16"]
    yield Target(what, "< 2 % of a step", between(found, " %", 100), found["median"] < 0.02)
    held = record["bytes"]["gathered"] / 1e6
    yield Target(what, "≤ 60 MB for 5000", f"{short(held)} MB", held <= 60)


def _origins() -> Iterator[Target]:
    seconds, fast, slow = origin_seconds(), "ours", "all pairs, vectorised"
    for size, count, least in ((12, 834, 1), (50, 20_000, 10)):
        found = seconds[size, count, slow] / seconds[size, count, fast]
        what, aim = f"{count:,} origins, {size} megapixels", f"≥ {least}× vectorised all pairs"
        yield Target(what, aim, f"{short(found)}×", found >= least)
    growth = seconds[50, 20_000, fast] / seconds[50, 834, fast]
    power = math.log(growth) / math.log(20_000 / 834)
    found = f"24 times as many take {short(growth)} times as long"
    yield Target("834 to 20,000 origins", "near-linear", found, power <= 1.1)


def _whole_image() -> Iterator[Target]:
    record = read("whole_image")
    ratio, size = record["time for a pixel"][-1], record["cases"][-1]["megapixels"]
    if size >= 99:
        yield Target(
            f"{size:.0f} megapixels", "≤ 1.2× the time for a pixel at 1", f"{ratio:.2f}×", ratio <= 1.2
        )


def _start() -> Iterator[Target]:
    record, name = read("start"), "import sicgan_lite"
    seconds = statistics.median(record["seconds"][name])
    loaded = record["heavy packages loaded"][name]
    yield Target(f"`{name}`", "≤ 0.3 s", f"{short(seconds)} s", seconds <= 0.3)
    found = ", ".join(loaded) or "none"
    yield Target(f"`{name}`", "loads no torch, matplotlib, ipywidgets, skimage.io", found, not loaded)


def _quick() -> Iterator[Target]:
    record = read("quick_coffee")
    for precision in PRECISIONS:
        seconds = statistics.median(run["seconds"] for run in record["runs"] if run["precision"] == precision)
        yield Target(f"quick preset, {precision}", "≤ 40 s", f"{short(seconds)} s on one core", seconds <= 40)
    worst, best = max(run["delta_e"] for run in record["runs"]), min(record["baselines"].values())
    found = f"at most {worst:.1f} against {best:.1f}"
    yield Target("its conditional form on coffee", "ΔE below grey and mean colour", found, worst < best)


def targets_table() -> str:
    """The targets, as a table."""
    rows = [(t.what, t.aim, f"{'met' if t.met else '**missed**'}: {t.found}") for t in targets()]
    return table(("what", "aimed at", "measured"), rows)
