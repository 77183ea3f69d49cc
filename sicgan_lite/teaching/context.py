"""What surroundings are worth: rules that learn three sides of a photograph and guess the fourth."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Float32, Float64, UInt8

from sicgan_lite.baselines import best_constant, grey, median_by_lightness
from sicgan_lite.color import merge_ab, rgb_to_lab
from sicgan_lite.config import CONTEXT_FEATURES
from sicgan_lite.features import window_features
from sicgan_lite.metrics import delta_e_map
from sicgan_lite.studies.runs import RecordError, runs_folder
from sicgan_lite.teaching.pixel_rules import decode, learn_ab, learn_shares

#: Rules without a network.
PLAIN = {
    "grey": lambda rgb, _: grey(rgb),
    "best constant": best_constant,
    "table of 32": median_by_lightness,
}
#: Rules that learn: by name, the largest scale of context in pixels, and whether they know the place.
LEARNED: dict[str, tuple[int, bool]] = {
    "3 numbers": (0, False),
    "15 numbers": (32, False),
    "15 and position": (32, True),
}
DECODINGS = ("mean", "median", "mode", "annealed")
#: The photographs on which settings were chosen.
CHOSEN_ON = ("coffee", "astronaut", "chelsea")
#: Photographs that had no part in choosing.
FRESH = ("rocket", "motorcycle", "hopper", "china", "flower")


class Place(NamedTuple):
    """How a rule did in a place: a photograph, of which one side was held out, with a seed.

    ``seen`` and ``held_out`` are mean ΔE; ``chroma`` is the mean over the whole picture.
    """

    rule: str
    photograph: str
    side: str
    seed: int
    seen: float
    held_out: float
    chroma: float


class Gain(NamedTuple):
    """Two rules compared over places: mean ΔE of the other and of ours, and their difference.

    ``without_best`` is the difference without the place that gains most; in ``wins`` of ``places`` ours
    is lower.
    """

    than: float
    ours: float
    gain: float
    without_best: float
    wins: int
    places: int


def pixel_numbers(
    lightness: Float32[np.ndarray, "h w"], scale: int = 32, *, position: bool = False
) -> Float32[np.ndarray, "c h w"]:
    """What a rule may know of each pixel of a ``lightness`` in [0, 100].

    Lightness, Sobel and Laplacian; blurs and spreads of the context features up to ``scale`` pixels; and
    with ``position`` where in the picture the pixel lies, x and y in [0, 1). Errors: as
    ``context_features``.
    """
    height, width = lightness.shape
    names = [name for name in CONTEXT_FEATURES if int(name.rpartition("_")[2]) <= scale]
    numbers = window_features(lightness, 0, 0, height, width, names)
    if not position:
        return numbers
    y, x = np.mgrid[:height, :width].astype(np.float32)
    return np.concatenate([numbers, np.stack([x / width, y / height])])


def judge(
    rgb: UInt8[np.ndarray, "h w 3"], picture: UInt8[np.ndarray, "h w 3"], seen: Bool[np.ndarray, "h w"]
) -> tuple[float, float, float]:
    """Mean ΔE of a picture on the seen pixels and on the others, and its mean chroma."""
    lab = rgb_to_lab(picture)
    error = delta_e_map(lab, rgb_to_lab(rgb))
    held_out = error[~seen].mean() if not seen.all() else np.nan
    chroma = np.linalg.norm(lab[..., 1:], axis=-1).mean()
    return float(error[seen].mean()), float(held_out), float(chroma)


def paint_all(
    rgb: UInt8[np.ndarray, "h w 3"], seen: Bool[np.ndarray, "h w"], seed: int
) -> Iterator[tuple[str, UInt8[np.ndarray, "h w 3"]]]:
    """The picture of every rule that learns, by its name, and of every way to decode a distribution."""
    lab = rgb_to_lab(rgb)
    lightness, ab = lab[..., 0], lab[..., 1:]
    for name, (scale, position) in LEARNED.items():
        numbers = pixel_numbers(lightness, scale, position=position)
        yield name, merge_ab(lightness, learn_ab(numbers, ab, seen, seed=seed))
    shares = learn_shares(pixel_numbers(lightness), ab, seen, seed=seed)
    for how in DECODINGS:
        yield f"shares, {how}", merge_ab(lightness, decode(shares, how))


def load_places(folder: Path | None = None) -> Sequence[Place]:
    """The recorded places, as ``tools/measure_context.py`` wrote them.

    ``folder`` is the recorded runs' own unless another is given. Errors: RecordError when the table is
    not there.
    """
    path = (folder or runs_folder()) / "context" / "places.csv"
    if not path.is_file():
        raise RecordError(f"there is no {path}; `python -m tools.measure_context` makes it")
    with path.open(encoding="utf-8", newline="") as file:
        return [_place(row) for row in csv.DictReader(file)]


def errors(
    rows: Sequence[Place], rule: str, where: Sequence[tuple[str, str]]
) -> Float64[np.ndarray, "places 2"]:
    """Mean ΔE seen and held out of a ``rule`` in each of ``where``, pairs (photograph, side), over its seeds.

    ``rows`` are those of ``load_places``. Errors: ValueError for a place without a row of this rule.
    """
    found = []
    for place in where:
        its = [row[4:6] for row in rows if row.rule == rule and (row.photograph, row.side) == place]
        if not its:
            raise ValueError(
                f"there is no row of {rule!r} in {place}; rules are {sorted({r.rule for r in rows})}"
            )
        found.append(np.mean(its, axis=0))
    return np.array(found)


def compare_rules(rows: Sequence[Place], rule: str, than: str, where: Sequence[tuple[str, str]]) -> Gain:
    """How much better a ``rule`` is ``than`` another on what was held out, in the places ``where``.

    ``rows`` and errors are as for ``errors``.
    """
    ours, theirs = (errors(rows, name, where)[:, 1] for name in (rule, than))
    gains = np.sort(theirs - ours)
    than_mean, our_mean, gain, without = (float(v.mean()) for v in (theirs, ours, gains, gains[:-1]))
    return Gain(than_mean, our_mean, gain, without, int((gains > 0).sum()), len(gains))


def _place(row: dict[str, Any]) -> Place:
    numbers = {name: float(row[name]) for name in ("seen", "held_out", "chroma")}
    return Place(row["rule"], row["photograph"], row["side"], int(row["seed"]), **numbers)
