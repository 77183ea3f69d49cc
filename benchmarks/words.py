"""Numbers as a reader wants them: three digits that mean something, and a spread in brackets."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from benchmarks.timing import spread

Row = Sequence[str]


def short(number: float, digits: int = 3) -> str:
    """The number to so many significant digits: 0.0123, 1.23, 12.3, 1,230."""
    if number == 0:
        return "0"
    places = digits - 1 - math.floor(math.log10(abs(number)))
    return f"{round(number, places):,.{max(0, places)}f}"


def between(found: dict[str, float] | list[float], unit: str = "", scale: float = 1.0) -> str:
    """A median and, in brackets, the quartiles: of numbers, or as a record keeps them."""
    spread_ = spread(found)._asdict() if isinstance(found, list) else found
    median, low, high = (short(scale * spread_[name]) for name in ("median", "low", "high"))
    return f"{median}{unit} ({low}–{high})"


def table(columns: Row, rows: Iterable[Row]) -> str:
    """A table in Markdown."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def machine(record: dict[str, Any]) -> str:
    """The day, the machine and how busy it was."""
    found = record["machine"]
    load = found["load_before"]
    busy = "" if load is None else f", load {load:g} before"
    versions = f"Python {found['python']}, torch {found['versions']['torch']}"
    rounds = f"{record['rounds']} rounds, " if "rounds" in record else ""
    return f"{record['day']}: {rounds}{found['processor']}, {found['threads']} threads{busy}, {versions}"
