"""Presets, settings and paths, as words on the command line."""

from __future__ import annotations

import argparse
import ast
import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sicgan_lite.config import LIMITS, Config

DEFAULT_PRESET = "photo"
PRESETS: dict[str, Callable[..., Config]] = {
    "photo": Config.photo,
    "quick": Config.quick,
    "laptop": Config.laptop,
    "paper": Config.paper,
}
PRESET_HELP = (
    "photo (default): the best picture per second that this project knows; "
    "quick: the paper's game, made small; laptop: the paper's schedule at a quarter of its widths, an hour "
    "or two; paper: the paper's own experiment, half a day without a graphics card"
)
MEANINGS = {
    "size": "side of a training patch, pixels",
    "num_patches": "patches after flips and turns",
    "epochs": "times that each patch is seen",
    "batch_size": "patches a step",
    "min_distance": "between the origins of patches, pixels; None: the largest that fits",
    "transforms": "flips and turns: the paper's six, or all eight",
    "generator_widths": "channels of G's hidden layers",
    "discriminator_widths": "channels of D's hidden layers",
    "lr_generator": "learning rate of G",
    "lr_discriminator": "learning rate of D",
    "betas": "of Adam",
    "real_target": "D's target for real patches: one-sided label smoothing",
    "fake_target": "D's target for generated patches",
    "generator_target": "G's target",
    "target_jitter": "how far targets are moved at random",
    "noise_std": "instance noise, in units of ab / 110",
    "noise_in_generator_step": "instance noise in G's step too",
    "conditional": "D sees lightness and edges too",
    "l1_weight": "weight of the mean error in ab / 110",
    "adversarial_weight": "weight of the game; 0 leaves L1 alone",
    "features": "what G sees of a pixel",
    "holdout": "top, left, bottom, right of a part that is never trained on, as fractions",
    "precision": "auto: bfloat16 where the processor has it",
    "seed": "of everything random",
    "noise_channels": "random numbers a patch that G sees: one lightness, several colours",
    "leaky_slope": "of D's units below 0; 0 is ReLU",
    "generator_objective": "G's loss in the game",
    "average_decay": "of a running mean of G's weights; 0 is none",
    "schedule": "of both learning rates",
    "discriminator_steps": "steps of D for one of G",
    "width": "at which the photograph is learned, pixels; None: its own",
    "kernel_sizes": "of G's layers",
    "feature_noise": "on context features, in units of their spread",
}


def config_of(args: argparse.Namespace) -> Config:
    """The preset with the changes that were asked for. Errors: ValueError as ``Config``."""
    changes = dict(map(_setting, args.set))
    if args.seed is not None:
        changes["seed"] = args.seed
    preset = PRESETS[args.preset or DEFAULT_PRESET]()
    return Config.from_dict(preset.to_dict() | changes)


def a_path(text: str) -> Path:
    """A path; an empty word, which an unset variable leaves, would be the folder one stands in."""
    if not text:
        raise argparse.ArgumentTypeError("a name is wanted, and it is empty")
    return Path(text)


def settings_table() -> str:
    """Every field of Config: what it is, its value in ``photo``, its limit in Config's own words."""
    preset = PRESETS[DEFAULT_PRESET]()
    rows = []
    for field in dataclasses.fields(Config):
        value = getattr(preset, field.name)
        rows.append(f"  {field.name} = {value!r}\n      {MEANINGS[field.name]}; {LIMITS[field.name].words}")
    return "\n".join(rows)


def _setting(text: str) -> tuple[str, Any]:
    field, equals, value = text.partition("=")
    if not equals:
        raise ValueError(f"--set takes FIELD=VALUE, as in noise_std=0.2; got {text!r}")
    try:
        return field, ast.literal_eval(value)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return field, value  # a word, as in precision=float32
