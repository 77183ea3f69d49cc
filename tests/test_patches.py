from __future__ import annotations

import math
import pickle
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.memory import memory_above

from sicgan_lite import (
    ALL_TRANSFORMS,
    TRANSFORMS,
    Config,
    PatchSet,
    context_features,
    coordinate_grid,
    rgb_to_lab,
)
from sicgan_lite import patches as module
from sicgan_lite.features import laplacian, sobel_magnitude
from sicgan_lite.origins import holdout_box

SIZE = 8
NAMES = list(ALL_TRANSFORMS)

# What each makes of [[1, 2], [3, 4]]: rotations are counter-clockwise, as numpy's.
BY_HAND = {
    "id": [[1, 2], [3, 4]],
    "flip_x": [[2, 1], [4, 3]],
    "flip_y": [[3, 4], [1, 2]],
    "rot_90": [[2, 4], [1, 3]],
    "rot_180": [[4, 3], [2, 1]],
    "rot_270": [[3, 1], [4, 2]],
    "transpose": [[1, 3], [2, 4]],
    "antitranspose": [[4, 2], [3, 1]],
}
# The same as (row, column) of the patch that each (row, column) of the result comes from; n = SIZE − 1.
SOURCES = {
    "id": lambda r, c, n: (r, c),
    "flip_x": lambda r, c, n: (r, n - c),
    "flip_y": lambda r, c, n: (n - r, c),
    "rot_90": lambda r, c, n: (c, n - r),
    "rot_180": lambda r, c, n: (n - r, n - c),
    "rot_270": lambda r, c, n: (n - c, r),
    "transpose": lambda r, c, n: (c, r),
    "antitranspose": lambda r, c, n: (n - c, n - r),
}


def photo(height: int = 30, width: int = 37) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8)


def patch_set(rgb: np.ndarray | None = None, seed: int = 0, **changes: Any) -> PatchSet:
    settings: dict[str, Any] = {"size": SIZE, "num_patches": 20} | changes
    return PatchSet(photo() if rgb is None else rgb, Config(**settings), rng=np.random.default_rng(seed))


@pytest.mark.parametrize("name", NAMES)
def test_each_symmetry_does_what_its_name_says(name):
    patch = np.array([[1, 2], [3, 4]])
    assert ALL_TRANSFORMS[name](patch).tolist() == BY_HAND[name]
    channels = np.stack([patch, 10 * patch])  # rows and columns are the last two axes
    assert ALL_TRANSFORMS[name](channels)[1].tolist() == (10 * np.array(BY_HAND[name])).tolist()


def test_the_papers_six_come_first():
    assert list(TRANSFORMS) == ["id", "flip_x", "flip_y", "rot_90", "rot_180", "rot_270"]
    assert {name: ALL_TRANSFORMS[name] for name in TRANSFORMS} == dict(TRANSFORMS)
    with pytest.raises(TypeError):
        TRANSFORMS["id"] = np.copy  # pyright: ignore[reportIndexIssue]


def is_closed(transforms: Any) -> bool:
    patch = np.arange(9).reshape(3, 3)
    reached = {transform(patch).tobytes() for transform in transforms.values()}
    twice = {f(g(patch)).tobytes() for f in transforms.values() for g in transforms.values()}
    return twice == reached


def test_eight_are_a_group_and_six_are_not():
    assert is_closed(ALL_TRANSFORMS)
    assert not is_closed(TRANSFORMS)


def test_every_symmetry_is_a_view():
    patch = np.zeros((2, 4, 4))
    assert all(np.shares_memory(transform(patch), patch) for transform in ALL_TRANSFORMS.values())


