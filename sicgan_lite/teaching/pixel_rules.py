"""From the numbers of a pixel to its colour: a small network that learns in a second, without any D."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float, Float32, Real
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, l1_loss

from sicgan_lite.arrays import check_float
from sicgan_lite.training import rate_factor

HIDDEN = 48
BATCH = 512  # pixels in a step
STEPS = 400
RATE = 2e-2  # at its height: the rate rises and falls
SCALE = 37.0  # ab is learned in this unit
SQUARE = 10.0  # side of a square of ab, in CIE units
FAR = 4.0  # standard deviations beyond which a number is cut

ANNEALED = 0.38  # Zhang, Isola and Efros (2016)

Numbers = Float[np.ndarray, "c h w"]
Seen = Bool[np.ndarray, "h w"]


class Shares(NamedTuple):
    """What a rule says of each pixel when it need not decide: how likely each square of ab is.

    ``shares`` (h, w, k) add up to 1 for a pixel; ``colors`` (k, 2) is the mean ab of each square.
    """

    shares: Float32[np.ndarray, "h w k"]
    colors: Float32[np.ndarray, "k 2"]


def learn_ab(
    numbers: Numbers, ab: Real[np.ndarray, "h w 2"], seen: Seen, *, seed: int = 0, steps: int = STEPS
) -> Float32[np.ndarray, "h w 2"]:
    """The ab of every pixel, by a rule that was fitted with L1 to the pixels that ``seen`` marks.

    ``numbers`` (c, h, w) are what the rule knows of a pixel. It is a network of two hidden layers of 48,
    trained ``steps`` times on 512 seen pixels, drawn by ``seed``. Errors: ValueError for arrays that do
    not fit together, and when no pixel is seen.
    """
    inputs, known = _inputs(numbers, ab, seen)
    targets = torch.from_numpy(ab[seen]).float() / SCALE
    network = _train(inputs[known], targets, 2, l1_loss, seed, steps)
    return (_answers(network, inputs) * SCALE).reshape(*seen.shape, 2)


def learn_shares(
    numbers: Numbers, ab: Real[np.ndarray, "h w 2"], seen: Seen, *, seed: int = 0, steps: int = STEPS
) -> Shares:
    """As ``learn_ab``, but the rule says how likely each square of ab is, 10 CIE units wide.

    The squares are those in which a pixel lies that ``seen`` marks. ``numbers``, ``steps`` and ``seed`` are
    as there. It is trained with cross-entropy. Errors: as ``learn_ab``.
    """
    inputs, known = _inputs(numbers, ab, seen)
    squares = np.floor(ab[seen] / SQUARE).astype(int)
    _, which, count = np.unique(squares, axis=0, return_inverse=True, return_counts=True)
    sums = [np.bincount(which, weights=channel) for channel in ab[seen].T]
    targets = torch.from_numpy(which)
    network = _train(inputs[known], targets, len(count), cross_entropy, seed, steps)
    shares = torch.softmax(torch.from_numpy(_answers(network, inputs)), dim=1).numpy()
    return Shares(shares.reshape(*seen.shape, -1), (np.stack(sums, 1) / count[:, None]).astype(np.float32))


def decode(shares: Shares, how: str) -> Float32[np.ndarray, "h w 2"]:
    """One ab for each pixel of what a rule says of its squares.

    ``how`` is "mean"; "median", of a and of b apart; "mode", the likeliest square; or "annealed", the
    mean after the shares were raised to the power 1/0.38, which lies between mean and mode. Errors:
    ValueError for another word.
    """
    likely, colors = shares
    if how == "mean":
        return likely @ colors
    if how == "median":
        return np.stack([_median(likely, channel) for channel in colors.T], axis=-1)
    if how == "mode":
        return colors[likely.argmax(axis=-1)]
    if how == "annealed":
        sharp = likely ** (1 / ANNEALED)
        return (sharp / sharp.sum(axis=-1, keepdims=True)) @ colors
    raise ValueError(f"how must be 'mean', 'median', 'mode' or 'annealed', got {how!r}")


def _median(likely: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The least of the values at which half of the shares is reached."""
    order = np.argsort(values)
    reached = likely[..., order].cumsum(axis=-1) >= 0.5 - 1e-6
    return values[order][reached.argmax(axis=-1)]


def _inputs(numbers: np.ndarray, ab: np.ndarray, seen: np.ndarray) -> tuple[Tensor, Tensor]:
    """Numbers in units of their spread over the seen pixels, (n, c), and which pixels are seen."""
    check_float(numbers, "numbers", shape=(None, *seen.shape))
    check_float(ab, "ab", shape=(*seen.shape, 2))
    if not seen.any():
        raise ValueError("no pixel is seen; a rule needs some to learn from")
    known = numbers[:, seen].astype(np.float64)
    spread = np.maximum(known.std(axis=1), 1e-3)
    standard = (numbers - known.mean(axis=1)[:, None, None]) / spread[:, None, None]
    rows = standard.clip(-FAR, FAR).reshape(len(numbers), -1).T
    return torch.from_numpy(np.ascontiguousarray(rows, np.float32)), torch.from_numpy(seen.ravel())


def _train(
    inputs: Tensor,
    targets: Tensor,
    outputs: int,
    loss: Callable[[Tensor, Tensor], Tensor],
    seed: int,
    steps: int,
) -> nn.Module:
    rng = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)  # fork_rng restores it
        network = _network(inputs.shape[1], outputs)
    optimizer = torch.optim.Adam(network.parameters(), fused=True)
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = RATE * rate_factor("one-cycle", step / steps)
        drawn = torch.randint(len(inputs), (BATCH,), generator=rng)
        optimizer.zero_grad()
        loss(network(inputs[drawn]), targets[drawn]).backward()
        optimizer.step()
    return network


def _network(inputs: int, outputs: int) -> nn.Module:
    return nn.Sequential(
        nn.Linear(inputs, HIDDEN),
        nn.ReLU(),
        nn.Linear(HIDDEN, HIDDEN),
        nn.ReLU(),
        nn.Linear(HIDDEN, outputs),
    )


@torch.no_grad()
def _answers(network: nn.Module, inputs: Tensor) -> np.ndarray:
    return network(inputs).numpy()
