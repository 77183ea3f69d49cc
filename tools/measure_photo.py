"""How ``Config.photo()`` was chosen, and what it is worth: three tables in book/runs/photo.

python -m tools.measure_photo choose    settings that were compared, on three photographs
python -m tools.measure_photo paint     other ways to paint with what photo() learned, on the same three
python -m tools.measure_photo report    photo() and every rule, on photographs with no part in choosing

A row is one run: a photograph, a side of which 30 % was held out, a seed. The picture that is coloured
is the grey one; ΔE is over every fourth row and column of it, at full size. Rows that are there are not
measured again, so that a run can be stopped. ``--photos`` adds a folder of photographs to the report.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
import json
import time
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import torch

from sicgan_lite import (
    CONTEXT_FEATURES,
    Config,
    TrainState,
    best_constant,
    delta_e_map,
    grey,
    holdout_mask,
    median_by_lightness,
    merge_ab,
    read_image,
    rgb_to_lab,
    sample_image,
    train,
)
from sicgan_lite.devices import describe_machine
from sicgan_lite.files import write_atomically
from tools.photo_painters import PAINTERS, Painter, own

OUT = Path(__file__).parent.parent / "book" / "runs" / "photo"
SIDES = {
    "right": (0.0, 0.7, 1.0, 1.0),
    "left": (0.0, 0.0, 1.0, 0.3),
    "top": (0.0, 0.0, 0.3, 1.0),
    "bottom": (0.7, 0.0, 1.0, 1.0),
}
CHOSEN_ON = ("coffee", "astronaut", "chelsea")
RULES: dict[str, Callable[..., np.ndarray]] = {
    "grey": lambda rgb, _: grey(rgb),
    "best_constant": best_constant,
    "table_of_32": median_by_lightness,
}
STEP = 4  # every fourth row and column is looked at

EDGES = ("lightness", "sobel", "laplacian")
# Where the comparison began: F1, the best of 23 prototypes.
START: dict[str, Any] = {
    "size": 32,
    "num_patches": 4800,
    "epochs": 1,
    "batch_size": 16,
    "min_distance": 0,
    "transforms": "all",
    "generator_widths": (32, 32),
    "kernel_sizes": (3, 1),
    "discriminator_widths": (1,),
    "lr_generator": 2e-2,
    "lr_discriminator": 1e-3,
    "betas": (0.9, 0.999),
    "conditional": True,
    "l1_weight": 1.0,
    "adversarial_weight": 0.0,
    "features": EDGES + CONTEXT_FEATURES,
    "feature_noise": 0.3,
    "average_decay": 0.98,
    "schedule": "one-cycle",
    "width": 240,
    "precision": "float32",
}
# A conditional D that has a say.
GAME: dict[str, Any] = {"discriminator_widths": (8, 16), "leaky_slope": 0.2, "adversarial_weight": 1.0}
# One idea each, as changes to where it began.
SETTINGS: dict[str, dict[str, Any]] = {
    "L1": {},
    "L1, no context": {"features": EDGES, "feature_noise": 0.0},
    "L1, no context, 3×3": {"features": EDGES, "feature_noise": 0.0, "kernel_sizes": (3,)},
    "L1, no noise": {"feature_noise": 0.0},
    "D and 100 L1": GAME | {"l1_weight": 100.0},
    "D and 30 L1": GAME | {"l1_weight": 30.0},
    "D and 30 L1, no context": GAME | {"l1_weight": 30.0, "features": EDGES, "feature_noise": 0.0},
    "D and 30 L1, D slower": GAME | {"l1_weight": 30.0, "lr_discriminator": 1e-3 / 3},
    "D and 30 L1, D faster": GAME | {"l1_weight": 30.0, "lr_discriminator": 3e-3},
    "D and 10 L1": GAME | {"l1_weight": 10.0},
    "D alone": GAME | {"l1_weight": 0.0, "lr_generator": 6e-3, "lr_discriminator": 3e-3},
}


def samples(names: tuple[str, ...]) -> Iterator[tuple[str, np.ndarray]]:
    """Sample photographs, one at a time."""
    return ((name, sample_image(name)) for name in names)


def fresh_photographs(folder: Path | None) -> Iterator[tuple[str, np.ndarray]]:
    """Photographs that no setting was chosen on: what other packages bring, and those of a folder."""
    from matplotlib.cbook import get_sample_data
    from skimage import data

    yield "rocket", data.rocket()
    yield "motorcycle", data.stereo_motorcycle()[0]
    yield "hopper", read_image(str(get_sample_data("grace_hopper.jpg", asfileobj=False))).rgb
    for path in sorted(folder.glob("*.jpg")) if folder else []:
        yield path.stem, read_image(path).rgb


def score(picture: np.ndarray, lab: np.ndarray, held_out: np.ndarray) -> dict[str, float]:
    """Mean ΔE seen and held out, of pictures that are thinned already."""
    error = delta_e_map(rgb_to_lab(picture), lab)
    return {"seen": float(error[~held_out].mean()), "held_out": float(error[held_out].mean())}


def rules(rgb: np.ndarray, side: str) -> dict[str, float]:
    """What the rules without a network do in a place."""
    held_out = holdout_mask(SIDES[side], *rgb.shape[:2])
    thin = (slice(None, None, STEP),) * 2
    lab = rgb_to_lab(rgb)[thin]
    scores = {name: score(rule(rgb, ~held_out)[thin], lab, held_out[thin]) for name, rule in RULES.items()}
    return {f"{name}_{part}": value for name, each in scores.items() for part, value in each.items()}


def run(config: Config, rgb: np.ndarray) -> dict[str, float]:
    """Train, colour the grey picture, compare with the photograph; seconds are the processor's."""
    ((_, scores),) = run_and_paint(config, rgb, {"its own": own})
    return scores