@pytest.mark.parametrize(("transforms", "names"), [("paper", NAMES[:6]), ("all", NAMES)])
def test_batches_are_those_of_a_naive_loop(transforms, names):
    rgb = photo()
    patches = patch_set(rgb, transforms=transforms)
    lab = rgb_to_lab(rgb)
    lightness = lab[..., 0]
    maps = [
        lightness / 50 - 1,
        sobel_magnitude(lightness),
        laplacian(lightness),
        lab[..., 1] / 110,
        lab[..., 2] / 110,
    ]
    features, targets = patches[:]
    for k in range(len(patches)):
        top, left = patches.origins[k // len(names)]
        source = SOURCES[names[k % len(names)]]
        for row, column in np.ndindex(SIZE, SIZE):
            r, c = source(row, column, SIZE - 1)
            pixel = np.array([each[top + r, left + c] for each in maps])
            assert features[k, :3, row, column] == pytest.approx(pixel[:3], abs=1e-6)
            assert targets[k, :, row, column] == pytest.approx(pixel[3:], abs=1e-6)
            assert features[k, 3:, row, column].tolist() == [column / SIZE, row / SIZE]


@pytest.mark.parametrize("transforms", ["paper", "all"])
def test_coordinates_never_rotate(transforms):
    features, _ = patch_set(transforms=transforms)[:]
    assert (features[:, 3:] == coordinate_grid(SIZE)).all()


def test_features_and_targets_keep_their_ranges():
    features, targets = patch_set(num_patches=100)[:]
    assert features.dtype == targets.dtype == np.float32
    assert features.shape == (100, 5, SIZE, SIZE)
    assert targets.shape == (100, 2, SIZE, SIZE)
    low, high = features.min((0, 2, 3)), features.max((0, 2, 3))
    assert (low >= [-1, 0, -1, 0, 0]).all()
    assert (high <= [1, 1, 1, 0.9, 0.9]).all()
    assert np.abs(targets).max() < 1


PATCHES = patch_set()


@given(st.lists(st.integers(-20, 19), min_size=1, max_size=9))
def test_a_batch_stands_in_the_order_of_its_indices(indices):
    features, targets = PATCHES[indices]
    for row, index in enumerate(indices):
        alone = PATCHES[[index % 20]]
        assert np.array_equal(features[row : row + 1], alone[0])
        assert np.array_equal(targets[row : row + 1], alone[1])


def test_slices_masks_and_arrays_are_indices_too():
    chosen = np.array([3, 5, 7])
    mask = np.isin(np.arange(20), chosen)
    for indices in (slice(3, 8, 2), chosen, mask, [3, 5, 7]):
        assert np.array_equal(PATCHES[indices][1], PATCHES[[3, 5, 7]][1])


@pytest.mark.parametrize("index", [20, -21, 10**9])
def test_an_index_beyond_the_end_is_refused(index):
    with pytest.raises(IndexError):
        PATCHES[[index]]


@pytest.mark.parametrize(
    ("count", "transforms", "origins"), [(20, "paper", 4), (24, "all", 3), (25, "all", 4)]
)
def test_patches_are_counted_after_augmentation(count, transforms, origins):
    patches = patch_set(num_patches=count, transforms=transforms)
    assert len(patches) == count
    assert len(patches.origins) == origins == math.ceil(count / (6 if transforms == "paper" else 8))


def test_the_papers_5000_are_834_origins():
    patches = patch_set(photo(40, 60), num_patches=5000)
    assert (len(patches), len(patches.origins)) == (5000, 834)


def test_colors_of_the_holdout_are_never_seen():
    rgb, holdout = photo(), (0.3, 0.25, 0.7, 0.5)
    top, left, bottom, right = holdout_box(holdout, 30, 37)
    other = rgb.copy()
    other[top:bottom, left:right] = 255 - other[top:bottom, left:right]
    before, after = (patch_set(picture, holdout=holdout, num_patches=600) for picture in (rgb, other))
    assert np.array_equal(before[:][1], after[:][1])
    assert np.array_equal(before[:][0][:, 0], after[:][0][:, 0])
    unheld = patch_set(rgb, num_patches=600)[:][1], patch_set(other, num_patches=600)[:][1]
    assert not np.array_equal(*unheld), "the test needs patches that would have touched it"


def test_the_configs_distance_is_kept():
    origins = patch_set(num_patches=24, min_distance=7).origins
    distances = np.linalg.norm(origins[:, None] - origins, axis=-1)
    assert distances[~np.eye(len(origins), dtype=bool)].min() >= 7


def test_origins_follow_the_rng_alone():
    np.random.seed(3)  # noqa: NPY002  the global state must not matter
    first = patch_set(seed=4).origins
    assert np.array_equal(first, patch_set(seed=4).origins)
    assert not np.array_equal(first, patch_set(seed=5).origins)


def test_a_photograph_that_is_too_small_is_refused():
    with pytest.raises(ValueError, match=r"patches of 8×8 pixels do not fit an image of 30×7"):
        patch_set(photo(30, 7))


def test_a_size_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="patches of 1000×1000 pixels do not fit an image of"):
        PatchSet(photo(), Config(size=1000), rng=np.random.default_rng(0))


# --- one patch, other processes -----------------------------------------------------------------


@pytest.mark.parametrize("index", [3, -1, np.int64(19)])
def test_a_number_is_one_patch(index):
    features, targets = PATCHES[index]
    assert (features.shape, targets.shape) == ((5, SIZE, SIZE), (2, SIZE, SIZE))
    batch = PATCHES[[int(index)]]
    assert np.array_equal(features, batch[0][0])
    assert np.array_equal(targets, batch[1][0])


@pytest.mark.parametrize("index", [20, -21])
def test_a_number_beyond_the_end_is_refused(index):
    with pytest.raises(IndexError, match=f"index {index} is out of bounds .* size 20"):
        PATCHES[index]


def test_going_through_it_takes_each_patch_once():
    assert [patch[1].tobytes() for patch in PATCHES] == [PATCHES[k][1].tobytes() for k in range(20)]


@pytest.mark.parametrize("features", [("lightness",), ("lightness", "spread_4")])
def test_it_comes_back_from_a_pickle(features):
    patches = patch_set(transforms="all", features=features)
    again = pickle.loads(pickle.dumps(patches))
    assert all(map(np.array_equal, again[:], patches[:]))


