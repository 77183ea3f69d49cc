from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import correlate
from support.memory import memory_above
from support.tiny import photo, tiny_state

from sicgan_lite import (
    Generator,
    blend_window,
    colorize,
    context_features,
    merge_ab,
    predict_ab,
    rgb_to_lab,
    sample_image,
    train,
)
from sicgan_lite import colorizing as module

SOBEL = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
LAPLACE = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]])
OVERLAPS = [0.0, 0.25, 0.5, 0.6, 0.75, 0.9]


def wild_generator(size: int = 8, gain: float = 6.0) -> Generator:
    """Random weights whose ab are strong, and different at every place of a tile."""
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(2)
        generator = Generator((6,), size)
        for parameter in generator.parameters():
            parameter.mul_(gain)
    return generator


def constant_generator(a: float, b: float, size: int = 8) -> Generator:
    generator = Generator((1,), size)
    with torch.no_grad():
        for parameter in generator.parameters():
            parameter.zero_()
        generator.get_parameter("layers.2.bias").copy_(torch.tensor([a, b]))
    return generator


def lightness_of(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(3).uniform(0, 100, (height, width)).astype(np.float32)


@pytest.fixture(scope="module")
def trained() -> tuple[Generator, np.ndarray]:
    """A generator that has learnt a photograph's colours for a second or two, and the photograph."""
    rgb = np.ascontiguousarray(sample_image("coffee")[::3, ::3])
    state = tiny_state(
        rgb,
        size=16,
        num_patches=480,
        epochs=6,
        batch_size=32,
        generator_widths=(12, 12),
        lr_generator=1e-2,
        l1_weight=3.0,
        conditional=True,
    )
    list(train(state))
    return state.generator, rgb


# --- the window ---------------------------------------------------------------------------------


@given(st.integers(1, 40), st.floats(0, 0.9))
def test_the_windows_of_all_tiles_add_up_to_one(size, overlap):
    window = blend_window(size, overlap)
    stride = max(1, round(size * (1 - overlap)))
    total = np.zeros((3 * size, 3 * size))
    for top in range(0, 2 * size + 1, stride):
        for left in range(0, 2 * size + 1, stride):
            total[top : top + size, left : left + size] += window
    inside = slice(size, size + stride)  # every tile that reaches it is there
    np.testing.assert_allclose(total[inside, inside], 1, atol=1e-5)


@given(st.integers(1, 40), st.floats(0, 0.9))
def test_the_window_is_positive_and_looks_alike_from_every_side(size, overlap):
    window = blend_window(size, overlap)
    assert window.shape == (size, size)
    assert window.min() > 0
    assert window.max() <= 1 + 1e-6
    for other in (window.T, window[::-1], window[:, ::-1]):
        np.testing.assert_allclose(window, other, atol=1e-6)


def test_the_window_of_half_an_overlap_is_a_raised_cosine():
    profile = 0.5 - 0.5 * np.cos(2 * np.pi * (np.arange(16) + 0.5) / 16)
    np.testing.assert_allclose(blend_window(16), np.outer(profile, profile), atol=1e-6)
    # A quarter of an overlap: ramps of four pixels, and ones between them.
    ramp = np.sin(np.pi / 2 * (np.arange(4) + 0.5) / 4) ** 2
    assert blend_window(16, 0.25)[8] == pytest.approx(np.r_[ramp, np.ones(8), ramp[::-1]], abs=1e-6)


@pytest.mark.parametrize("size", [1, 2, 7, 16])
def test_disjoint_tiles_have_no_window(size):
    assert (blend_window(size, 0) == 1).all()


# --- tiles --------------------------------------------------------------------------------------


def naive_ab(generator: Generator, lightness: np.ndarray, size: int, overlap: float) -> np.ndarray:
    """Every tile on its own, blended over the whole picture at once, in double precision."""
    height, width = lightness.shape
    stride = max(1, round(size * (1 - overlap)))
    start, ramp = stride - size, min(size - stride, size // 2)
    padding = [(size - stride + 1, 2 * size + 1)] * 2  # one pixel more than tiles reach, for the operators
    mirrored = np.pad(lightness, padding, mode="reflect").astype(float)
    dx, dy = (correlate(mirrored, k) for k in (SOBEL, SOBEL.T))
    maps = [mirrored / 50 - 1, np.hypot(dx, dy) / np.sqrt(20) / 100, correlate(mirrored, LAPLACE) / 400]
    distance = np.minimum(np.arange(size), np.arange(size)[::-1]) + 0.5
    profile = np.where(distance < ramp, np.sin(np.pi / 2 * distance / max(ramp, 1)) ** 2, 1)
    window = np.outer(profile, profile)[..., None]
    total, weight = (np.zeros((*mirrored.shape, c)) for c in (2, 1))
    y, x = np.mgrid[:size, :size] / size
    for top in range(start, height, stride):
        for left in range(start, width, stride):
            place = (
                slice(top - start + 1, top - start + 1 + size),
                slice(left - start + 1, left - start + 1 + size),
            )
            features = np.stack([*(each[place] for each in maps), x, y])[None].astype(np.float32)
            with torch.no_grad():
                ab = generator(torch.from_numpy(features))[0].permute(1, 2, 0).double().numpy()
            total[place] += 110 * ab * window
            weight[place] += window
    inside = (slice(1 - start, 1 - start + height), slice(1 - start, 1 - start + width))
    return total[inside] / weight[inside]


@pytest.mark.parametrize("overlap", OVERLAPS)
@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (13, 1), (5, 3), (8, 8), (16, 24), (17, 30)])
def test_tiles_are_those_of_a_naive_loop(shape, overlap):
    generator, lightness = wild_generator(), lightness_of(*shape)
    found = predict_ab(generator, lightness, overlap=overlap)
    assert found.shape == (*shape, 2)
    np.testing.assert_allclose(found, naive_ab(generator, lightness, 8, overlap), atol=2e-3)


