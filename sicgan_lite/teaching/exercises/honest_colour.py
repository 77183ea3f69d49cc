"""Checks for the chapter on honest colour."""

from __future__ import annotations

import re
import tempfile
from math import comb
from pathlib import Path
from typing import Any

import numpy as np

from sicgan_lite.baselines import constant_color, grey
from sicgan_lite.color import lab_to_rgb, rgb_to_lab
from sicgan_lite.pictures.images import read_image, read_provenance, write_image
from sicgan_lite.pictures.provenance import Provenance
from sicgan_lite.teaching.exercises.answers import (
    WrongAnswer,
    correct,
    exercise,
    not_answered,
    require,
    require_function,
)
from sicgan_lite.teaching.exercises.number_task import NumberTask

_PAIRS, _LEVEL = 10, 0.05
_LABEL = Provenance("a colouring program", "1.0", source_sha256="5a" * 32)


def _coin(count: int) -> float:
    """How often a coin has ``count`` or more of the pairs right."""
    return sum(comb(_PAIRS, k) for k in range(max(count, 0), _PAIRS + 1)) / 2**_PAIRS


_LEAST = next(count for count in range(_PAIRS + 1) if _coin(count) <= _LEVEL)
_OUTSIDE = f"{{value}}: the answer is a whole number from 0 to {_PAIRS}."
BLIND_TEST = NumberTask(
    asked="give the least number of right answers, from 0 to 10.",
    exact=_LEAST,
    right=f"a coin has {_LEAST} or more in {_coin(_LEAST):.1%} of all tries, and {_LEAST - 1} or more in "
    f"{_coin(_LEAST - 1):.1%}.",
    slips={
        float(count): f"a coin has that many or more in {_coin(count):.1%} of all tries, not {_LEVEL:.0%}."
        for count in range(_LEAST)
    }
    | {
        float(count): f"that is enough, but not the least: one less already has {_coin(count - 1):.1%}."
        for count in range(_LEAST + 1, _PAIRS + 1)
    },
    too_small=_OUTSIDE,
    too_large=_OUTSIDE,
    near=0.0,
    whole=_OUTSIDE,
)


@exercise
def check_blind_test(answer: Any) -> str:
    """Check how many of 10 pairs must be right, so that a coin gets there in at most 5 % of all tries."""
    return BLIND_TEST.check(answer)


@exercise
def check_carried_color(answer: object) -> str:
    """Check a function ``(source, target) -> rgb``: the target's lightness in the source's mean ab.

    Both are uint8 (h, w, 3) sRGB, of any two sizes; so is the result, of the target's size.
    """
    carry = require_function(answer)
    source, target = _mosaic(0, (6, 5), (60, 90)), _mosaic(1, (8, 7), (200, 260))
    painted = carry(source.copy(), target.copy())
    if painted is None:
        return not_answered("let carry_color return a picture, uint8, of the target's shape.")
    painted = np.asarray(painted)
    require(
        painted.shape == target.shape,
        f"the picture has shape {painted.shape}; the target has {target.shape}. Its lightness stays.",
    )
    require(painted.dtype == np.uint8, f"the picture is {painted.dtype}; uint8 is wanted, as from merge_ab.")
    for message, wrong in _carried_slips(source, target).items():
        require(_apart(painted, wrong) > 1, message)
    require(
        _apart(painted, _carried(source, target)) <= 1,
        "the colours are off. Take the mean of a and of b over all pixels of the source, and the target's L.",
    )
    return correct("this constant has seen the other photograph only, as a borrowed generator has.")


@exercise
def check_resave(answer: object) -> str:
    """Check a function ``(source, target)``: half the size, saved as PNG with the source's label.

    Both are paths. The source is a labelled PNG.
    """
    resave = require_function(answer)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "labelled.png", Path(folder) / "smaller.png"
        write_image(source, _mosaic(2, (32, 48), (0, 360)), provenance=_LABEL)
        resave(source, target)
        if not target.is_file():
            return not_answered("let resave write a PNG of half the size to the path target.")
        _require_half(source, target)
        _require_label(source, target)
    return correct("the label went along, because the program asked for it. Most programs have to be asked.")


def _mosaic(seed: int, shape: tuple[int, int], hues: tuple[float, float]) -> np.ndarray:
    """A picture of random lightness and chroma, its hues within two angles."""
    rng = np.random.default_rng(seed)
    hue = np.radians(rng.uniform(*hues, shape))
    chroma = rng.choice([3.0, 30.0], shape, p=[0.7, 0.3])  # skewed, so that mean and median differ
    lab = [rng.uniform(35, 70, shape), chroma * np.cos(hue), chroma * np.sin(hue)]
    return lab_to_rgb(np.stack(lab, axis=-1).astype(np.float32))


def _carried(source: np.ndarray, target: np.ndarray, middle: Any = np.mean) -> np.ndarray:
    return constant_color(target, middle(rgb_to_lab(source)[..., 1:], axis=(0, 1)))


def _carried_slips(source: np.ndarray, target: np.ndarray) -> dict[str, np.ndarray]:
    flat = source.mean(axis=(0, 1)).round().astype(np.uint8)
    return {
        "that is the target's own mean colour. It has seen what it is to be measured on.": (
            _carried(target, target)
        ),
        "that is grey. Give every pixel the source's mean a and b.": grey(target),
        "these are medians. The mean colour is asked for.": _carried(source, target, np.median),
        "that is one flat RGB. Keep the target's lightness, pixel by pixel.": (
            np.broadcast_to(flat, target.shape)
        ),
    }


def _apart(first: np.ndarray, second: np.ndarray) -> int:
    return int(np.abs(first.astype(int) - second.astype(int)).max())


def _require_half(source: Path, target: Path) -> None:
    try:
        found, wanted = read_image(target).rgb.shape[:2], read_image(source).rgb.shape[:2]
    except ValueError as error:
        raise WrongAnswer(f"what you wrote is no picture: {error}") from None
    wanted = wanted[0] // 2, wanted[1] // 2
    require(
        found == wanted, f"the picture is {found[1]}×{found[0]}; half the size is {wanted[1]}×{wanted[0]}."
    )


def _require_label(source: Path, target: Path) -> None:
    wanted, found = read_provenance(source), read_provenance(target)
    hidden = re.search(rb"DigitalSourceType", target.read_bytes())
    require(
        found is not None or hidden is None,
        "the packet is in the file, but under a key that no reader looks for. In a PNG it is "
        "XML:com.adobe.xmp, as an iTXt chunk.",
    )
    require(
        found is not None,
        "the label is gone: read_provenance finds none. Hand the source's packet to the new file.",
    )
    require(
        found is not None and wanted is not None and found.source_sha256 == wanted.source_sha256,
        "there is a label, but it names another source. Keep the packet that the source has.",
    )
