from __future__ import annotations

import re

import numpy as np
import pytest

from sicgan_lite.baselines import mean_color
from sicgan_lite.color import lab_to_rgb, merge_ab, rgb_to_lab
from sicgan_lite.teaching.exercises import WrongAnswer, check_lightness, check_paint_known, check_rotate_hue

WEIGHTS = np.array([0.2126, 0.7152, 0.0722])
TELEVISION = np.array([0.299, 0.587, 0.114])


def decode(rgb):
    v = rgb / 255
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)


def lightness(rgb, *, linear=decode, weights=WEIGHTS, dark=True, root=np.cbrt):
    Y = linear(rgb) @ weights
    return np.where(dark & (Y <= 0.008856), 903.3 * Y, 116 * root(Y) - 16)


def rotated(lab, angle):
    new = lab.copy()
    new[..., 1] = lab[..., 1] * np.cos(angle) - lab[..., 2] * np.sin(angle)
    new[..., 2] = lab[..., 1] * np.sin(angle) + lab[..., 2] * np.cos(angle)
    return new


def rotate_hue(lab, degrees):
    return rotated(lab, np.deg2rad(degrees))


def rotate_in_place(lab, degrees):
    lab[:] = rotate_hue(lab, degrees)
    return lab


def rotate_late(lab, degrees):
    new, angle = lab.copy(), np.deg2rad(degrees)
    new[..., 1] = new[..., 1] * np.cos(angle) - new[..., 2] * np.sin(angle)
    new[..., 2] = new[..., 1] * np.sin(angle) + new[..., 2] * np.cos(angle)
    return new


def constant_ab(rgb, ab):
    return np.dstack([rgb_to_lab(rgb)[..., 0], np.broadcast_to(ab, (*rgb.shape[:2], 2))])


def mean_ab(rgb, known):
    return rgb_to_lab(rgb)[known][:, 1:].mean(axis=0)


def paint(rgb, known):
    lab = constant_ab(rgb, mean_ab(rgb, known))
    return merge_ab(lab[..., 0], lab[..., 1:])


def paint_median(rgb, known):
    lab = constant_ab(rgb, np.median(rgb_to_lab(rgb)[known][:, 1:], axis=0))
    return merge_ab(lab[..., 0], lab[..., 1:])


def one_level_off(rgb):
    """As another order of roundings may leave it."""
    return (rgb + (rgb < 255)).astype(np.uint8)


RIGHT = [
    (check_lightness, lightness),
    (check_lightness, lambda rgb: rgb_to_lab(rgb)[..., 0]),
    (check_rotate_hue, rotate_hue),
    (check_paint_known, paint),
    (check_paint_known, lambda rgb, known: mean_color(rgb, where=known)),
    (check_paint_known, lambda rgb, known: one_level_off(paint(rgb, known))),
]


@pytest.mark.parametrize(("check", "answer"), RIGHT)
def test_a_right_answer_is_told_why(check, answer):
    assert re.match(r"Correct: \w.{20}", check(answer))


@pytest.mark.parametrize("check", [check_lightness, check_rotate_hue, check_paint_known])
def test_an_open_exercise_is_no_mistake(check):
    assert check(lambda *_: None).startswith("Not answered yet: ")


@pytest.mark.parametrize("check", [check_lightness, check_rotate_hue, check_paint_known])
def test_a_result_instead_of_the_function_is_named(check):
    with pytest.raises(WrongAnswer, match=r"function itself.*ndarray"):
        check(np.zeros(3))


