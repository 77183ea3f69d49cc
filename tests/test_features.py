from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import correlate, gaussian_filter

from sicgan_lite import (
    ALL_TRANSFORMS,
    CONTEXT_FEATURES,
    context_features,
    coordinate_grid,
    lightness_features,
)
from sicgan_lite.features import laplacian, mirror, sobel_magnitude, window_features

SOBEL_X = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
SOBEL_Y = SOBEL_X.T
LAPLACE = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]])

sides = st.integers(1, 12)
seeds = st.integers(0, 2**32 - 1)
OPERATORS = [sobel_magnitude, laplacian]


def lightness(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0, 100, (height, width)).astype(np.float32)


def reference_sobel(image: np.ndarray) -> np.ndarray:
    # scipy's "mirror" is reflection without repeating the edge pixel.
    dx, dy = (correlate(image.astype(float), kernel, mode="mirror") for kernel in (SOBEL_X, SOBEL_Y))
    return np.sqrt(dx**2 + dy**2) / (100 * np.sqrt(20))


def reference_laplacian(image: np.ndarray) -> np.ndarray:
    return correlate(image.astype(float), LAPLACE, mode="mirror") / 400


@given(sides, sides, seeds)
def test_operators_are_correlations_with_the_textbook_kernels(height, width, seed):
    image = lightness(height, width, seed)
    np.testing.assert_allclose(sobel_magnitude(image), reference_sobel(image), atol=1e-6)
    np.testing.assert_allclose(laplacian(image), reference_laplacian(image), atol=1e-6)


def test_scales_are_the_exact_extremes():
    # Both operators are convex in the pixels, so black and white ones reach the extremes.
    corners = 100 * np.array(list(product([0, 1], repeat=9)), np.float32).reshape(-1, 3, 3)
    magnitudes = [sobel_magnitude(patch)[1, 1] for patch in corners]
    densities = [laplacian(patch)[1, 1] for patch in corners]
    assert max(magnitudes) == pytest.approx(1, abs=1e-6)
    assert (min(densities), max(densities)) == (-1, 1)


def test_a_step_and_a_ramp_by_hand():
    step = np.zeros((5, 6), np.float32)
    step[:, 3:] = 100
    assert sobel_magnitude(step)[2] == pytest.approx(np.array([0, 0, 4, 4, 0, 0]) / np.sqrt(20))
    assert laplacian(step)[2].tolist() == [0, 0, 0.25, -0.25, 0, 0]
    ramp = np.tile(np.arange(6, dtype=np.float32), (5, 1))
    assert sobel_magnitude(ramp)[2, 1:-1] == pytest.approx(8 / (100 * np.sqrt(20)))
    assert (laplacian(ramp)[:, 1:-1] == 0).all()


@given(sides, sides, st.floats(0, 100, width=32))
def test_a_flat_picture_has_no_edges(height, width, level):
    flat = np.full((height, width), level, np.float32)
    assert np.abs(lightness_features(flat)[1:]).max() < 1e-6


@given(sides, sides, seeds)
def test_features_keep_their_ranges(height, width, seed):
    image = np.random.default_rng(seed).choice(np.array([0, 100], np.float32), (height, width))
    scaled, magnitude, density = lightness_features(image)
    assert np.array_equal(scaled, np.where(image > 0, 1, -1))
    assert magnitude.min() >= 0
    assert magnitude.max() <= 1 + 1e-6
    assert np.abs(density).max() <= 1


@given(st.data(), seeds)
def test_cropping_commutes_off_the_border_ring(data, seed):
    image = lightness(12, 15, seed)
    top, left = data.draw(st.integers(0, 8)), data.draw(st.integers(0, 11))
    bottom, right = data.draw(st.integers(top + 3, 12)), data.draw(st.integers(left + 3, 15))
    crop = (slice(top, bottom), slice(left, right))
    for operator in OPERATORS:
        inside = operator(image)[crop][1:-1, 1:-1]
        np.testing.assert_allclose(operator(image[crop])[1:-1, 1:-1], inside, atol=1e-6)


@given(st.sampled_from(list(ALL_TRANSFORMS.values())), sides, sides, seeds)
def test_all_eight_symmetries_commute(transform, height, width, seed):
    image = lightness(height, width, seed)
    for operator in OPERATORS:
        np.testing.assert_allclose(operator(transform(image)), transform(operator(image)), atol=1e-6)


def test_features_stand_in_the_papers_order():
    image = lightness(7, 9)
    features = lightness_features(image)
    assert features.shape == (3, 7, 9)
    np.testing.assert_allclose(features[0], image / 50 - 1, atol=1e-6)
    np.testing.assert_allclose(features[1], reference_sobel(image), atol=1e-6)
    np.testing.assert_allclose(features[2], reference_laplacian(image), atol=1e-6)


def test_coordinates_are_columns_and_rows_over_the_size():
    x, y = coordinate_grid(4)
    assert x.tolist() == [[0, 0.25, 0.5, 0.75]] * 4
    assert y.tolist() == [[level] * 4 for level in (0, 0.25, 0.5, 0.75)]
    assert coordinate_grid(128).dtype == np.float32
    assert coordinate_grid(128).max() == 127 / 128


