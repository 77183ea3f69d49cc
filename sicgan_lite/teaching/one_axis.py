"""The game on one axis: real patches in a box around −1, fakes in one around 1, and the best D."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from scipy.special import ndtr, xlogy

from sicgan_lite.losses import Equilibrium, equilibrium_losses, optimal_discriminator
from sicgan_lite.plotting import BookFigure
from sicgan_lite.teaching.figures import plot_game

AXIS = np.linspace(-9, 9, 1801)
STEP = 0.01
_NEAR = np.abs(AXIS) <= 3.5  # what is drawn
_LIVE = 1e-9  # below this density nothing lives at a place


class Side(NamedTuple):
    """The best D for one kind of smoothing: D*, log D*, both losses, G's mean slope, the losses at chance."""

    d_star: Float[np.ndarray, " n"]
    log_d: Float[np.ndarray, " n"]
    losses: tuple[float, float]
    pull: float
    chance: Equilibrium


def blurred_box(center: float, sigma: float) -> Float[np.ndarray, " n"]:
    """The density on AXIS of a box of width 1 around ``center``, blurred by a normal ``sigma``."""
    far, soft = np.abs(AXIS - center), max(sigma, 1e-9)
    return ndtr((0.5 - far) / soft) - ndtr((-0.5 - far) / soft)


def best_answers(sigma: float, smoothing: float) -> dict[str, Side]:
    """The best D with the real target 1 − s, and with the fake target 0 (one-sided) or s (two-sided)."""
    pair = blurred_box(-1, sigma), blurred_box(1, sigma)
    return {name: _side(*pair, 1 - smoothing, beta) for name, beta in _fake_targets(smoothing).items()}


def one_axis_frame(sigma: float, smoothing: float) -> BookFigure:
    """A frame of the explorer: densities, D*, what G climbs, and the losses with their values at chance.

    ``sigma`` is that of the instance noise; real targets are 1 − ``smoothing``.
    """
    sides = best_answers(sigma, smoothing)
    return plot_game(
        AXIS[_NEAR],
        blurred_box(-1, sigma)[_NEAR],
        blurred_box(1, sigma)[_NEAR],
        {name: side.d_star[_NEAR] for name, side in sides.items()},
        {name: side.log_d[_NEAR] for name, side in sides.items()},
        losses={name: side.losses for name, side in sides.items()},
        equilibrium={name: side.chance for name, side in sides.items()},
        pull={name: side.pull for name, side in sides.items()},
        density_limit=1.05,
    )


def tell_one_axis(sigma: float, smoothing: float) -> str:
    """What the frame of this ``sigma`` and ``smoothing`` shows, for who cannot see it."""
    told = [
        f"{name.capitalize()}: pull {side.pull:.2f}, L_G {side.losses[1]:.2f}, L_D {side.losses[0]:.2f}, "
        f"at chance {side.chance.loss_d:.2f}."
        for name, side in best_answers(sigma, smoothing).items()
    ]
    text = " ".join([f"Noise {sigma}, smoothing {smoothing}.", *told])
    return text.replace("nan", "none").replace("inf", "∞")


def _fake_targets(smoothing: float) -> dict[str, float]:
    return {"one-sided": 0.0, "two-sided": smoothing}


def _side(p_real: np.ndarray, p_fake: np.ndarray, alpha: float, beta: float) -> Side:
    with np.errstate(divide="ignore", invalid="ignore"):  # D* is 0 here, and nobody lives there
        d_star = optimal_discriminator(p_real, p_fake, real_target=alpha, fake_target=beta)
        other = optimal_discriminator(p_real, p_fake, real_target=1 - alpha, fake_target=1 - beta)
        climb, fakes = np.log(d_star), p_fake > _LIVE
        loss_d = -p_real * (xlogy(alpha, d_star) + xlogy(1 - alpha, other))
        loss_d -= p_fake * (xlogy(beta, d_star) + xlogy(1 - beta, other))
        slope = np.abs(np.gradient(climb, AXIS))
        loss_g, pull = (float(np.sum((p_fake * each)[fakes]) * STEP) for each in (-climb, slope))
    losses = float(np.nansum(loss_d) * STEP), loss_g
    return Side(d_star, climb, losses, pull, equilibrium_losses(alpha, beta))
