"""Small photographs and settings for tests that run commands."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

# Six steps of tiny networks.
TINY = [
    *("--preset", "quick"),
    *("--set", "size=16", "--set", "num_patches=12", "--set", "epochs=2", "--set", "batch_size=4"),
    *("--set", "generator_widths=(4,)", "--set", "discriminator_widths=(4,)", "--set", "precision=float32"),
]


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
