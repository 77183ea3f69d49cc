"""Structured fuzzing: a tree of plain values, wrong in one place or in a few."""

from __future__ import annotations

import copy
import logging
import os
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

SECONDS = float(os.environ.get("FUZZ_SECONDS", "3"))  # a format
FIRST = int(os.environ.get("FUZZ_FIRST", "0"))  # seed: another run tries other files
SLOWEST = 10.0  # seconds of the processor that a foreign file may cost

_PLAIN = (None, True, 0, -1, -5, 2**31, 2**63, 2**200, 0.5, 1e308, float("nan"), float("inf"))
_TEXTS = ("", "3", "x" * 9_999, "\x1b[31m\u202e", "../../secret", "/etc/passwd")
_HOLDERS: tuple[Any, ...] = ([], {}, [[]], {"": 0}, ["a", 1])


def nested(depth: int) -> Any:
    """A list in a list in a list."""
    value: Any = 0
    for _ in range(depth):
        value = [value]
    return value


def odd(rng: np.random.Generator) -> Any:
    """A value that nobody would expect."""
    tensors = (torch.zeros(1), torch.full((3, 3), float("nan")), torch.zeros(2, dtype=torch.int64))
    values = (*_PLAIN, *_TEXTS, *_HOLDERS, nested(300), *tensors)
    return copy.deepcopy(values[rng.integers(len(values))])


def spoil(tree: Any, rng: np.random.Generator) -> Any:
    """A copy of a tree of dicts and lists that is wrong in one to three places."""
    tree = copy.deepcopy(tree)
    for _ in range(rng.integers(1, 4)):
        holder, key = _place(tree, rng)
        if holder is None:
            return odd(rng)
        _change(holder, key, rng)
    return tree


def trials() -> Iterator[np.random.Generator]:
    """Random numbers of a seed of their own, until the time is over; no trial may be slow."""
    end, seed = time.monotonic() + SECONDS, FIRST
    while time.monotonic() < end:
        begun = time.process_time()
        yield np.random.default_rng(seed)
        assert time.process_time() - begun < SLOWEST, f"seed {seed} took too long"
        seed += 1
    logging.getLogger(__name__).info("%d trials in %.0f s", seed - FIRST, SECONDS)


def _place(tree: Any, rng: np.random.Generator) -> tuple[Any, Any]:
    places = list(_places(tree))
    return places[rng.integers(len(places))] if places else (None, None)


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    keys = list(tree) if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ()
    for key in keys:
        yield tree, key
        yield from _places(tree[key])


def _change(holder: Any, key: Any, rng: np.random.Generator) -> None:
    """Take away, replace, rename, or change a tensor's shape, type or numbers."""
    value, choice = holder[key], rng.integers(4)
    if isinstance(value, torch.Tensor) and choice != 0 and value.numel():
        changed = (value.reshape(-1)[:0], value.double(), value * float("nan"), value.expand(2, *value.shape))
        holder[key] = changed[rng.integers(4)].clone()
    elif choice == 0:
        del holder[key]
    elif choice == 1 and isinstance(holder, dict):
        holder[f"{key}x"] = holder.pop(key)
    else:
        holder[key] = odd(rng)
