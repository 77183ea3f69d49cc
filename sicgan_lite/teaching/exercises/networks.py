"""Checks for the chapter on the generator and the discriminator."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from sicgan_lite.color import lab_to_rgb, merge_ab, rgb_to_lab, scale_ab, unscale_ab
from sicgan_lite.patches import ALL_TRANSFORMS
from sicgan_lite.pictures.samples import sample_image
from sicgan_lite.plotting import BookFigure, show_images
from sicgan_lite.teaching.exercises.answers import (
    WrongAnswer,
    correct,
    exercise,
    not_answered,
    require,
    require_function,
    require_number,
)
from sicgan_lite.teaching.exercises.number_task import NumberTask

_CORNERS = ((60, 180), (190, 60), (230, 290), (20, 440))  # rim, saucer, spoon and table of the cup
_PLAIN, _CONDITIONAL = 230_849, 232_577  # parameters of the paper's D, without and with features
_FIRST_LAYER = "{value} is not right. Only the first layer of D changes."
CONDITIONAL_SIZE = NumberTask(
    asked="give the number of parameters of the paper's D with five input channels.",
    exact=_CONDITIONAL,
    right="1,728 weights more, 0.7 % of D.",
    slips={
        _PLAIN: "that is the D that sees a and b alone.",
        _PLAIN + 3 * 64: "three new channels for 64 filters, but each filter has nine weights a channel.",
        _PLAIN + 3 * 9: "each of the 64 filters of the first layer gets 27 new weights, not only one.",
        _PLAIN + 3 * 9 * 64 + 3 * 64: "a filter has one bias, however many channels it reads.",
        _PLAIN + 5 * 9 * 64: "three channels are new. a and b were counted already.",
        _PLAIN + 2 * 9 * 64: "that adds two channels. There are three lightness features.",
        _CONDITIONAL - 1: "off by one: the sum at the very end has a bias too.",
        _CONDITIONAL + 1: "off by one: each filter has one bias, and the sum at the very end one.",
        _CONDITIONAL - 321: "the biases are missing: one for each of 64 + 128 + 128 filters, "
        "and one at the end.",
        226_690: "that is G. It reads five channels too, but it ends in a convolution.",
    },
    too_small=_FIRST_LAYER,
    too_large=_FIRST_LAYER,
    near=0.0,
    whole=_FIRST_LAYER,
)
# Kernel sizes and strides, from the input on.
_STACKS: tuple[tuple[list[int], list[int]], ...] = (
    ([3], [1]),
    ([3, 3, 3, 3], [1, 1, 1, 1]),
    ([5, 1, 3], [1, 1, 1]),
    ([3, 3], [1, 2]),
    ([3, 3], [2, 1]),
    ([4, 4, 3], [2, 2, 1]),
)


@exercise
def check_conditional_size(answer: object) -> str:
    """Check the number of parameters of the paper's D when it reads three feature maps more."""
    return CONDITIONAL_SIZE.check(answer)


@exercise
def check_field(answer: object) -> str:
    """Check a function ``(kernels, strides) -> width`` that gives the receptive field of a stack."""
    field = require_function(answer)
    if field([3], [1]) is None:
        return not_answered("let field return the width in pixels that one output pixel depends on.")
    for kernels, strides in _STACKS:
        _explain_field(require_number(field(list(kernels), list(strides))), kernels, strides)
    return correct("a kernel widens the field by its size less one, times all strides before it.")


