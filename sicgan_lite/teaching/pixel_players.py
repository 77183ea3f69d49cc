"""The two small networks of the pixel-sized game, how they learn, and what a step draws and measures."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor, nn

Optimizer = Literal["adam", "sgd"]

HIDDEN = (24, 24)
BETAS = (0.5, 0.999)


class PixelDraw(NamedTuple):
    """All that is random in a step: which pixels, standard normal noise (batch, 2), two z (batch, k)."""

    pixels: Tensor
    real_noise: Tensor
    fake_noise: Tensor
    generator_noise: Tensor
    z: Tensor
    other_z: Tensor


class PixelRecord(NamedTuple):
    """What one step measured, as numbers; or many steps, as arrays.

    ``pull`` is the length of the slope of G's loss by a pixel's scaled ab, on average over the
    batch: all that G hears of D.
    """

    loss_d: Any
    loss_g: Any
    real_score: Any
    fake_score: Any
    pull: Any


def mlp(inputs: int, outputs: int, leaky_slope: float = 0.0) -> nn.Sequential:
    """A network with two hidden layers of 24; its ReLUs let ``leaky_slope`` of what is negative through."""
    first, second = HIDDEN
    return nn.Sequential(
        nn.Linear(inputs, first),
        _unit(leaky_slope),
        nn.Linear(first, second),
        _unit(leaky_slope),
        nn.Linear(second, outputs),
    )


def optimizer_for(network: nn.Module, kind: Optimizer) -> torch.optim.Optimizer:
    """Adam with the paper's β, or plain gradient descent."""
    if kind == "sgd":
        return torch.optim.SGD(network.parameters(), fused=True)
    return torch.optim.Adam(network.parameters(), betas=BETAS, fused=True)


def update(optimizer: torch.optim.Optimizer, loss: Tensor, rate: float) -> None:
    """One step of an optimiser down a ``loss``; at a ``rate`` of 0 its network rests."""
    optimizer.zero_grad()
    loss.backward()
    if rate:  # a player that rests must not fill its optimiser's memory
        optimizer.param_groups[0]["lr"] = rate
        optimizer.step()


def _unit(leaky_slope: float) -> nn.Module:
    return nn.LeakyReLU(leaky_slope) if leaky_slope else nn.ReLU()