def run_and_paint(
    config: Config, rgb: np.ndarray, painters: dict[str, Painter]
) -> Iterator[tuple[str, dict[str, float]]]:
    """The same with each of the painters, after one training."""
    started = time.process_time()
    state = TrainState.create(rgb, config, "cpu")
    for _ in train(state):
        pass
    seconds = time.process_time() - started
    lightness = rgb_to_lab(grey(rgb))[..., 0]
    held_out = holdout_mask(config.holdout or (0, 0, 0, 0), *rgb.shape[:2])
    thin = (slice(None, None, STEP),) * 2
    for name, paint in painters.items():
        started = time.process_time()
        ab = paint(state.final_generator, lightness, ~held_out)[thin]
        painting = time.process_time() - started
        scores = score(merge_ab(lightness[thin], ab), rgb_to_lab(rgb)[thin], held_out[thin])
        yield name, scores | {"train_seconds": seconds, "predict_seconds": painting}


def measure_painters(path: Path, photographs: Iterator[tuple[str, np.ndarray]]) -> None:
    """Add a row for each painter in every place that is not there yet."""
    rows = read_rows(path)
    there = {(row["photograph"], row["side"]) for row in rows}
    for photograph, rgb in photographs:
        for side in SIDES.keys() - {side for name, side in there if name == photograph}:
            config, by_rule = Config.photo(precision="float32", holdout=SIDES[side]), rules(rgb, side)
            for name, scores in run_and_paint(config, rgb, PAINTERS):
                place = {"setting": name, "photograph": photograph, "side": side, "seed": 0}
                rows.append(place | {key: f"{value:.3f}" for key, value in (scores | by_rule).items()})
            write_rows(path, rows)


def measure(
    path: Path,
    photographs: Iterator[tuple[str, np.ndarray]],
    settings: dict[str, Config],
    seeds: tuple[int, ...],
) -> None:
    """Add every row that is not there yet, and write the table after each photograph's side."""
    rows = read_rows(path)
    there = {(row["setting"], row["photograph"], row["side"], int(row["seed"])) for row in rows}
    for photograph, rgb in photographs:
        for side, holdout in SIDES.items():
            missing = [
                (name, seed)
                for name, seed in product(settings, seeds)
                if (name, photograph, side, seed) not in there
            ]
            by_rule = rules(rgb, side) if missing else {}
            for name, seed in missing:
                config = dataclasses.replace(settings[name], holdout=holdout, seed=seed)
                place = {"setting": name, "photograph": photograph, "side": side, "seed": seed}
                measured = run(config, rgb) | by_rule
                rows.append(place | {key: f"{value:.3f}" for key, value in measured.items()})
            if missing:
                write_rows(path, rows)


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a table; none where there is no table."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_rows(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write a table."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [
        ",".join(rows[0]),
        *(",".join(f'"{v}"' if "," in str(v) else str(v) for v in row.values()) for row in rows),
    ]
    write_atomically(path, ("\n".join(lines) + "\n").encode())


def show(path: Path) -> None:
    """Print means and how often a setting beats every rule."""
    rows = read_rows(path)
    for name in dict.fromkeys(row["setting"] for row in rows):
        its = [row for row in rows if row["setting"] == name]
        parts = []
        for part in ("seen", "held_out"):
            ours = np.array([float(row[part]) for row in its])
            theirs = np.array([[float(row[f"{rule}_{part}"]) for rule in RULES] for row in its])
            table = theirs[:, 2].mean()
            wins = int((ours[:, None] < theirs).all(1).sum())
            means = f"{part} {ours.mean():.2f} (median {np.median(ours):.2f}, table {table:.2f})"
            parts.append(f"{means}, beats every rule {wins}/{len(its)}")
        seconds = np.mean([float(row["train_seconds"]) for row in its])
        print(f"{name:32s} {'; '.join(parts)}; {seconds:.1f} s")


def main() -> None:
    """Measure what is missing and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("choose", "paint", "report"))
    parser.add_argument("--photos", type=Path, help="a folder of further photographs for the report")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    parser.add_argument("--only", nargs="+", help="names of settings, or of photographs in a report")
    args = parser.parse_args()
    torch.set_num_threads(1)
    path = OUT / f"{args.what}.csv"
    if args.what == "choose":
        settings = {name: Config(**START | SETTINGS[name]) for name in args.only or SETTINGS}
        measure(path, samples(CHOSEN_ON), settings, tuple(args.seeds))
    elif args.what == "paint":
        settings = {name: Config.photo(precision="float32") for name in PAINTERS}
        measure_painters(path, samples(CHOSEN_ON))
    else:
        settings = {"photo()": Config.photo(precision="float32")}
        fresh = (each for each in fresh_photographs(args.photos) if each[0] in (args.only or each[0]))
        measure(path, fresh, settings, tuple(args.seeds))
    every = {name: Config(**START | changes) for name, changes in SETTINGS.items()} | settings
    named = dict.fromkeys(row["setting"] for row in read_rows(path))
    about = {"settings": {name: every[name].to_dict() for name in named}} | describe_machine()
    write_atomically(path.with_suffix(".json"), (json.dumps(about, indent=1) + "\n").encode())
    show(path)


if __name__ == "__main__":
    main()
