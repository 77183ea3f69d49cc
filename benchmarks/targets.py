"""What was aimed at, what was measured, and whether it was met: decided by the records alone."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator
from typing import NamedTuple

from tables import PRECISIONS, origin_seconds
from timing import read
from words import between, short, table


class Target(NamedTuple):
    """An aim in words, what was found in words, and the verdict."""

    what: str
    aim: str
    found: str
    met: bool


def targets() -> Iterator[Target]:
    """Every target of the project's speed."""
    yield from _step()
    yield from _batches()
    yield from _origins()
    yield from _whole_image()
    yield from _start()
    yield from _quick()


def _step() -> Iterator[Target]:
    for batch in (8, 32):
        ratios = read(f"training_step_{batch}")["ratios"]
        for name, least in (("bfloat16", 3.5), ("float32", 1.3)):
            found = ratios[f"canonical against {name}"]
            what = f"training step, {name}, batch {batch}, against the canonical loop"
            yield Target(what, f"≥ {least}×", between(found, "×"), found["median"] >= least)
        found = ratios["floor's share, bfloat16"]
        what = f"training step, bfloat16, batch {batch}, against the matrix-product floor"
        yield Target(what, "≥ 85 %", between(found, " %", 100), found["median"] >= 0.85)


def _batches() -> Iterator[Target]:
    record = read("batches")
    found = record["ratios"]["OpenCV against gathered"]
    yield Target(
        "batches against features of each patch by OpenCV",
        "≥ 40×",
        between(found, "×"),
        found["median"] >= 40,
    )
    found = read("training_step_32")["ratios"]["batch's share, bfloat16"]
    yield Target(
        "a batch's share of the step, paper's widths",
        "< 2 %",
        between(found, " %", 100),
        found["median"] < 0.02,
    )
    held = record["bytes"]["gathered"] / 1e6
    yield Target("memory above the image, 5000 patches", "≤ 60 MB", f"{short(held)} MB", held <= 60)


def _origins() -> Iterator[Target]:
    seconds, fast, slow = origin_seconds(), "ours", "all pairs, vectorised"
    for size, count, least in ((12, 834, 1), (50, 20_000, 10)):
        found = seconds[size, count, slow] / seconds[size, count, fast]
        what = f"{count:,} origins on {size} megapixels, against vectorised all pairs"
        yield Target(what, f"≥ {least}×", f"{short(found)}×", found >= least)
    growth = seconds[50, 20_000, fast] / seconds[50, 834, fast]
    power = math.log(growth) / math.log(20_000 / 834)
    found = f"24 times as many take {short(growth)} times as long (power {power:.2f})"
    yield Target("growth from 834 to 20,000 origins, 50 megapixels", "near-linear", found, power <= 1.1)


def _whole_image() -> Iterator[Target]:
    ratio = read("whole_image")["time for a pixel"]["seconds"][-1]
    yield Target(
        "whole image, time for a pixel at 100 against 1 megapixel", "≤ 1.2×", f"{ratio:.2f}×", ratio <= 1.2
    )


def _start() -> Iterator[Target]:
    record, name = read("start"), "import sicgan_lite"
    seconds = statistics.median(record["seconds"][name])
    loaded = record["heavy packages loaded"][name]
    found = f"{short(seconds)} s, loads {', '.join(loaded) or 'none of them'}"
    aim = "≤ 0.3 s without torch, matplotlib, ipywidgets, skimage.io"
    yield Target("import sicgan_lite", aim, found, seconds <= 0.3 and not loaded)


def _quick() -> Iterator[Target]:
    record = read("quick_coffee")
    for precision in PRECISIONS:
        seconds = statistics.median(run["seconds"] for run in record["runs"] if run["precision"] == precision)
        found = f"{short(seconds)} s of processor time, on one thread"
        yield Target(f"quick preset, {precision}", "≤ 40 s", found, seconds <= 40)
    worst = max(run["delta_e"] for run in record["runs"])
    constants = record["baselines"]
    best = min(constants.values())
    found = f"at most {worst:.1f}; grey {constants['grey']:.1f}, mean colour {constants['mean colour']:.1f}"
    yield Target("quick preset, conditional, ΔE on coffee", "below grey and mean colour", found, worst < best)


def targets_table() -> str:
    """The targets, as a table."""
    rows = [(*target[:3], "yes" if target.met else "no") for target in targets()]
    return table(("what", "aimed at", "measured", "met"), rows)
