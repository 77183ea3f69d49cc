from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.stats import kstest
from torch import Tensor

from sicgan_lite import (
    Config,
    add_instance_noise,
    discriminator_loss,
    equilibrium_losses,
    generator_loss,
    optimal_discriminator,
    smooth_targets,
)

probabilities = st.floats(0, 1)
inner = st.floats(0.01, 0.99)
logits = st.lists(st.floats(-30, 30), min_size=1, max_size=8)


def rng(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def double(values: list[Any]) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


def bce(logit: float, target: float) -> float:
    """−t ln σ − (1 − t) ln(1 − σ), with ln(1 + e^x) written so that it does not overflow."""
    softplus = max(logit, 0) + math.log1p(math.exp(-abs(logit)))
    return softplus - target * logit


def entropy(p: float) -> float:
    return sum(-q * math.log(q) for q in (p, 1 - p) if q > 0)


# --- the losses -------------------------------------------------------------------------------


@given(logits, logits, probabilities, probabilities)
def test_losses_are_mean_cross_entropies(real, fake, alpha, beta):
    loss = discriminator_loss(double(real), double(fake), real_target=alpha, fake_target=beta)
    means = [sum(bce(x, t) for x in side) / len(side) for side, t in ((real, alpha), (fake, beta))]
    assert loss.item() == pytest.approx(sum(means), abs=1e-9)
    assert generator_loss(double(fake), target=alpha).item() == pytest.approx(
        sum(bce(x, alpha) for x in fake) / len(fake), abs=1e-9
    )


def test_the_defaults_are_the_papers():
    real, fake = double([0.3, -2]), double([1.5])
    named = discriminator_loss(real, fake, real_target=0.9, fake_target=0.0)
    assert discriminator_loss(real, fake) == named
    assert generator_loss(fake) == generator_loss(fake, target=1.0)


def test_each_patch_can_have_its_own_target():
    real, fake, targets = [0.5, -1.0], [2.0, 0.0], [0.2, 0.7]
    loss = discriminator_loss(
        double(real), double(fake), real_target=double(targets), fake_target=double(targets)
    )
    expected = sum(bce(x, t) / 2 for side in (real, fake) for x, t in zip(side, targets, strict=True))
    assert loss.item() == pytest.approx(expected)
    assert generator_loss(double(fake), target=double(targets)).item() == pytest.approx(
        (bce(2.0, 0.2) + bce(0.0, 0.7)) / 2
    )


@given(logits, logits, probabilities, probabilities)
def test_no_discriminator_beats_the_entropy_of_its_targets(real, fake, alpha, beta):
    loss = discriminator_loss(double(real), double(fake), real_target=alpha, fake_target=beta)
    assert loss.item() >= entropy(alpha) + entropy(beta) - 1e-9


@given(inner, inner)
def test_the_entropy_is_reached_where_the_scores_are_the_targets(alpha, beta):
    perfect = [double([math.log(t / (1 - t))]) for t in (alpha, beta)]
    loss = discriminator_loss(*perfect, real_target=alpha, fake_target=beta)
    assert loss.item() == pytest.approx(entropy(alpha) + entropy(beta))


def test_the_generator_gains_when_the_discriminator_believes_it():
    losses = [generator_loss(double([x])).item() for x in np.linspace(-20, 20, 81)]
    assert (np.diff(losses) < 0).all()


def test_the_discriminator_gains_by_telling_them_apart():
    steps = np.linspace(-20, math.log(9), 60)  # real logits up to the smoothed target, 0.9
    real = [discriminator_loss(double([x]), double([0])).item() for x in steps]
    fake = [discriminator_loss(double([0]), double([x])).item() for x in np.linspace(-20, 20, 81)]
    assert (np.diff(real) < 0).all()
    assert (np.diff(fake) > 0).all()
    assert discriminator_loss(double([6]), double([0])).item() > real[-1], "smoothing punishes certainty"


def test_gradients_are_those_of_finite_differences():
    real, fake = (torch.randn(5, dtype=torch.float64, generator=rng(s), requires_grad=True) for s in (1, 2))
    assert torch.autograd.gradcheck(discriminator_loss, (real, fake))
    assert torch.autograd.gradcheck(generator_loss, (fake,))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("size", [1e2, 1e4])
def test_losses_and_gradients_stay_finite_at_any_logit(size, dtype):
    real = torch.tensor([size, -size], dtype=dtype, requires_grad=True)
    fake = torch.tensor([size, -size], dtype=dtype, requires_grad=True)
    loss = discriminator_loss(real, fake) + generator_loss(fake)
    loss.backward()
    # softplus(x) is x or 0 out here: real (0.1 + 0.9)/2, fake 1/2 and generator 1/2 of the size.
    assert loss.item() == pytest.approx(1.5 * size, rel=1e-6)
    assert real.grad is not None
    assert real.grad.tolist() == pytest.approx([0.05, -0.45])
    assert fake.grad is not None
    assert fake.grad.tolist() == pytest.approx([0.5, -0.5])


# --- targets and noise ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "jitter", "low", "high"),
    [(0.9, 0.05, 0.85, 0.95), (0.0, 0.05, 0.0, 0.05), (1.0, 0.05, 0.95, 1.0), (0.5, 2.0, 0.0, 1.0)],
)
def test_targets_are_uniform_inside_the_unit_interval(target, jitter, low, high):
    drawn = smooth_targets(4000, target, jitter, rng=rng(1)).numpy()
    assert low <= drawn.min() <= drawn.max() <= high
    # Clipping after drawing would pile half of them up at 0 or 1, and the test would see it.
    assert kstest(drawn, "uniform", args=(low, high - low)).pvalue > 0.01


