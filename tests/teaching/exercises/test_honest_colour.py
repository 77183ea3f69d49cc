from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from skimage.color import lab2rgb, rgb2lab

from sicgan_lite import Provenance, read_image, write_image
from sicgan_lite.teaching.exercises import WrongAnswer, check_blind_test, check_carried_color, check_resave

KEY = "XML:com.adobe.xmp"


def carry(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The answer by scikit-image alone."""
    lab = rgb2lab(target)
    lab[..., 1:] = rgb2lab(source)[..., 1:].reshape(-1, 2).mean(axis=0)
    return (lab2rgb(lab) * 255).round().astype(np.uint8)


def median_carry(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    lab = rgb2lab(target)
    lab[..., 1:] = np.median(rgb2lab(source)[..., 1:].reshape(-1, 2), axis=0)
    return (lab2rgb(lab) * 255).round().astype(np.uint8)


def grey_only(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    lab = rgb2lab(target) * [1, 0, 0]
    return (lab2rgb(lab) * 255).round().astype(np.uint8)


def flat_rgb(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    return np.full_like(target, source.mean(axis=(0, 1)).round())


def swapped_ab(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    lab = rgb2lab(target)
    lab[..., 1:] = rgb2lab(source)[..., :0:-1].reshape(-1, 2).mean(axis=0)
    return (lab2rgb(lab) * 255).round().astype(np.uint8)


def saver(*, half: bool = True, key: str | None = KEY, text: bool = False) -> Callable[[Path, Path], None]:
    """Re-saving by Pillow alone, right unless something is asked for."""

    def resave(source: Path, target: Path) -> None:
        with Image.open(source) as image:
            packet = image.info[KEY]
            small = image.resize((image.width // 2, image.height // 2)) if half else image.copy()
        info = PngInfo()
        if key:
            (info.add_text if text else info.add_itxt)(key, packet)
        small.save(target, pnginfo=info)

    return resave


def relabel(source: Path, target: Path) -> None:
    """A new label that names the labelled picture as its source."""
    photo = read_image(source)
    write_image(target, photo.rgb[::2, ::2].copy(), provenance=Provenance("another", "2"), photo=photo)


def write_text(source: Path, target: Path) -> None:
    target.write_text("smaller")


@pytest.mark.parametrize("check", [check_carried_color, check_resave])
def test_an_open_function_says_what_is_asked(check: Callable[[object], str]) -> None:
    assert check(lambda *_: None).startswith("Not answered yet: ")


def test_an_open_number_says_what_is_asked() -> None:
    assert check_blind_test(None).startswith("Not answered yet: ")


def test_the_right_number_and_how_often_a_coin_has_it() -> None:
    # 11 of 1024 have nine or ten right, 56 have eight or more.
    said = check_blind_test(9)
    assert said.startswith("Correct: ")
    assert "1.1%" in said
    assert "5.5%" in said


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (8, "8: a coin has that many or more in 5.5%"),
        (6, "6: a coin has that many or more in 37.7%"),
        (0, "0: a coin has that many or more in 100.0%"),
        (10, "enough, but not the least: one less already has 1.1%"),
        (0.9, "a whole number from 0 to 10"),
        (11, "a whole number from 0 to 10"),
        ("most", "a number is asked for"),
    ],
)
def test_a_wrong_number_is_explained(answer: Any, said: str) -> None:
    with pytest.raises(WrongAnswer, match=said):
        check_blind_test(answer)


def test_a_right_colour() -> None:
    assert check_carried_color(carry).startswith("Correct: ")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda source, target: carry(target, target), "target's own mean colour"),
        (grey_only, "that is grey"),
        (median_carry, "these are medians"),
        (flat_rgb, "one flat RGB"),
        (lambda source, target: carry(target, source), r"shape \(6, 5, 3\); the target has \(8, 7, 3\)"),
        (lambda source, target: carry(source, target) / 255, "float64; uint8 is wanted"),
        (swapped_ab, "the colours are off"),
        (np.zeros((8, 7, 3), np.uint8), "the function itself"),
    ],
)
def test_a_wrong_colour_is_explained(answer: object, said: str) -> None:
    with pytest.raises(WrongAnswer, match=said):
        check_carried_color(answer)


@pytest.mark.parametrize("compressed", [False, True])
def test_a_right_copy(*, compressed: bool) -> None:
    def resave(source: Path, target: Path) -> None:
        with Image.open(source) as image:
            info = PngInfo()
            info.add_itxt(KEY, image.info[KEY], zip=compressed)
            image.resize((image.width // 2, image.height // 2)).save(target, pnginfo=info)

    assert check_resave(resave).startswith("Correct: ")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (saver(key=None), "the label is gone"),
        (saver(half=False), "the picture is 48×32; half the size is 24×16"),
        (saver(key="label"), "a key that no reader looks for"),
        (shutil.copyfile, "the picture is 48×32"),
        (relabel, "names another source"),
        (write_text, "no picture"),
        ("smaller.png", "the function itself"),
    ],
)
def test_a_wrong_copy_is_explained(answer: object, said: str) -> None:
    with pytest.raises(WrongAnswer, match=said):
        check_resave(answer)
