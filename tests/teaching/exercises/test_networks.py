from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from sicgan_lite import Discriminator
from sicgan_lite.teaching import count_parameters, receptive_field
from sicgan_lite.teaching.exercises import WrongAnswer, check_conditional_size, check_field, check_fool


def test_an_open_exercise_says_what_is_asked() -> None:
    assert check_conditional_size(None).startswith("Not answered yet: ")
    assert check_field(lambda kernels, strides: None).startswith("Not answered yet: ")
    assert check_fool(lambda ab: None).startswith("Not answered yet: ")


def test_the_size_is_that_of_the_conditional_discriminator() -> None:
    size = count_parameters(Discriminator(conditional=True))
    assert check_conditional_size(size).startswith("Correct: ")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (230_849, "sees a and b alone"),
        (231_041, "nine weights a channel"),
        (230_876, "not only one"),
        (232_769, "one bias"),
        (233_729, "counted already"),
        (232_001, "three lightness features"),
        (232_256, "biases are missing"),
        (232_576, "off by one: the sum"),
        (232_578, "off by one: each filter"),
        (226_690, "that is G"),
        (1_728, "Only the first layer"),
        (232_577.5, "Only the first layer"),
        ("232577", "a number is asked for"),
    ],
)
def test_a_wrong_size_is_explained(answer: object, said: str) -> None:
    with pytest.raises(WrongAnswer, match=said):
        check_conditional_size(answer)


def by_library(kernels: list[int], strides: list[int]) -> int:
    pairs = zip(kernels, strides, strict=True)
    return receptive_field(nn.Sequential(*[nn.Conv2d(1, 1, k, stride=s) for k, s in pairs]))


def test_a_right_field() -> None:
    assert check_field(by_library).startswith("Correct: ")


def own_stride(kernels: list[int], strides: list[int]) -> int:
    width, jump = 1, 1
    for kernel, stride in zip(kernels, strides, strict=True):
        jump *= stride
        width += (kernel - 1) * jump
    return width


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda kernels, strides: sum(kernels), "its size less one"),
        (lambda kernels, strides: int(np.prod(kernels)), "do not multiply"),
        (lambda kernels, strides: by_library(kernels, strides) - 1, "Start from 1"),
        (lambda kernels, strides: 1 + sum(k - 1 for k in kernels), "strides are ignored"),
        (own_stride, "the layers after its own"),
        (lambda kernels, strides: 100, "3 is right"),
        (lambda kernels, strides: [3], "a number is asked for"),
        (9, "the function itself"),
    ],
)
def test_a_wrong_field_is_explained(answer: Any, said: str) -> None:
    with pytest.raises(WrongAnswer, match=said):
        check_field(answer)


@pytest.mark.parametrize("move", [lambda ab: np.roll(ab, 1, axis=0), lambda ab: torch.tensor(ab).roll(3, 0)])
def test_the_same_patches_in_another_order_fool(move: Any) -> None:
    said: Any = check_fool(move)
    assert said.startswith("Correct: ")
    assert 'alt="Four patches of a photograph' in said._repr_html_()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda ab: ab, "patch 0 of 7 has kept"),
        (lambda ab: ab[::-1], "patch 3 of 7 has kept"),
        (lambda ab: ab[[1, 0, 0, 0, 0, 0, 0]], r"patch \[2\] are gone"),
        (lambda ab: ab[:, ::-1], "a and b are swapped"),
        (lambda ab: -ab, "signs are turned"),
        (lambda ab: np.roll(ab, 1, axis=0)[..., ::-1], "turned .flip_x."),
        (lambda ab: np.rot90(ab, 2, axes=(2, 3)), "turned .rot_180."),
        (lambda ab: np.roll(ab, 2, axis=3), "moved about"),
        (lambda ab: ab + 0.1, "no patch of the batch has"),
        (lambda ab: ab[:, :1], "the shape must stay"),
        (np.zeros(3), "the function itself"),
    ],
)
def test_what_a_discriminator_can_see_is_explained(answer: Any, said: str) -> None:
    with pytest.raises(WrongAnswer, match=said):
        check_fool(answer)
