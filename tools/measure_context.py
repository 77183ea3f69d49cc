"""What a pixel's surroundings are worth, on photographs that settings were chosen on and on fresh ones.

``python -m tools.measure_context --photos FOLDER`` writes book/runs/context: a table of places, a row for
each rule, photograph, held-out side and seed, and how it was made. A photograph is learned and judged at
240 pixels. Rows that are there are not measured again, so that it can be stopped. ``--photos`` is a folder
with the photographs that no package of this project brings, china.jpg and flower.jpg of scikit-learn.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

from sicgan_lite import holdout_mask, rgb_to_lab, sample_image
from sicgan_lite.arrays.resizing import shrink_to
from sicgan_lite.devices import describe_machine
from sicgan_lite.files import pixels_sha256, write_atomically
from sicgan_lite.studies.runs import runs_folder
from sicgan_lite.teaching import pixel_rules
from sicgan_lite.teaching.changes import WIDTH
from sicgan_lite.teaching.context import CHOSEN_ON, FRESH, PLAIN, Place, judge, load_places, paint_all
from sicgan_lite.teaching.effects import SIDES
from tools.measure_photo import fresh_photographs

SEEDS = range(3)


def photographs(folder: Path | None) -> Iterator[tuple[str, np.ndarray]]:
    """Every photograph that is here, at the width that is learned."""
    fresh = dict(fresh_photographs(folder))
    every = {name: sample_image(name) for name in CHOSEN_ON} | {n: fresh[n] for n in FRESH if n in fresh}
    return ((name, shrink_to(rgb, WIDTH)) for name, rgb in every.items())


def measure(name: str, rgb: np.ndarray, side: str, seeds: range = SEEDS) -> Iterator[Place]:
    """Every rule in a place; a rule without a network has one row, under seed 0."""
    seen = ~holdout_mask(SIDES[side], *rgb.shape[:2])
    for rule, paint in PLAIN.items():
        yield Place(rule, name, side, 0, *judge(rgb, paint(rgb, seen), seen))
    for seed in seeds:
        for rule, picture in paint_all(rgb, seen, seed):
            yield Place(rule, name, side, seed, *judge(rgb, picture, seen))


def write(path: Path, rows: list[Place]) -> None:
    """Write the table."""
    lines = [Place._fields, *([f"{v:.3f}" if isinstance(v, float) else v for v in row] for row in rows)]
    with (partial := path.with_suffix(".partial")).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(lines)
    partial.replace(path)


def about(photos: dict[str, np.ndarray], seconds: float) -> dict[str, Any]:
    """How the table was made: settings, photographs, machine and time."""
    names = ("HIDDEN", "BATCH", "STEPS", "RATE", "SCALE", "SQUARE", "FAR", "ANNEALED")
    return {
        "made by": "tools/measure_context.py",
        "width": WIDTH,
        "seeds": list(SEEDS),
        "settings": {name.lower(): getattr(pixel_rules, name) for name in names},
        "photographs": {
            name: {
                "rgb_sha256": pixels_sha256(rgb),
                "chroma": float(np.linalg.norm(rgb_to_lab(rgb)[..., 1:], axis=-1).mean()),
            }
            for name, rgb in photos.items()
        },
        "processor_seconds": seconds,
        **describe_machine(),
    }


def main() -> None:
    """Measure what is missing."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--photos", type=Path, help="a folder of further fresh photographs")
    args = parser.parse_args()
    torch.set_num_threads(1)
    path = runs_folder() / "context" / "places.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    rows, info = (list(load_places()), path.with_suffix(".json")) if path.is_file() else ([], None)
    spent = json.loads(info.read_text("utf-8"))["processor_seconds"] if info else 0.0
    there, photos = {(row.photograph, row.side) for row in rows}, dict(photographs(args.photos))
    for name, rgb in photos.items():
        for side in SIDES:
            if (name, side) in there:
                continue
            started = time.process_time()
            rows += measure(name, rgb, side)
            spent += time.process_time() - started
            write(path, rows)
            text = json.dumps(about(photos, spent), indent=1, ensure_ascii=False) + "\n"
            write_atomically(path.with_suffix(".json"), text.encode())
            print(name, side, f"{spent:.0f} s", flush=True)


if __name__ == "__main__":
    main()
