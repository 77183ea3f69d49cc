from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sicgan_lite import clip_to_gamut, lab_to_rgb, merge_ab, rgb_to_lab, unscale_ab
from sicgan_lite.color import rgb_to_lightness, scale_ab, scale_lightness

# Bruce Lindbloom's CIE colour calculator (brucelindbloom.com): sRGB, D65, no adaptation.
COLOR_BARS = {
    "white": ((255, 255, 255), (100.0, 0.0, 0.0)),
    "yellow": ((255, 255, 0), (97.1393, -21.5537, 94.4780)),
    "cyan": ((0, 255, 255), (91.1132, -48.0875, -14.1312)),
    "green": ((0, 255, 0), (87.7347, -86.1827, 83.1793)),
    "magenta": ((255, 0, 255), (60.3242, 98.2343, -60.8249)),
    "red": ((255, 0, 0), (53.2408, 80.0925, 67.2032)),
    "blue": ((0, 0, 255), (32.2970, 79.1875, -107.8602)),
    "black": ((0, 0, 0), (0.0, 0.0, 0.0)),
}

# IEC 61966-2-1: linear sRGB to CIE XYZ, and its white.
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
WHITE = np.array([0.95047, 1.0, 1.08883])


def reference_lab(rgb: np.ndarray) -> np.ndarray:
    """CIE 15, written out."""
    coded = rgb / 255
    linear = np.where(coded > 0.04045, ((coded + 0.055) / 1.055) ** 2.4, coded / 12.92)
    t = linear @ TO_XYZ.T / WHITE
    x, y, z = np.moveaxis(np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29), -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def reference_linear_rgb(lab: np.ndarray) -> np.ndarray:
    """The inverse, without any clipping: outside [0, 1] where sRGB cannot show the colour."""
    lightness, a, b = np.moveaxis(lab.astype(float), -1, 0)
    y = (lightness + 16) / 116
    f = np.stack([y + a / 500, y, y - b / 200], axis=-1)
    t = np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29))
    return (t * WHITE) @ np.linalg.inv(TO_XYZ).T


@pytest.fixture(scope="module")
def cube() -> np.ndarray:
    """The sRGB cube in steps of 5, both ends included."""
    levels = np.arange(0, 256, 5, dtype=np.uint8)
    return np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1).reshape(52, -1, 3)


@pytest.fixture(scope="module")
def wild() -> np.ndarray:
    """Lightness with an ab that knows nothing of it: most are no colours that sRGB has."""
    return (
        np.random.default_rng(5).uniform((0, -110, -110), (100, 110, 110), (100, 100, 3)).astype(np.float32)
    )


@pytest.mark.parametrize(("rgb", "lab"), COLOR_BARS.values(), ids=COLOR_BARS)
def test_color_bars_are_lindblooms(rgb, lab):
    found = rgb_to_lab(np.array([[rgb]], np.uint8))
    np.testing.assert_allclose(found[0, 0], lab, atol=0.01)
    assert tuple(lab_to_rgb(np.array([[lab]]))[0, 0]) == rgb


def test_lab_is_the_formula_of_the_standard(cube):
    np.testing.assert_allclose(rgb_to_lab(cube), reference_lab(cube), atol=0.01)


def test_the_whole_cube_comes_back_exactly(cube):
    assert np.array_equal(lab_to_rgb(rgb_to_lab(cube)), cube)


def test_the_whole_cube_keeps_to_the_ranges_that_are_promised(cube):
    lab = rgb_to_lab(cube)
    assert lab.dtype == np.float32
    assert lab[..., 0].min() == 0
    assert lab[..., 0].max() == 100
    np.testing.assert_allclose(lab.min((0, 1))[1:], (-86.2, -107.9), atol=0.05)
    np.testing.assert_allclose(lab.max((0, 1))[1:], (98.3, 94.5), atol=0.07)
    assert np.abs(scale_ab(lab[..., 1:])).max() < 1


