"""The league table: every method of the book on the same photographs, seen and held out."""

from __future__ import annotations

import html
import json
from functools import cache
from pathlib import Path
from textwrap import fill
from typing import Any, NamedTuple

import numpy as np

from sicgan_lite.studies.places import runs_folder


class Entry(NamedTuple):
    """The ``chapter`` that brings a method, and the ``change`` that its rows in the records name."""

    chapter: int
    change: str


#: The methods of the league table, by the name that it shows.
LEAGUE: dict[str, Entry] = {
    "grey": Entry(1, "grey"),
    "one colour, the mean": Entry(1, "mean colour"),
    "one colour, the best": Entry(1, "best constant"),
    "copier of 2000 pixels": Entry(2, "nearest neighbour"),
    "the paper's D": Entry(6, "the paper's D"),
    "conditional D": Entry(6, "nothing changed"),
    "table of 32 colours": Entry(7, "table of 32 colours"),
    "L1 alone": Entry(7, "L1 alone"),
    "L1 and the paper's D": Entry(7, "L1 and the paper's D"),
    "L1 and the conditional D": Entry(7, "L1 with weight 10"),
    "photo()": Entry(7, "photo()"),
    "L1 alone, with context": Entry(9, "L1 alone, context features"),
    "photo() without D": Entry(9, "photo() without D"),
    "photo() without context": Entry(9, "photo() without context"),
    "conditional D and a die": Entry(10, "z of eight numbers"),
}
_SHARED_FROM = 7  # the chapter that brings the second exam
_MEASURES = ("delta_e_seen", "delta_e_held_out", "color_overlap")


class Rank(NamedTuple):
    """A method's place: ΔE seen and held out, the share of the photograph's colours, and its seeds."""

    method: str
    seen: float
    held_out: float
    colors_shared: float
    seeds: int


class League(tuple[Rank, ...]):
    """The rows of a league table, the best held out first; a notebook shows them as a table.

    ``chapter`` brings the methods that are bold.
    """

    chapter: int

    def __new__(cls, ranks: list[Rank], chapter: int) -> League:
        """Sort the ``ranks``."""
        league = super().__new__(cls, sorted(ranks, key=lambda rank: rank.held_out))
        league.chapter = chapter
        return league

    @property
    def protocol(self) -> str:
        """What the numbers are, in sentences."""
        shared = "; the share of its colours that the picture has" * (self.chapter >= _SHARED_FROM)
        seeds = sorted({rank.seeds for rank in self})
        runs = f"{seeds[0]} to {seeds[-1]}" if len(seeds) > 1 else f"{seeds[0]}"
        return (
            f"ΔE on the seen 70 % of a photograph and on the held-out 30 %{shared}. Medians of"
            f" {runs} runs, averaged over three photographs, 240 pixels wide. Four sides take turns at"
            " being held out."
        )

    def cells(self) -> list[tuple[str, ...]]:
        """Heading and rows as text."""
        width = 4 if self.chapter >= _SHARED_FROM else 3
        return [row[:width] for row in [("method", "seen", "held out", "colours"), *map(_text, self)]]

    def __repr__(self) -> str:
        rows = [name.ljust(26) + "".join(f"{value:>10}" for value in its) for name, *its in self.cells()]
        return "\n".join([*rows, fill(self.protocol, 80)])

    def _repr_html_(self) -> str:
        heading, *rows = self.cells()
        new = [name for name, entry in LEAGUE.items() if entry.chapter == self.chapter]
        lines = [_line("th", heading), *(_line("td", row, bold=row[0] in new) for row in rows)]
        return (
            f'<table class="league"><caption>{html.escape(self.protocol)}</caption>{"".join(lines)}</table>'
        )


def league_table(chapter: int, folder: Path | None = None) -> League:
    """The methods that a reader of the first ``chapter`` chapters knows, the best held out first.

    A chapter shows its table with ``league_table(7)`` alone in the last line of a cell. Methods that the
    chapter brings are bold; the colours shared appear with chapter 7. A method enters by a line in
    ``LEAGUE`` and rows in any ``*.jsonl`` of ``folder``, the effects' own unless another is given: each
    with ``change``, ``image``, ``config`` (``seed``) and ``results`` (``late``), as ``append_row`` writes
    them. Protocol: ``small_photograph`` of each of ``PHOTOGRAPHS``, side ``held_out(seed)``. A run
    counts by its mean over the late looks; a method by the median of each photograph's runs, averaged
    over the photographs. A seed that it lacks on a photograph is left out.
    Errors: ValueError where no method is known, or where one has no seed on every photograph.
    """
    known = {name: entry.change for name, entry in LEAGUE.items() if entry.chapter <= chapter}
    if not known:
        raise ValueError(f"chapter must be at least 1, got {chapter}")
    records = _records(folder or runs_folder() / "effects")
    ours = {name: records.get(change, {}) for name, change in known.items()}
    images = sorted({image for its in ours.values() for image, _ in its})
    return League([_rank(name, its, images) for name, its in ours.items()], chapter)


Records = dict[tuple[str, int], tuple[float, ...]]  # by photograph and seed: the three measures


@cache
def _records(folder: Path) -> dict[str, Records]:
    found: dict[str, Records] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").split("\n")[:-1]:
            row: dict[str, Any] = json.loads(line)
            late = row["results"]["late"]
            measures = tuple(float(np.mean(late[name])) for name in _MEASURES)
            place = row["image"], row["config"].get("seed", 0)
            found.setdefault(row["change"], {})[place] = measures
    return found


def _rank(method: str, records: Records, images: list[str]) -> Rank:
    seeds = {seed for _, seed in records if all((image, seed) in records for image in images)}
    if not seeds:
        raise ValueError(f"no seed of {method!r} is recorded on each of {images}; it has {len(records)} runs")
    medians = [np.median([records[image, seed] for seed in seeds], axis=0) for image in images]
    seen, held_out, shared = map(float, np.mean(medians, axis=0))
    return Rank(method, seen, held_out, shared, len(seeds))


def _text(rank: Rank) -> tuple[str, ...]:
    return rank.method, f"{rank.seen:.1f}", f"{rank.held_out:.1f}", f"{rank.colors_shared:.0%}"


def _line(tag: str, cells: tuple[str, ...], *, bold: bool = False) -> str:
    opened, closed = ("<b>", "</b>") if bold else ("", "")
    return f"<tr>{''.join(f'<{tag}>{opened}{html.escape(cell)}{closed}</{tag}>' for cell in cells)}</tr>"
