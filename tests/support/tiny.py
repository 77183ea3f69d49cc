"""A photograph and a run so small that a step takes milliseconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sicgan_lite import Config

if TYPE_CHECKING:
    from sicgan_lite import TrainState


def photo(height: int = 24, width: int = 30, seed: int = 1) -> np.ndarray:
    """A noisy picture with a colour that follows its lightness."""
    rng = np.random.default_rng(seed)
    ramp = np.linspace(40, 200, width)[None, :, None] * np.array([1.0, 0.8, 0.4])
    return np.clip(ramp + rng.normal(0, 15, (height, width, 3)), 0, 255).astype(np.uint8)


def left_half(rgb: np.ndarray) -> np.ndarray:
    """A mask that marks it."""
    return np.indices(rgb.shape[:2])[1] < rgb.shape[1] // 2


def tiny_config(**changes: Any) -> Config:
    """Two epochs of three batches; the last batch of an epoch is smaller."""
    settings: dict[str, Any] = {
        "size": 8,
        "num_patches": 10,
        "epochs": 2,
        "batch_size": 4,
        "generator_widths": (4,),
        "discriminator_widths": (3,),
        "precision": "float32",
    }
    return Config(**settings | changes)


def tiny_state(rgb: np.ndarray | None = None, **changes: Any) -> TrainState:
    """A state on the CPU before its first step."""
    from sicgan_lite import TrainState  # here: the photograph is for tests without torch too

    return TrainState.create(photo() if rgb is None else rgb, tiny_config(**changes), "cpu")