def test_grey_has_no_color():
    ramp = np.arange(256, dtype=np.uint8).reshape(1, -1, 1).repeat(3, axis=-1)
    lab = rgb_to_lab(ramp)
    assert np.abs(lab[..., 1:]).max() < 0.01
    assert (np.diff(lab[..., 0]) > 0).all()


def test_rgb_is_rounded_and_not_cut_off(cube):
    # Half a level of red, seen from either side.
    for level, shown in ((100.4, 100), (100.6, 101)):
        lab = reference_lab(np.full((1, 1, 3), level))
        assert (lab_to_rgb(lab) == shown).all()


def test_colors_inside_the_gamut_are_untouched(cube):
    lab = rgb_to_lab(cube)
    assert np.array_equal(clip_to_gamut(lab), lab)


def test_clipping_leaves_the_argument_alone(wild):
    before = wild.copy()
    clip_to_gamut(wild)
    assert np.array_equal(wild, before)


def test_clipping_keeps_lightness_and_hue_and_lowers_chroma_alone(wild):
    clipped = clip_to_gamut(wild)
    assert np.array_equal(clipped[..., 0], wild[..., 0])
    (a, b), (c, d) = np.moveaxis(wild[..., 1:], -1, 0), np.moveaxis(clipped[..., 1:], -1, 0)
    np.testing.assert_allclose(a * d - b * c, 0, atol=1e-2)  # the cross product: one direction
    assert (a * c + b * d >= 0).all()  # and not the opposite one
    assert (np.hypot(c, d) <= np.hypot(a, b)).all()


def test_clipped_colors_can_be_shown(wild):
    assert not in_gamut(wild).all(), "the test needs colours outside"
    assert in_gamut(clip_to_gamut(wild)).all()


def test_no_more_chroma_is_lost_than_must_be(wild):
    clipped = clip_to_gamut(wild)
    lowered = (clipped != wild).any(axis=-1)
    chroma, wanted = (np.linalg.norm(lab[..., 1:], axis=-1, keepdims=True) for lab in (clipped, wild))
    one_more = np.concatenate([wild[..., :1], wild[..., 1:] * (chroma + 1) / wanted], axis=-1)
    assert not in_gamut(one_more, tolerance=1e-4)[lowered].any()


def in_gamut(lab: np.ndarray, tolerance: float = 1e-3) -> np.ndarray:
    linear = reference_linear_rgb(lab)
    return np.all((linear >= -tolerance) & (linear <= 1 + tolerance), axis=-1)


def test_lightness_survives_eight_bits_where_clipping_rgb_moves_it(wild):
    kept = rgb_to_lab(merge_ab(wild[..., 0], wild[..., 1:]))[..., 0]
    moved = rgb_to_lab(lab_to_rgb(wild))[..., 0]
    assert np.abs(kept - wild[..., 0]).mean() <= 0.1
    assert np.abs(kept - wild[..., 0]).max() <= 0.6
    assert np.abs(moved - wild[..., 0]).mean() > 4
    assert np.abs(moved - wild[..., 0]).max() > 30


def test_merged_color_is_the_one_that_was_asked_for(cube):
    lab = rgb_to_lab(cube)
    assert np.array_equal(merge_ab(lab[..., 0], lab[..., 1:]), cube)


@pytest.mark.parametrize(("lightness", "kept"), [(-20.0, 0.0), (104.0, 100.0)])
def test_impossible_lightness_goes_to_the_nearer_end(lightness, kept):
    clipped = clip_to_gamut(np.array([[[lightness, 3.0, 4.0]]]))
    assert clipped[0, 0, 0] == kept
    assert np.abs(clipped[0, 0, 1:]).max() < 0.5  # black and white have no chroma to spare


floats = st.floats(-1e4, 1e4, width=32)


