"""A record is read as it was written, or not at all."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from support.tiny import tiny_config

from sicgan_lite.studies.runs import RecordError, load_run, read_records, write_records
from sicgan_lite.training import StepRecord
from tools.recording import record_run


@pytest.mark.parametrize("name", ["history.csv", "generator.safetensors", "snapshots/00000.webp"])
def test_a_changed_or_missing_file_is_named(tmp_path: Path, name: str) -> None:
    list(record_run("tiny", "chelsea", tiny_config(), folder=tmp_path))
    path = tmp_path / "tiny" / name
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(RecordError, match=rf"{path.name} differs"):
        load_run("tiny", tmp_path)
    path.unlink()
    with pytest.raises(RecordError, match=rf"{path.name} is missing"):
        load_run("tiny", tmp_path)


def test_a_run_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="'none'"):
        load_run("none", tmp_path)


def test_a_snapshot_that_is_not_there(tmp_path: Path) -> None:
    list(record_run("tiny", "chelsea", tiny_config(), folder=tmp_path))
    with pytest.raises(RecordError, match=r"step 99; it has \[0, 1"):
        load_run("tiny", tmp_path).snapshot(99)


def test_history_keeps_every_bit(tmp_path: Path) -> None:
    records = [StepRecord(1, 1, 1, 0.1 + 0.2, math.pi, 1 / 3, 5e-324)]
    write_records(tmp_path / "history.csv", records)
    assert read_records(tmp_path / "history.csv") == records
