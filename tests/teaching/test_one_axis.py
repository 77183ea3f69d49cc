"""The game on one axis, against integrals by quadrature and closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import ndtr

from sicgan_lite.losses import equilibrium_losses
from sicgan_lite.teaching.one_axis import (
    AXIS,
    STEP,
    best_answers,
    blurred_box,
    one_axis_frame,
    tell_one_axis,
)


def box(x: float, center: float, sigma: float) -> float:  # by the complementary error function
    far, edge = abs(x - center), sigma * math.sqrt(2)
    return (math.erfc((far - 0.5) / edge) - math.erfc((far + 0.5) / edge)) / 2


def slope(x: float, center: float, sigma: float) -> float:
    normal = [math.exp(-(((x - center + side) / sigma) ** 2) / 2) for side in (0.5, -0.5)]
    return (normal[0] - normal[1]) / (sigma * math.sqrt(2 * math.pi))


@pytest.mark.parametrize("sigma", [0.5, 1.6])
def test_a_box_is_a_density_of_its_mean_and_variance(sigma: float) -> None:
    density = blurred_box(1, sigma)
    moments = [float((density * AXIS**power).sum() * STEP) for power in (0, 1, 2)]
    assert moments == pytest.approx([1, 1, 1 + 1 / 12 + sigma**2], abs=1e-4)


def test_without_a_blur_it_is_a_box() -> None:
    assert set(blurred_box(1, 0)[np.abs(AXIS - 1) < 0.495]) == {1.0}
    assert set(blurred_box(1, 0)[np.abs(AXIS - 1) > 0.505]) == {0.0}


@pytest.mark.parametrize("sigma", [0.5, 1.6])
@pytest.mark.parametrize("side", ["one-sided", "two-sided"])
def test_the_pull_is_the_mean_slope_of_log_d_by_quadrature(sigma: float, side: str) -> None:
    alpha, beta = 0.8, 0.2 * (side == "two-sided")

    def felt(x: float) -> float:
        real, fake = box(x, -1, sigma), box(x, 1, sigma)
        up = alpha * slope(x, -1, sigma) + beta * slope(x, 1, sigma)
        down = slope(x, -1, sigma) + slope(x, 1, sigma)
        return fake * abs(up / (alpha * real + beta * fake) - down / (real + fake))

    wanted = sum(quad(felt, low, low + 1)[0] for low in range(-4 if sigma < 1 else -7, 5 if sigma < 1 else 8))
    assert best_answers(sigma, 0.2)[side].pull == pytest.approx(wanted, rel=2e-3)


def test_smoothing_the_real_side_alone_cancels() -> None:
    pulls = [best_answers(0.5, s)["one-sided"].pull for s in (0, 0.1, 0.4)]
    assert pulls == pytest.approx([pulls[0]] * 3)


def test_the_floor_lies_at_the_log_of_the_fake_target() -> None:
    assert best_answers(0.5, 0.1)["two-sided"].log_d[-1] == pytest.approx(math.log(0.1), abs=1e-6)


def test_sharp_boxes_give_no_pull_and_losses_by_the_targets_alone() -> None:
    one, two = best_answers(0, 0.1).values()
    assert math.isnan(one.pull) or one.pull == 0
    entropy = -0.1 * math.log(0.1) - 0.9 * math.log(0.9)
    assert one.losses == (pytest.approx(entropy, rel=1e-2), math.inf)
    assert two.losses == pytest.approx((2 * entropy, -math.log(0.1)), rel=1e-2)


def test_chance_is_that_of_the_side_s_own_targets() -> None:
    one, two = best_answers(0.5, 0.3).values()
    assert one.chance == equilibrium_losses(0.7, 0)
    assert two.chance == equilibrium_losses(0.7, 0.3)


def test_far_less_than_one_real_patch_lies_among_sharp_fakes_and_many_among_blurred_ones() -> None:
    shares = [blurred_box(-1, sigma)[AXIS > 0.5].sum() * STEP for sigma in (0.2, 1.6)]
    normal = np.linspace(1, 2, 1001)  # from a place in the box to 0.5, in one unit
    assert shares[0] < 1e-7
    assert shares[1] == pytest.approx(ndtr(-normal / 1.6).mean(), abs=2e-3)


def test_a_frame_and_its_words_say_the_same() -> None:
    words = tell_one_axis(0.5, 0.1)
    assert words.startswith("Noise 0.5, smoothing 0.1. One-sided: pull 6.23, L_G 6.57, L_D 0.48")
    legend = one_axis_frame(0.5, 0.1).axes[2].get_legend()
    assert legend is not None
    drawn = [text.get_text() for text in legend.get_texts()]
    assert drawn == ["one-sided: pull 6.2", "two-sided: pull 0.62"]
    assert "pull none" in tell_one_axis(0, 0.1)
    assert "∞" in tell_one_axis(0, 0.1)