@exercise
def check_fool(answer: object) -> str:
    """Check a function ``ab -> ab`` whose result no discriminator without lightness can object to.

    It gets the scaled ab of a batch of patches, an array (n, 2, p, p), and gives every patch the
    colours of another one, so that the batch as a set stays as it was.
    """
    fool = require_function(answer)
    ab = np.random.default_rng(0).uniform(-1, 1, (7, 2, 6, 6)).astype(np.float32)
    got = fool(ab.copy())
    if got is None:
        return not_answered("let fool return the same colours on other patches, in the shape it was given.")
    got = np.asarray(got)
    require(got.shape == ab.shape, f"the shape must stay {ab.shape}, got {got.shape}.")
    taken = [_source(patch, ab, place) for place, patch in enumerate(got)]
    for place, source in enumerate(taken):
        require(source != place, f"patch {place} of {len(ab)} has kept its own colours.")
    missing = sorted(set(range(len(ab))) - set(taken))
    require(
        not missing,
        f"the colours of patch {missing[:1]} are gone and others occur twice. D can notice that: "
        "use each exactly once.",
    )
    return correct(
        "the same patches in another order: every D without lightness gives the same logits.",
        _fooled(fool),
        "Four patches of a photograph of a cup in their own colours, and below them in yours: "
        "plainly wrong, and nothing that D can object to.",
    )


def _fooled(fool: Callable[..., Any]) -> BookFigure:
    """Four patches of the cup in their own colours, and below in those that the answer gives them."""
    cup = sample_image("coffee")
    labs = [rgb_to_lab(cup[row : row + 128, column : column + 128]) for row, column in _CORNERS]
    given = np.stack([scale_ab(lab[..., 1:]).transpose(2, 0, 1) for lab in labs])
    moved = unscale_ab(np.asarray(fool(given.copy()), np.float32).transpose(0, 2, 3, 1))
    pictures = [lab_to_rgb(lab) for lab in labs]
    pictures += [merge_ab(lab[..., 0], ab) for lab, ab in zip(labs, moved, strict=True)]
    titles = [f"{whose} {number}" for whose in ("Patch", "Yours") for number in range(1, 5)]
    return show_images(pictures, titles, columns=4)


def _explain_field(value: float, kernels: Sequence[int], strides: Sequence[int]) -> None:
    stack = f"field({list(kernels)}, {list(strides)}) is {value:g}"
    right = _field(kernels, [1, *strides[:-1]])
    slips = {
        sum(kernels): "the first kernel sees its own size. Each later one adds its size less one.",
        int(np.prod(kernels)): "fields do not multiply. Look at the two ends of two kernels in a row.",
        right - 1: "one short: a pixel sees at least itself. Start from 1.",
        _field(kernels, [1] * len(kernels)): "the strides are ignored. After a stride of 2, "
        "neighbours of a layer lie two pixels apart.",
        _field(kernels, strides): "a stride acts on the layers after its own. "
        "The kernel of its own layer still meets the old spacing.",
    }
    require(value == right, f"{stack}: {slips.get(int(value), f'{right} is right.')}")


def _field(kernels: Sequence[int], factors: Sequence[int]) -> int:
    """The field if the spacing of the pixels that a kernel meets grows by these factors."""
    return int(1 + ((np.asarray(kernels) - 1) * np.cumprod(factors)).sum())


def _source(patch: np.ndarray, ab: np.ndarray, place: int) -> int:
    """Which patch of the batch these colours are. Errors: WrongAnswer says what was done to them."""
    for source, original in enumerate(ab):
        if np.array_equal(patch, original):
            return source
        _explain_change(patch, original, place)
    require(
        not np.isclose(np.sort(patch, axis=None), np.sort(ab[place], axis=None)).all(),
        f"patch {place}: its pixels were moved about. D looks at 7×7 pixels at once, and sees that.",
    )
    raise WrongAnswer(f"patch {place} has colours that no patch of the batch has. D can learn to object.")


def _explain_change(patch: np.ndarray, original: np.ndarray, place: int) -> None:
    changed: dict[str, Any] = {
        "a and b are swapped. That makes other colours": original[::-1],
        "the signs are turned. That makes other colours": -original,
    }
    turned = {
        f"it was turned ({name}). That makes another patch": turn(original)
        for name, turn in ALL_TRANSFORMS.items()
        if name != "id"
    }
    for what, result in (changed | turned).items():
        require(not np.array_equal(patch, result), f"patch {place}: {what}, and D sees colours.")
