from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binned_statistic
from skimage.color import rgb2lab
from support.tiny import left_half, photo, tiny_config

from sicgan_lite import (
    PatchSet,
    best_constant,
    constant_color,
    delta_e,
    grey,
    mean_color,
    median_by_lightness,
    merge_ab,
    rgb_to_lab,
)

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


def test_every_step_of_lightness_has_a_colour_of_its_own():
    lightness = np.arange(5, 100, 10, dtype=np.float32)[None]  # the middles of ten steps
    ab = np.where(np.arange(10) % 2, 8, -8).astype(np.float32)[None, :, None].repeat(2, axis=2)
    rgb = merge_ab(lightness, ab)
    assert np.abs(median_by_lightness(rgb, bins=10).astype(int) - rgb).max() <= 1


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
    with pytest.raises(ValueError, match="bins must be a whole number of at least 1, got 0"):
        median_by_lightness(rgb, bins=0)


def test_the_mean_of_one_colour_is_that_colour_at_any_size():
    rgb = np.full((2000, 2000, 3), (180, 120, 90), np.uint8)
    assert np.array_equal(mean_color(rgb), rgb)


def test_the_best_constant_sees_every_column():
    """Stripes every 64 columns on a width of 512: a sample at an even stride would see the stripes alone."""
    rgb = np.full((512, 512, 3), (200, 120, 60), np.uint8)
    rgb[:, ::64] = (60, 120, 200)
    assert delta_e(best_constant(rgb), rgb) <= delta_e(mean_color(rgb), rgb)


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("baseline", [mean_color, best_constant])
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
def test_a_mask_that_marks_nothing_is_refused(baseline, where, says):
    with pytest.raises(ValueError, match=says):
        baseline(photo(), where)
