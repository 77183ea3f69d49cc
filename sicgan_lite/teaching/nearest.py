"""A colouring by look-up: each pixel takes the colour of the training pixel that is most like it."""

import numpy as np
from scipy.spatial import KDTree

from sicgan_lite.arrays import require, whole
from sicgan_lite.color import merge_ab, rgb_to_lab, unscale_ab
from sicgan_lite.features import coordinate_grid, lightness_features
from sicgan_lite.metrics import Image
from sicgan_lite.patches import PatchSet


def nearest_neighbor(
    patches: PatchSet,
    rgb: Image,
    *,
    samples: int = 20_000,
    coordinates: bool = True,
    rng: np.random.Generator,
) -> Image:
    """The photograph ``rgb`` with each pixel's ab copied from the training pixel of nearest features.

    ``samples`` training pixels are drawn from ``patches`` by ``rng``: a lookup with what a generator of 1×1
    patches would be given. The coordinates are those of disjoint tiles of the patch size; without
    ``coordinates`` lightness and the two edge features are compared alone. Errors: ValueError for
    less than one sample.
    """
    require(whole(1), "samples", samples)
    features, ab = _sample_pixels(patches, samples, rng)
    lightness = rgb_to_lab(rgb)[..., 0]
    repeats = [-(-length // patches.size) for length in lightness.shape]
    grid = np.tile(coordinate_grid(patches.size), (1, *repeats))[:, : len(rgb), : rgb.shape[1]]
    asked = np.concatenate([lightness_features(lightness), grid]).reshape(5, -1).T
    compared = 5 if coordinates else 3
    _, nearest = KDTree(features[:, :compared]).query(asked[:, :compared])
    return merge_ab(lightness, unscale_ab(ab[nearest]).reshape(*lightness.shape, 2))


def _sample_pixels(
    patches: PatchSet, samples: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    per_patch = -(-samples // len(patches))
    features, ab = [], []
    for index in rng.permutation(len(patches))[: -(-samples // per_patch)].tolist():
        u, v = patches[[index]]
        pixels = rng.integers(patches.size**2, size=per_patch)
        features.append(u[0, :5].reshape(5, -1)[:, pixels].T)
        ab.append(v.reshape(2, -1)[:, pixels].T)
    return np.concatenate(features), np.concatenate(ab)
