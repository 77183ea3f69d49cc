"""Types are told in words that a reader knows, with every shape."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Literal, NamedTuple, TypeVar

import numpy as np
import pytest
import torch
from jaxtyping import Bool, Float, Float32, Shaped, UInt8
from torch import Tensor

from sicgan_lite import Config
from tools.type_words import signature, types, usual, words

Path_ = str | os.PathLike[str]
Density = TypeVar("Density", float, np.ndarray)


@pytest.mark.parametrize(
    ("annotation", "said"),
    [
        (Float32[np.ndarray, "h w 2"], "float32 array (h, w, 2)"),
        (
            UInt8[np.ndarray, "h w 3"] | UInt8[np.ndarray, "h w"],
            "uint8 array (h, w, 3) or uint8 array (h, w)",
        ),
        (Bool[np.ndarray, "h w"], "bool array (h, w)"),
        (Float[Tensor, " n"], "float tensor (n,)"),
        (Float[Tensor, ""], "float tensor of one number"),
        (Shaped[np.ndarray, "..."], "array of any shape"),
        (Float[Tensor, "*shape"], "float tensor of any shape"),
        (UInt8[np.ndarray, "*pixels 3"], "uint8 array (..., 3)"),
        (Mapping[str, Float[np.ndarray, " n"]], "mapping of str to float array (n,)"),
        (Path_, "path"),
        (str | Path, "path"),
        (Path_ | BinaryIO, "path or open binary file"),
        (Callable[[str], object] | None, "function or None"),
        (tuple[int, ...], "tuple of int"),
        (tuple[float, float] | None, "(float, float) or None"),
        (Sequence[float], "sequence of float"),
        (Iterator[int], "iterator of int"),
        (Literal["paper", "all"], '"paper" or "all"'),
        (dict[str, Any], "dict of str to anything"),
        (Density, "float or array"),
        (np.random.Generator, "numpy.random.Generator"),
        (torch.Generator, "torch.Generator"),
        (None, "None"),
    ],
)
def test_a_type_is_told_in_words(annotation: Any, said: str) -> None:
    assert words(annotation) == said


class Pair(NamedTuple):
    first: int
    second: Float[np.ndarray, " n"]


class Network(torch.nn.Module):
    def __init__(self, widths: Sequence[int] = (4, 2)) -> None:
        super().__init__()

    def forward(self, ab: Float[Tensor, "n 2"]) -> Float[Tensor, " n"]:
        return ab[:, 0]

    @property
    def depth(self) -> int:
        return 2


def loop(rgb: UInt8[np.ndarray, "h w 3"], *, wrap: Callable = iter, note: str = "a") -> None:
    """Nothing."""


def test_what_is_taken_and_returned() -> None:
    assert types(loop) == {
        "rgb": "uint8 array (h, w, 3)",
        "wrap": "function",
        "note": "str",
        "return": "None",
    }
    assert types(Pair) == {"first": "int", "second": "float array (n,)"}
    assert types(Network) == {"widths": "sequence of int"}
    assert types(Network.forward) == {"ab": "float tensor (n, 2)", "return": "float tensor (n,)"}
    assert types(Network.depth) == {"return": "int"}


def test_a_signature_has_names_and_defaults_alone() -> None:
    assert signature(loop) == "(rgb, *, wrap=iter, note='a')"
    assert signature(Network.forward) == "(ab)"


def test_many_settings_stand_below_and_not_in_the_signature() -> None:
    assert signature(Config) == "(...)"


def test_a_default_follows_its_type() -> None:
    parameters = inspect.signature(loop).parameters
    assert [usual(p) for p in parameters.values()] == ["", ", default ``iter``", ", default ``'a'``"]