def test_workers_of_a_loader_that_are_started_anew_give_the_same_batches():
    data = pytest.importorskip("torch.utils.data")
    loader = data.DataLoader(PATCHES, batch_size=8, num_workers=1, multiprocessing_context="spawn")
    for start, (features, targets) in zip((0, 8, 16), loader, strict=True):
        expected = PATCHES[start : start + 8]
        assert np.array_equal(features.numpy(), expected[0])
        assert np.array_equal(targets.numpy(), expected[1])


# --- context ------------------------------------------------------------------------------------

CONTEXT = ("blur_2", "spread_4")


@pytest.mark.parametrize("bytes_kept", [2**26, 0], ids=["maps are kept", "made for each patch"])
@pytest.mark.parametrize("transforms", ["paper", "all"])
def test_context_follows_the_papers_five_and_turns_with_the_patch(transforms, bytes_kept, monkeypatch):
    monkeypatch.setattr(module, "_CONTEXT_BYTES", bytes_kept)
    rgb = photo()
    names = NAMES[:6] if transforms == "paper" else NAMES
    patches = patch_set(rgb, transforms=transforms, features=("lightness", *CONTEXT))
    maps = context_features(rgb_to_lab(rgb)[..., 0], CONTEXT)
    features, _ = patches[:]
    assert features.shape == (20, 7, SIZE, SIZE)
    for k in range(20):
        top, left = patches.origins[k // len(names)]
        source = SOURCES[names[k % len(names)]]
        for row, column in np.ndindex(SIZE, SIZE):
            r, c = source(row, column, SIZE - 1)
            assert features[k, 5:, row, column] == pytest.approx(maps[:, top + r, left + c], abs=1e-5)


def test_statistics_are_those_of_the_patches():
    patches = patch_set(features=CONTEXT)
    mean, std = patches.context_statistics()
    context = patches[:][0][:, 5:].astype(float)
    assert mean == pytest.approx(context.mean((0, 2, 3)), abs=1e-6)
    assert std == pytest.approx(context.std((0, 2, 3)), abs=1e-6)


def test_maps_made_in_bands_are_those_of_the_whole(monkeypatch):
    whole = patch_set(features=("lightness", *CONTEXT))[:]
    monkeypatch.setattr(module, "_BAND_PIXELS", 4 * 37)  # four rows
    banded = patch_set(features=("lightness", *CONTEXT))[:]
    for ours, theirs in zip(banded, whole, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)


# --- a smaller width ----------------------------------------------------------------------------


def test_a_wide_photograph_is_learned_at_the_width():
    rgb = photo(60, 80)
    patches = patch_set(rgb, width=20, num_patches=6)
    lab = rgb_to_lab(rgb).reshape(15, 4, 20, 4, 3).mean((1, 3))  # area: each pixel the mean of 4×4
    top, left = patches.origins[0]
    expected = lab[top : top + SIZE, left : left + SIZE]
    features, targets = patches[0]
    np.testing.assert_allclose(features[0], expected[..., 0] / 50 - 1, atol=1e-5)
    np.testing.assert_allclose(targets, expected[..., 1:].transpose(2, 0, 1) / 110, atol=1e-5)
    assert all(map(np.array_equal, patch_set(rgb, width=80)[:], patch_set(rgb)[:]))
    assert all(map(np.array_equal, patch_set(rgb, width=200)[:], patch_set(rgb)[:]))


@pytest.mark.parametrize("holdout", [(0, 0.7, 1, 1), (0.301, 0.26, 0.72, 0.55)])
@pytest.mark.parametrize("width", [40, 43, 51])
def test_no_small_pixel_holds_a_color_of_the_holdout(holdout, width):
    rgb = photo(120, 154)
    top, left, bottom, right = holdout_box(holdout, 120, 154)
    other = rgb.copy()
    other[top:bottom, left:right] = 255 - other[top:bottom, left:right]
    before, after = (
        patch_set(picture, holdout=holdout, width=width, num_patches=400, min_distance=0)
        for picture in (rgb, other)
    )
    assert np.array_equal(before[:][1], after[:][1])


# --- memory -------------------------------------------------------------------------------------

PREPARE = """
from sicgan_lite import CONTEXT_FEATURES, Config, PatchSet
features = ("lightness", *CONTEXT_FEATURES[: int(sys.argv[1])])
config = Config(features=features, num_patches=60)
PatchSet(block, config, rng=np.random.default_rng(0))
rgb = noise(2000, 3000)
"""
WORK = """
patches = PatchSet(rgb, config, rng=np.random.default_rng(0))
patches[:2]
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no getrusage there")
@pytest.mark.parametrize("context", [0, 12])
def test_six_megapixels_are_set_up_in_a_quarter_of_a_gigabyte_and_bands(context):
    above = memory_above(PREPARE, WORK, context)
    # Five maps are kept. A quarter of the gigabyte that 24 megapixels may take, and what a band takes.
    assert 5 * 4 * 6e6 < above < 1e9 / 4 + 100e6


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("index", [True, None])
def test_what_numpy_takes_for_an_axis_is_no_patch(index):
    with pytest.raises(IndexError, match="patches have numbers, slices or lists of them, not"):
        PATCHES[index]