@pytest.mark.parametrize("size", [1, 5, 12])
def test_the_tile_can_have_another_size(size):
    generator, lightness = wild_generator(), lightness_of(11, 14)
    expected = naive_ab(generator, lightness, size, 0.5)
    np.testing.assert_allclose(predict_ab(generator, lightness, size=size), expected, atol=2e-3)


def test_the_tile_is_the_generators_own_patch():
    lightness = lightness_of(20, 20)
    for size in (8, 12):
        generator = wild_generator(size)
        named = predict_ab(generator, lightness, size=size)
        assert np.array_equal(predict_ab(generator, lightness), named)
        assert not np.allclose(predict_ab(generator, lightness, size=size + 2), named)


@settings(max_examples=20)
@given(st.integers(1, 40), st.integers(1, 40), st.sampled_from(OVERLAPS))
def test_every_pixel_is_covered(height, width, overlap):
    generator, lightness = constant_generator(0.5, -0.25), lightness_of(height, width)
    ab = predict_ab(generator, lightness, overlap=overlap)
    assert ab.shape == (height, width, 2)
    np.testing.assert_allclose(ab, np.broadcast_to([55, -27.5], ab.shape), atol=1e-3)


def test_how_many_tiles_are_predicted_at_once_changes_nothing(monkeypatch):
    generator, lightness = wild_generator(), lightness_of(20, 70)
    whole = predict_ab(generator, lightness)
    monkeypatch.setattr(module, "_PIXELS_AT_ONCE", 1)
    np.testing.assert_allclose(predict_ab(generator, lightness), whole, atol=1e-3)


# --- pictures -----------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (33, 2), (40, 31)])
def test_a_picture_is_its_own_lightness_in_the_predicted_color(shape):
    generator, rgb = wild_generator(), photo(*shape)
    lightness = rgb_to_lab(rgb)[..., 0]
    for size, overlap in ((None, 0.5), (None, 0.0), (11, 0.3)):
        expected = merge_ab(lightness, predict_ab(generator, lightness, size=size, overlap=overlap))
        assert np.array_equal(colorize(generator, rgb, size=size, overlap=overlap), expected)
    assert np.array_equal(colorize(generator, rgb), colorize(generator, rgb, overlap=0.5))


