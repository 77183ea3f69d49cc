"""The ``quick`` preset: processor time of a run, and what its conditional form makes of three photographs.

``python -m benchmarks.quick coffee`` writes results/quick_coffee.json: each seed in both precisions, with
the mean ΔE of the picture, that of grey and of the mean colour, and both losses along the run.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import torch

from benchmarks.timing import in_fresh_process, load_average, record
from sicgan_lite import Config, TrainState, colorize, delta_e, equilibrium_losses, sample_image, train
from sicgan_lite.baselines import grey, mean_color
from sicgan_lite.devices import keep_freed_memory

PHOTOS = ("coffee", "astronaut", "chelsea")
PRECISIONS = ("bfloat16", "float32")
WORKERS = 2  # runs side by side, each on one thread
PIECES = 20  # of a run: the losses are kept as the mean of each


def measure(rgb: np.ndarray, config: Config) -> dict[str, Any]:
    """Train and colour on one thread: processor seconds, ΔE, and the losses along the run."""
    keep_freed_memory()
    torch.set_num_threads(1)
    start = time.process_time()
    state = TrainState.create(rgb, config, "cpu")
    records = list(train(state))
    colored = colorize(state.generator, rgb)
    seconds = time.process_time() - start
    pieces = np.array_split(np.array([(record.loss_d, record.loss_g) for record in records]), PIECES)
    curves = np.array([piece.mean(axis=0) for piece in pieces if len(piece)])
    return {
        "precision": config.precision,
        "seed": config.seed,
        "seconds": seconds,
        "delta_e": delta_e(colored, rgb),
        "loss_d": curves[:, 0].tolist(),
        "loss_g": curves[:, 1].tolist(),
    }


def baselines(rgb: np.ndarray) -> dict[str, float]:
    """The ΔE of grey, and of the whole photograph in its mean colour."""
    return {"grey": delta_e(grey(rgb), rgb), "mean colour": delta_e(mean_color(rgb), rgb)}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", nargs="*", default=PHOTOS)
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args(arguments)
    changes = [{"seed": s, "precision": p} for s in range(options.seeds) for p in PRECISIONS]
    for name in options.photos:
        load, rgb = load_average(), sample_image(name)
        configs = [Config.quick(conditional=True, **change) for change in changes]
        with ThreadPoolExecutor(WORKERS) as pool:
            runs = list(pool.map(lambda config, rgb=rgb: in_fresh_process(measure, rgb, config), configs))
        for run in runs:
            print(name, {key: run[key] for key in ("precision", "seed", "seconds", "delta_e")}, flush=True)
        expected = equilibrium_losses(*Config.quick().mean_targets)._asdict()
        found = {"runs": runs, "baselines": baselines(rgb), "equilibrium": expected}
        print(record(f"quick_{name}", found, load=load))


if __name__ == "__main__":
    main()
