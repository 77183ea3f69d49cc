"""The losses of the game, and what they are when the discriminator can only guess."""

from typing import NamedTuple, TypeVar

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from sicgan_lite.arrays import AT_LEAST_0, SHARE, one_of, require
from sicgan_lite.config import OBJECTIVES, target_range

Density = TypeVar("Density", float, Float[np.ndarray, "..."], Float[Tensor, "..."])
Target = float | Float[Tensor, "..."]


class Equilibrium(NamedTuple):
    """D's score and both losses when generated patches cannot be told from real ones."""

    score: float
    loss_d: float
    loss_g: float


def discriminator_loss(
    real_logits: Float[Tensor, " n"],
    fake_logits: Float[Tensor, " m"],
    *,
    real_target: Target = 0.9,
    fake_target: Target = 0.0,
) -> Float[Tensor, ""]:
    """L_D = mean BCE(real_logits, real_target) + mean BCE(fake_logits, fake_target).

    Targets are in [0, 1]: numbers, or one for each patch. 0.9 for real patches is one-sided label
    smoothing (Salimans et al. 2016).
    """
    return _bce(real_logits, real_target) + _bce(fake_logits, fake_target)


def generator_loss(
    fake_logits: Float[Tensor, " n"], *, target: Target = 1.0, objective: str = "non-saturating"
) -> Float[Tensor, ""]:
    """L_G = mean BCE(fake_logits, target): the non-saturating loss (Goodfellow et al. 2014).

    The "minimax" ``objective`` is −mean BCE(fake, 1 − target): with a target of 1, log(1 − score), what
    D's own loss on fakes is with the sign turned. Errors: ValueError for another objective.
    """
    require(one_of(OBJECTIVES), "objective", objective)
    return _bce(fake_logits, target) if objective == "non-saturating" else -_bce(fake_logits, 1 - target)


def smooth_targets(
    shape: int | tuple[int, ...], target: float, jitter: float, *, rng: torch.Generator
) -> Float[Tensor, "..."]:
    """Targets drawn uniformly from [target − jitter, target + jitter] ∩ [0, 1], by ``rng``.

    ``shape`` is that of the result. Never clipped after drawing, which would pile them up at the ends,
    and never above 1, where BCE has no lower bound. Errors: ValueError for a target outside [0, 1] or a
    negative jitter.
    """
    require(SHARE, "target", target)
    require(AT_LEAST_0, "jitter", jitter)
    low, high = target_range(target, jitter)
    return low + (high - low) * torch.rand(shape, generator=rng, device=rng.device)


def add_instance_noise(ab: Float[Tensor, "..."], std: float, *, rng: torch.Generator) -> Float[Tensor, "..."]:
    """Add ε ~ N(0, std²), drawn by ``rng``, to a scaled ``ab``, in its units (Sønderby et al. 2017).

    Errors: ValueError for a negative std.
    """
    require(AT_LEAST_0, "std", std)
    noise = torch.empty_like(ab).normal_(generator=rng)
    return ab + std * noise


def optimal_discriminator(
    p_real: Density, p_fake: Density, *, real_target: float = 0.9, fake_target: float = 0.0
) -> Density:
    """D* = (α p_real + β p_fake) / (p_real + p_fake), the score that minimises L_D at each point.

    ``p_real`` and ``p_fake`` are densities of at least 0, not both 0; α and β are the mean targets,
    ``real_target`` and ``fake_target``.
    """
    return (real_target * p_real + fake_target * p_fake) / (p_real + p_fake)


def equilibrium_losses(
    real_target: float = 0.9,
    fake_target: float = 0.0,
    generator_target: float = 1.0,
    *,
    objective: str = "non-saturating",
) -> Equilibrium:
    """The best D's score, L_D and L_G when fakes are distributed as the real patches are.

    ``real_target`` α, ``fake_target`` β and ``generator_target`` are *mean* targets in [0, 1]
    (``Config.mean_targets``), since BCE is linear in its target. The score is (α + β)/2; ``objective``
    is G's, as in ``generator_loss``. Errors: ValueError for a target outside [0, 1].
    """
    for name, value in [("real", real_target), ("fake", fake_target), ("generator", generator_target)]:
        require(SHARE, f"{name}_target", value)
    score = (real_target + fake_target) / 2
    loss_d = _cross_entropy(real_target, score) + _cross_entropy(fake_target, score)
    minimax = -_cross_entropy(1 - generator_target, score)
    loss_g = minimax if objective == "minimax" else _cross_entropy(generator_target, score)
    return Equilibrium(score, loss_d, loss_g)


def _bce(logits: Tensor, target: Target) -> Tensor:
    wanted = torch.as_tensor(target, dtype=logits.dtype, device=logits.device).expand_as(logits)
    return binary_cross_entropy_with_logits(logits, wanted)


def _cross_entropy(target: float, score: float) -> float:
    from scipy.special import xlogy  # here: a training does without scipy's quarter of a second

    return float(-xlogy(target, score) - xlogy(1 - target, 1 - score))