@given(probabilities, st.floats(0, 3), st.integers(0, 10**6))
def test_targets_never_leave_the_unit_interval(target, jitter, seed):
    drawn = smooth_targets((3, 4), target, jitter, rng=rng(seed))
    assert drawn.shape == (3, 4)
    assert drawn.min() >= 0
    assert drawn.max() <= 1


def test_without_jitter_targets_are_the_target():
    assert smooth_targets(3, 0.9, 0, rng=rng()).tolist() == pytest.approx([0.9] * 3)


def test_the_mean_of_the_targets_is_the_configs():
    config = Config()
    for target, mean in zip((0.9, 0.0, 1.0), config.mean_targets, strict=True):
        drawn = smooth_targets(20_000, target, config.target_jitter, rng=rng(2))
        assert drawn.mean().item() == pytest.approx(mean, abs=1e-3)


def test_noise_is_normal_with_the_std_that_is_asked_for():
    ab = torch.full((4, 2, 32, 32), 0.5)
    noise = (add_instance_noise(ab, 0.1, rng=rng(3)) - ab).numpy().ravel()
    assert kstest(noise, "norm", args=(0, 0.1)).pvalue > 0.01
    assert (ab == 0.5).all()


def test_no_noise_is_no_change():
    ab = torch.rand(2, 2, 4, 4, generator=rng())
    assert torch.equal(add_instance_noise(ab, 0.0, rng=rng()), ab)


def test_a_gradient_passes_through_the_noise():
    ab = torch.zeros(1, 2, 2, 2, requires_grad=True)
    add_instance_noise(ab, 0.1, rng=rng()).sum().backward()
    assert ab.grad is not None
    assert (ab.grad == 1).all()


def test_randomness_is_the_argument_alone():
    before = torch.get_rng_state()
    ab = torch.zeros(5)
    pairs = [
        (smooth_targets(5, 0.5, 0.1, rng=r), add_instance_noise(ab, 1, rng=r))
        for r in (rng(7), rng(7), rng(8))
    ]
    assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(a, b) for a, b in zip(pairs[0], pairs[1], strict=True))
    assert not any(torch.equal(a, b) for a, b in zip(pairs[0], pairs[2], strict=True))


@pytest.mark.parametrize(
    ("target", "jitter", "says"),
    [
        (1.05, 0.05, "target .* got 1.05"),
        (-0.1, 0, "target .* got -0.1"),
        (math.nan, 0, "target .* got nan"),
        (0.5, -0.01, "jitter .* got -0.01"),
        (0.5, math.nan, "jitter .* got nan"),
    ],
)
def test_targets_beyond_the_unit_interval_are_refused(target, jitter, says):
    with pytest.raises(ValueError, match=says):
        smooth_targets(2, target, jitter, rng=rng())


@pytest.mark.parametrize("std", [-0.1, math.nan])
def test_a_negative_std_is_refused(std):
    with pytest.raises(ValueError, match=f"std must be a finite number of at least 0, got {std}"):
        add_instance_noise(torch.zeros(2), std, rng=rng())


# --- theory -----------------------------------------------------------------------------------


def lowest(function: Callable[[float], float]) -> Any:
    return minimize_scalar(function, bounds=(-12, 12), method="bounded", options={"xatol": 1e-7})


@given(st.floats(0.05, 5), st.floats(0.05, 5), inner, inner)
def test_the_optimal_discriminator_minimises_the_loss_at_each_point(p_real, p_fake, alpha, beta):
    def loss(logit: float) -> float:
        return p_real * bce(logit, alpha) + p_fake * bce(logit, beta)

    best = lowest(loss).x
    score = optimal_discriminator(p_real, p_fake, real_target=alpha, fake_target=beta)
    assert score == pytest.approx(1 / (1 + math.exp(-best)), abs=1e-4)


