"""Time to a good picture: seconds of one core until the part that was seen beats one colour and 32 colours.

``python -m benchmarks.good_picture`` writes results/good_picture.json. Three ways take turns on each
photograph: ``Config.photo()``, ``Config.quick()``, and a G on L1 alone with patches of 64 from the whole
photograph, in the canonical loop. Looking at the picture is not counted. A way that needs more than
half a minute, or whose steps are over, counts as half a minute.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from benchmarks import canonical
from benchmarks.tables import PHOTOS
from benchmarks.timing import load_average, read_if_there, record
from sicgan_lite import (
    Config,
    Generator,
    PatchSet,
    TrainState,
    best_constant,
    colorize,
    delta_e,
    median_by_lightness,
    sample_image,
    train_step,
)
from sicgan_lite.devices import keep_freed_memory

MOST = 30.0  # seconds that a way is given
EVERY = {"photo": 10, "quick": 25, "L1, canonical": 25}  # steps from one look to the next
L1 = Config.quick(num_patches=1600, precision="float32")  # of the canonical loop's networks and patches

Way = Iterator[Generator]


def ours(rgb: np.ndarray, config: Config) -> Way:
    """The generator to colour with, after each step of a run."""
    state = TrainState.create(rgb, config, "cpu")
    while state.step < config.total_steps:
        train_step(state)
        yield state.final_generator


def canonical_l1(rgb: np.ndarray, config: Config) -> Way:
    """The same of the canonical loop with the L1 loss alone: G's half of it."""
    patches = PatchSet(rgb, config, rng=np.random.default_rng(config.seed))
    with torch.random.fork_rng(devices=[]):
        generator = Generator.from_config(config)
    optimizer = torch.optim.Adam(generator.parameters(), lr=config.lr_generator)
    loader = canonical.load(patches, config.batch_size)
    while True:
        for features, real in loader:
            optimizer.zero_grad()
            nn.functional.l1_loss(generator(features), real).backward()
            optimizer.step()
            yield generator


WAYS: dict[str, Callable[[np.ndarray], Way]] = {
    "photo": lambda rgb: ours(rgb, Config.photo(precision="float32")),
    "quick": lambda rgb: ours(rgb, Config.quick(precision="float32")),
    "L1, canonical": lambda rgb: canonical_l1(rgb, L1),
}


def measure(rgb: np.ndarray, most: float = MOST) -> dict[str, Any]:
    """For each way the seconds until its picture is good (None: never), and ΔE along the way."""
    rules = {
        "one colour": delta_e(best_constant(rgb), rgb),
        "32 colours": delta_e(median_by_lightness(rgb), rgb),
    }
    wanted = min(rules.values())
    running = {name: way(rgb) for name, way in WAYS.items()}
    spent, looks = dict.fromkeys(running, 0.0), {name: [] for name in running}
    reached: dict[str, float | None] = dict.fromkeys(running)
    while running:
        for name, way in list(running.items()):
            begun, generator = time.process_time(), None
            for _ in range(EVERY[name]):
                generator = next(way, generator)
            spent[name] += time.process_time() - begun
            if generator is not None:
                looks[name].append((spent[name], delta_e(colorize(generator, rgb), rgb)))
                if looks[name][-1][1] < wanted:
                    reached[name] = spent[name]
            if generator is None or reached[name] is not None or spent[name] > most:
                del running[name]
    return {"rules": rules, "reached": reached, "looks": looks}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", nargs="*", default=PHOTOS)
    options = parser.parse_args(arguments)
    keep_freed_memory()
    torch.set_num_threads(1)
    for photo in options.photos:
        load = load_average()
        found = measure(sample_image(photo))
        print(photo, found["rules"], found["reached"], flush=True)
        photos = read_if_there("good_picture").get("photos", {}) | {photo: found}
        print(record("good_picture", {"most": MOST, "photos": photos}, load=load))


if __name__ == "__main__":
    main()
