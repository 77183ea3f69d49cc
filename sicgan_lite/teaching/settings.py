"""The experiments that the book records: runs and sweeps, each a photograph and its settings."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from sicgan_lite.config import PAPER_FEATURES, Config

Experiment = tuple[str, Config]  # a sample photograph's name, and the settings


def _quick(**changes: Any) -> Experiment:
    return "coffee", Config.quick(precision="float32", **changes)


def _laptop(**changes: Any) -> Experiment:
    return "coffee", Config.laptop(precision="bfloat16", **changes)


# The short ones come first, in float32: their records do not depend on what the processor can do.
# The paper's schedule takes an hour in bfloat16, and two in float32, on one core that has both.
#: The recorded runs: by name, the sample photograph and the Config.
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


def _paper(image: str = "coffee", **changes: Any) -> Experiment:
    return image, Config.paper(precision="bfloat16", **changes)


# The paper's own widths: 8.1 PFLOP a run, about two minutes of a data-centre GPU or eleven hours of a core.
# In the order of what they are worth, for whoever has an accelerator for a while.
PAPER_WIDTHS: dict[str, Experiment] = {
    "coffee-paper-widths-seed0": _paper(),
    "coffee-paper-widths-seed1": _paper(seed=1),
    "coffee-paper-widths-conditional-seed0": _paper(conditional=True),
    "coffee-paper-widths-l1-seed0": _paper(l1_weight=1.0, adversarial_weight=0.0),
    # A conditional D wins, with L_D far below chance: does it, with no faster rate, or a stronger G?
    "coffee-paper-widths-conditional-equal-rates-seed0": _paper(conditional=True, lr_discriminator=1e-4),
    "coffee-paper-widths-conditional-wide-g-seed0": _paper(
        conditional=True, generator_widths=(128, 256, 256)
    ),
    "astronaut-paper-widths-seed0": _paper("astronaut"),
    "chelsea-paper-widths-seed0": _paper("chelsea"),
    "coffee-paper-widths-held-out-seed0": _paper(holdout=(0.0, 0.7, 1.0, 1.0)),
}
RUNS |= PAPER_WIDTHS

#: The right 30 % of each photograph is held out of every sweep: no training patch touches it.
HOLDOUT = (0.0, 0.7, 1.0, 1.0)
#: The sample photographs of the sweep of methods.
PHOTOGRAPHS = ("coffee", "astronaut", "chelsea")
SEEDS = (0, 1, 2)

#: What a generator can be asked to do, by name: changes to Config. The L1 terms are means over the scaled ab.
METHODS: dict[str, dict[str, Any]] = {
    "the paper's D": {},
    "conditional D": {"conditional": True},
    "L1 alone": {"l1_weight": 1.0, "adversarial_weight": 0.0},
    "L1 and the paper's D": {"l1_weight": 10.0},
}

#: One change each to the conditional run, by name. Every run sees as many pixels, in 200 steps (208 where an
#: epoch ends with half a batch).
ABLATIONS: dict[str, dict[str, Any]] = {
    "nothing changed": {},
    **{
        f"without {off}": {"features": tuple(f for f in PAPER_FEATURES if f != off)} for off in PAPER_FEATURES
    },
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


#: The recorded sweeps: by name, a photograph and a Config for each run.
SWEEPS: dict[str, list[Experiment]] = {
    "methods": _sweep(METHODS, PHOTOGRAPHS),
    "ablations": _sweep(ABLATIONS, ("coffee",), conditional=True),
    "fresh-seeds": _sweep({"nothing changed": {}}, ("coffee",), FRESH_SEEDS, conditional=True),
}


def by_photograph(experiments: list[Experiment]) -> dict[str, list[Config]]:
    """The settings of each photograph, in order."""
    photographs = dict.fromkeys(image for image, _ in experiments)
    return {name: [config for image, config in experiments if image == name] for name in photographs}
