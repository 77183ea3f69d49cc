"""Large photographs: colouring 12 and 100 megapixels, and setting up a training on 24, against plain ways.

``python -m benchmarks.big_pictures`` writes results/big_pictures.json. Colouring is by a generator of
``Config.photo()``. The plain ways take a small ab that is there already: lightness, enlarging and merging
alone, in the formulas of CIE 15 and IEC 61966-2-1 as NumPy says them, in double or single precision, or in
``cv2.cvtColor``; none keeps lightness where sRGB cannot show a colour. Set-up is against one
``skimage.color.rgb2lab``. All is in bands of rows, one thread, processor seconds, in turns.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from time import process_time
from typing import Any

import cv2
import numpy as np
import torch
from skimage.color import rgb2lab

from benchmarks.timing import interleave, load_average, ratio, read_if_there, record
from benchmarks.whole_image import picture
from sicgan_lite import Config, TrainState, colorize, sample_image, train
from sicgan_lite.devices import keep_freed_memory

ROWS = 128
TO_XYZ = np.array(
    [[0.412453, 0.357580, 0.180423], [0.212671, 0.715160, 0.072169], [0.019334, 0.119193, 0.950227]]
)
WHITE = np.array([0.95047, 1.0, 1.08883])


def bands(rgb: np.ndarray, ab: np.ndarray) -> Iterator[tuple[slice, np.ndarray]]:
    """Rows of a picture, and the ab enlarged to them."""
    height, width = rgb.shape[:2]
    for top in range(0, height, ROWS):
        rows = slice(top, min(top + ROWS, height))
        first, last = (int(row * len(ab) / height) for row in (rows.start, rows.stop))
        yield rows, cv2.resize(ab[first : max(last, first + 1)], (width, rows.stop - rows.start))


def by_numpy(rgb: np.ndarray, ab: np.ndarray, precision: Any = np.float64) -> np.ndarray:
    """Lightness, enlarging and merging as one writes them in NumPy and OpenCV."""
    to_y, to_rgb, white = (each.astype(precision) for each in (TO_XYZ[1], np.linalg.inv(TO_XYZ), WHITE))
    out = np.empty_like(rgb)
    for rows, large in bands(rgb, ab):
        coded, (a, b) = rgb[rows].astype(precision) / 255, np.moveaxis(large.astype(precision), -1, 0)
        linear = np.where(coded > 0.04045, ((coded + 0.055) / 1.055) ** 2.4, coded / 12.92)
        light = linear @ to_y
        y = np.where(light > 0.008856, np.cbrt(light), 7.787 * light + 16 / 116)
        roots = np.stack([y + a / 500, y, y - b / 200], axis=-1)
        xyz = np.where(roots > 0.2068966, roots**3, (roots - 16 / 116) / 7.787) * white
        linear = np.clip(xyz @ to_rgb.T, 0, 1)
        coded = np.where(linear > 0.0031308, 1.055 * linear ** (1 / 2.4) - 0.055, 12.92 * linear)
        out[rows] = np.rint(255 * coded)
    return out


def by_opencv(rgb: np.ndarray, ab: np.ndarray) -> np.ndarray:
    """The same with OpenCV's own colours, which are interpolated in a table."""
    out = np.empty_like(rgb)
    for rows, large in bands(rgb, ab):
        lab = cv2.cvtColor(rgb[rows].astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
        lab[..., 1:] = large
        out[rows] = np.rint(255 * np.clip(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), 0, 1))
    return out


def lab_once(rgb: np.ndarray) -> None:
    """scikit-image's conversion of the whole picture, in bands that fit the memory."""
    for top in range(0, len(rgb), ROWS):
        rgb2lab(rgb[top : top + ROWS])


def color(megapixels: float, *, rounds: int, config: Config | None = None) -> dict[str, Any]:
    """Processor seconds of each way to colour a picture of that size."""
    coffee = sample_image("coffee")
    rgb, begun = picture(coffee, megapixels), process_time()
    state = TrainState.create(rgb, config or Config.photo(precision="float32"), "cpu")
    ready = process_time()
    for _ in train(state):
        pass
    model = {"set-up": ready - begun, "steps": process_time() - ready}
    small = cv2.resize(coffee, (240, 160), interpolation=cv2.INTER_AREA)
    ab = rgb2lab(small)[..., 1:].astype(np.float32)
    ways: dict[str, Callable[[], object]] = {
        "ours": lambda: colorize(state.final_generator, rgb),
        "NumPy and OpenCV": lambda: by_numpy(rgb, ab),
        "NumPy in single precision": lambda: by_numpy(rgb, ab, np.float32),
        "OpenCV alone": lambda: by_opencv(rgb, ab),
    }
    return {"models": [model]} | _measured(rgb, ways, rounds)


def set_up(megapixels: float, *, rounds: int) -> dict[str, Any]:
    """Processor seconds of a training's set-up at that size, and of one conversion."""
    rgb = picture(sample_image("coffee"), megapixels)
    ways: dict[str, Callable[[], object]] = {
        "ours": lambda: TrainState.create(rgb, Config.photo(), "cpu"),
        "rgb2lab": lambda: lab_once(rgb),
    }
    return _measured(rgb, ways, rounds)


def _measured(rgb: np.ndarray, ways: dict[str, Callable[[], object]], rounds: int) -> dict[str, Any]:
    seconds = interleave(ways, rounds, clock=process_time)
    others = [name for name in ways if name != "ours"]
    return {
        "megapixels": rgb[..., 0].size / 1e6,
        "seconds": seconds,
        "ratios": {name: ratio(seconds, "ours", name)._asdict() for name in others},
    }


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("megapixels", type=float, nargs="*", default=[12, 100])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--set-up", type=float, default=24, help="megapixels; 0 is not measured")
    options = parser.parse_args(arguments)
    keep_freed_memory()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    load, cases = load_average(), read_if_there("big_pictures").get("cases", {})
    if options.set_up:
        cases["set-up"] = set_up(options.set_up, rounds=options.rounds)
    for megapixels in options.megapixels:
        name = f"{megapixels:.0f}"
        models = cases.get(name, {}).get("models", [])  # of earlier days: the best shows a quiet moment
        cases[name] = color(megapixels, rounds=options.rounds)
        cases[name]["models"] += models
    print(record("big_pictures", {"cases": cases}, load=load))


if __name__ == "__main__":
    main()
