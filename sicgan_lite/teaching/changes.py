"""The single changes of which the book asks what they do, and the small experiment that they change."""

from __future__ import annotations

from typing import Any

from sicgan_lite.config import CONTEXT_FEATURES, PAPER_FEATURES
from sicgan_lite.teaching.settings import ABLATIONS

# A smaller experiment than the other sweeps', so that ten seeds fit: four seconds a run.
WIDTH = 240
SMALL: dict[str, Any] = {
    "size": 32,
    "num_patches": 3200,
    "batch_size": 16,
    "conditional": True,
    "precision": "float32",
}
UNCHANGED = "nothing changed"

#: One change each to a small experiment, by name. Every run has 200 steps of as many pixels, unless its name
#: says otherwise.
CHANGES: dict[str, dict[str, Any]] = {
    UNCHANGED: {},
    "the paper's D": {"conditional": False},
    "L1 alone": {"l1_weight": 1.0, "adversarial_weight": 0.0},
    "L1 and the paper's D": {"l1_weight": 10.0, "conditional": False},
    **{name: change for name, change in ABLATIONS.items() if "patches" not in name},
    "no jitter of the targets": {"target_jitter": 0.0},
    "a quarter of the patches": {"num_patches": 800, "epochs": 4},
    "a twentieth of the patches": {"num_patches": 160, "epochs": 20},
    "patches of 16 pixels": {"size": 16, "num_patches": 12800, "batch_size": 64},
    "patches of 64 pixels": {"size": 64, "num_patches": 800, "batch_size": 4},
    "G learns at a third": {"lr_generator": 1e-3},
    "G learns three times as fast": {"lr_generator": 9e-3},
    "D learns at a third": {"lr_discriminator": 1e-3},
    "D learns three times as fast": {"lr_discriminator": 9e-3},
    "G of half the width": {"generator_widths": (8, 8)},
    "G of twice the width": {"generator_widths": (32, 32)},
    "G with one layer less": {"generator_widths": (16,)},
    "G with one layer more": {"generator_widths": (16, 16, 16)},
    "D of half the width": {"discriminator_widths": (4, 8)},
    "D of twice the width": {"discriminator_widths": (16, 32)},
    "D with one layer less": {"discriminator_widths": (16,)},
    "D with one layer more": {"discriminator_widths": (8, 16, 16)},
    "leaky units in D": {"leaky_slope": 0.2},
    "minimax": {"generator_objective": "minimax"},
    "a falling rate": {"schedule": "falling"},
    "a one-cycle rate": {"schedule": "one-cycle"},
    "a running mean of G": {"average_decay": 0.98},
    "a falling rate and a running mean": {"schedule": "falling", "average_decay": 0.98},
    "z of eight numbers": {"noise_channels": 8},
    "two D steps": {"discriminator_steps": 2},
    "four D steps": {"discriminator_steps": 4},
    "context features": {"features": PAPER_FEATURES + CONTEXT_FEATURES},
    "context features with noise": {
        "features": PAPER_FEATURES + CONTEXT_FEATURES,
        "feature_noise": 0.3,
    },
    "G of one 3×3 layer, then 1×1": {"kernel_sizes": (3, 1)},
    "G of 5×5 layers": {"kernel_sizes": (5,)},
    "100 steps": {"num_patches": 1600},
    "400 steps": {"num_patches": 6400},
    "1600 steps": {"num_patches": 25600},
}

#: What chapter 8 asks, and the changes that answer: those that are left out moved nothing, and nobody asks.
QUESTIONS: dict[str, tuple[str, ...]] = {
    "what G sees": (
        "without lightness",
        "without sobel",
        "without laplacian",
        "without x",
        "without y",
        "context features",
    ),
    "what G is asked": (
        "the paper's D",
        "L1 alone",
        "L1 and the paper's D",
        "L1 with weight 1",
        "L1 with weight 10",
        "L1 with weight 100",
    ),
    "targets and noise": (
        "no smoothing",
        "two-sided smoothing",
        "no jitter of the targets",
        "no instance noise",
        "three times the noise",
        "noise in G's step too",
    ),
    "two players": (
        "minimax",
        "leaky units in D",
        "two D steps",
        "four D steps",
        "G learns at a third",
        "G learns three times as fast",
        "D learns at a third",
        "D learns three times as fast",
        "a falling rate",
        "a running mean of G",
        "a falling rate and a running mean",
    ),
    "size and length": (
        "G of half the width",
        "G of twice the width",
        "G with one layer less",
        "G with one layer more",
        "D of half the width",
        "D of twice the width",
        "100 steps",
        "400 steps",
        "1600 steps",
        "a twentieth of the patches",
    ),
}
