from __future__ import annotations

import numpy as np
import pytest
from support.tiny import left_half, photo

from sicgan_lite import (
    color_overlap,
    colorfulness,
    delta_e,
    delta_e_map,
    merge_ab,
    rgb_to_lab,
)
from sicgan_lite.studies.measuring import squares_used

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


@pytest.mark.usefixtures("unchecked")
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
def test_a_mask_that_marks_nothing_is_refused(where, says):
    with pytest.raises(ValueError, match=says):
        delta_e(photo(), photo(), where)


@pytest.mark.usefixtures("unchecked")
def test_colorfulness_wants_bytes():
    with pytest.raises(ValueError, match="rgb must be a uint8 array"):
        colorfulness(photo() / 255)


# --- colours ------------------------------------------------------------------------------------


def ab_patches(*colors: tuple[float, float]) -> np.ndarray:
    """A picture of equal stripes of 12×12 pixels, one for each ab, at a lightness of 60."""
    ab = np.array(colors, np.float32).repeat(12, axis=0)[None].repeat(12, axis=0)
    return merge_ab(np.full(ab.shape[:2], 60, np.float32), ab)


RED, GREEN, BLUE, GREY = (36.0, 20.0), (-36.0, 28.0), (4.0, -36.0), (4.0, 4.0)


@pytest.mark.parametrize(
    ("ours", "theirs", "overlap", "used"),
    [
        ([RED, GREEN], [GREEN, RED], 1, 1),
        ([RED, RED], [RED, GREEN], 0.5, 0.5),
        ([RED, RED, RED, BLUE], [RED, GREEN, BLUE, GREY], 0.5, 0.5),
        ([GREY], [RED], 0, 0),
        ([RED, BLUE], [RED, RED], 0.5, 1),
    ],
)
def test_colors_are_shared_as_by_hand(ours, theirs, overlap, used):
    rgb, reference = ab_patches(*ours), ab_patches(*theirs)
    assert color_overlap(rgb, reference) == pytest.approx(overlap)
    assert squares_used(rgb, reference) == pytest.approx(used)


def test_overlap_is_symmetric_and_1_with_itself():
    ours, theirs = photo(seed=1), photo(seed=2)
    assert color_overlap(ours, ours) == pytest.approx(1)
    assert color_overlap(ours, theirs) == pytest.approx(color_overlap(theirs, ours))
    shuffled = np.random.default_rng(0).permutation(ours.reshape(-1, 3)).reshape(ours.shape)
    assert color_overlap(shuffled, ours) == pytest.approx(1)  # where a colour stands does not matter


def test_overlap_is_one_minus_half_the_distance_of_the_shares():
    ours, theirs = (rgb_to_lab(photo(seed=seed))[..., 1:].reshape(-1, 2) // 8 for seed in (1, 2))
    squares = {tuple(square) for square in [*ours, *theirs]}
    apart = sum(abs((ours == s).all(1).mean() - (theirs == s).all(1).mean()) for s in squares)
    assert color_overlap(photo(seed=1), photo(seed=2)) == pytest.approx(1 - apart / 2)


def test_only_marked_pixels_count_as_colors():
    rgb, reference = ab_patches(RED, GREEN), ab_patches(RED, BLUE)
    left = np.zeros(rgb.shape[:2], bool)
    left[:, :12] = True
    assert (color_overlap(rgb, reference, left), squares_used(rgb, reference, left)) == (1, 1)
    assert (color_overlap(rgb, reference, ~left), squares_used(rgb, reference, ~left)) == (0, 0)


def test_a_square_counts_from_so_many_pixels_on():
    reference, rgb = ab_patches(RED, RED), ab_patches(RED, RED)
    reference[0, :4] = ab_patches(BLUE)[0, :4]
    assert squares_used(rgb, reference, least=5) == 1
    assert squares_used(rgb, reference) == 0.5
    with pytest.raises(ValueError, match="no ab square of the reference holds 10000 pixels; lower least"):
        squares_used(rgb, reference, least=10_000)


def test_rgb_from_0_to_1_is_not_taken_for_lab():
    first, second = photo() / 255, photo(seed=2) / 255
    with pytest.raises(ValueError, match=r"lies in \[0, 1\], as RGB does; floats are L\*a\*b\* here"):
        delta_e(first, second)
    assert delta_e(np.zeros((2, 2, 3)), np.zeros((2, 2, 3))) == 0  # black is a colour
