"""What a person waits for: a row for each wait, side by side with the usual way; from the records alone."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import Any, NamedTuple

from benchmarks.tables import PRECISIONS
from benchmarks.timing import NoRecordError, Spread, read, spread
from benchmarks.words import between, short, table
from sicgan_lite.devices import FEW_PIXELS


class Wait(NamedTuple):
    """A wait in words, what it is compared with, the aim, what was found, and the verdict."""

    what: str
    beside: str
    aim: str
    found: str
    met: bool


def waits() -> Iterator[Wait]:
    """Every wait that was measured."""
    parts = (_good_picture, _steps, _threads, _models, _pictures, _set_up, _album, _start, _sliders)
    for part in parts:
        try:
            yield from part()
        except NoRecordError:  # nothing is said of what was not measured
            continue


def waiting_table() -> str:
    """The waits, as a table."""
    rows = [(w.what, w.beside, w.aim, f"{'met' if w.met else '**missed**'}: {w.found}") for w in waits()]
    if not rows:
        return "*Not measured: `make bench` does it.*"
    return table(("what", "side by side with", "aimed at", "measured"), rows)


def _good_picture() -> Iterator[Wait]:
    record = read("good_picture")
    most = record["most"]
    for photo, found in record["photos"].items():
        ours, *others = found["reached"].values()
        times = min(seconds or most for seconds in others) / (ours or most)
        beside = ", ".join(
            f"{name} {short(seconds)} s" if seconds else f"{name} not in {most:.0f} s"
            for name, seconds in list(found["reached"].items())[1:]
        )
        said = f"{short(ours or most)} s ({short(times)}×); {beside}"
        what = f"a good picture of `{photo}`: closer than one colour and than 32"
        usual = f"`quick`, and L1 on patches of 64, given {most:.0f} s each"
        yield Wait(what, usual, "≥ 5× sooner, ≤ 5 s", said, times >= 5 and (ours or most) <= 5)


def _steps() -> Iterator[Wait]:
    for preset in ("quick", "photo"):
        try:
            record = read(f"switches_{preset}")
        except NoRecordError:
            continue
        for precision in PRECISIONS:
            its = {name: found for name, found in record["ratios"].items() if name.endswith(precision)}
            name, best = min(its.items(), key=lambda item: item[1]["median"])
            beside = "PyTorch, every switch" + (", compiled" if name.startswith("compiled") else "")
            seconds = median(record["seconds"][f"ours, {precision}"])
            said = f"{between(best, '×')}; {short(1000 * seconds)} ms"
            yield Wait(f"a step of `{preset}`, {precision}", beside, "≥ 1.3×", said, best["median"] >= 1.3)


def _threads() -> Iterator[Wait]:
    for preset in ("quick", "photo"):
        try:
            record = read(f"threads_{preset}")
        except NoRecordError:
            continue
        found, settings = record["quickest"], read(f"switches_{preset}")["settings"]
        said = ", ".join(f"{name} {times:.2f}×" for name, times in found.items())
        one = settings["batch_size"] * settings["size"] ** 2 <= FEW_PIXELS
        said += "; so the command line takes one" if one else "; the command line takes all"
        what = f"a step of `{preset}` on {record['threads']} threads, the quickest of {record['rounds']}"
        yield Wait(what, "one thread", "never slower", said, one or min(found.values()) >= 1)


def _pictures() -> Iterator[Wait]:
    for name, case in read("big_pictures")["cases"].items():
        if name != "set-up":
            plain, *others = case["ratios"].items()
            said = f"{short(median(case['seconds']['ours']))} s, {between(plain[1], '×')}; " + ", ".join(
                f"{between(found, '×')} {other}" for other, found in others
            )
            what = f"{case['megapixels']:.0f} megapixels coloured by `photo`"
            yield Wait(what, plain[0], "≤ 1.2×", said, plain[1]["median"] <= 1.2)


def _models() -> Iterator[Wait]:
    case = read("big_pictures")["cases"].get("12")
    if case:
        best = min(case["models"], key=lambda model: sum(model.values()))
        total = sum(best.values())
        said = f"{short(total)} s: set-up {short(best['set-up'])}, 300 steps {short(best['steps'])}"
        what = f"`photo`'s model of 12 megapixels, the best of {len(case['models'])}"
        yield Wait(what, "–", "≤ 5 s", said, total <= 5)


def _set_up() -> Iterator[Wait]:
    case = read("big_pictures")["cases"].get("set-up")
    if case:
        found = case["ratios"]["rgb2lab"]
        said = f"{short(median(case['seconds']['ours']))} s, {between(found, '×')}"
        what = f"set-up of a training at {case['megapixels']:.0f} megapixels"
        yield Wait(what, "scikit-image's `rgb2lab` once", "≤ 1.5×", said, found["median"] <= 1.5)


def _album() -> Iterator[Wait]:
    record = read("album")
    wall, busy = (record["ratios"][clock]["median"] for clock in ("seconds", "processor seconds"))
    said = f"{wall:.2f}× by the clock; one process takes {busy:.2f} of two's processor time"
    what = f"an album of {record['photographs']} small photographs on 2 processes"
    yield Wait(what, "one process", "≥ 1.8×", said, wall >= 1.8)


def _start() -> Iterator[Wait]:
    record = read("start")
    seconds: dict[str, Any] = record.get("processor seconds", record["seconds"])
    helped = spread(seconds["sicgan-lite --help"])
    said = f"{between(helped._asdict(), ' s')} of a core"
    yield Wait("`sicgan-lite --help`", "–", "≤ 0.3 s", said, helped.median <= 0.3)
    if "sicgan-lite train" in seconds:
        found = _ratios(seconds["sicgan-lite train"], seconds["import torch"])
        said, met = between(found._asdict(), "×"), found.median <= 1.2
        yield Wait("`sicgan-lite train` until its first step", "importing torch", "≤ 1.2×", said, met)


def _ratios(above: list[float], below: list[float]) -> Spread:
    return spread([a / b for a, b in zip(above, below, strict=True)])


def _sliders() -> Iterator[Wait]:
    for page, found in read("first_paint")["pages"].items():
        if "sliders" in found:
            now, before = (median(found[key]) for key in ("sliders", "sliders, pictures at once"))
            said = f"{now:.1f} s; {before:.1f} s with every picture at once"
            name = page.rpartition("/")[2].removesuffix(".html")
            yield Wait(f"the sliders of `{name}` on slow 4G", "itself before", "≤ 6 s", said, now <= 6)