def test_where_only_one_side_lives_its_target_is_the_score():
    assert optimal_discriminator(2.0, 0.0) == 0.9
    assert optimal_discriminator(0.0, 2.0, fake_target=0.1) == 0.1
    assert optimal_discriminator(1.0, 1.0) == 0.45


def test_densities_can_be_arrays_or_tensors():
    p_real, p_fake = np.array([1.0, 3.0]), np.array([1.0, 1.0])
    expected = [0.45, 0.675]
    assert optimal_discriminator(p_real, p_fake).tolist() == pytest.approx(expected)
    tensors = optimal_discriminator(torch.from_numpy(p_real), torch.from_numpy(p_fake))
    assert tensors.tolist() == pytest.approx(expected)


def test_one_sided_smoothing_leaves_the_generators_signal_alone():
    ratio = torch.linspace(0.1, 3, 50, dtype=torch.float64, requires_grad=True)

    def slope(alpha: float, beta: float) -> Tensor:
        score = optimal_discriminator(ratio, torch.ones_like(ratio), real_target=alpha, fake_target=beta)
        return torch.autograd.grad(score.log().sum(), ratio)[0]

    torch.testing.assert_close(slope(0.9, 0.0), slope(0.5, 0.0))
    assert (slope(0.9, 0.1) < slope(0.9, 0.0)).all(), "with fake targets above 0 it starves"


@pytest.mark.parametrize(
    ("targets", "score", "loss_d", "loss_g"),
    [
        ((0.9, 0.0, 1.0), 0.45, 1.3763, 0.7985),
        (Config().mean_targets, 0.4625, 1.3807, 0.7674),
        ((1.0, 0.0, 1.0), 0.5, 2 * math.log(2), math.log(2)),
    ],
)
def test_losses_at_chance_are_those_of_the_papers_table(targets, score, loss_d, loss_g):
    found = equilibrium_losses(*targets)
    assert found.score == pytest.approx(score)
    assert found.loss_d == pytest.approx(loss_d, abs=5e-5)
    assert found.loss_g == pytest.approx(loss_g, abs=5e-5)


@given(inner, inner, probabilities)
def test_at_chance_no_constant_score_does_better(alpha, beta, gamma):
    found = equilibrium_losses(alpha, beta, gamma)

    def loss(logit: float) -> float:
        same = double([logit])
        return discriminator_loss(same, same, real_target=alpha, fake_target=beta).item()

    best = lowest(loss)
    assert found.loss_d == pytest.approx(best.fun, abs=1e-8)
    assert found.score == pytest.approx(1 / (1 + math.exp(-best.x)), abs=1e-4)
    assert found.loss_g == pytest.approx(generator_loss(double([best.x]), target=gamma).item(), abs=1e-4)


def test_a_discriminator_that_must_say_no_to_everything_can():
    assert equilibrium_losses(0, 0, 0) == (0, 0, 0)
    assert equilibrium_losses(1, 1, 1) == (1, 0, 0)


@pytest.mark.parametrize("name", ["real_target", "fake_target", "generator_target"])
@pytest.mark.parametrize("value", [-0.01, 1.01, math.nan])
def test_a_mean_target_beyond_the_unit_interval_is_refused(name, value):
    with pytest.raises(ValueError, match=rf"{name} must be a number in \[0, 1\], got {value}"):
        equilibrium_losses(**{name: value})


# --- what the paper does not have ---------------------------------------------------------------


@given(logits, probabilities)
def test_minimax_is_ds_own_loss_with_the_sign_turned(fake, target):
    loss = generator_loss(double(fake), target=target, objective="minimax").item()
    assert loss == pytest.approx(-sum(bce(x, 1 - target) for x in fake) / len(fake), abs=1e-9)


def test_minimax_hardly_pulls_where_d_is_sure_and_both_fall_with_the_score():
    slopes = {}
    for objective in ("non-saturating", "minimax"):
        logit = double([-6.0]).requires_grad_()
        generator_loss(logit, objective=objective).backward()
        assert logit.grad is not None
        slopes[objective] = logit.grad.item()
    # −(1 − σ) and −σ, the derivatives of −ln σ and ln(1 − σ).
    score = 1 / (1 + math.exp(6))
    assert slopes == pytest.approx({"non-saturating": -(1 - score), "minimax": -score})


def test_another_objective_is_refused():
    with pytest.raises(
        ValueError, match=r"objective must be one of \('non-saturating', 'minimax'\), got 'w'"
    ):
        generator_loss(double([0.0]), objective="w")


@given(inner, inner, inner)
def test_the_minimax_equilibrium_is_the_loss_at_the_score(real, fake, target):
    at = equilibrium_losses(real, fake, target, objective="minimax")
    logit = double([math.log(at.score / (1 - at.score))])
    assert at.loss_g == pytest.approx(generator_loss(logit, target=target, objective="minimax").item())
    assert at[:2] == equilibrium_losses(real, fake, target)[:2]
