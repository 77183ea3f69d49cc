"""One training, measured: at its last step, or at several late ones, seen and held out."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import UInt8

from sicgan_lite.checkpoint import generator_bytes
from sicgan_lite.color import rgb_to_lab
from sicgan_lite.colorizing import colorize
from sicgan_lite.config import Config
from sicgan_lite.devices import Device, describe_machine
from sicgan_lite.metrics import (
    Image,
    Mask,
    ab_histogram,
    color_overlap,
    colorfulness,
    delta_e_map,
    marked_pixels,
)
from sicgan_lite.origins import Holdout, holdout_mask
from sicgan_lite.training import StepRecord, TrainState, adversarial_loss, draw_batch, paint_batch, train_step

MEASURED = StepRecord._fields[3:]  # two losses, two scores
FIRST_STEPS = 5


class Trained(NamedTuple):
    """What a training leaves, as plain values that any executor can send.

    ``model`` is the generator's file, results inside; ``picture`` is the photograph as the generator
    colours it, uint8 (h, w, 3).
    """

    model: bytes
    results: dict[str, Any]
    picture: UInt8[np.ndarray, "h w 3"]


def train_and_measure(
    config: Config,
    rgb: UInt8[np.ndarray, "h w 3"],
    looks: int = 1,
    device: Device = "auto",
    also: Callable[[np.ndarray, np.ndarray], dict[str, Any]] | None = None,
) -> Trained:
    """Train on a photograph and measure the last step, or ``looks`` steps of the last quarter.

    The results hold ``delta_e`` (of the whole picture), ``delta_e_seen``, ``delta_e_held_out`` (None
    without a holdout), ``colorfulness``, ``color_overlap`` and ``squares_used`` after the last step;
    the means of ``loss_d``, ``loss_g``, ``real_score`` and ``fake_score`` over the second half;
    ``first_steps`` (these four of the first five steps, to repeat them), ``seconds`` of the
    processor, ``rgb_sha256`` and the machine. With several looks also ``late``, a list of each
    measure, and the mean of L_G over the last quarter ``before`` and ``after`` D's step. ``also`` gets the
    final picture and the photograph, and what it returns is added. Errors: as
    ``TrainState.create`` and ``train``; ValueError for less than one look.
    """
    started = time.process_time()
    state = TrainState.create(rgb, config, device)
    at = late_steps(config.total_steps, looks)
    records, late, before, picture = [], [], [], rgb
    while state.step < config.total_steps:
        if looks > 1 and state.step >= at[0]:
            before.append(next_generator_loss(state))
        records.append(train_step(state))
        if state.step in at:
            picture = colorize(state.final_generator, rgb)
            late.append({"step": state.step} | measure(picture, rgb, config.holdout))
    results = _losses(records) | {name: late[-1][name] for name in late[-1] if name != "step"}
    if looks > 1:
        results["late"] = {name: [look[name] for look in late] for name in late[0]}
        results["loss_g_before"] = float(np.mean(before))
        results["loss_g_after"] = float(np.mean([record.loss_g for record in records[at[0] :]]))
    results |= also(picture, rgb) if also else {}
    results |= {"seconds": time.process_time() - started, "rgb_sha256": state.rgb_sha256}
    results |= describe_machine()
    return Trained(generator_bytes(state.final_generator, config, **results), results, picture)


def late_steps(total: int, looks: int) -> list[int]:
    """The steps to look at: the last, or several from three quarters of the way to the last.

    Errors: ValueError for less than one look.
    """
    if looks < 1:
        raise ValueError(f"looks must be at least 1, got {looks}")
    if looks == 1:
        return [total]
    return sorted({max(1, round(step)) for step in np.linspace(0.75 * total, total, looks)})


def measure(
    picture: UInt8[np.ndarray, "h w 3"], rgb: UInt8[np.ndarray, "h w 3"], holdout: Holdout | None
) -> dict[str, float | None]:
    """How far a picture is from its photograph: errors seen and held out, and its colours."""
    error = delta_e_map(picture, rgb)
    held_out = holdout_mask(holdout or (0, 0, 0, 0), *rgb.shape[:2])
    return {
        "delta_e": float(error.mean()),
        "delta_e_seen": float(error[~held_out].mean()),
        "delta_e_held_out": float(error[held_out].mean()) if holdout else None,
        "colorfulness": colorfulness(picture),
        "color_overlap": color_overlap(picture, rgb),
        "squares_used": squares_used(picture, rgb),
    }


def squares_used(rgb: Image, reference: Image, where: Mask | None = None, *, least: int = 1) -> float:
    """The share of the ab squares (8 CIE units) of ``reference`` in which ``rgb`` has a pixel.

    ``where`` marks the pixels that are looked at, if it is given. A square counts where the reference
    has at least ``least`` pixels. 1 is every colour, in whatever amount; a picture of one colour has
    one square. Errors: as ``delta_e``; ValueError when no square of the reference holds so many pixels.
    """
    ours, theirs = (ab_histogram(marked_pixels(rgb_to_lab(image), where)) for image in (rgb, reference))
    if not (theirs >= least).any():
        raise ValueError(f"no ab square of the reference holds {least} pixels; lower least")
    return float((ours[theirs >= least] > 0).mean())


@torch.no_grad()
def next_generator_loss(state: TrainState) -> float:
    """G's loss on the batch that comes next, against D as it is now: before D's step, not after.

    It is the training step's own computation, its noise and jitter included; what is drawn for it is
    put back, so that the step itself draws as if nobody had looked.
    """
    before = state.rng.get_state()
    features, _ = draw_batch(state, *divmod(state.step, state.config.batches_per_epoch))
    loss = adversarial_loss(state, features, paint_batch(state, features))
    state.rng.set_state(before)
    return loss.item()


def _losses(records: list[StepRecord]) -> dict[str, Any]:
    late = records[len(records) // 2 :]
    means = {name: float(np.mean([getattr(record, name) for record in late])) for name in MEASURED}
    return means | {"first_steps": [list(record[3:]) for record in records[:FIRST_STEPS]]}
