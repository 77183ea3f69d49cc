"""What stands beside the effects, in the same places: rules without a network, and photo()'s settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from sicgan_lite.baselines import best_constant, grey, mean_color, median_by_lightness
from sicgan_lite.config import Config
from sicgan_lite.files import pixels_sha256
from sicgan_lite.origins import holdout_mask
from sicgan_lite.patches import PatchSet
from sicgan_lite.studies.measuring import measure
from sicgan_lite.studies.rows import Row, read_rows
from sicgan_lite.teaching.changes import SMALL
from sicgan_lite.teaching.effects import (
    SEEDS,
    Planned,
    effects_file,
    held_out,
    small_photograph,
    whole_seeds,
)
from sicgan_lite.teaching.league import LEAGUE
from sicgan_lite.teaching.nearest import nearest_neighbor
from sicgan_lite.teaching.settings import PHOTOGRAPHS

_COPIED = 2000  # seen pixels that the copier knows

#: Changes to ``Config.photo()``, by name: its worth in the places of the effects, and that of its parts.
AT_PHOTO: dict[str, dict[str, Any]] = {
    "photo()": {},
    "photo() without D": {"l1_weight": 1.0, "adversarial_weight": 0.0},
    "photo() without context": {"features": ("lightness", "sobel", "laplacian"), "feature_noise": 0.0},
}


def planned() -> list[Planned]:
    """Every run at photo()'s settings: photo() itself first, then seed by seed what lacks a part."""
    runs = [
        Planned(name, image, Config.photo(seed=seed, holdout=held_out(seed), precision="float32", **changes))
        for seed, (name, changes), image in product(SEEDS, AT_PHOTO.items(), PHOTOGRAPHS)
    ]
    return sorted(runs, key=lambda run: run.change != "photo()")


def load_methods(chapter: int, folder: Path | None = None) -> dict[str, list[Row]]:
    """The rows of the methods in a ``chapter``'s league table, by its names: to be compared as changes are.

    A seed that a method lacks on a photograph is left out. ``folder`` is the recorded runs' own unless
    another is given. Errors: RecordError for a damaged file.
    """
    files = sorted(effects_file(folder).parent.glob("*.jsonl"))
    rows = [row for path in files for row in read_rows(path)]
    known = {name: entry.change for name, entry in LEAGUE.items() if entry.chapter <= chapter}
    its = {name: [row for row in rows if row.change == change] for name, change in known.items()}
    whole = {name: whole_seeds({name: its[name]}) for name in its}
    return {name: [row for row in its[name] if row.config.seed in whole[name]] for name in its}


def _copy(rgb: np.ndarray, _: np.ndarray, config: Config) -> np.ndarray:
    rng = np.random.default_rng(config.seed)
    return nearest_neighbor(PatchSet(rgb, config, rng=rng), rgb, samples=_COPIED, coordinates=False, rng=rng)


#: Rules without a network, by name: each paints a photograph, and may learn from the pixels that are seen.
RULES: dict[str, Callable[[np.ndarray, np.ndarray, Config], np.ndarray]] = {
    "grey": lambda rgb, _seen, _config: grey(rgb),
    "mean colour": lambda rgb, seen, _config: mean_color(rgb, seen),
    "best constant": lambda rgb, seen, _config: best_constant(rgb, seen),
    "nearest neighbour": _copy,
    "table of 32 colours": lambda rgb, seen, _config: median_by_lightness(rgb, seen),
}


def rule_rows() -> Iterator[Row]:
    """What each rule does where the effects were measured: one row for each photograph and seed."""
    for seed, (name, rule), image in product(SEEDS, RULES.items(), PHOTOGRAPHS):
        side, rgb = held_out(seed), small_photograph(image)
        config = Config.quick(**SMALL | {"seed": seed, "holdout": side})
        picture = rule(rgb, ~holdout_mask(side, *rgb.shape[:2]), config)
        late = {measured: [value] for measured, value in measure(picture, rgb, side).items()}
        yield Row(name, image, config, {"late": late, "rgb_sha256": pixels_sha256(rgb)})
