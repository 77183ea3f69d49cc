"""Checks for the chapter on edge features."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from sicgan_lite.color import rgb_to_lab
from sicgan_lite.features import coordinate_grid, lightness_features
from sicgan_lite.patches import ALL_TRANSFORMS
from sicgan_lite.pictures.samples import sample_image
from sicgan_lite.teaching.exercises.answers import (
    correct,
    exercise,
    not_answered,
    require,
    require_function,
)
from sicgan_lite.teaching.exercises.number_task import NumberTask
from sicgan_lite.teaching.figures import show_features

_ALL_PATCHES = "Take all patches of 0 and 100, and the largest √(dx² + dy²) among them."
SCHARR_SCALE = NumberTask(
    asked="give the largest Scharr magnitude of any 3×3 patch of lightness.",
    exact=100 * math.sqrt(356),
    right="dx = 1600 and dy = 1000 in the worst patch, so the scale is √356 · 100 ≈ 1887.",
    slips={
        1600.0: "1600 is the sharp vertical edge. Some other patch adds a vertical difference to it.",
        1600 * math.sqrt(2): "that takes |dx| = |dy| = 1600 at once, but no single patch has both: "
        "they share the corner pixels.",
        100 * math.sqrt(338): "that is the sharp diagonal edge, a corner triangle. "
        "Try all 512 patches, not only the tidy ones.",
        math.sqrt(356): "the patch is right, but its pixels are 0 and 1. Lightness goes to 100.",
        100 * math.sqrt(20): "that is Sobel's scale. Scharr weighs with 3, 10, 3 where Sobel has 1, 2, 1.",
    },
    too_small=f"{{value}} is less than the worst patch. {_ALL_PATCHES}",
    too_large=f"{{value}} is more than any patch reaches. {_ALL_PATCHES}",
)
_GAIN = math.sqrt(20)
_SQUARES = "Variances of independent pixels add, each times its squared weight."
NOISE_GAIN = NumberTask(
    asked="give the factor between the noise before the Laplacian and after it.",
    exact=_GAIN,
    right="√(1 + 1 + 1 + 1 + 4²) = √20 ≈ 4.47.",
    slips={
        0.0: "the weights add up to 0, so the mean of the noise vanishes. Its spread does not.",
        8.0: "8 adds the absolute weights: the worst case. Independent errors add in squares.",
        20.0: "20 is the factor of the variance. The standard deviation is asked for.",
        _GAIN / 400: "that is after the division by 400. Lightness is scaled too, so compare before scaling.",
        math.sqrt(8): "√8 counts the centre as four pixels. It is one pixel with weight −4.",
        2.0: "2 leaves out the centre, whose weight of −4 matters most.",
        4.0: "4 leaves out the four neighbours. Each adds its own noise.",
    },
    too_small=f"{{value}} is too small. {_SQUARES}",
    too_large=f"{{value}} is too large. {_SQUARES}",
    near=0.03,
)


@exercise
def check_scharr_scale(answer: object) -> str:
    """Check the largest magnitude of Scharr's operator over lightness patches in [0, 100]."""
    return SCHARR_SCALE.check(answer)


@exercise
def check_noise_gain(answer: object) -> str:
    """Check by how much the four-neighbour Laplacian multiplies the spread of white noise."""
    return NOISE_GAIN.check(answer)


@exercise
def check_augment(answer: object) -> str:
    """Check a function ``(features, transform) -> features`` that augments one patch of U."""
    augment = require_function(answer)
    rng = np.random.default_rng(0)
    maps = rng.uniform(-1, 1, (3, 6, 6)).astype(np.float32)
    features = np.concatenate([maps, coordinate_grid(6)])
    if augment(features.copy(), ALL_TRANSFORMS["id"]) is None:
        return not_answered("let augment return the turned patch, an array of the shape that it was given.")
    for name, transform in ALL_TRANSFORMS.items():
        given = features.copy()
        _require_augmented(augment(given, transform), features, transform, name)
        require(
            np.array_equal(given, features),
            f"{name}: the result is right, but the input was changed. A patch is used again: work on a copy.",
        )
    cup = lightness_features(rgb_to_lab(sample_image("coffee")[56:184, 190:318])[..., 0])
    shown = show_features(augment(np.concatenate([cup, coordinate_grid(128)]), ALL_TRANSFORMS["flip_y"]))
    return correct(
        "edges turn with the patch, coordinates stay.",
        shown,
        "Your five maps of a patch, flipped in y: the cup and its edges upside down, x and y as ever.",
    )


def _require_augmented(result: Any, features: np.ndarray, transform: Callable, name: str) -> None:
    require(
        isinstance(result, np.ndarray) and result.shape == features.shape,
        f"for {name} the result must be an array of shape {features.shape}, "
        f"got {getattr(result, 'shape', type(result).__name__)}.",
    )
    turned, kept = transform(features), features
    maps_turn = np.array_equal(result[:3], turned[:3])
    require(
        not (maps_turn and np.array_equal(result[3:], turned[3:])) or name == "id",
        f"{name}: the coordinates turned with the patch. They say where a pixel lies in the patch "
        "as the generator gets it, so they stay.",
    )
    require(
        maps_turn or not np.array_equal(result[:3], kept[:3]),
        f"{name}: lightness, edges and density did not move.",
    )
    require(maps_turn, f"{name}: lightness, edges and density are not transform(features)[:3].")
    require(np.array_equal(result[3:], kept[3:]), f"{name}: the coordinates are not those of the patch.")
