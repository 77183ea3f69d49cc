"""The page on the full runs: its tables say what the records say, its commands are understood."""

from __future__ import annotations

import ast
import csv
import json
import re
import shlex
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from support.chapters import BOOK

from sicgan_lite.cli.parser import build_parser
from sicgan_lite.studies.runs import RecordError, runs_folder
from sicgan_lite.teaching import effects, records
from sicgan_lite.teaching.settings import RUNS, SWEEPS
from tools import record_runs, records_table

PAGE = (BOOK / "reproduce.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, flags=re.DOTALL)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.4, "0 s"),
        (99, "99 s"),
        (120, "2 min"),
        (5939, "99 min"),
        (6000, "1 h 40 min"),
        (3 * 3600, "3 h 00 min"),
    ],
)
def test_durations_are_for_people(seconds: float, text: str) -> None:
    assert records_table.duration(seconds) == text


def test_every_run_has_its_row() -> None:
    rows = {row[0].strip("`"): row for row in records_table.run_rows()}
    assert list(rows) == list(RUNS)
    for name, row in rows.items():
        path = runs_folder() / name / "run.json"
        info: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
        if info.get("finished"):
            assert row[1] == str(RUNS[name][1].total_steps)
            assert info["sha256"]["generator.safetensors"].startswith(row[-1])
        else:
            assert row[1].endswith(f" of {RUNS[name][1].total_steps}")
            assert row[3] == "not finished"


def test_a_run_that_nobody_began_has_a_row(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(records_table, "runs_folder", lambda: tmp_path)
    monkeypatch.setattr(records, "runs_folder", lambda: tmp_path)
    (row, *_) = records_table.run_rows()
    assert row == ("`coffee-quick-seed0`", "0 of 200", "float32", "not finished", "—", "—")


def test_a_sweeps_row_adds_up_its_table() -> None:
    rows = {row[0].strip("`"): row for row in records_table.sweep_rows()}
    for name, experiments in SWEEPS.items():
        with (runs_folder() / f"{name}.csv").open(encoding="utf-8") as file:
            seconds = sum(float(line["seconds"]) for line in csv.DictReader(file))
        assert rows[name][1] == str(len(experiments))
        assert rows[name][3] == records_table.duration(seconds)


def test_what_the_page_says_of_presets_is_what_was_recorded() -> None:
    """Each cell spans its runs, and the two sentences below the table hold for every row."""
    with (runs_folder() / "photo" / "presets.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    table = {row[0].strip("`"): row[1:] for row in records_table.preset_rows()}
    assert list(table) == ["coffee", "astronaut", "chelsea", "hopper", "china", "flower"]
    for photograph, cells in table.items():
        its = [row for row in rows if row["photograph"] == photograph]
        assert {row["precision"] for row in its if row["method"] == "photo"} == {"float32", "bfloat16"}
        assert {row["seed"] for row in its} == {"0"}
        for method, cell in zip(records_table.METHODS, cells, strict=False):
            errors = [float(row["delta_e"]) for row in its if row["method"] == method]
            if not errors:
                assert cell == "—"
                continue
            ends = [float(end) for end in cell.split(" to ")]
            assert (ends[0], ends[-1]) == pytest.approx((min(errors), max(errors)), abs=0.051)
        for row in its:
            best = min(float(row[rule]) for rule in ("grey", "one_color", "table"))
            assert row["method"] != "photo" or float(row["delta_e"]) < best
            lost = float(row["delta_e"]) >= min(float(row["grey"]), float(row["one_color"])) - 0.05
            assert row["lost"] == str(lost)
    low, high = table["coffee"][records_table.METHODS.index("quick")].split(" to ")
    assert f"`quick`, gave {low} in float32 and {high} in bfloat16" in PAGE


def test_the_row_of_the_effects_counts_its_lines() -> None:
    (row,) = [row for row in records_table.sweep_rows() if row[0] == "`effects`"]
    lines = effects.effects_file().read_text("utf-8").splitlines()
    seconds = sum(json.loads(line)["results"]["seconds"] for line in lines)
    assert row[1:4] == (
        f"{len(lines)} of {len(effects.CHANGES) * 30}",
        "coffee, astronaut, chelsea",
        records_table.duration(seconds),
    )


def test_a_record_that_was_changed_stops_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = next(iter(RUNS))
    for path in (runs_folder() / name).rglob("*"):
        if path.is_file():
            copy = tmp_path / path.relative_to(runs_folder())
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    monkeypatch.setattr(records, "runs_folder", lambda: tmp_path)
    (tmp_path / name / "history.csv").write_text("changed")
    with pytest.raises(RecordError, match=r"history\.csv differs"):
        list(records_table.run_rows())


def test_a_table_that_is_none_is_refused() -> None:
    directive = SimpleNamespace(arguments=["walks"], error=ValueError)
    with pytest.raises(ValueError, match=r"\['runs', 'sweeps', 'presets'\], got 'walks'"):
        records_table.RecordsTable.run(directive)  # pyright: ignore[reportArgumentType]


def test_the_command_line_knows_every_command_of_the_page() -> None:
    lines = [line.lstrip("!") for block in blocks("bash") + blocks("ipython3") for line in block.splitlines()]
    commands = [shlex.split(line)[1:] for line in lines if line.startswith("sicgan-lite ")]
    assert len(commands) >= 6
    for command in commands:
        assert build_parser().parse_args(command).run


def test_the_recorder_knows_the_run_that_the_page_names() -> None:
    (name,) = re.findall(r"make recorded-runs RUNS=(\S+)", PAGE)
    assert name in RUNS
    assert f"rm -r book/runs/{name}\n" in PAGE
    assert record_runs.runs_folder().name == "runs"


def test_the_recorder_knows_every_command_of_the_page() -> None:
    lines = [line.split("-m tools.record_runs ") for block in blocks("bash") for line in block.splitlines()]
    commands = [shlex.split(line[1]) for line in lines if len(line) == 2]
    assert len(commands) == 2
    for command in commands:
        assert record_runs._parser().parse_args(command).out


def test_the_programs_of_the_page_are_programs() -> None:
    for block in blocks("python"):
        ast.parse(block)
