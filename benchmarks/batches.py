"""Batches: gathered from maps of the whole photograph, against features computed for each patch.

``python -m benchmarks.batches`` writes results/batches.json. The memory is that of all 5000 patches: ours
gathered batch by batch, the others' kept, as a ``TensorDataset`` keeps them.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np

from benchmarks.timing import in_fresh_process, interleave, load_average, memory, ratio, record, reset_peak
from sicgan_lite import TRANSFORMS, Config, PatchSet, coordinate_grid, rgb_to_lab, sample_image
from sicgan_lite.color import AB_SCALE, scale_ab
from sicgan_lite.devices import keep_freed_memory
from sicgan_lite.features import LAPLACIAN_SCALE, SOBEL_SCALE, lightness_features

Batch = tuple[np.ndarray, np.ndarray]
PatchMaker = Callable[[np.ndarray], Batch]


def patch_with_opencv(rgb: np.ndarray) -> Batch:
    """Features and targets of one patch, all of it by OpenCV, in its float LAB."""
    lab = cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    lightness = np.ascontiguousarray(lab[..., 0])
    dx = cv2.Sobel(lightness, cv2.CV_32F, 1, 0, ksize=3)
    dy = cv2.Sobel(lightness, cv2.CV_32F, 0, 1, ksize=3)
    edges = np.sqrt(dx**2 + dy**2) / np.float32(SOBEL_SCALE)
    density = cv2.Laplacian(lightness, cv2.CV_32F, ksize=1) / np.float32(LAPLACIAN_SCALE)
    y, x = np.mgrid[: len(rgb), : len(rgb)].astype(np.float32) / len(rgb)
    return np.stack([lightness / 50 - 1, edges, density, x, y]), (lab[..., 1:] / AB_SCALE).transpose(2, 0, 1)


def patch_with_library(rgb: np.ndarray) -> Batch:
    """Features and targets of one patch by this library's own functions, in scikit-image's LAB."""
    lab = rgb_to_lab(rgb)
    features = np.concatenate([lightness_features(lab[..., 0]), coordinate_grid(len(rgb))])
    return features, scale_ab(lab[..., 1:]).transpose(2, 0, 1)


class PerPatch:
    """The patches of a ``PatchSet``, each cut from the photograph, transformed, and computed anew."""

    def __init__(self, rgb: np.ndarray, patches: PatchSet, make: PatchMaker) -> None:
        self.planes, self.patches, self.make = rgb.transpose(2, 0, 1), patches, make

    def __getitem__(self, indices: np.ndarray) -> Batch:
        made = [self.make(self._cut(*divmod(k, len(TRANSFORMS)))) for k in indices.tolist()]
        return np.stack([u for u, _ in made]), np.stack([v for _, v in made])

    def _cut(self, origin: int, transform: int) -> np.ndarray:
        (top, left), size = self.patches.origins[origin], self.patches.size
        patch = self.planes[:, top : top + size, left : left + size]
        return np.ascontiguousarray(list(TRANSFORMS.values())[transform](patch).transpose(1, 2, 0))


MAKERS = {"OpenCV": patch_with_opencv, "this library's functions": patch_with_library}


def measure(rgb: np.ndarray, config: Config, *, rounds: int) -> dict[str, Any]:
    """Processor seconds for one batch, a different one in each round, all on one thread."""
    patches = PatchSet(rgb, config, rng=np.random.default_rng(0))
    order = np.random.default_rng(1)
    chosen = np.empty(0, int)

    def draw() -> None:
        nonlocal chosen
        chosen = order.permutation(len(patches))[: config.batch_size]

    block = np.concatenate([part.ravel() for part in patches[np.arange(config.batch_size)]])
    contenders: dict[str, Callable[[], object]] = {"gathered": lambda: patches[chosen]}
    for name, make in MAKERS.items():
        one_by_one = PerPatch(rgb, patches, make)
        contenders[name] = lambda source=one_by_one: source[chosen]
    contenders["copy of the bytes"] = block.copy
    seconds = interleave(contenders, rounds, before=draw, clock=time.thread_time)
    ratios = {
        f"{name} against gathered": ratio(seconds, name, "gathered")._asdict()
        for name in contenders
        if name != "gathered"
    }
    return {"settings": config.to_dict(), "rounds": rounds, "seconds": seconds, "ratios": ratios}


def memory_of(name: str, config: Config) -> int:
    """The most bytes above the photograph that all its patches ever took, in this process."""
    rgb = sample_image("coffee")
    _go_through(name, rgb[:32, :32], Config(size=8, num_patches=6))  # what is imported on first use
    start = reset_peak()
    _go_through(name, rgb, config)
    return memory().most - start


def _go_through(name: str, rgb: np.ndarray, config: Config) -> list[Batch]:
    """Every patch once. Gathered ones are dropped after use; the others are kept for the next epoch."""
    patches = PatchSet(rgb, config, rng=np.random.default_rng(0))
    source = patches if name == "gathered" else PerPatch(rgb, patches, MAKERS[name])
    kept = []
    for start in range(0, len(patches), config.batch_size):
        batch = source[np.arange(start, min(start + config.batch_size, len(patches)))]
        if name != "gathered":
            kept.append(batch)
    return kept


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    options = parser.parse_args(arguments)
    load, config = load_average(), Config.paper()
    cv2.setNumThreads(1)
    keep_freed_memory()  # as the command line does; it helps all of them
    found = measure(sample_image("coffee"), config, rounds=options.rounds)
    found["bytes"] = {name: in_fresh_process(memory_of, name, config) for name in ("gathered", "OpenCV")}
    print(record("batches", found, load=load))


if __name__ == "__main__":
    main()
