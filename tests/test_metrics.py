from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import binned_statistic
from skimage.color import rgb2lab
from support.tiny import photo, tiny_config

from sicgan_lite import (
    PatchSet,
    best_constant,
    colorfulness,
    constant_color,
    coordinate_grid,
    delta_e,
    delta_e_map,
    grey,
    lightness_features,
    mean_color,
    median_by_lightness,
    merge_ab,
    nearest_neighbor,
    rgb_to_lab,
)

# G. Sharma, W. Wu and E. N. Dalal, "The CIEDE2000 color-difference formula: implementation notes,
# supplementary test data, and mathematical observations", Color Research and Application 30 (2005),
# table 1: L, a, b of one colour, of the other, and their difference.
SHARMA = np.array(
    [
        (50.0000, 2.6772, -79.7751, 50.0000, 0.0000, -82.7485, 2.0425),
        (50.0000, 3.1571, -77.2803, 50.0000, 0.0000, -82.7485, 2.8615),
        (50.0000, 2.8361, -74.0200, 50.0000, 0.0000, -82.7485, 3.4412),
        (50.0000, -1.3802, -84.2814, 50.0000, 0.0000, -82.7485, 1.0000),
        (50.0000, -1.1848, -84.8006, 50.0000, 0.0000, -82.7485, 1.0000),
        (50.0000, -0.9009, -85.5211, 50.0000, 0.0000, -82.7485, 1.0000),
        (50.0000, 0.0000, 0.0000, 50.0000, -1.0000, 2.0000, 2.3669),
        (50.0000, -1.0000, 2.0000, 50.0000, 0.0000, 0.0000, 2.3669),
        (50.0000, 2.4900, -0.0010, 50.0000, -2.4900, 0.0009, 7.1792),
        (50.0000, 2.4900, -0.0010, 50.0000, -2.4900, 0.0010, 7.1792),
        (50.0000, 2.4900, -0.0010, 50.0000, -2.4900, 0.0011, 7.2195),
        (50.0000, 2.4900, -0.0010, 50.0000, -2.4900, 0.0012, 7.2195),
        (50.0000, -0.0010, 2.4900, 50.0000, 0.0009, -2.4900, 4.8045),
        (50.0000, -0.0010, 2.4900, 50.0000, 0.0010, -2.4900, 4.8045),
        (50.0000, -0.0010, 2.4900, 50.0000, 0.0011, -2.4900, 4.7461),
        (50.0000, 2.5000, 0.0000, 50.0000, 0.0000, -2.5000, 4.3065),
        (50.0000, 2.5000, 0.0000, 73.0000, 25.0000, -18.0000, 27.1492),
        (50.0000, 2.5000, 0.0000, 61.0000, -5.0000, 29.0000, 22.8977),
        (50.0000, 2.5000, 0.0000, 56.0000, -27.0000, -3.0000, 31.9030),
        (50.0000, 2.5000, 0.0000, 58.0000, 24.0000, 15.0000, 19.4535),
        (50.0000, 2.5000, 0.0000, 50.0000, 3.1736, 0.5854, 1.0000),
        (50.0000, 2.5000, 0.0000, 50.0000, 3.2972, 0.0000, 1.0000),
        (50.0000, 2.5000, 0.0000, 50.0000, 1.8634, 0.5757, 1.0000),
        (50.0000, 2.5000, 0.0000, 50.0000, 3.2592, 0.3350, 1.0000),
        (60.2574, -34.0099, 36.2677, 60.4626, -34.1751, 39.4387, 1.2644),
        (63.0109, -31.0961, -5.8663, 62.8187, -29.7946, -4.0864, 1.2630),
        (61.2901, 3.7196, -5.3901, 61.4292, 2.2480, -4.9620, 1.8731),
        (35.0831, -44.1164, 3.7933, 35.0232, -40.0716, 1.5901, 1.8645),
        (22.7233, 20.0904, -46.6940, 23.0331, 14.9730, -42.5619, 2.0373),
        (36.4612, 47.8580, 18.3852, 36.2715, 50.5065, 21.2231, 1.4146),
        (90.8027, -2.0831, 1.4410, 91.1528, -1.6435, 0.0447, 1.4441),
        (90.9257, -0.5406, -0.9208, 88.6381, -0.8985, -0.7239, 1.5381),
        (6.7747, -0.2908, -2.4247, 5.8714, -0.0985, -2.2286, 0.6377),
        (2.0776, 0.0795, -1.1350, 0.9033, -0.0636, -0.5514, 0.9082),
    ]
)


