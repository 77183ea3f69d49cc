"""Origins at a minimum distance: ours, rejection against all pairs, and scipy's Poisson disks.

``python -m benchmarks.origins`` writes results/origins.json. All get the same distance, the one that
``sample_origins`` takes when it is given none.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy.spatial import KDTree
from scipy.stats import qmc

from benchmarks.timing import interleave, load_average, ratio, read_if_there, record
from sicgan_lite import sample_origins
from sicgan_lite.origins import safe_distance

Sampler = Callable[[int, int, int, float, np.random.Generator], np.ndarray]
SIZE = 128  # pixels of a patch
CELLS = 10  # a side: how evenly origins are spread is counted in 10×10 cells


def ours(rows: int, columns: int, count: int, distance: float, rng: np.random.Generator) -> np.ndarray:
    """Darts in throws, tested by k-d trees."""
    height, width = rows + SIZE - 1, columns + SIZE - 1
    return sample_origins(height, width, size=SIZE, count=count, min_distance=distance, rng=rng)


def all_pairs_in_python(
    rows: int, columns: int, count: int, distance: float, rng: np.random.Generator
) -> np.ndarray:
    """A dart is kept if it is far enough from every one before it: a loop in Python."""
    kept: list[tuple[int, int]] = []
    while len(kept) < count:
        row, column = rng.integers((0, 0), (rows, columns)).tolist()
        if all((row - r) ** 2 + (column - c) ** 2 >= distance**2 for r, c in kept):
            kept.append((row, column))
    return np.array(kept)


def all_pairs_vectorized(
    rows: int, columns: int, count: int, distance: float, rng: np.random.Generator
) -> np.ndarray:
    """The same loop, with a dart's distances to all before it in one NumPy expression."""
    kept, placed = np.empty((count, 2), np.int64), 0
    while placed < count:
        dart = rng.integers((0, 0), (rows, columns))
        if (((kept[:placed] - dart) ** 2).sum(axis=1) >= distance**2).all():
            kept[placed] = dart
            placed += 1
    return kept


def poisson_disk(
    rows: int, columns: int, count: int, distance: float, rng: np.random.Generator
) -> np.ndarray:
    """The sampler of scipy works in real numbers, so its points are rounded to pixels."""
    longest = max(rows, columns)
    bounds = [rows / longest, columns / longest]
    disks = qmc.PoissonDisk(2, radius=distance / longest, l_bounds=[0, 0], u_bounds=bounds, rng=rng)
    return np.minimum(np.rint(disks.random(count) * longest), (rows - 1, columns - 1)).astype(np.int64)


SAMPLERS: dict[str, Sampler] = {
    "ours": ours,
    "all pairs, vectorised": all_pairs_vectorized,
    "all pairs, Python": all_pairs_in_python,
    "scipy PoissonDisk": poisson_disk,
}
QUICK = ("ours", "all pairs, vectorised")
SLOW = tuple(SAMPLERS)
QUICK_CASES = ((2.0, 834), (12.0, 834), *((50.0, count) for count in (834, 2000, 5000, 10_000)))
SLOW_CASES = ((2.0, 834), (50.0, 834), (50.0, 20_000))


def measure(
    megapixels: float, count: int, names: Sequence[str], *, rounds: int, warm: int = 1
) -> dict[str, Any]:
    """Processor seconds, ratios and the quality of the origins on a photograph of that size, 3:2."""
    height = round(math.sqrt(megapixels * 1e6 / 1.5))
    width = round(megapixels * 1e6 / height)
    distance = safe_distance(height, width, size=SIZE, count=count)
    shape = height - SIZE + 1, width - SIZE + 1
    rng = np.random.default_rng(0)
    last: dict[str, np.ndarray] = {}

    def run(name: str) -> None:
        last[name] = SAMPLERS[name](*shape, count, distance, rng)

    contenders = {name: lambda name=name: run(name) for name in names}
    seconds = interleave(contenders, rounds, warm=warm, clock=time.thread_time)
    return {
        "megapixels": megapixels,
        "count": count,
        "distance": distance,
        "seconds": seconds,
        "ratios": {
            f"{name} against ours": ratio(seconds, name, "ours")._asdict() for name in names if name != "ours"
        },
        "quality": {name: judge(found, shape, distance) for name, found in last.items()},
    }


def judge(origins: np.ndarray, shape: tuple[int, int], distance: float) -> dict[str, float]:
    """How many, the least distance between two, origins too near another, and cells without any."""
    nearest = KDTree(origins).query(origins, k=2)[0][:, 1]
    cells = np.unique(origins * CELLS // np.array(shape), axis=0)
    return {
        "count": len(origins),
        "least": nearest.min(),
        "too near": int((nearest < distance - 1e-9).sum()),
        "empty cells": CELLS**2 - len(cells),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="0 leaves these out")
    parser.add_argument("--slow-rounds", type=int, default=1, help="of what takes minutes")
    options = parser.parse_args(arguments)
    if options.rounds:
        _renew(QUICK_CASES, QUICK, options.rounds)
    if options.slow_rounds:
        _renew(SLOW_CASES, SLOW, options.slow_rounds, warm=0)


def _renew(cases: Sequence[tuple[float, int]], names: Sequence[str], rounds: int, warm: int = 1) -> None:
    """Measure some cases; those that were measured before and are not among them stay."""
    load = load_average()
    found = {_key(case): case for case in read_if_there("origins").get("cases", [])}
    for megapixels, count in cases:
        case = measure(megapixels, count, names, rounds=rounds, warm=warm)
        found[_key(case)] = case
        print(f"{count} on {megapixels:g}:", {name: case["seconds"][name][0] for name in names}, flush=True)
        record("origins", {"cases": [found[key] for key in sorted(found)]}, load=load)


def _key(case: dict[str, Any]) -> tuple[float, int, bool]:
    return case["megapixels"], case["count"], "scipy PoissonDisk" in case["seconds"]


if __name__ == "__main__":
    main()
