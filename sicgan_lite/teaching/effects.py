"""What each choice does: one change at a time, with ten seeds on three photographs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import UInt8

from sicgan_lite.arrays import shrink
from sicgan_lite.config import CONTEXT_FEATURES, PAPER_FEATURES, Config
from sicgan_lite.pictures.images import sample_image
from sicgan_lite.studies.comparison import Block, Verdict, compare_blocks, holm
from sicgan_lite.studies.places import runs_folder
from sicgan_lite.studies.rows import Row, read_rows
from sicgan_lite.teaching.settings import ABLATIONS, PHOTOGRAPHS

# A smaller experiment than the other sweeps', so that ten seeds fit: four seconds a run.
WIDTH = 240
SMALL: dict[str, Any] = {
    "size": 32,
    "num_patches": 3200,
    "batch_size": 16,
    "conditional": True,
    "precision": "float32",
}
LOOKS = 5  # a run is measured at five steps of its last quarter, not at the last alone
SEEDS = tuple(range(10))
#: The sides that are held out. Seed k holds out side k mod 4, whatever is changed, so that no change is lucky
#: in what it must guess.
SIDES: dict[str, tuple[float, float, float, float]] = {
    "left": (0.0, 0.0, 1.0, 0.3),
    "right": (0.0, 0.7, 1.0, 1.0),
    "top": (0.0, 0.0, 0.3, 1.0),
    "bottom": (0.7, 0.0, 1.0, 1.0),
}
_LONG = 400  # steps
UNCHANGED = "nothing changed"

#: One change each to a small experiment, by name. Every run has 200 steps of as many pixels, unless its name
#: says otherwise.
CHANGES: dict[str, dict[str, Any]] = {
    UNCHANGED: {},
    "the paper's D": {"conditional": False},
    "L1 alone": {"l1_weight": 1.0, "adversarial_weight": 0.0},
    "L1 and the paper's D": {"l1_weight": 10.0, "conditional": False},
    **{name: change for name, change in ABLATIONS.items() if "patches" not in name},
    "no jitter of the targets": {"target_jitter": 0.0},
    "a quarter of the patches": {"num_patches": 800, "epochs": 4},
    "a twentieth of the patches": {"num_patches": 160, "epochs": 20},
    "patches of 16 pixels": {"size": 16, "num_patches": 12800, "batch_size": 64},
    "patches of 64 pixels": {"size": 64, "num_patches": 800, "batch_size": 4},
    "G learns at a third": {"lr_generator": 1e-3},
    "G learns three times as fast": {"lr_generator": 9e-3},
    "D learns at a third": {"lr_discriminator": 1e-3},
    "D learns three times as fast": {"lr_discriminator": 9e-3},
    "G of half the width": {"generator_widths": (8, 8)},
    "G of twice the width": {"generator_widths": (32, 32)},
    "G with one layer less": {"generator_widths": (16,)},
    "G with one layer more": {"generator_widths": (16, 16, 16)},
    "D of half the width": {"discriminator_widths": (4, 8)},
    "D of twice the width": {"discriminator_widths": (16, 32)},
    "D with one layer less": {"discriminator_widths": (16,)},
    "D with one layer more": {"discriminator_widths": (8, 16, 16)},
    "leaky units in D": {"leaky_slope": 0.2},
    "minimax": {"generator_objective": "minimax"},
    "a falling rate": {"schedule": "falling"},
    "a one-cycle rate": {"schedule": "one-cycle"},
    "a running mean of G": {"average_decay": 0.98},
    "a falling rate and a running mean": {"schedule": "falling", "average_decay": 0.98},
    "z of eight numbers": {"noise_channels": 8},
    "two D steps": {"discriminator_steps": 2},
    "four D steps": {"discriminator_steps": 4},
    "context features": {"features": PAPER_FEATURES + CONTEXT_FEATURES},
    "context features with noise": {
        "features": PAPER_FEATURES + CONTEXT_FEATURES,
        "feature_noise": 0.3,
    },
    "G of one 3×3 layer, then 1×1": {"kernel_sizes": (3, 1)},
    "G of 5×5 layers": {"kernel_sizes": (5,)},
    "100 steps": {"num_patches": 1600},
    "400 steps": {"num_patches": 6400},
    "1600 steps": {"num_patches": 25600},
}


class Planned(NamedTuple):
    """A run that is to be recorded."""

    change: str
    image: str
    config: Config


def planned() -> list[Planned]:
    """Every run, seed by seed: a recording that was stopped has as many runs of each change.

    The longest come when all others are there: one takes as long as eight.
    """
    runs = []
    for seed, (change, settings), image in product(SEEDS, CHANGES.items(), PHOTOGRAPHS):
        common = SMALL | {"seed": seed, "holdout": held_out(seed)}
        runs.append(Planned(change, image, Config.quick(**common | settings)))
    return sorted(runs, key=lambda run: run.config.total_steps > _LONG)


def held_out(seed: int) -> tuple[float, float, float, float]:
    """The side that a seed's runs never see, as ``Config.holdout``."""
    return list(SIDES.values())[seed % len(SIDES)]


