"""Other ways to paint with the generator of ``Config.photo()``, tried beside its own.

*Shrunk towards grey*: where a pixel's features lie far from all that was seen, the net guesses, and grey is
safe. *Guided*: the small ab is enlarged along the edges of the large lightness (He, Sun and Tang 2010).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import cv2
import numpy as np
import torch
from scipy.spatial import KDTree

from sicgan_lite import Generator, context_features, lightness_features, predict_ab
from sicgan_lite.arrays.resizing import shrink_to

KNOWN = 4000  # seen pixels that stand for all
Painter = Callable[[Generator, np.ndarray, np.ndarray], np.ndarray]


def own(generator: Generator, lightness: np.ndarray, _seen: np.ndarray) -> np.ndarray:
    """The ab that ``colorize`` would give."""
    return predict_ab(generator, lightness)


def shrunk(generator: Generator, lightness: np.ndarray, seen: np.ndarray, *, far: float) -> np.ndarray:
    """Its ab times min(1, far · m / d): d is the distance to the nearest seen pixel, m its median there."""
    small = np.clip(shrink_to(lightness, generator.width), 0, 100)
    mask = cv2.resize(seen.astype(np.uint8), small.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
    features = standard_features(generator, small)
    known = features[mask.ravel()]
    rng = np.random.default_rng(0)
    known = known[rng.choice(len(known), min(KNOWN, len(known)), replace=False)]
    tree = KDTree(known)
    usual = np.median(tree.query(known, k=2)[0][:, 1])
    distance = tree.query(features)[0].reshape(small.shape)
    factor = np.minimum(1, far * usual / np.maximum(distance, 1e-6)).astype(np.float32)
    large = cv2.resize(cv2.GaussianBlur(factor, (0, 0), 1), lightness.shape[::-1])
    return predict_ab(generator, lightness) * large[..., None]


def standard_features(generator: Generator, lightness: np.ndarray) -> np.ndarray:
    """The features of each pixel (n, c), as the generator sees them."""
    context = torch.from_numpy(context_features(lightness, generator.context))
    seen = ((context - generator.context_mean) / generator.context_std).clamp(-4, 4)
    edges = lightness_features(lightness) * np.array([2, 10, 10], np.float32)[:, None, None]
    return np.concatenate([edges, seen.numpy()]).reshape(3 + len(context), -1).T


def guided(
    generator: Generator, lightness: np.ndarray, _seen: np.ndarray, *, radius: int, eps: float
) -> np.ndarray:
    """Its small ab as a line in the small lightness around each pixel, read at the large lightness."""
    small = np.clip(shrink_to(lightness, generator.width), 0, 100)
    ab, side = predict_ab(generator, small), (2 * radius + 1,) * 2
    mean = partial(cv2.blur, ksize=side, borderType=cv2.BORDER_REFLECT_101)
    average, of_ab = mean(small), mean(ab)
    slope = (mean(ab * small[..., None]) - of_ab * average[..., None]) / (mean(small**2) - average**2 + eps)[
        ..., None
    ]
    offset = of_ab - slope * average[..., None]
    slope, offset = (cv2.resize(mean(each), lightness.shape[::-1]) for each in (slope, offset))
    return slope * lightness[..., None] + offset


PAINTERS: dict[str, Painter] = {
    "its own": own,
    "shrunk, far 2": partial(shrunk, far=2.0),
    "shrunk, far 4": partial(shrunk, far=4.0),
    "shrunk, far 8": partial(shrunk, far=8.0),
    "guided, radius 1": partial(guided, radius=1, eps=20.0),
    "guided, radius 3": partial(guided, radius=3, eps=20.0),
}
