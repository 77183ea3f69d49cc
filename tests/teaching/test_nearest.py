from __future__ import annotations

import numpy as np
import pytest
from support.tiny import photo, tiny_config

from sicgan_lite import PatchSet, coordinate_grid, delta_e, lightness_features, merge_ab, rgb_to_lab
from sicgan_lite.teaching import nearest_neighbor


def patches_of(rgb: np.ndarray, **changes: object) -> PatchSet:
    return PatchSet(rgb, tiny_config(**changes), rng=np.random.default_rng(0))


@pytest.mark.parametrize("coordinates", [True, False])
def test_the_nearest_neighbor_is_that_of_a_naive_search(coordinates: bool):
    rgb = photo()
    patches = patches_of(rgb, num_patches=18)
    how = {"samples": 10**4, "coordinates": coordinates}
    painted = nearest_neighbor(patches, rgb, **how, rng=np.random.default_rng(0))
    # 10,000 draws miss few of the 18·64 pixels, and compare the colour at the distance found.
    features, targets = patches[:]
    compared = 5 if coordinates else 3
    known = features.transpose(0, 2, 3, 1).reshape(-1, 5)[:, :compared]
    colors = 110 * targets.transpose(0, 2, 3, 1).reshape(-1, 2)
    lightness = rgb_to_lab(rgb)[..., 0]
    asked = np.concatenate(
        [lightness_features(lightness), np.tile(coordinate_grid(8), (1, 3, 4))[:, :24, :30]]
    )[:compared]
    agreed = 0
    for row, column in np.ndindex(24, 30):
        nearest = ((known - asked[:, row, column]) ** 2).sum(axis=1).argmin()
        expected = merge_ab(lightness[None, row : row + 1, column], colors[None, [nearest]])
        agreed += np.array_equal(painted[row, column], expected[0, 0])
    assert agreed > 0.97 * 24 * 30


def test_more_samples_know_more():
    rgb = photo()
    patches = patches_of(rgb, num_patches=600)
    errors = [
        delta_e(nearest_neighbor(patches, rgb, samples=samples, rng=np.random.default_rng(0)), rgb)
        for samples in (1, 30, 20_000)
    ]
    assert errors[0] > errors[1] > errors[2]


def test_a_neighbor_is_found_for_any_picture():
    patches = patches_of(photo())
    for shape in ((1, 1), (5, 41), (8, 8)):
        other = photo(*shape)
        assert nearest_neighbor(patches, other, samples=50, rng=np.random.default_rng(0)).shape == other.shape


def test_neighbors_follow_the_rng_alone():
    patches = patches_of(photo())
    first, again, other = (
        nearest_neighbor(patches, photo(), samples=20, rng=np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_no_samples_are_no_neighbors():
    with pytest.raises(ValueError, match="samples must be a whole number of at least 1, got 0"):
        nearest_neighbor(patches_of(photo()), photo(), samples=0, rng=np.random.default_rng(0))
