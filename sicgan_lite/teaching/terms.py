"""Terms that a chapter adds to the losses of the game, and that no ``Config`` asks for."""

import torch
from jaxtyping import Float
from torch import Tensor


def gradient_penalty(logits: Float[Tensor, " n"], ab: Float[Tensor, "n ..."]) -> Float[Tensor, ""]:
    """R1: the mean over patches of ‖∂ logit / ∂ ab‖², for D's loss on real patches (Mescheder et al. 2018).

    ``logits`` are D's of ``ab``, which must require a gradient; the paper that proposed it weighs the
    term with γ/2. The result can be differentiated in its turn.
    """
    (slope,) = torch.autograd.grad(logits.sum(), ab, create_graph=True)
    return slope.square().flatten(1).sum(1).mean()


def diversity_term(
    ab: Float[Tensor, "n ..."],
    other_ab: Float[Tensor, "n ..."],
    z: Float[Tensor, "n k"],
    other_z: Float[Tensor, "n k"],
    *,
    most: float = 3.0,
) -> Float[Tensor, ""]:
    """How far G's ab moves for a move of z, ``mean |Δab| / mean |Δz|``: subtracted from G's loss.

    ``ab`` was painted with ``z``, ``other_ab`` with ``other_z``. A mean over patches, each counted up
    to ``most``, so that two draws of z that lie close together do not decide. Source: mode seeking (Mao
    et al. 2019).
    """
    moved = (ab - other_ab).abs().flatten(1).mean(1)
    return (moved / ((z - other_z).abs().mean(1) + 1e-5)).clamp(max=most).mean()


def reconstruction_loss(recovered: Float[Tensor, "n k"], z: Float[Tensor, "n k"]) -> Float[Tensor, ""]:
    """Mean squared error of the ``recovered`` z, which a third network reads from the picture, for G's loss.

    A picture that ignores z cannot be read: the error is then at least z's variance, 1. Source:
    InfoGAN (Chen et al. 2016).
    """
    return (recovered - z).square().mean()
