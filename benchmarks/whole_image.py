"""Whole pictures: what colouring costs for each megapixel, in time and memory, at 1, 12 and 100 megapixels.

``python -m benchmarks.whole_image`` writes results/whole_image.json; named sizes are renewed. Each picture
gets a fresh process, and a generator of the ``laptop`` widths with random weights: what it paints does not
change what it costs.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from benchmarks.timing import in_fresh_process, load_average, memory, read_if_there, record, reset_peak
from sicgan_lite import Config, Generator, colorize

BLOCK = 250  # pixels a side: a picture is this noise, repeated


def measure(megapixels: float, config: Config) -> dict[str, float]:
    """Processor seconds on one thread, and the most bytes above the picture itself."""
    torch.set_num_threads(1)
    with torch.random.fork_rng(devices=[]):
        generator = Generator(config.generator_widths, config.size)
    block = np.random.default_rng(0).integers(0, 256, (BLOCK, BLOCK, 3), np.uint8)
    colorize(generator, block)  # what the first picture pays for all
    image = picture(block, megapixels)
    held, start = reset_peak(), time.process_time()
    colorize(generator, image)
    return {
        "megapixels": image[..., 0].size / 1e6,
        "seconds": time.process_time() - start,
        "bytes": memory().most - held,
    }


def picture(block: np.ndarray, megapixels: float) -> np.ndarray:
    """A picture of that size, 3:2, of repeated blocks."""
    width = round(math.sqrt(megapixels * 1e6 * 1.5))
    height = round(megapixels * 1e6 / width)
    times = -(-height // len(block)), -(-width // len(block)), 1
    return np.tile(block, times)[:height, :width].copy()


def summarize(cases: list[dict[str, float]]) -> dict[str, Any]:
    """Each size's time for a pixel against that of the smallest."""
    first, *others = (case["seconds"] / case["megapixels"] for case in cases)
    return {"cases": cases, "time for a pixel": [1.0, *(other / first for other in others)]}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("megapixels", type=float, nargs="*", default=[1, 12, 100])
    options = parser.parse_args(arguments)
    load, config = load_average(), Config.laptop()
    cases = {round(case["megapixels"]): case for case in read_if_there("whole_image").get("cases", [])}
    for megapixels in options.megapixels:
        case = cases[round(megapixels)] = in_fresh_process(measure, megapixels, config)
        print({name: round(value, 2) for name, value in case.items()}, flush=True)
    cases = [cases[size] for size in sorted(cases)]
    print(record("whole_image", {"settings": config.to_dict()} | summarize(cases), load=load))


if __name__ == "__main__":
    main()
