"""What the command line's presets make of six photographs: book/runs/photo/presets.csv, a row a run.

python -m tools.measure_presets --photos FOLDER    FOLDER has china.jpg and flower.jpg of scikit-learn

A row is what `sicgan-lite train PHOTO` says at its end: the whole photograph was seen, and its ΔE is
judged at 240 pixels. Rows that are there are not measured again, so that it can be stopped.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np
import torch

from sicgan_lite import Config, TrainState, colorize, read_image, sample_image, train
from sicgan_lite.devices import describe_machine
from sicgan_lite.files import write_atomically
from sicgan_lite.studies.judging import Verdict, judge
from tools.measure_photo import CHOSEN_ON, OUT, read_rows, write_rows

METHODS = {
    "photo": Config.photo(),
    "quick": Config.quick(),
    "quick, conditional": Config.quick(conditional=True),
    "quick, L1 alone": Config.quick(l1_weight=1.0, adversarial_weight=0.0),
}
PRECISIONS = ("float32", "bfloat16")
PLACE = ("method", "photograph", "precision", "seed")


def photographs(folder: Path) -> Iterator[tuple[str, np.ndarray]]:
    """Three samples, on which photo was chosen; a portrait, a landscape and a flower that are not ours."""
    from matplotlib.cbook import get_sample_data

    yield from ((name, sample_image(name)) for name in CHOSEN_ON)
    yield "hopper", read_image(str(get_sample_data("grace_hopper.jpg", asfileobj=False))).rgb
    yield from ((name, read_image(folder / f"{name}.jpg").rgb) for name in ("china", "flower"))


def run(config: Config, rgb: np.ndarray) -> dict[str, str]:
    """Train and judge as the command does; seconds are the processor's, of the training alone."""
    started = time.process_time()
    state = TrainState.create(rgb, config, "cpu")
    for _ in train(state):
        pass
    seconds = time.process_time() - started
    verdict = judge(colorize(state.final_generator, rgb), rgb)
    measured = {name: f"{getattr(verdict, name):.3f}" for name in Verdict._fields}
    return measured | {"lost": str(verdict.lost), "train_seconds": f"{seconds:.1f}"}


def planned() -> Iterator[tuple[str, str, int]]:
    """Method, precision and seed of each run of a photograph, in the order of their worth."""
    yield from (("photo", precision, 0) for precision in PRECISIONS)
    yield from ((method, "bfloat16", 0) for method in METHODS if method != "photo")
    yield from ((method, "float32", 0) for method in ("quick", "quick, conditional"))


def measure(path: Path, photos: list[tuple[str, np.ndarray]]) -> None:
    """Add every row that is not there yet; the file is written after each."""
    rows = read_rows(path)
    there = {tuple(row[name] for name in PLACE) for row in rows}
    for (method, precision, seed), (photograph, rgb) in product(planned(), photos):
        place = (method, photograph, precision, str(seed))
        if place not in there:
            config = dataclasses.replace(METHODS[method], precision=precision, seed=seed)
            rows.append(dict(zip(PLACE, place, strict=True)) | run(config, rgb))
            write_rows(path, rows)


def main() -> None:
    """Measure what is missing, and keep the settings and the machine beside it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--photos", type=Path, required=True, help="the folder of china.jpg and flower.jpg")
    torch.set_num_threads(1)
    path = OUT / "presets.csv"
    measure(path, list(photographs(parser.parse_args().photos)))
    about = {"settings": {name: config.to_dict() for name, config in METHODS.items()}} | describe_machine()
    write_atomically(path.with_suffix(".json"), (json.dumps(about, indent=1) + "\n").encode())


if __name__ == "__main__":
    main()