def left_half(rgb: np.ndarray) -> np.ndarray:
    return np.indices(rgb.shape[:2])[1] < rgb.shape[1] // 2


# --- differences --------------------------------------------------------------------------------


def test_differences_are_sharmas():
    one, other, published = SHARMA[None, :, :3], SHARMA[None, :, 3:6], SHARMA[None, :, 6]
    assert published.shape == (1, 34)
    if np.lib.NumpyVersion(np.__version__) < "2.0.0":
        # Hues exactly half a turn apart, where the formula jumps: the last bit falls to the other side.
        published = np.where(np.arange(34) == 9, 7.2195, published)
    np.testing.assert_allclose(delta_e_map(one, other), published, atol=1e-4)
    np.testing.assert_allclose(delta_e_map(other, one), published, atol=1e-4)
    assert delta_e(one, other) == pytest.approx(published.mean(), abs=1e-4)


def test_two_colors_are_images_too():
    assert delta_e(SHARMA[0, :3], SHARMA[0, 3:6]) == pytest.approx(2.0425, abs=1e-4)


def test_bytes_are_srgb_and_floats_are_lab():
    one, other = photo(seed=1), photo(seed=2)
    pixels = delta_e_map(one, other)
    assert pixels.shape == one.shape[:2]
    assert pixels.dtype == np.float32
    for pair in ((rgb_to_lab(one), rgb_to_lab(other)), (one, rgb_to_lab(other)), (rgb_to_lab(one), other)):
        np.testing.assert_allclose(delta_e_map(*pair), pixels, atol=1e-4)
    assert (delta_e_map(one, one) == 0).all()


def test_a_mask_chooses_the_pixels_of_the_mean():
    one, other = photo(seed=1), photo(seed=2)
    where = left_half(one)
    assert delta_e(one, other, where) == pytest.approx(delta_e(one[:, :15], other[:, :15]), rel=1e-5)
    assert delta_e(one, other, ~where) == pytest.approx(delta_e(one[:, 15:], other[:, 15:]), rel=1e-5)
    alone = np.zeros_like(where)
    alone[3, 4] = True
    assert delta_e(one, other, alone) == delta_e_map(one, other)[3, 4]


# --- colourfulness ------------------------------------------------------------------------------


def test_grey_is_not_colorful():
    ramp = np.repeat(np.arange(256, dtype=np.uint8).reshape(16, 16, 1), 3, axis=-1)
    assert colorfulness(ramp) == 0


def test_colorfulness_of_two_colors_by_hand():
    # Red and blue, half each: rg is 255 or 0, yb is 127.5 or -255.
    rgb = np.array([[(255, 0, 0), (0, 0, 255)]], np.uint8)
    spread = np.hypot(127.5, 191.25)
    center = np.hypot(127.5, -63.75)
    assert colorfulness(rgb) == pytest.approx(spread + 0.3 * center)
    single = np.full((2, 2, 3), (0, 255, 0), np.uint8)  # no spread: the distance from grey alone
    assert colorfulness(single) == pytest.approx(0.3 * np.hypot(255, 127.5))


def test_stronger_colors_are_more_colorful():
    rgb = photo()
    lab = rgb_to_lab(rgb)
    scores = [colorfulness(merge_ab(lab[..., 0], gain * lab[..., 1:])) for gain in (0, 0.5, 1, 1.5)]
    assert scores == sorted(scores)
    assert scores[0] < 1 < scores[1]


# --- baselines ----------------------------------------------------------------------------------


@pytest.mark.parametrize("baseline", [grey, mean_color, best_constant])
def test_a_baseline_keeps_lightness(baseline):
    rgb = photo()
    painted = baseline(rgb)
    assert painted.dtype == np.uint8
    assert np.abs(rgb_to_lab(painted)[..., 0] - rgb_to_lab(rgb)[..., 0]).mean() < 0.3


