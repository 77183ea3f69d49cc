"""Results of runs, a line each: what was written is read, and a kill costs one line at most."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.tiny import tiny_config

from sicgan_lite.config import Config
from sicgan_lite.studies.rows import Row, append_row, read_rows
from sicgan_lite.studies.runs import RecordError

RESULTS = {
    "delta_e": 1 / 3,
    "late": {"step": [1, 2], "delta_e": [2 / 3, 4.0]},
    "none": None,
    "cpu": "Ö",
}


def row(seed: int = 0) -> Row:
    return Row("no noise", "coffee", tiny_config(seed=seed, holdout=(0.0, 0.0, 1.0, 0.3)), RESULTS)


def test_rows_come_back_in_order_with_their_config_and_rounded_results(tmp_path: Path) -> None:
    for seed in (2, 0, 1):
        append_row(tmp_path / "rows.jsonl", row(seed))
    rows = read_rows(tmp_path / "rows.jsonl")
    assert [its.config for its in rows] == [row(seed).config for seed in (2, 0, 1)]
    assert {(its.change, its.image) for its in rows} == {("no noise", "coffee")}
    assert rows[0].results == {
        "delta_e": 0.33333,
        "late": {"step": [1, 2], "delta_e": [0.66667, 4.0]},
        "none": None,
        "cpu": "Ö",
    }


def test_a_line_holds_the_settings_that_are_not_the_papers(tmp_path: Path) -> None:
    append_row(tmp_path / "rows.jsonl", Row("x", "coffee", Config(seed=3), {}))
    assert json.loads((tmp_path / "rows.jsonl").read_text())["config"] == {"seed": 3}


@pytest.mark.parametrize("left", [1, 20, -1])
def test_a_kill_costs_the_last_line_alone(tmp_path: Path, left: int) -> None:
    path = tmp_path / "rows.jsonl"
    append_row(path, row(0))
    whole = path.read_bytes()
    append_row(path, row(1))
    path.write_bytes(whole + path.read_bytes()[len(whole) :][:left])
    assert [its.config.seed for its in read_rows(path)] == [0]
    append_row(path, row(2))
    assert [its.config.seed for its in read_rows(path)] == [0, 2]


def test_no_file_holds_no_rows(tmp_path: Path) -> None:
    assert read_rows(tmp_path / "none.jsonl") == []


@pytest.mark.parametrize(
    "line",
    ["", "{}", "[1, 2]", "null", '{"change":"x","image":"y","config":{"size":3},"results":{}}', "9" * 20],
)
def test_a_damaged_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "rows.jsonl"
    append_row(path, row())
    path.write_text(f"{path.read_text()}{line}\n", encoding="utf-8")
    with pytest.raises(RecordError, match=r"line 2 of .*rows\.jsonl is no result of a run"):
        read_rows(path)
