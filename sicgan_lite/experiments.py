"""The experiments that the book records: single runs, and the sweeps of chapters 7 and 8."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from sicgan_lite.config import ALL_FEATURES, Config

Experiment = tuple[str, Config]  # a sample photograph's name, and the settings


def _quick(**changes: Any) -> Experiment:
    return "coffee", Config.quick(precision="float32", **changes)


def _laptop(**changes: Any) -> Experiment:
    return "coffee", Config.laptop(precision="bfloat16", **changes)


# The short ones come first, in float32: their records do not depend on what the processor can do.
# The paper's schedule takes an hour in bfloat16, and two in float32, on one core that has both.
RUNS: dict[str, Experiment] = {
    "coffee-quick-seed0": _quick(),
    "coffee-quick-conditional-seed0": _quick(conditional=True),
    # One setting each that GANs are known to fail with, for the chapter on training.
    "coffee-quick-fast-d-seed0": _quick(lr_discriminator=0.1),
    "coffee-quick-loud-noise-seed0": _quick(noise_std=2.0),
    "coffee-quick-two-sided-seed0": _quick(fake_target=0.3),
    "coffee-quick-bare-seed0": _quick(noise_std=0.0, real_target=1.0, target_jitter=0.0),
    "coffee-paper-seed0": _laptop(),
    "coffee-conditional-seed0": _laptop(conditional=True),
    "coffee-paper-seed1": _laptop(seed=1),
}

# The right 30 % of each photograph is held out of every sweep: no training patch touches it.
HOLDOUT = (0.0, 0.7, 1.0, 1.0)
PHOTOGRAPHS = ("coffee", "astronaut", "chelsea")
SEEDS = (0, 1, 2)

# What a generator can be asked to do. The L1 terms are means over the scaled ab.
METHODS: dict[str, dict[str, Any]] = {
    "the paper's D": {},
    "conditional D": {"conditional": True},
    "L1 alone": {"l1_weight": 1.0, "adversarial_weight": 0.0},
    "L1 and the paper's D": {"l1_weight": 10.0},
}

# One change each to the conditional run. Every run has 200 steps of as many pixels.
ABLATIONS: dict[str, dict[str, Any]] = {
    "nothing changed": {},
    **{f"without {off}": {"features": tuple(f for f in ALL_FEATURES if f != off)} for off in ALL_FEATURES},
    "all eight symmetries": {"transforms": "all"},
    "no instance noise": {"noise_std": 0.0},
    "three times the noise": {"noise_std": 0.3},
    "noise in G's step too": {"noise_in_generator_step": True},
    "no smoothing": {"real_target": 1.0, "target_jitter": 0.0},
    "two-sided smoothing": {"fake_target": 0.1},
    "a quarter of the patches": {"num_patches": 1600, "epochs": 4},
    "a sixteenth of the patches": {"num_patches": 400, "epochs": 16},
    "patches of 32 pixels": {"size": 32, "num_patches": 25600, "batch_size": 128},
    "patches of 128 pixels": {"size": 128, "num_patches": 1600, "batch_size": 8},
    "L1 with weight 1": {"l1_weight": 1.0},
    "L1 with weight 10": {"l1_weight": 10.0},
    "L1 with weight 100": {"l1_weight": 100.0},
    "the paper's D": {"conditional": False},
}


# All nineteen comparisons share the unchanged runs, so these are run again with seeds that had no part
# in any conclusion.
FRESH_SEEDS = (3, 4)


def _sweep(
    changes: dict[str, dict[str, Any]],
    photographs: tuple[str, ...],
    seeds: tuple[int, ...] = SEEDS,
    **base: Any,
) -> list[Experiment]:
    def settings() -> Iterator[Experiment]:
        for seed, photograph, change in product(seeds, photographs, changes.values()):
            common = {"precision": "float32", "holdout": HOLDOUT, "seed": seed}
            yield photograph, Config.quick(**common | base | change)

    return list(settings())


SWEEPS: dict[str, list[Experiment]] = {
    "reckoning": _sweep(METHODS, PHOTOGRAPHS),
    "ablations": _sweep(ABLATIONS, ("coffee",), conditional=True),
    "fresh-seeds": _sweep({"nothing changed": {}}, ("coffee",), FRESH_SEEDS, conditional=True),
}


def by_photograph(experiments: list[Experiment]) -> dict[str, list[Config]]:
    """The settings of each photograph, in order."""
    photographs = dict.fromkeys(image for image, _ in experiments)
    return {name: [config for image, config in experiments if image == name] for name in photographs}