WRONG = [
    (check_lightness, lambda rgb: lightness(rgb, linear=lambda v: v / 255), "Undo their coding"),
    (check_lightness, lambda rgb: decode(rgb) @ WEIGHTS, "luminance Y. An eye"),
    (check_lightness, lambda rgb: 100 * decode(rgb) @ WEIGHTS, "luminance Y in per cent"),
    (check_lightness, lambda rgb: lightness(rgb) / 100, "not from 0 to 1"),
    (check_lightness, lambda rgb: lightness(rgb) * 2.55, "not from 0 to 255"),
    (check_lightness, lambda rgb: lightness(rgb, weights=np.ones(3) / 3), "weigh them"),
    (check_lightness, lambda rgb: lightness(rgb[..., ::-1]), "order of blue, green, red"),
    (check_lightness, lambda rgb: lightness(rgb, dark=False), "black has L = 0"),
    (check_lightness, lambda rgb: lightness(rgb, linear=lambda v: (v / 255) ** 2.2), "2.2 is near"),
    (check_lightness, lambda rgb: 100 * (rgb / 255) @ WEIGHTS, "weighted stored values"),
    (check_lightness, lambda rgb: lightness(rgb) + 16, "16 too light"),
    (check_lightness, lambda rgb: lightness(rgb, weights=TELEVISION), "0.299, 0.587 and 0.114. They"),
    (check_lightness, lambda rgb: 100 * (rgb / 255) @ TELEVISION, "grey of old television"),
    (
        check_lightness,
        lambda rgb: lightness(rgb, linear=lambda v: v / 255, weights=TELEVISION),
        "old television.*as they are stored",
    ),
    (check_lightness, lambda rgb: lightness(rgb, root=np.sqrt), "square root"),
    (check_lightness, lambda rgb: lightness(rgb, linear=lambda v: decode(255.0 * v)), "not divided by 255"),
    (check_lightness, lambda rgb: lightness(rgb).round(), "rounded to whole numbers"),
    (check_lightness, lambda rgb: lightness(rgb).astype(np.uint8), "rounded to whole numbers"),
    (check_lightness, lambda rgb: lightness(rgb) * np.nan, "nan or infinity"),
    (check_lightness, lambda rgb: lightness(rgb) + 1, "difference.* is 1.00.*linear light"),
    (check_lightness, lambda rgb: lightness(rgb)[..., None], r"shape \(5, 6, 1\); wanted \(5, 6\)"),
    (check_lightness, rgb_to_lab, r"shape \(5, 6, 3\); wanted \(5, 6\)"),
    (check_rotate_hue, rotate_in_place, "input was changed"),
    (check_rotate_hue, rotated, "went in as radians"),
    (check_rotate_hue, lambda lab, degrees: rotate_hue(lab, -degrees), "turned the other way"),
    (check_rotate_hue, rotate_late, "Both need the old a and b"),
    (check_rotate_hue, lambda lab, degrees: rotate_hue(lab, 0), "nothing turned"),
    (check_rotate_hue, lambda lab, degrees: rotate_hue(lab, 2 * degrees), "difference.*Try 90°"),
    (check_rotate_hue, lambda lab, degrees: rotate_hue(lab[..., ::-1], degrees)[..., ::-1], "L changed"),
    (check_rotate_hue, lambda lab, degrees: rotate_hue(lab, degrees)[..., 1:], r"wanted \(5, 7, 3\)"),
    (check_paint_known, lambda rgb, known: mean_color(rgb), "leaked in"),
    (check_paint_known, lambda rgb, known: one_level_off(mean_color(rgb)), "leaked in"),
    (check_paint_known, lambda rgb, known: paint(rgb, ~known), "over the held-out pixels"),
    (
        check_paint_known,
        lambda rgb, known: np.full_like(rgb, np.rint(rgb[known].mean(axis=0))),
        "taken in RGB",
    ),
    (check_paint_known, lambda rgb, known: lab_to_rgb(constant_ab(rgb, mean_ab(rgb, known))), "merge_ab"),
    (check_paint_known, lambda rgb, known: np.where(known[..., None], rgb, paint(rgb, known)), "every pixel"),
    (
        check_paint_known,
        lambda rgb, known: merge_ab(rgb_to_lab(rgb)[..., 0], 0 * rgb[..., 1:] / 1),
        "in grey",
    ),
    (check_paint_known, lambda rgb, known: constant_ab(rgb, mean_ab(rgb, known)), "is float32"),
    (check_paint_known, paint_median, "largest difference.*mean ab over"),
    (
        check_paint_known,
        lambda rgb, known: paint(rgb, known)[:6],
        r"shape \(6, 10, 3\); wanted \(12, 10, 3\)",
    ),
]


@pytest.mark.parametrize(("check", "answer", "says"), WRONG)
def test_a_wrong_answer_is_told_what_is_wrong(check, answer, says):
    with pytest.raises(WrongAnswer, match=says):
        check(answer)


@pytest.mark.parametrize(("check", "answer"), RIGHT)
def test_a_right_answer_shows_the_readers_cup(check, answer):
    assert re.search(r'<img alt="A red cup.{30}', check(answer)._repr_html_())