def test_views_and_other_strides_are_read_as_they_look():
    image = lightness(20, 30)
    view = image[::2, ::-3].T
    assert np.array_equal(lightness_features(view), lightness_features(view.copy()))


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (np.full((4, 4), 100.5, np.float32), r"lightness must lie in \[0, 100\]; it runs from 100.5"),
        (np.full((4, 4), -1, np.float32), "it runs from -1"),
        (np.full((4, 4), np.nan, np.float32), "finite"),
        (np.zeros((4, 4, 3), np.float32), r"shape \(4, 4, 3\)"),
        (np.zeros((4, 4), np.uint8), "uint8"),
        (np.zeros((0, 4), np.float32), "not empty"),
        ([[1.0]], "of type list"),
    ],
)
def test_what_is_no_lightness_is_refused(bad, says):
    with pytest.raises(ValueError, match=says):
        lightness_features(bad)


@pytest.mark.parametrize("size", [0, -3])
def test_a_grid_has_a_size(size):
    with pytest.raises(ValueError, match=f"size must be a whole number of at least 1, got {size}"):
        coordinate_grid(size)


# --- context ------------------------------------------------------------------------------------


def reference_context(image: np.ndarray, name: str) -> np.ndarray:
    kind, _, sigma = name.partition("_")

    def blur(values: np.ndarray) -> np.ndarray:
        return gaussian_filter(values, float(sigma), truncate=3, mode="mirror")

    exact = image.astype(float)
    if kind == "blur":
        return blur(exact) / 50 - 1
    return np.sqrt(np.maximum(blur(exact**2) - blur(exact) ** 2, 0)) / 20


@pytest.mark.parametrize("shape", [(40, 50), (7, 5), (1, 1), (1, 9)])
def test_context_is_scipys_gaussian(shape):
    image = lightness(*shape)
    expected = np.stack([reference_context(image, name) for name in CONTEXT_FEATURES])
    np.testing.assert_allclose(context_features(image), expected, atol=1e-6)


def test_the_blur_of_a_point_is_the_kernel_that_the_docstring_states():
    image = np.zeros((9, 9), np.float32)
    image[4, 4] = 100
    weights = np.exp(-(np.arange(-3, 4) ** 2) / 2)
    kernel = np.pad(np.outer(weights, weights) / weights.sum() ** 2, 1)
    (blurred,) = context_features(image, ["blur_1"])
    np.testing.assert_allclose(blurred, 2 * kernel - 1, atol=1e-6)


def test_a_flat_picture_has_no_spread_and_two_halves_have_half_their_distance():
    flat = np.full((30, 30), 37.3, np.float32)
    blur, spread = context_features(flat, ["blur_8", "spread_8"])
    np.testing.assert_allclose(blur, 37.3 / 50 - 1, atol=1e-6)
    assert spread.max() < 1e-5
    halves = np.repeat(np.array([[20, 80]], np.float32), 50, axis=1).repeat(100, axis=0)
    (spread,) = context_features(halves, ["spread_4"])
    assert spread[50, 49:51] == pytest.approx(30 / 20, rel=0.01)  # as many pixels on either side
    assert spread[50, [0, 99]] == pytest.approx(0, abs=1e-5)  # further than a Gaussian reaches


@pytest.mark.parametrize("name", ALL_TRANSFORMS)
def test_context_commutes_with_the_eight_symmetries(name):
    image, turn = lightness(23, 17), ALL_TRANSFORMS[name]
    np.testing.assert_allclose(context_features(turn(image)), turn(context_features(image)), atol=1e-6)


def test_context_stands_in_the_order_of_its_names():
    image, names = lightness(12, 14), ("blur_4", "spread_1", "spread_4")
    whole = dict(zip(CONTEXT_FEATURES, context_features(image), strict=True))
    assert np.array_equal(context_features(image, names), np.stack([whole[name] for name in names]))


def test_a_context_feature_that_is_none_is_told_which_was_meant():
    with pytest.raises(ValueError, match=r"unknown context feature 'blur_3' \(did you mean 'blur_"):
        context_features(lightness(4, 4), ["blur_3"])


@pytest.mark.parametrize("context", [(), ("spread_2",), ("blur_1", "blur_8", "spread_4")])
@pytest.mark.parametrize("corner", [(3, 5), (-4, -7), (25, 30)])
def test_a_window_is_cut_from_the_whole_pictures_maps(context, corner):
    image, (top, left) = lightness(33, 41), corner
    maps = np.concatenate([lightness_features(image), context_features(image, context)])
    mirrored = np.pad(maps, [(0, 0), (8, 20), (8, 20)], mode="reflect")
    expected = mirrored[:, top + 8 : top + 8 + 16, left + 8 : left + 8 + 12]
    window = window_features(image, top, left, 16, 12, context)
    # Context far outside is of the mirrored picture, as the picture's own maps, mirrored, are.
    np.testing.assert_allclose(window, expected, atol=1e-6)


@given(st.integers(1, 9), st.integers(0, 30))
def test_a_mirror_is_numpys_reflection(length, pad):
    row = np.arange(length)
    at = np.arange(-pad, length + pad)
    expected = np.pad(row, pad, mode="reflect") if length > 1 else np.zeros(1 + 2 * pad, int)
    assert np.array_equal(row[mirror(at, length)], expected)
