from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sicgan_lite.arrays import check_float, check_names, check_rgb, plain

PICTURE = np.zeros((2, 3, 3), np.uint8)
LAB = np.zeros((2, 3, 3), np.float32)


def test_a_picture_passes():
    check_rgb(PICTURE)
    check_rgb(PICTURE[::-1, ::2])  # a view, and a single pixel, are pictures too
    check_rgb(PICTURE[:1, :1])


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (PICTURE / 255, r"float64 of shape \(2, 3, 3\)"),
        (PICTURE.astype(np.float32) + 200, "float32"),
        (PICTURE.astype(np.int16), "int16"),
        (PICTURE.astype(bool), "bool"),
        (PICTURE[..., 0], r"uint8 of shape \(2, 3\)"),
        (PICTURE[..., :2], r"shape \(2, 3, 2\)"),
        (np.zeros((2, 3, 4), np.uint8), r"shape \(2, 3, 4\)"),
        (PICTURE[None], r"shape \(1, 2, 3, 3\)"),
        (np.zeros((3, 5, 7), np.uint8), r"shape \(3, 5, 7\)"),
        (PICTURE[:0], r"not empty; its shape is \(0, 3, 3\)"),
        (PICTURE.tolist(), "of type list"),
        (None, "of type NoneType"),
        ("photo.png", "of type str"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_another_array_is_refused_with_what_came_and_what_is_wanted(bad, says):
    with pytest.raises(ValueError, match=r"photo must be a uint8 array of shape \(any, any, 3\)"):
        check_rgb(bad, "photo")
    with pytest.raises(ValueError, match=says):
        check_rgb(bad)


class Held:
    """Something like a Photo."""

    rgb = PICTURE


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    ("value", "cure"),
    [
        ("photo.jpg", r"type str: read_image\(path\)\.rgb reads it"),
        (Path("photo.jpg"), r"Path: read_image\(path\)\.rgb reads it"),
        (Image.new("RGB", (2, 2)), r'Image: use np\.asarray\(image\.convert\("RGB"\)\)'),
        (Held(), r"Held: its \.rgb is one"),
        (PICTURE / 255, r"skimage\.util\.img_as_ubyte takes floats from 0 to 1"),
    ],
)
def test_a_picture_in_another_form_is_told_the_cure(value, cure):
    with pytest.raises(ValueError, match=cure):
        check_rgb(value)


def test_sixteen_bits_pass_where_they_may():
    check_rgb(PICTURE.astype(np.uint16), deep=True)
    with pytest.raises(ValueError, match="rgb must be a uint8 array"):
        check_rgb(PICTURE.astype(np.uint16))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_finite_floats_inside_the_limits_pass_and_the_limits_are_inside(dtype):
    edge = np.array([[0.0, 100.0]], dtype)
    check_float(edge, "lightness", shape=(None, None), low=0, high=100)
    check_float(np.array([-1e4, 1e4], dtype), "anything", shape=(2,))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", [0, 7, 17])
def test_one_value_that_is_not_finite_is_enough(value, place):
    lab = LAB.copy()
    lab.flat[place] = value
    with pytest.raises(ValueError, match="lab must be finite"):
        check_float(lab, "lab", shape=(None, None, 3))


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (np.array([[-0.5, 3.0]]), r"lightness must lie in \[0, 100\]; it runs from -0.5 to 3"),
        (np.array([[3.0, 255.0]]), r"\[0, 100\]; it runs from 3 to 255"),
        (np.array([[3, 4]]), r"float array of shape \(any, any\); it is int64"),
        (np.array([["a"]]), "it is <U1"),
        (np.array([[1 + 2j]]), "it is complex128"),
        (np.array([3.0]), r"shape \(1,\)"),
        (np.zeros((4, 0)), r"not empty; its shape is \(4, 0\)"),
        ([[3.0]], "of type list"),
    ],
)
def test_a_bad_float_array_is_refused_with_value_and_limit(bad, says):
    with pytest.raises(ValueError, match=says):
        check_float(bad, "lightness", shape=(None, None), low=0, high=100)


def test_a_strangers_name_is_quoted_shortly():
    with pytest.raises(ValueError, match="unknown field 'yyy") as caught:
        check_names(["y" * 10**6], ["size"], "field")
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(("value", "wanted"), [(1, 1.0), ((0, 1), (0.0, 1.0)), (None, None), (0.5, 0.5)])
def test_whole_numbers_become_real_ones(value, wanted):
    assert repr(plain(value, real=True)) == repr(wanted)