@cache
def small_photograph(name: str) -> UInt8[np.ndarray, "h 240 3"]:
    """The sample photograph of this ``name`` at the width of these runs."""
    return shrink(sample_image(name), WIDTH)


def effects_file(folder: Path | None = None) -> Path:
    """Where the rows are kept."""
    return (folder or runs_folder()) / "effects" / "rows.jsonl"


def load_effects(folder: Path | None = None) -> dict[str, Sequence[Row]]:
    """The rows recorded so far, by change, in the order of ``CHANGES``; each by seed and photograph.

    ``folder`` is the recorded runs' own unless another is given. Errors: RecordError for a damaged file.
    """
    rows = read_rows(effects_file(folder))
    return {change: its for change in CHANGES if (its := [row for row in rows if row.change == change])}


class Effect(NamedTuple):
    """What a change does to a measure: its own median and that without it, and what seeds say.

    ``p_among_all`` is the p of the verdict as it stands among all changes that were compared; ``places``
    has the median difference of each photograph's side.
    """

    median: float
    unchanged: float
    verdict: Verdict
    p_among_all: float
    places: list[float]

    @property
    def holds(self) -> bool:
        """Whether luck makes so much of it less than once in twenty such lists of comparisons."""
        return self.p_among_all < 0.05


def compare_changes(
    rows: Mapping[str, Sequence[Row]], measure: str = "delta_e_held_out", against: str = UNCHANGED
) -> dict[str, Effect]:
    """Each change against the runs ``against``, photograph by photograph and side by side.

    ``rows`` are those of ``load_effects``; ``measure`` is a name in ``results["late"]``, and its mean
    over the late looks counts. Seeds that one of the two lacks are left out. Errors: KeyError for a
    measure or a change that is not there; ValueError where a change shares no seed with ``against``.
    """
    compared = [change for change in rows if change != against]
    blocks = [matched(rows[change], rows[against], measure) for change in compared]
    verdicts = [compare_blocks(its) for its in blocks]
    medians = [[float(np.median(np.concatenate(side))) for side in zip(*its, strict=True)] for its in blocks]
    among_all = holm([verdict.p for verdict in verdicts])
    places = [[float(np.median(np.subtract.outer(*block))) for block in its] for its in blocks]
    found = zip(compared, medians, verdicts, among_all, places, strict=True)
    return {change: Effect(*pair, *rest) for change, pair, *rest in found}


def matched(changed: Sequence[Row], unchanged: Sequence[Row], measure: str) -> list[Block]:
    """The results of runs of one photograph and one held-out side, for the seeds that both have."""
    sides = [{(r.image, r.config.seed): late_mean(r, measure) for r in rows} for rows in (changed, unchanged)]
    shared = sorted(sides[0].keys() & sides[1].keys())
    places = dict.fromkeys((image, seed % len(SIDES)) for image, seed in shared)
    alike = [[key for key in shared if (key[0], key[1] % len(SIDES)) == place] for place in places]
    return [([sides[0][key] for key in keys], [sides[1][key] for key in keys]) for keys in alike]


def late_mean(row: Row, measure: str) -> float:
    """A measure's mean over the late looks of a run: one look is a draw from a game that wanders."""
    return float(np.mean(row.results["late"][measure]))