def test_grey_has_no_color_left():
    assert np.ptp(grey(photo()), axis=-1).max() <= 1  # the two whites differ in the last digit


def test_one_color_lies_under_every_lightness():
    rgb = np.array([[[90, 90, 90], [140, 140, 140]], [[180, 180, 180], [120, 120, 120]]], np.uint8)
    painted = rgb2lab(constant_color(rgb, np.array([12, 20])))
    assert np.allclose(painted[..., 0], rgb2lab(rgb)[..., 0], atol=0.3)
    assert np.allclose(painted[..., 1:], [12, 20], atol=0.6)  # eight bits


def test_the_mean_color_is_the_mean_of_ab():
    rgb, lab = photo(), rgb_to_lab(photo())
    flat = np.broadcast_to(lab[..., 1:].mean((0, 1)), (*lab.shape[:2], 2))
    assert np.array_equal(mean_color(rgb), merge_ab(lab[..., 0], flat))


def search(rgb: np.ndarray, where: np.ndarray | None = None) -> float:
    """The least mean ΔE over a raster of constants."""
    lightness = rgb_to_lab(rgb)[..., 0]
    raster = np.stack(np.meshgrid(np.arange(-20, 61, 5), np.arange(-20, 61, 5)), axis=-1).reshape(-1, 2)
    painted = (merge_ab(lightness, np.broadcast_to(ab, (*lightness.shape, 2)).astype(float)) for ab in raster)
    return min(delta_e(each, rgb, where) for each in painted)


def two_colors() -> np.ndarray:
    """Two thirds orange, one third teal: the mean is a colour that is nowhere."""
    rgb = np.full((18, 24, 3), (220, 120, 40), np.uint8)
    rgb[:, 16:] = (20, 120, 120)
    noise = np.random.default_rng(0).integers(-15, 16, (18, 24, 1))
    return (rgb.astype(int) + noise).astype(np.uint8)


@pytest.mark.parametrize("rgb", [photo(), two_colors()], ids=["ramp", "two colours"])
def test_no_constant_is_better_than_the_best(rgb):
    best = delta_e(best_constant(rgb), rgb)
    assert best <= search(rgb) + 0.05
    assert best <= delta_e(mean_color(rgb), rgb) + 0.02
    assert best <= delta_e(grey(rgb), rgb) + 0.02
    lab = rgb_to_lab(best_constant(rgb))[..., 1:]
    assert np.median(np.linalg.norm(lab - np.median(lab, axis=(0, 1)), axis=-1)) < 3, (
        "one colour, but for the gamut"
    )


def test_the_best_constant_beats_the_mean_where_colors_are_two():
    rgb = two_colors()
    assert delta_e(best_constant(rgb), rgb) < delta_e(mean_color(rgb), rgb) - 1


def test_a_large_picture_is_fitted_on_a_sample():
    rgb = np.tile(two_colors(), (12, 12, 1))
    assert delta_e(best_constant(rgb), rgb) <= search(two_colors()) + 0.15


@pytest.mark.parametrize("baseline", [mean_color, best_constant])
def test_a_baseline_can_be_fitted_on_a_part(baseline):
    rgb = two_colors()
    where = left_half(rgb)  # orange alone
    painted = baseline(rgb, where)
    assert delta_e(painted, rgb, where) < 3
    assert delta_e(painted, rgb, ~where) > delta_e(baseline(rgb), rgb, ~where)
    changed = rgb.copy()
    changed[~where] = 255 - changed[~where]
    assert np.array_equal(baseline(changed, where)[where], painted[where])


def patches_of(rgb: np.ndarray, **changes: object) -> PatchSet:
    return PatchSet(rgb, tiny_config(**changes), rng=np.random.default_rng(0))


def test_each_lightness_gets_the_medians_of_its_step():
    rgb = photo(40, 50)
    known = np.zeros((40, 50), bool)
    known[:, 10:] = True
    lab = rgb_to_lab(rgb)
    painted = rgb_to_lab(median_by_lightness(rgb, known, bins=10))
    for channel in (1, 2):
        medians, edges, _ = binned_statistic(
            lab[known][:, 0], lab[known][:, channel], "median", bins=10, range=(0, 100)
        )
        wanted = np.nan_to_num(medians)[np.clip(np.digitize(lab[..., 0], edges) - 1, 0, 9)]
        # In gamut, but for the rounding to 8 bits.
        assert np.median(np.abs(painted[..., channel] - wanted)) < 0.5


