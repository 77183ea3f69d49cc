"""Runs of which the results alone are kept: a line of JSON each, one file for all of a sweep."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, NamedTuple

from sicgan_lite.config import Config
from sicgan_lite.studies.runs import RecordError, one_line

_DIGITS = 5  # after the point: far below what seeds make of a run


class Row(NamedTuple):
    """A finished run: what was changed, on which photograph, its config and its results.

    ``results`` are those of ``train_and_measure``, rounded to five decimals.
    """

    change: str
    image: str
    config: Config
    results: dict[str, Any]


def read_rows(path: Path) -> list[Row]:
    """The rows of a file, in the order in which they were recorded; none where there is no file.

    A last line without its end, which a kill may leave, is no row. Errors: RecordError for any
    other line that is none.
    """
    lines = path.read_text(encoding="utf-8").split("\n")[:-1] if path.is_file() else []
    rows = []
    for number, line in enumerate(lines, 1):
        try:
            change, image, settings, results = (json.loads(line)[name] for name in Row._fields)
            rows.append(Row(str(change), str(image), Config.from_dict(settings), dict(results)))
        except (ValueError, LookupError, TypeError, RecursionError) as error:
            said = one_line(error)
            raise RecordError(f"line {number} of {path} is no result of a run: {said}") from error
    return rows


def append_row(path: Path, row: Row) -> None:
    """Write a row behind the others, on disk when this returns; a line cut short is replaced."""
    values = row._asdict() | {"config": _changed(row.config), "results": _rounded(row.results)}
    line = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    with path.open("ab+") as file:
        file.truncate(_whole_lines(path))
        file.write(line.encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _changed(config: Config) -> dict[str, Any]:
    """The settings that are not the paper's: few, and the same when Config gains fields."""
    paper = Config().to_dict()
    return {name: value for name, value in config.to_dict().items() if value != paper[name]}


def _whole_lines(path: Path) -> int:
    return path.read_bytes().rfind(b"\n") + 1


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rounded(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_rounded(part) for part in value]
    return round(value, _DIGITS) if isinstance(value, float) else value
