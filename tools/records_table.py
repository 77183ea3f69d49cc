"""The tables of recorded runs and sweeps: a Sphinx extension, named in ``_config.yml``.

They are made from the records when the book is built. Reading a record checks its hashes, so no
page shows a record that was changed.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from typing import Any

from docutils.nodes import Element, Node
from docutils.parsers.rst import Directive
from docutils.statemachine import StringList

from sicgan_lite.studies.runs import runs_folder
from sicgan_lite.teaching import effects
from sicgan_lite.teaching.records import finished_runs, load_sweep
from sicgan_lite.teaching.settings import PHOTOGRAPHS, RUNS, SWEEPS

RUN_COLUMNS = ("run", "steps", "precision", "core time", "processor and torch", "generator")
SWEEP_COLUMNS = ("sweep", "runs", "photographs", "core time", "processor and torch")
METHODS = ("photo", "quick", "quick, conditional", "quick, L1 alone")
RULES = {"32 colours by lightness": "table", "one colour": "one_color", "grey": "grey"}
PRESET_COLUMNS = ("photograph", *METHODS, *RULES)


def duration(seconds: float) -> str:
    """Seconds as text: 45 s, 12 min, 1 h 05 min."""
    minutes = round(seconds / 60)
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60:02d} min"


def run_rows() -> Iterator[tuple[str, ...]]:
    """A row for each run of ``RUNS``: what its record says, or how far it is."""
    finished = finished_runs()
    for name, (_, config) in RUNS.items():
        if name in finished:
            info = finished[name].info
            time, weights = duration(info["cpu_seconds"]), info["sha256"]["generator.safetensors"][:8]
            steps = str(info["step"])
        else:
            path = runs_folder() / name / "run.json"
            info: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.is_file() else {"step": 0}
            steps, time, weights = f"{info['step']} of {config.total_steps}", "not finished", "—"
        yield f"`{name}`", steps, config.precision, time, machine(info), weights


def sweep_rows() -> Iterator[tuple[str, ...]]:
    """A row for each sweep of ``SWEEPS``, and one for the effects, which says how many runs are there.

    Errors: RecordError for a sweep of SWEEPS that is not finished.
    """
    for name in SWEEPS:
        runs = load_sweep(name)
        results = [run.results for its in runs.values() for run in its]
        yield _sweep_row(name, str(len(results)), list(runs), results)
    rows = [row for its in effects.load_effects().values() for row in its]
    count = f"{len(rows)} of {len(effects.planned())}"
    yield _sweep_row("effects", count, list(PHOTOGRAPHS), [row.results for row in rows])


def preset_rows() -> Iterator[tuple[str, ...]]:
    """A row for each photograph: the ΔE of the presets, from the lowest run to the highest, and of rules."""
    with (runs_folder() / "photo" / "presets.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for photograph in dict.fromkeys(row["photograph"] for row in rows):
        its = [row for row in rows if row["photograph"] == photograph]
        errors = [[float(row["delta_e"]) for row in its if row["method"] == method] for method in METHODS]
        rules = (f"{float(its[0][name]):.1f}" for name in RULES.values())
        yield f"`{photograph}`", *map(_reach, errors), *rules


def _reach(errors: list[float]) -> str:
    """The lowest and the highest, or one where they print alike."""
    ends = dict.fromkeys(f"{end:.1f}" for end in (min(errors), max(errors))) if errors else ["—"]
    return " to ".join(ends)


def _sweep_row(name: str, runs: str, images: list[str], results: list[dict[str, Any]]) -> tuple[str, ...]:
    time = duration(sum(result["seconds"] for result in results))
    machines = sorted({machine(result) for result in results})
    return f"`{name}`", runs, ", ".join(images), time, "; ".join(machines)


def machine(info: dict[str, Any]) -> str:
    """What decides a run's last bits, in a line; a dash where nothing was recorded."""
    return f"{info['processor']}, {info['versions']['torch']}" if "processor" in info else "—"


def markdown_table(columns: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> list[str]:
    """The lines of a table."""
    return ["| " + " | ".join(row) + " |" for row in (columns, ("---",) * len(columns), *rows)]


TABLES = {
    "runs": (RUN_COLUMNS, run_rows),
    "sweeps": (SWEEP_COLUMNS, sweep_rows),
    "presets": (PRESET_COLUMNS, preset_rows),
}


class RecordsTable(Directive):
    """``{records-table} runs``, ``sweeps`` or ``presets``."""

    required_arguments = 1

    def run(self) -> list[Node]:
        """The table."""
        if self.arguments[0] not in TABLES:
            raise self.error(f"records-table takes one of {list(TABLES)}, got {self.arguments[0]!r}")
        columns, rows = TABLES[self.arguments[0]]
        holder = Element()
        self.state.nested_parse(StringList(markdown_table(columns, rows())), self.content_offset, holder)
        return holder.children


def setup(app: Any) -> dict[str, Any]:
    """Tell Sphinx the directive's name."""
    app.add_directive("records-table", RecordsTable)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
