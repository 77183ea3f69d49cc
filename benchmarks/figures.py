"""The plots of the page on speed: ``python -m benchmarks.figures`` draws book/speed/*.svg anew."""

from __future__ import annotations

import hashlib
import statistics
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.tables import LOOPS, PHOTOS, PRECISIONS, batches_measured, kinds, origin_seconds, profiles
from benchmarks.timing import RESULTS, NoRecordError, read, spread
from benchmarks.words import short
from sicgan_lite.config import Config
from sicgan_lite.plotting import FAKE, GENERATOR, INK, PALETTE, REAL, style

FOLDER = Path(__file__).resolve().parent.parent / "book" / "speed"
WIDTH = 6.0  # inches: on a phone the text keeps a readable size
GREYS = ("#b9b9b9", "#8c8c8c")
MARKERS = "osD^v"
LINES = {
    "bfloat16": {"color": REAL, "linestyle": "-"},
    "float32": {"color": FAKE, "linestyle": "--"},
}


def bars(axes: Axes, values: Mapping[str, list[float]], unit: str, colors: Mapping[str, str]) -> None:
    """A bar for each median with its quartiles, and the number at its end, from top to bottom."""
    for row, (name, numbers) in enumerate(values.items()):
        median, low, high = spread(numbers)
        axes.barh(row, median, 0.62, color=colors.get(name, REAL))
        axes.plot([low, high], [row, row], color=INK, linewidth=1.2, linestyle="-")
        axes.annotate(f" {short(median)}{unit}", (high, row), va="center", fontsize=9)
    axes.set_yticks(range(len(values)), list(values))
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.margins(x=0.2)


def draw_step() -> Figure:
    """Seconds of a step at both batch sizes, with the floor."""
    sizes = batches_measured()
    figure = Figure((WIDTH, 1.8 * len(sizes)), layout="constrained")
    colors = {**dict.fromkeys(LOOPS, FAKE), "floor": GREYS[0]}
    for axes, batch in zip(np.ravel(figure.subplots(len(sizes), 1)), sizes, strict=True):
        record = read(f"training_step_{batch}")
        seconds, flops = record["seconds"], record["flops"]
        shown = {name: seconds[name] for name in (*LOOPS, "float32", "bfloat16")}
        products = flops["step"] / flops["product"]
        shown["floor"] = [products * second for second in seconds["product, bfloat16"]]
        bars(axes, shown, " s", colors)
        axes.set_title(f"a step, batch {batch} (seconds)")
    return figure


def draw_profile() -> Figure:
    """Stacked shares of a step's time."""
    shares = profiles()
    figure = Figure((WIDTH, 0.9 + 0.5 * len(shares)), layout="constrained")
    axes, left = figure.subplots(), dict.fromkeys(shares, 0.0)
    for kind, color in zip(kinds(shares), [*PALETTE, *GREYS, INK], strict=False):
        widths = [100 * found.get(kind, 0) for found in shares.values()]
        axes.barh(list(shares), widths, 0.62, left=list(left.values()), color=color, label=kind)
        left = {name: left[name] + width for name, width in zip(left, widths, strict=True)}
    axes.set(xlabel="share of a step's time (%)", xlim=(0, 100))
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    figure.legend(loc="outside upper center", ncols=4)
    return figure


def draw_batches() -> Figure:
    """Patches a second, on a logarithmic scale."""
    record = read("batches")
    size = record["settings"]["batch_size"]
    rates = {name: [size / second for second in found] for name, found in record["seconds"].items()}
    rates = dict(sorted(rates.items(), key=lambda item: statistics.median(item[1])))
    figure = Figure((WIDTH, 1.9), layout="constrained")
    axes = figure.subplots()
    axes.set_xscale("log")
    bars(
        axes,
        rates,
        "",
        {"copy of the bytes": GREYS[0], "gathered": REAL} | dict.fromkeys(_others(rates), FAKE),
    )
    axes.set(xlabel="patches a second", xlim=(100, None))
    return figure


def _others(rates: Mapping[str, Any]) -> list[str]:
    return [name for name in rates if name not in ("gathered", "copy of the bytes")]


def draw_origins() -> Figure:
    """Seconds against the number of origins on the largest photograph, both logarithmic."""
    seconds = origin_seconds()
    largest = max(size for size, _, _ in seconds)
    figure = Figure((WIDTH, 3.2), layout="constrained")
    axes = figure.subplots()
    for name, marker in zip(dict.fromkeys(name for *_, name in seconds), MARKERS, strict=False):
        points = sorted(
            (count, found) for (size, count, of), found in seconds.items() if (size, of) == (largest, name)
        )
        axes.loglog(*zip(*points, strict=True), marker=marker, markersize=5, label=name)
    axes.set(xlabel=f"origins on {largest:g} megapixels", ylabel="seconds")
    axes.legend()
    return figure