def test_one_step_is_the_median_colour_and_many_fit_better():
    rgb = photo(40, 50)
    median = np.median(rgb_to_lab(rgb)[..., 1:].reshape(-1, 2), axis=0)
    lightness = rgb_to_lab(rgb)[..., 0]
    one = merge_ab(lightness, np.broadcast_to(median.astype(np.float32), (*lightness.shape, 2)))
    assert np.array_equal(median_by_lightness(rgb, bins=1), one)
    errors = [delta_e(median_by_lightness(rgb, bins=bins), rgb) for bins in (1, 4, 32)]
    assert errors[0] > errors[1] > errors[2]


def test_white_belongs_to_the_last_step_and_an_empty_step_is_grey():
    rgb = np.array([[[255, 255, 255], [200, 40, 40], [10, 10, 30]]], np.uint8)
    known = np.array([[True, True, False]])
    painted = median_by_lightness(rgb, known, bins=4)
    assert np.abs(painted.astype(int) - rgb)[0, :2].max() <= 1
    assert np.ptp(painted[0, 2].astype(int)) <= 1
    with pytest.raises(ValueError, match="bins must be at least 1, got 0"):
        median_by_lightness(rgb, bins=0)


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


def test_the_mean_of_one_colour_is_that_colour_at_any_size():
    rgb = np.full((2000, 2000, 3), (180, 120, 90), np.uint8)
    assert np.array_equal(mean_color(rgb), rgb)


def test_the_best_constant_sees_every_column():
    """Stripes every 64 columns on a width of 512: a sample at an even stride would see the stripes alone."""
    rgb = np.full((512, 512, 3), (200, 120, 60), np.uint8)
    rgb[:, ::64] = (60, 120, 200)
    assert delta_e(best_constant(rgb), rgb) <= delta_e(mean_color(rgb), rgb)


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


# --- bad input ----------------------------------------------------------------------------------

LAB = np.zeros((4, 5, 3))


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    ("colors", "reference", "says"),
    [
        (photo(4, 5), photo(5, 4), r"one shape, got \(4, 5, 3\) and \(5, 4, 3\)"),
        (LAB, np.full((4, 5, 3), np.nan), "reference must be finite"),
        (LAB.astype(int), LAB, "colors must be a float array .* it is int64"),
        (LAB[..., :2], LAB[..., :2], r"colors must be a float array of shape \(any, any, 3\)"),
        (LAB[:0], LAB[:0], "not empty"),
    ],
)
def test_what_cannot_be_compared_is_refused(colors, reference, says):
    with pytest.raises(ValueError, match=says):
        delta_e(colors, reference)


MASKED: list[Callable[..., object]] = [
    mean_color,
    best_constant,
    lambda rgb, where: delta_e(rgb, rgb, where),
]


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("function", MASKED, ids=["mean_color", "best_constant", "delta_e"])
@pytest.mark.parametrize(
    ("where", "says"),
    [
        (np.zeros((24, 30), bool), "that marks a pixel; it is bool of shape .* and marks 0"),
        (
            np.ones((30, 24), bool),
            r"where must be a bool array of shape \(24, 30\) .* it is bool of shape \(30, 24\)",
        ),
        (np.ones((24, 30), int), "it is int64 of shape"),
    ],
)
def test_a_mask_that_marks_nothing_is_refused(function, where, says):
    with pytest.raises(ValueError, match=says):
        function(photo(), where)


def test_no_samples_are_no_neighbors():
    with pytest.raises(ValueError, match="samples must be at least 1, got 0"):
        nearest_neighbor(patches_of(photo()), photo(), samples=0, rng=np.random.default_rng(0))


@pytest.mark.usefixtures("unchecked")
def test_colorfulness_wants_bytes():
    with pytest.raises(ValueError, match="rgb must be a uint8 array"):
        colorfulness(photo() / 255)
