"""The tables of the page on speed, each made from the records alone."""

from __future__ import annotations

import statistics
from typing import Any

from benchmarks.timing import RESULTS, NoRecordError, read, read_if_there
from benchmarks.words import between, machine, short, table

PRECISIONS = ("bfloat16", "float32")
# The canonical loop as anyone runs it, and in a process that keeps the memory that it frees, as ours does.
LOOPS = ("canonical", "canonical, memory kept")
CLOCKS = ("seconds", "processor seconds")
PHOTOS = ("coffee", "astronaut", "chelsea")
Record = dict[str, Any]


def step_table() -> str:
    """Seconds of a step, against the canonical loop and the floor."""
    rows = []
    for batch in batches_measured():
        record = read(f"training_step_{batch}")
        seconds, ratios = record["seconds"], record["ratios"]
        rows += [(f"{loop}, batch {batch}", between(seconds[loop], " s"), "–", "–", "–") for loop in LOOPS]
        for name in PRECISIONS:
            faster = [between(ratios[f"{loop} against {name}"], "×") for loop in LOOPS]
            share = between(ratios[f"floor's share, {name}"], " %", 100)
            rows.append((f"{name}, batch {batch}", between(seconds[name], " s"), *faster, share))
    columns = ("loop", "a step", "times as fast", "with memory kept by both", "floor's share")
    return table(columns, rows)


def batches_measured() -> list[int]:
    """The batch sizes at which a step was measured. Errors: NoRecordError."""
    names = (path.stem.rpartition("_")[2] for path in RESULTS.glob("training_step_*.json"))
    found = sorted(int(name) for name in names if name.isdigit())
    if not found:
        raise NoRecordError("there is no record of a training step yet: `make bench ONLY=training_step`")
    return found


def profile_table() -> str:
    """Where a step's time goes, in shares of processor time."""
    shares = profiles()
    rows = [
        (kind, *(f"{100 * found.get(kind, 0):.1f} %" for found in shares.values())) for kind in kinds(shares)
    ]
    return table(("operation", *shares), rows)


def photo_profile_table() -> str:
    """Where the time of a step of ``photo`` goes."""
    shares = read("switches_photo")["profile"]
    rows = [(kind, *(f"{100 * its.get(kind, 0):.0f} %" for its in shares.values())) for kind in kinds(shares)]
    return table(("operation", *shares), rows)


def profiles() -> dict[str, dict[str, float]]:
    """The profile of a step before this work, and of both precisions after it."""
    before = read_if_there("training_step_before")
    shown = {"bfloat16, before": before["profile"]["bfloat16"]} if before else {}
    return shown | read("training_step_profile")["profile"]


def kinds(shares: dict[str, dict[str, float]]) -> list[str]:
    """The kinds of operation, those that take most first, and the rest at the end."""
    found = {kind for its in shares.values() for kind in its}
    return sorted(found, key=lambda kind: (kind == "the rest", -shares["float32"].get(kind, 0), kind))


def batches_table() -> str:
    """Patches a second, how long a batch takes against ours, and memory."""
    record = read("batches")
    size, rows = record["settings"]["batch_size"], []
    for name, seconds in record["seconds"].items():
        ratio = record["ratios"].get(f"{name} against gathered")
        held = record["bytes"].get(name)
        rate = between([size / second for second in seconds])
        memory = f"{short(held / 1e6)} MB" if held else "–"
        rows.append((name, rate, between(ratio, "×") if ratio else "1", memory))
    return table(("how", "patches a second", "time against ours", "memory for 5000"), rows)


def origin_seconds() -> dict[tuple[float, int, str], float]:
    """The median seconds of each method in each case (megapixels, count, method)."""
    found: dict[tuple[float, int, str], float] = {}
    for case in read("origins")["cases"]:
        for name, seconds in case["seconds"].items():
            found.setdefault((case["megapixels"], case["count"], name), statistics.median(seconds))
    return found


def origins_table() -> str:
    """Seconds of each method in each case."""
    seconds = origin_seconds()
    names = list(dict.fromkeys(name for *_, name in seconds))
    cases = dict.fromkeys((size, count) for size, count, _ in seconds)
    rows = [
        (f"{size:g}", f"{count:,}", *(_seconds(seconds.get((size, count, name))) for name in names))
        for size, count in cases
    ]
    return table(("megapixels", "origins", *names), rows)