def draw_whole_image() -> Figure:
    """Seconds and memory for each megapixel, against the size of the picture."""
    cases = read("whole_image")["cases"]
    sizes = [case["megapixels"] for case in cases]
    figure = Figure((WIDTH, 2.5), layout="constrained")
    times, held = figure.subplots(1, 2)
    times.semilogx(sizes, [case["seconds"] / case["megapixels"] for case in cases], marker="o")
    held.semilogx(sizes, [case["bytes"] / 1e6 for case in cases], marker="o", color=GENERATOR)
    times.set_title("seconds a megapixel")
    held.set_title("memory above the picture (MB)")
    for axes in (times, held):
        axes.set_xticks(sizes, [f"{size:.0f}" for size in sizes])
        axes.minorticks_off()
        axes.margins(y=0.1)
        axes.set(xlabel="megapixels", ylim=(0, None))
    return figure


def draw_start() -> Figure:
    """Seconds of each start."""
    figure = Figure((WIDTH, 2.1), layout="constrained")
    axes = figure.subplots()
    bars(axes, read("start")["seconds"], " s", {"import torch": FAKE, "Python alone": GREYS[0]})
    axes.set_xlabel("seconds")
    return figure


def draw_quick() -> Figure:
    """ΔE of each run beside those of grey and of the mean colour."""
    figure = Figure((WIDTH, 2.6), layout="constrained")
    axes = figure.subplots()
    for row, photo in enumerate(PHOTOS):
        record = read(f"quick_{photo}")
        for shift, marker, color, precision in zip(
            (-0.12, 0.12), "oD", (REAL, GENERATOR), PRECISIONS, strict=True
        ):
            found = [run["delta_e"] for run in record["runs"] if run["precision"] == precision]
            axes.plot(found, [row + shift] * len(found), marker, color=color, markersize=6, label=precision)
        for marker, name in zip("|x", ("grey", "mean colour"), strict=True):
            axes.plot(
                record["baselines"][name],
                row,
                marker,
                color=INK,
                markersize=11,
                markeredgewidth=1.6,
                label=name,
            )
    axes.set_yticks(range(len(PHOTOS)), PHOTOS)
    axes.invert_yaxis()
    axes.set(xlabel="mean ΔE from the photograph", xlim=(0, None))
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles[:4], labels[:4], loc="outside upper center", ncols=4)
    return figure


def draw_curves() -> Figure:
    """Both losses along the run, three seeds in each precision, with their values at chance."""
    record = read("quick_coffee")
    figure = Figure((WIDTH, 2.8), layout="constrained")
    for axes, name in zip(figure.subplots(1, 2), ("loss_d", "loss_g"), strict=True):
        for run in record["runs"]:
            middles = (np.arange(len(run[name])) + 0.5) * Config.quick().total_steps / len(run[name])
            axes.plot(middles, run[name], label=run["precision"], **LINES[run["precision"]])
        axes.axhline(record["equilibrium"][name], color=INK, linewidth=0.8, linestyle=":")
        axes.set(title=f"$L_{name[-1].upper()}$", xlabel="step")
    handles, labels = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles[:2], labels[:2], loc="outside upper center", ncols=2)
    return figure


FIGURES: dict[str, Callable[[], Figure]] = {
    "step": draw_step,
    "profile": draw_profile,
    "batches": draw_batches,
    "origins": draw_origins,
    "whole-image": draw_whole_image,
    "start": draw_start,
    "quick": draw_quick,
    "curves": draw_curves,
}


def fingerprint() -> str:
    """One hash of all records: every plot says which ones it was drawn from."""
    digest = hashlib.sha256()
    for path in sorted(RESULTS.glob("*.json")):
        digest.update(path.name.encode() + path.read_text("utf-8").encode())
    return digest.hexdigest()


def _draw(name: str) -> Figure:
    try:
        return FIGURES[name]()
    except NoRecordError as error:
        figure = Figure((WIDTH, 0.6))
        figure.text(0.02, 0.4, f"Not measured: {error}.", fontsize=8)
        return figure


def save(name: str, folder: Path = FOLDER) -> Path:
    """Draw one plot; the same records give the same file."""
    path = folder / f"{name}.svg"
    path.parent.mkdir(parents=True, exist_ok=True)
    with style(), mpl.rc_context({"svg.hashsalt": name}):
        _draw(name).savefig(
            path, format="svg", metadata={"Date": None, "Description": f"records {fingerprint()}"}
        )
    return path


def main() -> None:
    for name in FIGURES:
        print(save(name))


if __name__ == "__main__":
    main()
