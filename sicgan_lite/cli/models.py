"""The model that colours: one from a file, or one that learns a photograph's colours first."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import numpy as np

from sicgan_lite.cli.settings import config_of
from sicgan_lite.cli.talk import PIPE, as_argument, photo_from, say, warn

if TYPE_CHECKING:
    from sicgan_lite.networks import Generator

SAME_LIGHTNESS = 1.5  # of 100: a photograph and its own grey copy, rounded and resaved


def model_of(args: argparse.Namespace) -> tuple[Generator, list[float] | None]:
    """The generator, and the lightness of the photograph that it learned, where its file says that."""
    if args.like is not None:
        return _learn(args)
    from sicgan_lite.checkpoint import load_generator, read_results
    from sicgan_lite.devices import choose_device

    if args.preset or args.set or args.keep:
        raise ValueError(
            "--preset, --set and --keep belong to --like; a model that is there has its settings"
        )
    device = choose_device(args.device)
    profile = read_results(args.model).get("lightness_profile")
    known = isinstance(profile, list) and all(type(v) is float and 0 <= v <= 100 for v in profile)
    return load_generator(args.model).to(device), profile if known else None


def _learn(args: argparse.Namespace) -> tuple[Generator, list[float]]:
    """Train on the colour photograph of ``--like`` in a folder beside the result, and keep its model."""
    from sicgan_lite.checkpoint import check_storable
    from sicgan_lite.cli.training import check_new, finish, train_with_progress
    from sicgan_lite.files import folder_lock, make_folder
    from sicgan_lite.studies.album import fitting_name
    from sicgan_lite.studies.judging import check_has_color, lightness_profile
    from sicgan_lite.studies.run_folder import RunFolder
    from sicgan_lite.training import TrainState

    if str(args.out) == PIPE and args.keep is None:
        raise ValueError("--like with --out - needs --keep FOLDER, where its model is kept")
    teacher = photo_from(args.like)
    check_has_color(teacher.rgb, as_argument(args.like))
    folder = args.keep or args.out.with_name(f"{fitting_name(args.out.stem)}.model")
    cure = (
        f"--model {folder / 'generator.safetensors'} colours with it, --force learns anew, --keep elsewhere"
    )
    check_storable(config := config_of(args))
    state = TrainState.create(teacher.rgb, config, args.device)
    make_folder(folder)
    with folder_lock(folder):
        if not args.force:
            check_new(folder, cure)
        run = RunFolder(folder, state)
        say(f"learning the colours of {args.like}", quiet=silent(args))
        if not train_with_progress(run, teacher, quiet=args.quiet):
            raise KeyboardInterrupt
        finish(run, teacher, folder, argparse.Namespace(quiet=silent(args), json=False))
    return state.final_generator, lightness_profile(teacher.rgb)


def warn_if_far(rgb: np.ndarray, profile: list[float] | None, name: str) -> None:
    """Say that a picture is not the photograph that a model learned, and whether it is like it."""
    from sicgan_lite.studies.judging import QUANTILES, UNLIKE, lightness_profile, profiles_differ

    if profile is None or len(profile) != len(QUANTILES):
        return
    apart = profiles_differ(lightness_profile(rgb), profile)
    if apart > UNLIKE:
        warn(
            f"{name} is unlike the photograph that this model learned (their lightness is {apart:.0f} of 100"
            f" apart; the halves of one photograph are at most {UNLIKE:.0f}): its colours are a guess"
        )
    elif apart > SAME_LIGHTNESS:
        warn(f"this model learned another photograph: {name} gets borrowed colours")


def silent(args: argparse.Namespace) -> bool:
    """Whether stdout is for a program or for the picture."""
    return args.quiet or args.json or str(args.out) == PIPE
