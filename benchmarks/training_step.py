"""A training step: ours in both precisions, the canonical loop, and the floor that matrix products set.

``python -m benchmarks.training_step --batch 8`` writes results/training_step_8.json.
"""

from __future__ import annotations

import argparse
import dataclasses
import multiprocessing
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np
import torch
from torch.profiler import ProfilerActivity, profile
from torch.utils.flop_counter import FlopCounterMode

from benchmarks import canonical
from benchmarks.tables import LOOPS, PRECISIONS
from benchmarks.timing import Seconds, interleave, load_average, ratio, record
from sicgan_lite import Config, PatchSet, TrainState, sample_image, train_step
from sicgan_lite.devices import keep_freed_memory
from sicgan_lite.training import draw_batch

PATCHES = 256  # in memory at once, for the canonical loop: 120 MB
PROFILED = 8  # patches in the batch whose time is taken apart
SIDE = 4096  # of the square matrices whose product sets the floor
# Operations whose names begin so, as PyTorch's profiler calls them.
KINDS = {
    "convolution, backward": ("aten::convolution_backward", "aten::mkldnn_convolution_backward"),
    "convolution, forward": ("aten::mkldnn_convolution", "aten::convolution"),
    "ReLU": ("aten::threshold_backward", "aten::relu", "aten::clamp_min", "aten::leaky_relu"),
    "noise": ("aten::normal_",),
    "pooling": ("aten::adaptive_avg_pool", "aten::_adaptive_avg_pool", "aten::mkldnn_adaptive_avg_pool"),
    "copies": ("aten::copy_", "aten::cat", "aten::clone", "aten::contiguous", "aten::fill_", "aten::zero_"),
    "Adam": ("aten::_fused_adam", "aten::_foreach"),
}


def measure(
    config: Config, rgb: np.ndarray, *, rounds: int, warm: int = 1, side: int = SIDE
) -> dict[str, Any]:
    """Seconds and ratios of all contenders, and the operations of a step."""
    states = {name: _state(rgb, config, name) for name in PRECISIONS}
    contenders: dict[str, Callable[[], object]] = {
        name: lambda state=state: train_step(state) for name, state in states.items()
    }
    contenders |= {LOOPS[0]: _published_step(rgb, config), LOOPS[1]: _canonical_step(rgb, config)}
    contenders |= {"batch": lambda state=states["float32"]: draw_batch(state, 0, 0)}
    contenders |= {f"product, {name}": _product(side, name) for name in PRECISIONS}
    seconds = interleave(contenders, rounds, warm=warm)
    flops = config.batch_size * count_flops(_state(rgb, dataclasses.replace(config, batch_size=1), "float32"))
    return {
        "settings": config.to_dict(),
        "rounds": rounds,
        "seconds": seconds,
        "flops": {"step": flops, "product": 2 * side**3},
        "ratios": _ratios(seconds, flops / (2 * side**3)),
    }


def count_flops(state: TrainState) -> int:
    """Multiplications and additions of the convolutions and dense layers of one step."""
    with FlopCounterMode(display=False) as counter:
        train_step(state)
    return counter.get_total_flops()


def profiles(rgb: np.ndarray, config: Config) -> dict[str, dict[str, float]]:
    """Where the time of a step goes, in each precision."""
    return {name: profile_step(_state(rgb, config, name)) for name in PRECISIONS}


def profile_step(state: TrainState) -> dict[str, float]:
    """Each kind of operation's share of one step's time on the processor, after another step."""
    train_step(state)
    with profile(activities=[ProfilerActivity.CPU]) as found:
        train_step(state)
    times: Counter[str] = Counter()
    for event in found.key_averages():
        times[_kind(event.key)] += event.self_cpu_time_total
    return {name: time / times.total() for name, time in times.most_common()}


def _kind(operation: str) -> str:
    found = [kind for kind, starts in KINDS.items() if operation.startswith(starts)]
    return found[0] if found else "the rest"


def _ratios(seconds: Seconds, products: float) -> dict[str, Any]:
    """The canonical loop against ours, and the floor's share: ``products`` make a step's operations."""
    ratios = {f"{loop} against {name}": ratio(seconds, loop, name) for loop in LOOPS for name in PRECISIONS}
    floors = {f"floor, {name}": [products * s for s in seconds[f"product, {name}"]] for name in PRECISIONS}
    for name in PRECISIONS:
        ratios[f"floor's share, {name}"] = ratio(seconds | floors, f"floor, {name}", name)
        ratios[f"batch's share, {name}"] = ratio(seconds, "batch", name)
    return {name: found._asdict() for name, found in ratios.items()}


def _state(rgb: np.ndarray, config: Config, precision: str) -> TrainState:
    settings = config.to_dict() | {"precision": precision, "epochs": 1000}
    return TrainState.create(rgb, Config.from_dict(settings), "cpu")


def _canonical_step(rgb: np.ndarray, config: Config) -> Callable[[], object]:
    patches = PatchSet(rgb, config, rng=np.random.default_rng(config.seed))
    with torch.random.fork_rng(devices=[]):
        networks = (
            canonical.generator(config.generator_widths),
            canonical.discriminator(config.discriminator_widths),
        )
    steps = canonical.train(*networks, canonical.load(patches, config.batch_size), config)
    return lambda: next(steps)


def _published_step(rgb: np.ndarray, config: Config) -> Callable[[], object]:
    """The canonical loop in a process of its own, where freed memory goes back to the system."""
    fresh = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(1, fresh, initializer=_start_elsewhere, initargs=(rgb, config))
    return lambda: pool.submit(_step_elsewhere).result()


_elsewhere: list[Callable[[], object]] = []  # of the other process: its loop


def _start_elsewhere(rgb: np.ndarray, config: Config) -> None:
    _elsewhere.append(_canonical_step(rgb, config))


def _step_elsewhere() -> None:
    _elsewhere[0]()


def _product(side: int, precision: str) -> Callable[[], object]:
    left, right = (torch.randn(side, side).to(getattr(torch, precision)) for _ in range(2))
    out = torch.empty_like(left)
    return lambda: torch.mm(left, right, out=out)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batch", type=int, nargs="+", default=[8, 32])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--warm", type=int, default=1, help="rounds that come first and are not counted")
    options = parser.parse_args(arguments)
    keep_freed_memory()  # as the command line does
    rgb = sample_image("coffee")
    for batch in options.batch:
        load = load_average()
        config = Config.paper(num_patches=PATCHES, batch_size=batch)
        if batch == PROFILED:
            print(record("training_step_profile", {"profile": profiles(rgb, config)}, load=load))
        found = measure(config, rgb, rounds=options.rounds, warm=options.warm)
        print(record(f"training_step_{batch}", found, load=load))


if __name__ == "__main__":
    main()
