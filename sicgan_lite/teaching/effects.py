"""What each choice does: one change at a time, with ten seeds on three photographs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import UInt8

from sicgan_lite.arrays.resizing import shrink
from sicgan_lite.config import Config
from sicgan_lite.pictures.samples import sample_image
from sicgan_lite.studies.comparison import Block, Verdict, compare_blocks, holm
from sicgan_lite.studies.places import runs_folder
from sicgan_lite.studies.rows import Row, read_rows
from sicgan_lite.teaching.changes import CHANGES, SMALL, UNCHANGED, WIDTH
from sicgan_lite.teaching.settings import PHOTOGRAPHS

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


class Planned(NamedTuple):
    """A run that is to be recorded."""

    change: str
    image: str
    config: Config


def planned(changes: Mapping[str, dict[str, Any]] = CHANGES) -> list[Planned]:
    """Every run of ``changes``, seed by seed: a recording that was stopped has as many runs of each.

    The longest come when all others are there: one takes as long as eight.
    """
    runs = []
    for seed, (change, settings), image in product(SEEDS, changes.items(), PHOTOGRAPHS):
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


def whole_seeds(rows: Mapping[str, Sequence[Row]]) -> set[int]:
    """The seeds of which each of the lists in ``rows`` has a run on every photograph."""
    there = [
        {row.config.seed for row in its if row.image == image}
        for its in rows.values()
        for image in PHOTOGRAPHS
    ]
    return set.intersection(*there)


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

    ``rows`` are those of ``load_effects``; ``measure`` is what ``late_mean`` takes. Seeds that one of the
    two lacks are left out. Errors: KeyError for a measure or a change that is not there; ValueError
    where a change shares no seed with ``against``.
    """
    compared = [change for change in rows if change != against]
    blocks = [matched(rows[change], rows[against], measure) for change in compared]
    verdicts = [compare_blocks(its) for its in blocks]
    medians = [[float(np.median(np.concatenate(side))) for side in zip(*its, strict=True)] for its in blocks]
    among_all = holm([verdict.p for verdict in verdicts])
    places = [[float(np.median(np.subtract.outer(*block))) for block in its] for its in blocks]
    found = zip(compared, medians, verdicts, among_all, places, strict=True)
    return {
        change: Effect(its, plain, verdict, p, where) for change, (its, plain), verdict, p, where in found
    }


def matched(changed: Sequence[Row], unchanged: Sequence[Row], measure: str) -> list[Block]:
    """The results of runs of one photograph and one held-out side, for the seeds that both have.

    ``changed`` and ``unchanged`` are runs of two settings; ``measure`` is as in ``compare_changes``.
    """
    sides = [{(r.image, r.config.seed): late_mean(r, measure) for r in rows} for rows in (changed, unchanged)]
    shared = sorted(sides[0].keys() & sides[1].keys())
    places = dict.fromkeys((image, seed % len(SIDES)) for image, seed in shared)
    alike = [[key for key in shared if (key[0], key[1] % len(SIDES)) == place] for place in places]
    return [([sides[0][key] for key in keys], [sides[1][key] for key in keys]) for keys in alike]


def late_mean(row: Row, measure: str) -> float:
    """A measure's mean over the late looks of a run: one look is a draw from a game that wanders.

    ``measure`` is a name in ``results["late"]``. Two more are made of the looks: ``swing``, the standard
    deviation of their ΔE, and ``gap``, by how much the error is larger held out than seen.
    """
    late = row.results["late"]
    if measure == "swing":
        return float(np.std(late["delta_e"], ddof=1))
    if measure == "gap":
        return float(np.mean(late["delta_e_held_out"]) - np.mean(late["delta_e_seen"]))
    return float(np.mean(late[measure]))


def tell_effects(effects: Mapping[str, Effect], changes: Iterable[str]) -> str:
    """A line for each of ``changes``: its median beside the unchanged one, the effect, and p among all.

    ``effects`` are those of ``compare_changes``.
    """
    lines = (
        f"{change:34}{effect.median:5.2f} for {effect.unchanged:.2f}: {effect.verdict.effect:+5.2f},"
        f" lower in {effect.verdict.lower:4.0%}, p' = {effect.p_among_all:.1g}"
        for change, effect in ((change, effects[change]) for change in changes)
    )
    return "\n".join(lines)
