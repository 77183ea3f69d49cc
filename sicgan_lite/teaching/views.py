"""What G sees, crossed with what it is asked for: two views and three losses."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sicgan_lite.studies.rows import Row, read_rows
from sicgan_lite.teaching import effects
from sicgan_lite.teaching.changes import CHANGES, UNCHANGED

LONG = CHANGES["context features"]
# What the sweep of single changes has not, since two things change at once.
BOTH: dict[str, dict[str, Any]] = {
    "the paper's D, context features": CHANGES["the paper's D"] | LONG,
    "L1 alone, context features": CHANGES["L1 alone"] | LONG,
}
#: By loss, the names of the change with the paper's five numbers and of that with context features beside.
VIEWS: dict[str, tuple[str, str]] = {
    "the paper's D": ("the paper's D", "the paper's D, context features"),
    "conditional D": (UNCHANGED, "context features"),
    "L1": ("L1 alone", "L1 alone, context features"),
}


def planned() -> list[effects.Planned]:
    """Every run that the effects lack, seed by seed."""
    return effects.planned(BOTH)


def views_file(folder: Path | None = None) -> Path:
    """Where the rows are kept."""
    return effects.effects_file(folder).with_name("views.jsonl")


def load_views(folder: Path | None = None) -> dict[str, tuple[Sequence[Row], Sequence[Row]]]:
    """By loss, the rows with the five numbers and those with context, of the seeds that all six have.

    ``folder`` is the recorded runs' own unless another is given. Errors: RecordError for a damaged file.
    """
    rows = [*read_rows(effects.effects_file(folder)), *read_rows(views_file(folder))]
    its = {name: [row for row in rows if row.change == name] for pair in VIEWS.values() for name in pair}
    whole = effects.whole_seeds(its)
    kept = {name: [row for row in rows if row.config.seed in whole] for name, rows in its.items()}
    return {loss: (kept[short], kept[long]) for loss, (short, long) in VIEWS.items()}