def test_grey_is_a_picture_too():
    grey = photo()[..., 1]
    assert np.array_equal(
        colorize(wild_generator(), grey), colorize(wild_generator(), np.stack([grey] * 3, axis=-1))
    )


def test_the_colors_that_a_picture_had_are_not_looked_at():
    rgb = photo()
    lab = rgb_to_lab(rgb)
    recolored = merge_ab(lab[..., 0], lab[..., [2, 1]])
    assert np.abs(recolored.astype(int) - rgb).mean() > 5
    predicted = [colorize(wild_generator(gain=1), each).astype(int) for each in (rgb, recolored)]
    assert np.abs(predicted[0] - predicted[1]).mean() < 1


@pytest.mark.parametrize("gain", [1.0, 6.0, 30.0])
def test_lightness_is_kept_whatever_is_predicted(gain):
    rgb = photo(50, 60)
    assert lightness_moved(wild_generator(gain=gain), rgb) <= 0.5


def test_lightness_is_kept_by_a_trained_network(trained):
    assert lightness_moved(*trained) <= 0.5


def lightness_moved(generator: Generator, rgb: np.ndarray) -> float:
    colored = colorize(generator, rgb)
    assert colored.dtype == np.uint8
    assert colored.shape == rgb.shape
    return np.abs(rgb_to_lab(colored)[..., 0] - rgb_to_lab(rgb)[..., 0]).mean()


def seam(generator: Generator, lightness: np.ndarray, overlap: float) -> float:
    """The mean ab gradient across tile borders over that inside tiles.

    Over eight placements of the tiles: a photograph's own edges then fall on borders as often as
    elsewhere, and the ratio of a picture without tiles is 1.
    """
    stride = round(generator.size * (1 - overlap))
    across, inside = [], []
    for shift in range(0, stride, stride // 8):
        ab = predict_ab(generator, lightness[shift:, shift:], overlap=overlap)
        for rows in (ab, ab.transpose(1, 0, 2)):
            step = np.linalg.norm(np.diff(rows, axis=0), axis=-1)
            border = np.arange(1, len(rows)) % stride == 0
            across.append(step[border].mean())
            inside.append(step[~border].mean())
    return float(np.mean(across) / np.mean(inside))


def test_blended_tiles_have_no_seam(trained):
    generator, rgb = trained
    lightness = rgb_to_lab(rgb)[..., 0]
    assert 0.95 <= seam(generator, lightness, overlap=0.5) <= 1.05
    assert seam(generator, lightness, overlap=0) > 1.2, "disjoint tiles show theirs"


def test_progress_sees_every_band_and_ordinary_gradients():
    seen: list[int] = []

    def progress(bands: Iterable[int]) -> Iterator[int]:
        for band in bands:
            assert not torch.is_inference_mode_enabled()
            seen.append(band)
            yield band

    rgb = photo(30, 20)
    colored = colorize(wild_generator(), rgb, progress=progress)
    assert seen == [-4, 0, 4, 8, 12, 16, 20, 24, 28]
    assert np.array_equal(colored, colorize(wild_generator(), rgb))


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    ("image", "changes", "says"),
    [
        (photo() / 255, {}, r"image must be a uint8 or uint16 array of shape \(any, any, 3\); it is float64"),
        (photo().astype(np.uint32), {}, "it is uint32"),
        (photo()[..., 0] / 255, {}, "float64"),
        (photo()[..., :2], {}, r"shape \(24, 30, 2\)"),
        (np.zeros((4, 4, 4), np.uint8), {}, r"shape \(4, 4, 4\)"),
        (photo()[:0], {}, "not empty"),
        (None, {}, "NoneType"),
        (photo(), {"overlap": -0.1}, r"overlap must be a number in \[0, 0.9\], got -0.1"),
        (photo(), {"overlap": 0.95}, "got 0.95"),
        (photo(), {"overlap": float("nan")}, "got nan"),
        (photo(), {"size": 0}, "size must be a whole number of at least 1, got 0"),
        (photo(), {"size": -8}, "got -8"),
    ],
)
def test_what_cannot_be_colored_is_refused(image, changes, says):
    with pytest.raises(ValueError, match=says):
        colorize(wild_generator(), image, **changes)


