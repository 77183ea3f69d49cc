"""Checks for the chapter on a generator with a die."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri

from sicgan_lite.arrays.resizing import shrink
from sicgan_lite.color import merge_ab, rgb_to_lab
from sicgan_lite.pictures.samples import sample_image
from sicgan_lite.plotting import show_images
from sicgan_lite.teaching.exercises.answers import (
    WrongAnswer,
    correct,
    exercise,
    not_answered,
    require,
    require_function,
    require_number,
)

_SHARES = (0.61, 0.5, 0.1, 0.975)
_PALETTE = np.array(
    [(0, 0), (10, -30), (5, 25), (25, 30), (45, 45)], np.float32
)  # ab, as a die may have them


@exercise
def check_border(answer: object) -> str:
    """Check a function of a share: the z above which that share of standard normal rolls lies."""
    border = require_function(answer)
    if border(0.5) is None:
        return not_answered("let border return the z above which a given share of all rolls lies.")
    found = np.array([require_number(border(share)) for share in _SHARES])
    right = -ndtri(_SHARES)
    if not np.allclose(found, right, atol=1e-4):
        _explain_border(found, right)
    return correct("61 % orange needs a border at z = −0.28. The area beyond it is all that D checks.")


def _explain_border(found: np.ndarray, right: np.ndarray) -> None:
    shares = np.array(_SHARES)
    slips: tuple[tuple[Any, str], ...] = (
        (-right, "that is the z *below* which the share lies. Orange begins above the border."),
        (ndtr(shares), "Φ turns a z into a share. Here the share is known, and the z is asked for."),
        (1 - ndtr(shares), "Φ turns a z into a share. Here the share is known, and the z is asked for."),
        (1 - shares, "a share of the rolls is no z: a border of 0.39 leaves 35 % above it, not 61 %."),
        (shares, "a share of the rolls is no z: a border of 0.61 leaves 27 % above it, not 61 %."),
    )
    for slip, message in slips:
        require(not np.allclose(found, slip, atol=1e-4), message)
    beyond = 1 - ndtr(found[0])
    raise WrongAnswer(
        f"for a share of 0.61 the border is {found[0]:.3g}, and {beyond:.0%} of all rolls lie above."
    )


@exercise
def check_diversity(answer: object) -> str:
    """Check ``(ab, other_ab, z, other_z) -> number``: the mean of |Δab| / |Δz|, at most 3 a pixel."""
    term = require_function(answer)
    near, far, z, other = _rolled()
    found = term(near, far, z, other)
    if found is None:
        return not_answered(
            "let diversity return one number, the mean of |Δab| / |Δz|, at most 3 for a pixel."
        )
    value = require_number(found)
    ratios = np.abs(near - far).mean(1) / np.abs(z - other).mean(1)
    right = np.minimum(ratios, 3).mean()
    if not np.isclose(value, right, rtol=1e-3):
        _explain_diversity(value, near, far, z, other)
    return correct("a G that ignores z scores 0, and one close pair of rolls counts for no more than 3.")


def _rolled() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Two pictures of six pixels and their rolls; the rolls of the last pixel lie close together."""
    rng = np.random.default_rng(0)
    ab, other_ab = rng.normal(size=(2, 6, 2))
    z = rng.normal(size=(6, 1))
    return ab, other_ab, z, z + np.array([[1.0], [-0.6], [0.8], [2.0], [-1.2], [0.01]])


def _explain_diversity(value: float, ab: np.ndarray, other_ab: np.ndarray, z: Any, other_z: Any) -> None:
    moved, apart = np.abs(ab - other_ab), np.abs(z - other_z).mean(1)
    ratios = moved.mean(1) / apart
    signed = (ab - other_ab).mean(1) / (z - other_z).mean(1)
    slips: tuple[tuple[Any, str], ...] = (
        (
            ratios.mean(),
            "no limit: a pair of rolls that lie close together decides alone. At most 3 a pixel.",
        ),
        (min(ratios.mean(), 3), "the limit of 3 is for each pixel, before the mean, not after it."),
        (
            np.minimum(moved.mean(1), 3).mean(),
            "how far ab moved, but not *for how large a move of z*: divide.",
        ),
        (np.minimum(moved.sum(1) / apart, 3).mean(), "|Δab| is the mean over a and b here, not their sum."),
        (np.minimum(ratios, 3).sum(), "the sum over pixels. Take the mean, or the batch sets the weight."),
        (np.minimum(1 / ratios, 3).mean(), "upside down: this is large when G ignores z."),
        (np.minimum(signed, 3).mean(), "moves to the left and to the right cancel. Take their sizes first."),
        (np.minimum(moved.mean() / apart.mean(), 3), "a ratio of means. Each pixel has a ratio of its own."),
    )
    for slip, message in slips:
        require(not np.isclose(value, slip, rtol=1e-3), message)
    right = np.minimum(ratios, 3).mean()
    raise WrongAnswer(f"the six pixels of the check have {right:.3f}, and your function says {value:.3f}.")


@exercise
def check_best_roll(answer: object) -> str:
    """Check a function ``(painted, truth)`` → which roll comes nearest to the truth, pixel by pixel.

    ``painted`` (rolls, h, w, 2) is ab for each roll, ``truth`` (h, w, 2); the result is whole numbers (h, w).
    """
    best = require_function(answer)
    rgb = shrink(sample_image("astronaut"))
    lab = rgb_to_lab(rgb)
    truth, shape = lab[..., 1:], lab.shape[:2]
    painted = np.broadcast_to(_PALETTE[:, None, None], (len(_PALETTE), *truth.shape)).copy()
    found = best(painted, truth)
    if found is None:
        return not_answered(
            "let best_roll return, for each pixel, the number of the roll that comes nearest."
        )
    chosen = np.asarray(found)
    require(
        chosen.shape == shape,
        f"one number a pixel is asked for, an array {shape}, got {chosen.shape}. Rolls lie along axis 0.",
    )
    distance = np.linalg.norm(painted - truth, axis=-1)
    _explain_rolls(chosen, distance, painted - truth)
    picture = merge_ab(lab[..., 0], _PALETTE[chosen.astype(int)])
    return correct(
        "every pixel has its best roll. Five colours, and somebody who says which, are nearly her picture.",
        show_images([rgb, picture], ["Photograph", "Five colours, best rolls"]),
        "The astronaut, and the same picture with the nearest of five colours at every pixel, nearly alike.",
    )


def _explain_rolls(chosen: np.ndarray, distance: np.ndarray, gap: np.ndarray) -> None:
    if np.array_equal(chosen, distance.argmin(0)):
        return
    slips: tuple[tuple[Any, str], ...] = (
        (distance.argmax(0), "these are the rolls that come *least* near."),
        (np.abs(gap[..., 0]).argmin(0), "this looks at a alone. Colours have two coordinates."),
        (np.abs(gap[..., 1]).argmin(0), "this looks at b alone. Colours have two coordinates."),
        (gap.sum(-1).argmin(0), "too much a and too little b cancel here. A distance has no sign."),
        (
            np.full(chosen.shape, distance.mean((1, 2)).argmin()),
            "one roll for the picture. Each pixel has its own.",
        ),
        (distance.min(0), "these are the distances. The *number* of the roll is asked for: arg…"),
    )
    for slip, message in slips:
        require(not (chosen.shape == slip.shape and np.allclose(chosen, slip)), message)
    wrong = chosen != distance.argmin(0)
    raise WrongAnswer(f"{wrong.mean():.0%} of the pixels have a roll that is not the nearest.")
