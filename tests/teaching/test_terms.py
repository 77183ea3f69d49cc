from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from sicgan_lite import Discriminator
from sicgan_lite.teaching import diversity_term, gradient_penalty, reconstruction_loss


def rng(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def double(values: list[Any]) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


def test_the_gradient_penalty_of_a_line_is_its_slope_squared():
    ab = torch.zeros(4, 2, 3, 3, dtype=torch.float64, requires_grad=True)
    slope = torch.arange(18, dtype=torch.float64).view(2, 3, 3)
    penalty = gradient_penalty((ab * slope).sum((1, 2, 3)) + 7, ab)
    assert penalty.item() == pytest.approx(sum(k * k for k in range(18)))


def test_the_gradient_penalty_is_a_mean_over_patches_and_trains():
    ab = double([[1.0], [2.0], [-3.0]]).requires_grad_()
    weight = double([0.5]).requires_grad_()
    penalty = gradient_penalty((weight * ab**2).squeeze(1), ab)  # slopes 2 w x: 1, 2, −3
    assert penalty.item() == pytest.approx((1 + 4 + 9) / 3)
    penalty.backward()
    assert weight.grad is not None
    assert weight.grad.item() == pytest.approx(2 * penalty.item() / 0.5)  # it grows with w²


def test_the_gradient_penalty_of_the_discriminator_is_that_of_finite_differences():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        discriminator = Discriminator((3,), leaky_slope=0.2).double()
    ab = torch.randn(2, 2, 8, 8, dtype=torch.float64, generator=rng()).requires_grad_()
    features = torch.zeros(2, 5, 8, 8, dtype=torch.float64)
    penalty = gradient_penalty(discriminator(ab, features), ab).item()
    total = 0.0
    for place in np.ndindex(*ab.shape):
        step = torch.zeros_like(ab)
        step[place] = 1e-6
        with torch.no_grad():
            total += ((discriminator(ab + step, features) - discriminator(ab - step, features)) / 2e-6)[
                place[0]
            ].item() ** 2
    assert penalty == pytest.approx(total / 2, rel=1e-5)


def test_diversity_is_the_move_of_ab_for_a_move_of_z():
    ab, other = double([[0.0, 0.0], [1.0, 1.0]]), double([[0.2, 0.4], [1.0, 1.0]])
    z, other_z = double([[0.0], [5.0]]), double([[-0.6], [7.0]])
    assert diversity_term(ab, other, z, other_z).item() == pytest.approx((0.3 / 0.6 + 0) / 2, rel=1e-4)


def test_diversity_counts_no_pair_beyond_the_most_and_pushes_alike_pictures_apart():
    far = diversity_term(double([[0.0]]), double([[50.0]]), double([[0.0]]), double([[1e-9]]), most=2.0)
    assert far.item() == 2
    ab = double([[0.1]]).requires_grad_()
    diversity_term(ab, double([[0.0]]), double([[0.0]]), double([[1.0]])).backward()
    assert ab.grad is not None
    assert ab.grad.item() > 0  # a larger distance is more diverse


def test_reconstruction_is_the_mean_squared_error():
    z = torch.randn(4000, 3, generator=rng(), dtype=torch.float64)
    assert reconstruction_loss(z + 0.5, z).item() == pytest.approx(0.25)
    assert reconstruction_loss(torch.zeros_like(z), z).item() == pytest.approx(1, abs=0.05)