def test_a_lightness_beyond_100_is_refused():
    with pytest.raises(ValueError, match=r"lightness must lie in \[0, 100\]; it runs from 0 to 255"):
        predict_ab(wild_generator(), np.array([[0, 255]], np.float32))


# --- memory -------------------------------------------------------------------------------------

PREPARE = """
from sicgan_lite import CONTEXT_FEATURES, PAPER_FEATURES, Generator, colorize
height, width = int(sys.argv[1]), int(sys.argv[2])
generator = Generator(tuple(map(int, sys.argv[3:])), OPTIONS)
colorize(generator, block[:20, :20], size=8)
image = noise(height, width)
"""
WORK = """
colored = colorize(generator, image)
assert colored.shape == image.shape
"""


def colouring_above(height: int, width: int, widths: tuple[int, ...], options: str = "size=128") -> int:
    """Bytes at most above the image and the program, in a process of its own."""
    return memory_above(PREPARE.replace("OPTIONS", options), WORK, height, width, *widths)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no getrusage there")
def test_memory_above_an_image_of_24_megapixels_is_bounded():
    height, width = 4000, 6000
    above = colouring_above(height, width, widths=(2,))
    # What no way of colouring can do without: the picture that it hands back.
    assert height * width * 3 < above < 600e6


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no getrusage there")
def test_the_papers_network_needs_no_more_than_24_megapixels_leave():
    # Its layers see 16 tiles of a row of 40, so that what it adds does not grow with the picture, whose
    # lightness and colours take 7 bytes a pixel.
    assert colouring_above(50, 2500, widths=(64, 128, 128)) < 600e6 - 7 * 24e6


# --- context, z, a smaller width ----------------------------------------------------------------

CONTEXT = ("lightness", "sobel", "laplacian", "x", "y", "blur_1", "blur_4", "spread_2", "spread_4")


def with_options(size: int = 8, gain: float = 3.0, **options: Any) -> Generator:
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(4)
        generator = Generator((6,), size, **options)
        for parameter in generator.parameters():
            parameter.mul_(gain)
    return generator


@pytest.mark.parametrize("shape", [(1, 1), (3, 17), (23, 30)])
@pytest.mark.parametrize("size", [8, 24])
def test_context_of_a_tile_is_that_of_the_whole_picture(shape, size):
    """A generator that shows a context feature as ab: the bands must give the whole picture's map."""
    generator = with_options(size, features=CONTEXT, kernel_sizes=(1,))
    with torch.no_grad():
        for parameter in generator.parameters():
            parameter.zero_()
        hidden, out = (generator.get_parameter(f"layers.{k}.weight") for k in (0, 2))
        for channel, feature in enumerate((6, 8)):  # blur_4 and spread_4, both ways round ReLU
            hidden[2 * channel, feature], hidden[2 * channel + 1, feature] = 1, -1
            out[channel, 2 * channel], out[channel, 2 * channel + 1] = 1, -1
    picture = lightness_of(*shape)
    expected = 110 * context_features(picture, ("blur_4", "spread_4")).transpose(1, 2, 0)
    np.testing.assert_allclose(predict_ab(generator, picture), expected, atol=1e-3)


def test_context_of_a_tall_picture_is_made_in_pieces_that_agree():
    generator = with_options(8, features=CONTEXT)
    picture = lightness_of(700, 9)
    middle = predict_ab(generator, picture)[300:330]
    alone = predict_ab(generator, picture[260:380])[40:70]
    # Tiles of the two pictures differ by 260 rows, a multiple of the stride.
    np.testing.assert_allclose(middle, alone, atol=1e-3)


def test_z_for_the_picture_is_a_map_of_the_same_number():
    generator, picture = with_options(noise_channels=2), photo(20, 27)
    z = np.array([0.5, -1.5], np.float32)
    everywhere = np.broadcast_to(z, (20, 27, 2)).copy()
    assert np.array_equal(colorize(generator, picture, z=z), colorize(generator, picture, z=everywhere))
    assert np.array_equal(
        colorize(generator, picture), colorize(generator, picture, z=np.zeros(2, np.float32))
    )
    assert not np.array_equal(colorize(generator, picture), colorize(generator, picture, z=z))


