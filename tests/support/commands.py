"""Small photographs and settings for tests that run commands."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

# Six steps of tiny networks.
TINY = [
    *("--preset", "quick"),
    *("--set", "size=16", "--set", "num_patches=12", "--set", "epochs=2", "--set", "batch_size=4"),
    *("--set", "generator_widths=(4,)", "--set", "discriminator_widths=(4,)", "--set", "precision=float32"),
]


def start(*words: object, **streams: Any) -> subprocess.Popen[str]:
    """The command line in a process of its own, on one thread, its output to be read."""
    return subprocess.Popen(
        [sys.executable, "-m", "sicgan_lite", *map(str, words)],
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        **streams,
    )


def history_rows(folder: Path) -> list[dict[str, str]]:
    """The steps that a run's folder tells of; none before the first is written."""
    path = folder / "history.csv"
    return list(csv.DictReader(path.read_text().splitlines())) if path.exists() else []


def noise_photo(path: Path, seed: int = 0, low: int = 0, high: int = 256) -> Path:
    """A photograph of 40×50 random colours between two levels."""
    pixels = np.random.default_rng(seed).integers(low, high, (40, 50, 3), np.uint8)
    Image.fromarray(pixels).save(path)
    return path


def grey_photo(path: Path) -> Path:
    """A photograph without colour, of the same size."""
    pixels = np.random.default_rng(1).integers(0, 256, (40, 50), np.uint8)
    Image.fromarray(pixels).save(path)
    return path


def large_photo(path: Path, height: int = 4000, width: int = 6000) -> Path:
    """A photograph of 24 megapixels: blocks of noise in three tints, from dark to light."""
    block = np.random.default_rng(0).integers(0, 256, (250, 250, 3), np.uint8)
    for channel in range(3):
        block[:, 84 * channel : 84 * (channel + 1), channel] //= 3
    block = (block * np.linspace(0.3, 1, 250)[:, None, None]).astype(np.uint8)
    Image.fromarray(np.tile(block, (height // 250, width // 250, 1))).save(path)
    return path