def _seconds(found: float | None) -> str:
    return "–" if found is None else f"{short(found)} s"


def quality_table() -> str:
    """What rounding a Poisson disk costs: origins that are too near, and cells left empty."""
    rows = [
        (
            *(f"{case['megapixels']:g}", f"{case['count']:,}", name, short(case["distance"])),
            *(short(judged["least"]), f"{judged['too near']:,}", str(judged["empty cells"])),
        )
        for case in read("origins")["cases"]
        for name, judged in case["quality"].items()
        if "scipy PoissonDisk" in case["quality"] and name in ("ours", "scipy PoissonDisk")
    ]
    columns = ("megapixels", "origins", "method", "distance asked", "least found", "too near", "empty cells")
    return table(columns, rows)


def whole_image_table() -> str:
    """Megapixels a second, and memory."""
    record = read("whole_image")
    rows = [
        (
            *(short(case["megapixels"]), f"{short(case['seconds'])} s"),
            *(
                short(case["megapixels"] / case["seconds"]),
                f"{ratio:.2f}×",
                f"{short(case['bytes'] / 1e6)} MB",
            ),
        )
        for case, ratio in zip(record["cases"], record["time for a pixel"], strict=True)
    ]
    return table(("megapixels", "core time", "megapixels a second", "time for a pixel", "memory"), rows)


def start_table() -> str:
    """Milliseconds of each start, and what it loads."""
    record = read("start")
    rows = [
        (name, between(seconds, " ms", 1000), ", ".join(record["heavy packages loaded"][name]) or "–")
        for name, seconds in record["seconds"].items()
    ]
    return table(("start", "time", "loads"), rows)


def book_table() -> str:
    """Seconds to build the book and to check each chapter."""
    record = read("book_times")
    timed = {"the whole book, built": record["build"][-1]} if record["build"] else {}
    timed |= {f"{name}, checked": found for name, found in record["chapters"].items()}
    rows = [(what, *(f"{found[clock]:.0f} s" for clock in CLOCKS)) for what, found in timed.items()]
    return table(("what", *CLOCKS), rows)


def quick_table() -> str:
    """The conditional quick run on three photographs, in both precisions, against the baselines."""
    rows = []
    for photo in PHOTOS:
        record = read(f"quick_{photo}")
        for precision in PRECISIONS:
            runs = [run for run in record["runs"] if run["precision"] == precision]
            ends = [_range([_end(run[name]) for run in runs], 3) for name in ("loss_d", "loss_g")]
            errors = _range([run["delta_e"] for run in runs], 1)
            time = f"{short(statistics.median(run['seconds'] for run in runs))} s"
            constants = (f"{value:.1f}" for value in record["baselines"].values())
            rows.append((photo, precision, time, errors, *constants, *ends))
    columns = ("photograph", "precision", "core time", "ΔE", "ΔE of grey", "ΔE of mean colour", "L_D", "L_G")
    return table(columns, rows)


def _end(curve: list[float]) -> float:
    """The mean of the last quarter of a run."""
    return statistics.mean(curve[-(len(curve) // 4) :])


def _range(numbers: list[float], digits: int) -> str:
    return f"{statistics.median(numbers):.{digits}f} ({min(numbers):.{digits}f}–{max(numbers):.{digits}f})"


def machine_table() -> str:
    """When, where and beside what each record was made."""
    names = sorted(path.stem for path in RESULTS.glob("*.json"))
    return table(("record", "made on"), [(f"`{name}.json`", machine(read(name))) for name in names])


def make(name: str) -> str:
    """The table of that name, or a sentence that says which record is missing."""
    try:
        return TABLES[name]()
    except NoRecordError as error:
        return f"*Not measured: {error}.*"


TABLES = {
    "step_table": step_table,
    "profile_table": profile_table,
    "photo_profile_table": photo_profile_table,
    "batches_table": batches_table,
    "origins_table": origins_table,
    "quality_table": quality_table,
    "whole_image_table": whole_image_table,
    "start_table": start_table,
    "book_table": book_table,
    "quick_table": quick_table,
    "machine_table": machine_table,
}