def test_a_brush_changes_the_colors_where_it_went():
    generator, picture = with_options(noise_channels=1, kernel_sizes=(1,)), lightness_of(20, 27)
    z = np.zeros((20, 27, 1), np.float32)
    z[5:9, 10:16] = 2
    changed = predict_ab(generator, picture, z=z) != predict_ab(generator, picture)
    assert np.array_equal(changed.any(axis=2), z[..., 0] > 0)


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    ("channels", "shape", "says"),
    [
        (2, (3,), r"z must be of shape \(2,\) or \(20, 27, 2\), got \(3,\)"),
        (2, (27, 20, 2), r"z must be of shape .* got \(27, 20, 2\)"),
        (2, (20, 27), r"z must be of shape"),
        (0, (1,), r"z must be of shape \(0,\) or \(20, 27, 0\), got \(1,\)"),
    ],
)
def test_a_z_of_another_shape_is_refused(channels, shape, says):
    with pytest.raises(ValueError, match=says):
        colorize(with_options(noise_channels=channels), photo(20, 27), z=np.zeros(shape, np.float32))


@pytest.mark.usefixtures("unchecked")
def test_a_z_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="z must be finite"):
        colorize(with_options(noise_channels=1), photo(20, 27), z=np.array([np.nan], np.float32))


@pytest.mark.parametrize("shape", [(30, 40), (301, 47), (9, 200), (20, 21)])
def test_a_wide_picture_is_predicted_small_and_enlarged(shape):
    generator, plain = with_options(width=20), with_options()
    picture = lightness_of(*shape)
    height = max(1, round(shape[0] * 20 / shape[1]))
    small = cv2.resize(picture, (20, height), interpolation=cv2.INTER_AREA)
    expected = cv2.resize(predict_ab(plain, small), shape[::-1], interpolation=cv2.INTER_LINEAR)
    np.testing.assert_allclose(predict_ab(generator, picture), expected, atol=2e-3)


def test_a_picture_no_wider_is_predicted_as_it_is():
    generator, plain = with_options(width=20), with_options()
    for shape in ((30, 20), (50, 7)):
        picture = lightness_of(*shape)
        assert np.array_equal(predict_ab(generator, picture), predict_ab(plain, picture))


def test_lightness_is_merged_at_full_size():
    generator, rgb = with_options(width=10, gain=0.5), photo(40, 60)
    error = rgb_to_lab(colorize(generator, rgb))[..., 0] - rgb_to_lab(rgb)[..., 0]
    assert np.abs(error).mean() < 0.5


def test_a_roll_for_each_pixel_keeps_its_distribution_at_a_smaller_width():
    generator = with_options(width=20, noise_channels=1, kernel_sizes=(1,), gain=1)
    with torch.no_grad():
        for parameter in generator.parameters():
            parameter.zero_()
        generator.get_parameter("layers.0.weight")[0, 5] = 1
        generator.get_parameter("layers.2.weight")[:, 0] = 1
    z = np.random.default_rng(0).choice(np.array([0, 1], np.float32), (60, 80, 1))
    ab = predict_ab(generator, lightness_of(60, 80), z=z) / 110
    assert 0.1 < (ab > 0.9).mean() < 0.6  # a mean of 4×4 rolls would hardly ever be 1
    assert (ab < 0.01).mean() > 0.02


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no getrusage there")
@pytest.mark.parametrize(
    ("options", "limit"), [("width=240", 200e6), ("features=PAPER_FEATURES + CONTEXT_FEATURES", 400e6)]
)
def test_memory_is_bounded_with_context_and_at_a_smaller_width(options, limit):
    # At 24 megapixels bands are twice as wide as here, and lightness and picture take 7 bytes a pixel.
    assert colouring_above(1000, 3000, widths=(2,), options=options) < limit