@given(st.lists(st.tuples(floats, floats, floats), min_size=1, max_size=20))
def test_any_finite_lab_is_shown_without_a_warning(colors):
    lab = np.array([colors], np.float64)  # a warning is an error in these tests
    lab_to_rgb(lab)
    clipped = clip_to_gamut(lab)
    assert in_gamut(clipped).all()
    assert np.array_equal(clip_to_gamut(clipped), clipped)


@given(st.floats(-110, 110))
def test_scaled_ab_comes_back(value):
    ab = np.array([value])
    assert unscale_ab(scale_ab(ab)) == pytest.approx(ab, abs=1e-9)
    assert scale_ab(ab)[0] == pytest.approx(value / 110)


def test_scaled_lightness_runs_from_minus_one_to_one():
    assert scale_lightness(np.array([0.0, 25.0, 50.0, 100.0])).tolist() == [-1, -0.5, 0, 1]


def test_single_precision_stays_single():
    values = np.ones((2, 2, 3), np.float32)
    assert scale_lightness(values).dtype == scale_ab(values).dtype == unscale_ab(values).dtype == np.float32
    assert clip_to_gamut(values.astype(np.float64)).dtype == np.float32


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    "bad",
    [
        np.zeros((4, 4, 3)),
        np.zeros((4, 4, 3), np.float32) + 200,
        np.zeros((4, 4, 3), np.uint32),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 4), np.uint8),
        np.zeros((0, 4, 3), np.uint8),
        None,
    ],
)
def test_rgb_that_is_not_8_bit_rgb_is_refused(bad):
    with pytest.raises(ValueError, match=r"rgb must be a uint8 or uint16 array of shape \(any, any, 3\)"):
        rgb_to_lab(bad)


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("convert", [lab_to_rgb, clip_to_gamut])
@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (np.zeros((4, 4, 3), np.uint8), "lab must be a float array"),
        (np.zeros((4, 4, 2)), r"it is float64 of shape \(4, 4, 2\)"),
        (np.full((2, 2, 3), np.nan), "finite"),
        (np.full((2, 2, 3), -np.inf), "finite"),
        (np.full((2, 2, 3), 10001.0), r"must lie in \[-10000, 10000\]; it runs from 10001 to 10001"),
        (np.full((2, 2, 3), -1e300), "must lie in"),
    ],
)
def test_lab_that_is_no_lab_is_refused(convert, bad, says):
    with pytest.raises(ValueError, match=says):
        convert(bad)


def test_sixteen_bits_are_the_eight_with_257_steps_between():
    rgb = np.random.default_rng(0).integers(0, 256, (9, 9, 3), np.uint8)
    deep = rgb.astype(np.uint16) * 257
    np.testing.assert_allclose(rgb_to_lab(deep), rgb_to_lab(rgb), atol=1e-4)
    any_deep = np.random.default_rng(1).integers(0, 1 << 16, (40, 40, 3)).astype(np.uint16)
    assert abs(lab_to_rgb(rgb_to_lab(any_deep), np.uint16).astype(int) - any_deep).max() <= 2


def test_a_grey_of_sixteen_bits_has_the_lightness_of_its_formula():
    """CIE 15: L = 116 f(Y) - 16; IEC 61966-2-1 gives Y."""
    value = np.array([[7_001, 7_002, 40_000]], np.uint16)
    linear = ((value / 65_535 + 0.055) / 1.055) ** 2.4
    lab = rgb_to_lab(np.dstack([value] * 3))
    np.testing.assert_allclose(lab[..., 0], 116 * np.cbrt(linear) - 16, atol=2e-4)
    assert lab[0, 1, 0] > lab[0, 0, 0]


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_lightness_alone_is_that_of_lab(dtype):
    rgb = np.random.default_rng(0).integers(0, np.iinfo(dtype).max + 1, (30, 40, 3)).astype(dtype)
    assert np.array_equal(rgb_to_lightness(rgb), rgb_to_lab(rgb)[..., 0])
