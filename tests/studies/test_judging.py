from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image
from skimage import data

from sicgan_lite.baselines import best_constant, grey, median_by_lightness
from sicgan_lite.metrics import delta_e
from sicgan_lite.pictures.samples import SAMPLES, sample_image
from sicgan_lite.studies.judging import (
    UNLIKE,
    Verdict,
    check_has_color,
    judge,
    lightness_profile,
    profiles_differ,
    small_copy,
)


def toned(rgb: np.ndarray, tint: tuple[float, float, float]) -> np.ndarray:
    """A grey print in one tint, with grain, as JPEG leaves it."""
    lightness = np.asarray(Image.fromarray(rgb).convert("L"), float)[..., None]
    grain = np.random.default_rng(0).normal(0, 4, lightness.shape)
    buffer = io.BytesIO()
    printed = np.clip((lightness + grain) * tint, 0, 255).astype(np.uint8)
    Image.fromarray(printed).save(buffer, "JPEG", quality=85)
    return np.asarray(Image.open(buffer))


def test_a_verdict_holds_what_each_painter_scores_on_the_small_copy() -> None:
    rgb = sample_image("chelsea")
    small = small_copy(rgb)
    assert small.shape[1] == 240
    verdict = judge(rgb, rgb)
    assert verdict.delta_e == 0
    painters = (grey, best_constant, median_by_lightness)
    assert verdict[1:] == tuple(delta_e(paint(small), small) for paint in painters)


def test_a_picture_is_judged_at_the_size_of_its_rivals() -> None:
    rgb = sample_image("chelsea")
    verdict = judge(grey(rgb), rgb)
    assert verdict.delta_e == delta_e(small_copy(grey(rgb)), small_copy(rgb))
    assert verdict.delta_e == pytest.approx(verdict.grey, abs=0.1)


@pytest.mark.parametrize(
    ("verdict", "lost", "words"),
    [
        (
            Verdict(2.9, 21.4, 6.2, 4.7),
            False,
            "closer than 32 colours chosen by lightness: ΔE 2.9 against 4.7",
        ),
        (Verdict(3.4, 21.4, 5.8, 3.1), False, "closer than any one colour: ΔE 3.4 against 5.8; 32 colours"),
        (Verdict(5.0, 5.5, 7.0, 4.0), False, "closer than grey: ΔE 5.0 against 5.5"),
        (Verdict(3.0, 3.8, 5.3, 8.2), False, "closer than grey: ΔE 3.0 against 3.8 (32 colours"),
        (Verdict(14.6, 21.4, 5.8, 3.1), True, "no closer than one colour everywhere: ΔE 14.6 against 5.8"),
        (Verdict(15.7, 9.2, 9.9, 8.0), True, "no closer than leaving it grey: ΔE 15.7 against 9.2"),
        (Verdict(5.76, 21.4, 5.8, 3.1), True, "no closer than one colour everywhere: ΔE 5.8 against 5.8"),
    ],
)
def test_the_sentence_says_who_is_closer(verdict: Verdict, lost: bool, words: str) -> None:
    assert verdict.lost is lost
    assert verdict.sentence.startswith(words)


def test_pictures_of_two_shapes_are_not_compared() -> None:
    with pytest.raises(ValueError, match=r"\(4, 4, 3\), got \(4, 5, 3\)"):
        judge(np.zeros((4, 5, 3), np.uint8), np.zeros((4, 4, 3), np.uint8))


@pytest.mark.parametrize("name", [name for name in SAMPLES if name != "camera"])
def test_a_colour_photograph_may_be_learned_from(name: str) -> None:
    check_has_color(sample_image(name), name)


def test_a_pale_photograph_may_be_learned_from() -> None:
    check_has_color(np.ascontiguousarray(data.rocket()), "rocket")


def test_a_photograph_without_colour_is_refused_with_the_cure() -> None:
    with pytest.raises(ValueError, match=r"old\.png has no colour.*colorize old\.png --like COLOUR\.jpg"):
        check_has_color(sample_image("camera"), "old.png")


@pytest.mark.parametrize("tint", [(1.0, 0.87, 0.68), (0.8, 0.95, 1.0)])
def test_a_toned_print_is_refused_as_one(tint: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="toned in one colour for each lightness"):
        check_has_color(toned(sample_image("coffee"), tint), "old.jpg")


def test_a_profile_is_nineteen_quantiles_of_lightness() -> None:
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[:, None, None], 3, axis=2)
    profile = lightness_profile(np.tile(ramp, (1, 4, 1)))
    assert len(profile) == 19
    assert profile == sorted(profile)
    assert profile[9] == pytest.approx(53.4, abs=0.3)  # of sRGB 127.5: L* 53.6
    assert profiles_differ(profile, profile) == 0
    assert profiles_differ(profile, [value + 7 for value in profile]) == pytest.approx(7)


@pytest.mark.parametrize("name", ["coffee", "astronaut", "chelsea"])
def test_no_half_of_a_photograph_is_unlike_it(name: str) -> None:
    rgb = sample_image(name)
    whole, (height, width) = lightness_profile(rgb), rgb.shape[:2]
    halves = (rgb[: height // 2], rgb[height // 2 :], rgb[:, : width // 2], rgb[:, width // 2 :])
    assert max(profiles_differ(lightness_profile(np.ascontiguousarray(h)), whole) for h in halves) < UNLIKE
    assert profiles_differ(lightness_profile(np.ascontiguousarray(data.rocket())), whole) > UNLIKE
