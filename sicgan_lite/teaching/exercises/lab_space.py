"""Checks for the chapter on LAB space."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from sicgan_lite.arrays.resizing import shrink
from sicgan_lite.color import clip_to_gamut, lab_to_rgb, merge_ab, rgb_to_lab
from sicgan_lite.metrics import delta_e
from sicgan_lite.pictures.samples import sample_image
from sicgan_lite.plotting import show_images
from sicgan_lite.teaching.exercises.answers import correct, exercise, not_answered, require, require_function

_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
_LUMA_601 = np.array([0.299, 0.587, 0.114])
_ROUNDED = "that is L, rounded to whole numbers. Keep it as a float: later chapters count on its digits."


@exercise
def check_lightness(answer: object) -> str:
    """Check a function ``(rgb) -> L``, from uint8 sRGB (h, w, 3) to lightness (h, w) in [0, 100]."""
    lightness_of = require_function(answer)
    rgb = _lightness_probe()
    got = lightness_of(rgb.copy())
    if got is None:
        return not_answered("let lightness_of return L, from 0 for black to 100 for white.")
    got = _require_array(got, rgb.shape[:2])
    exact = rgb_to_lab(rgb)[..., 0]
    _explain(got, _lightness_slips(rgb, exact))
    whole = np.array_equal(got, np.rint(got)) and float(np.abs(got - exact).max()) < 1.01
    require(not whole, _ROUNDED)
    _require_close(got, exact, 0.1, "Compare each step with the one in the text: linear light, Y, L.")
    cup = _cup()
    shown = show_images([cup, lightness_of(cup)], ["Photograph", "Your L"], limits=(0, 100))
    return correct(
        "three weights and a cube root carry the whole grey picture.",
        shown,
        "A red cup, and beside it your lightness of it: a grey photograph.",
    )


@exercise
def check_rotate_hue(answer: object) -> str:
    """Check a function ``(lab, degrees) -> lab`` that turns every hue and keeps L and chroma."""
    rotate_hue = require_function(answer)
    lab = np.random.default_rng(0).uniform((0, -40, -40), (100, 40, 40), (5, 7, 3))
    given = lab.copy()
    got = rotate_hue(given, 30)
    if got is None:
        return not_answered("let rotate_hue return an array of L, a and b with every hue turned.")
    require(
        np.array_equal(given, lab),
        "the input was changed. Someone else may still need those colours: work on a copy.",
    )
    got = _require_array(got, lab.shape)
    require(
        np.allclose(got[..., 0], lab[..., 0], atol=1e-3),
        "L changed. A hue turns in the plane of a and b alone.",
    )
    _explain(got[..., 1:], _rotation_slips(lab[..., 1], lab[..., 2]))
    exact = _turned(lab[..., 1], lab[..., 2], 30)
    _require_close(got[..., 1:], exact, 1e-2, "Try 90°: a = 10, b = 0 becomes a = 0, b = 10.")
    cup = _cup()
    turned = lab_to_rgb(clip_to_gamut(np.asarray(rotate_hue(rgb_to_lab(cup), 120), np.float32)))
    return correct(
        "L and chroma stay, only the hue turns. Not every turned colour can be shown.",
        show_images([cup, turned], ["Photograph", "Your hues, turned by 120°"]),
        "A red cup on brown wood, and beside it the same cup in your hues: red has become green.",
    )


@exercise
def check_paint_known(answer: object) -> str:
    """Check a function ``(rgb, known) -> rgb``: the mean-colour baseline of a partly known picture.

    ``known`` marks the pixels (h, w) whose colours may be used; the whole picture is painted.
    """
    paint = require_function(answer)
    rgb, known = _held_out_probe()
    got = paint(rgb.copy(), known.copy())
    if got is None:
        return not_answered("let paint_known return the picture, painted in the mean ab of the known pixels.")
    got = _require_array(got, rgb.shape)
    require(
        np.asarray(got).dtype == np.uint8,
        f"the result is {np.asarray(got).dtype}. A picture is uint8 sRGB: merge_ab makes one.",
    )
    lab = rgb_to_lab(rgb)
    _explain(got, _painting_slips(rgb, lab, known), tolerance=1)
    exact = merge_ab(lab[..., 0], _flat(lab, known))
    _require_close(got, exact, 1, "Wanted: each pixel's own L, and the mean ab over lab[known].")
    cup = _cup()
    left = np.broadcast_to(np.arange(cup.shape[1]) < cup.shape[1] // 2, cup.shape[:2]).copy()
    painted = np.asarray(paint(cup, left))
    title = f"Yours, left half known: ΔE {delta_e(painted, cup):.1f}"
    return correct(
        "no held-out colour was seen, and every pixel keeps its lightness.",
        show_images([cup, painted], ["Photograph", title]),
        "A red cup, and beside it your painting: its lightness in one reddish brown.",
    )


def _cup() -> np.ndarray:
    return shrink(sample_image("coffee"), 300)


def _lightness_probe() -> np.ndarray:
    bright = np.random.default_rng(0).integers(40, 256, size=(4, 6, 3))
    dark = np.arange(18).reshape(1, 6, 3) % 11  # L below 3: where the curve is straight
    return np.concatenate([bright, dark]).astype(np.uint8)


def _lightness_slips(rgb: np.ndarray, exact: np.ndarray) -> dict[str, np.ndarray]:
    coded = rgb / 255
    linear = _decode(coded)
    luminance = linear @ _LUMINANCE
    return {
        "the sRGB values went in as they are stored. Undo their coding first: 128 is not half the light.": (
            _cube_root_law(coded @ _LUMINANCE)
        ),
        "those are weighted stored values. Undo their coding first, and take the cube root at the end.": (
            100 * (coded @ _LUMINANCE)
        ),
        "everything is 16 too light, and black is not black: L = 116 f(Y) − 16.": exact + 16,
        "a power of 2.2 is near, but sRGB is straight for dark colours, and 2.4 with an offset above.": (
            _cube_root_law(coded**2.2 @ _LUMINANCE)
        ),
        "those are the weights of old television, 0.299, 0.587 and 0.114. They are made for coded values; "
        "light in sRGB weighs 0.2126, 0.7152 and 0.0722.": _cube_root_law(linear @ _LUMA_601),
        "that is the grey of old television, 0.299 R + 0.587 G + 0.114 B of the stored values: no L. Undo "
        "the coding, weigh with the row for Y, take the cube root.": coded @ _LUMA_601 * 100,
        "the weights are those of old television, 0.299, 0.587 and 0.114, and the values went in as they are "
        "stored. Undo their coding, and take the row for Y.": _cube_root_law(coded @ _LUMA_601),
        "that is a square root of Y. An eye is nearer to the cube root: np.cbrt.": np.where(
            luminance > (6 / 29) ** 3, 116 * np.sqrt(luminance) - 16, (29 / 3) ** 3 * luminance
        ),
        "the stored values were not divided by 255 before they were decoded: c runs from 0 to 1.": (
            _cube_root_law(_decode(rgb.astype(float)) @ _LUMINANCE)
        ),
        "that is the luminance Y. An eye sees about its cube root.": luminance,
        "that is the luminance Y in per cent. An eye sees about its cube root.": 100 * luminance,
        "L runs from 0 to 100, not from 0 to 1.": exact / 100,
        "L runs from 0 to 100 here, not from 0 to 255 as in 8-bit LAB.": exact * 2.55,
        "red, green and blue count alike. An eye sees green ten times as bright as blue: weigh them.": (
            _cube_root_law(linear.mean(axis=-1))
        ),
        "the weights are in the order of blue, green, red. Ours are red, green, blue.": (
            _cube_root_law(linear @ _LUMINANCE[::-1])
        ),
        "dark colours come out wrong: below Y = 0.0089 the law is a straight line, and black has L = 0.": (
            116 * np.cbrt(luminance) - 16
        ),
    }


def _decode(coded: np.ndarray) -> np.ndarray:
    return np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)


def _cube_root_law(luminance: np.ndarray) -> np.ndarray:
    return np.where(luminance > (6 / 29) ** 3, 116 * np.cbrt(luminance) - 16, (29 / 3) ** 3 * luminance)


def _rotation_slips(a: np.ndarray, b: np.ndarray) -> dict[str, np.ndarray]:
    new_a = _turned(a, b, 30)[..., 0]
    radians = np.deg2rad(30)
    late = np.stack([new_a, new_a * np.sin(radians) + b * np.cos(radians)], axis=-1)
    return {
        "nothing turned.": np.stack([a, b], axis=-1),
        "30 went in as radians. np.deg2rad makes radians of degrees.": _turned(a, b, np.rad2deg(30)),
        "the hues turned the other way: from red (a > 0) the way goes to yellow (b > 0).": _turned(a, b, -30),
        "the new b was made from the new a. Both need the old a and b.": late,
    }


def _turned(a: np.ndarray, b: np.ndarray, degrees: float) -> np.ndarray:
    angle = np.deg2rad(degrees)
    return np.stack([a * np.cos(angle) - b * np.sin(angle), a * np.sin(angle) + b * np.cos(angle)], axis=-1)


def _held_out_probe() -> tuple[np.ndarray, np.ndarray]:
    """Orange and olive, known, beside blue, held out; in the dark their mean leaves the gamut."""
    light = np.linspace(4, 96, 12)[:, None] * np.ones((1, 10))
    known = np.zeros((12, 10), bool)
    known[:, :6] = True
    ab = np.repeat([(45.0, 60.0), (-10.0, 40.0), (10.0, -50.0)], [4, 2, 4], axis=0)
    return merge_ab(light, np.broadcast_to(ab, (12, 10, 2))), known


def _painting_slips(rgb: np.ndarray, lab: np.ndarray, known: np.ndarray) -> dict[str, np.ndarray]:
    lightness, everywhere = lab[..., 0], np.ones_like(known)
    flat = _flat(lab, known)
    raw = lab_to_rgb(np.dstack([lightness, flat]))
    pasted = np.where(known[..., None], rgb, merge_ab(lightness, flat))
    return {
        "the mean is over all pixels. The held-out colours leaked in: the baseline has seen the answer.": (
            merge_ab(lightness, _flat(lab, everywhere))
        ),
        "the mean is over the held-out pixels, the only ones whose colours may not be used.": (
            merge_ab(lightness, _flat(lab, ~known))
        ),
        "the mean was taken in RGB, lightness included, so the picture is gone. Average a and b alone.": (
            np.broadcast_to(np.rint(rgb[known].mean(axis=0)), rgb.shape)
        ),
        "lightness moved: the RGB of colours out of gamut was clipped. Lower their chroma: merge_ab.": raw,
        "only the held-out pixels were painted. A baseline paints every pixel, so that maps compare.": pasted,
        "that is the picture in grey: ab is 0 everywhere.": lab_to_rgb(clip_to_gamut(lab * (1, 0, 0))),
    }


def _flat(lab: np.ndarray, where: np.ndarray) -> np.ndarray:
    return np.broadcast_to(lab[where, 1:].mean(axis=0), (*lab.shape[:2], 2))


def _require_array(got: Any, shape: tuple[int, ...]) -> np.ndarray:
    found = np.shape(got)
    require(found == shape, f"the result has shape {found}; wanted {shape}.")
    return np.asarray(got)


def _explain(got: np.ndarray, slips: Mapping[str, np.ndarray], tolerance: float = 0.1) -> None:
    """Raise WrongAnswer with the message of the slip whose result ``got`` is."""
    for message, wrong in slips.items():
        require(not np.allclose(got, wrong, rtol=0, atol=tolerance), message)


def _require_close(got: np.ndarray, exact: np.ndarray, tolerance: float, hint: str) -> None:
    require(
        bool(np.isfinite(got).all()), "the result holds nan or infinity. Look for a division by 0 or a root."
    )
    distance = float(np.abs(got.astype(float) - exact).max())
    require(distance <= tolerance, f"the largest difference from the right result is {distance:.2f}. {hint}")
