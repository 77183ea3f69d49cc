"""``sicgan-lite train``: a run that saves itself, shows how far it is, and is judged aloud."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sicgan_lite.cli.settings import config_of
from sicgan_lite.cli.stops import stop_requests
from sicgan_lite.cli.talk import as_argument, photo_from, progress, quoted, say, say_json
from sicgan_lite.pictures.images import Photo

if TYPE_CHECKING:
    from sicgan_lite.studies.run_folder import RunFolder

SAVE_SECONDS = 30.0
LOOKS = 20  # at the small copy during a run
FILES = ("generator.safetensors", "checkpoint.pt", "history.csv", "before-after.png")


def run_train(args: argparse.Namespace) -> None:
    """Train on one photograph; saved at least twice a minute, at the end of an epoch, and when stopped."""
    from sicgan_lite.devices import keep_freed_memory

    photo = photo_from(args.photo)
    keep_freed_memory()  # not before: what decoding a large photograph took goes back
    with _resumed(args, photo) if args.resume else _begun(args, photo) as run:
        if not train_with_progress(run, photo, quiet=args.quiet, preview=args.preview):
            state = run.state
            say(f"stopped after step {state.step} of {state.config.total_steps}; go on with: {_again(args)}")
            return
        finish(run, photo, args.out, args)


def finish(run: RunFolder, photo: Photo, out: Path, args: argparse.Namespace) -> None:
    """Write the generator and the picture, and say what they are worth."""
    from sicgan_lite.checkpoint import save_generator
    from sicgan_lite.colorizing import colorize
    from sicgan_lite.studies.album import write_before_after
    from sicgan_lite.studies.judging import judge, lightness_profile

    state = run.state
    profile = lightness_profile(photo.rgb)
    save_generator(out / FILES[0], state.final_generator, state.config, lightness_profile=profile)
    colored = colorize(state.final_generator, photo.rgb)
    write_before_after(out / "before-after.png", photo.rgb, colored, photo.source_sha256)
    if args.quiet and not args.json:
        return
    verdict = judge(colored, photo.rgb)
    if args.json:
        say_json({"out": str(out), "files": list(FILES), **verdict._asdict(), "lost": verdict.lost})
        return
    say(f"{verdict.sentence}.", quiet=args.quiet)
    say(advice(state.config, lost=verdict.lost), quiet=args.quiet)
    say(f"wrote {', '.join(FILES[:-1])} and {FILES[-1]} to {out}", quiet=args.quiet)


def advice(config: Any, *, lost: bool) -> str:
    """Which kind of run this was, and what to try where it lost."""
    if config.adversarial_weight == 0:
        kind = "No game was played: L1 alone"
    elif config.l1_weight > 0:
        kind = "The game was played, anchored by L1"
    else:
        kind = (
            "This was the paper's game"
            if not config.conditional
            else "This was the game, with a D that sees lightness"
        )
    if not lost:
        return f"{kind}."
    if config.l1_weight > 0:
        return f"{kind}. It lost: try another --seed, or more steps (--set epochs=2)."
    return f"{kind}, which often loses to one colour: try --preset photo."


def train_with_progress(run: RunFolder, photo: Photo, *, quiet: bool, preview: bool = False) -> bool:
    """Train to the end, or to the end of the step in which a stop was asked for; saved either way."""
    from sicgan_lite.devices import limit_threads

    config = run.state.config
    limit_threads(config.batch_size * config.size**2)
    look = _looker(run, photo, preview=preview)
    every = max(1, config.total_steps // LOOKS)
    saved = time.monotonic()
    with (
        stop_requests() as asked,
        progress(config.total_steps, "step", initial=run.state.step, quiet=quiet) as bar,
    ):
        for record in run.steps():
            if record.step % every == 0 and not (quiet and not preview):
                bar.set_postfix_str(f"ΔE {look():.1f}", refresh=False)
            bar.update()
            late = time.monotonic() - saved >= SAVE_SECONDS
            if record.batch == config.batches_per_epoch or asked or late:
                run.save()
                saved = time.monotonic()
            if asked:
                break
    return run.state.step == config.total_steps


def _looker(run: RunFolder, photo: Photo, *, preview: bool) -> Callable[[], float]:
    """A function that colours a small copy, and says its ΔE; a preview is drawn of it."""
    from sicgan_lite.colorizing import colorize
    from sicgan_lite.metrics import delta_e
    from sicgan_lite.studies.judging import small_copy

    small: np.ndarray = small_copy(photo.rgb)

    def look() -> float:
        picture = colorize(run.state.final_generator, small)
        if preview:
            from sicgan_lite.studies.album import write_before_after  # loads Matplotlib

            write_before_after(run.folder / "before-after.png", small, picture, photo.source_sha256)
        return delta_e(picture, small)

    return look


@contextmanager
def _begun(args: argparse.Namespace, photo: Photo) -> Iterator[RunFolder]:
    """A new run in its folder, which no other program can write meanwhile."""
    from sicgan_lite.checkpoint import check_storable
    from sicgan_lite.files import folder_lock, make_folder
    from sicgan_lite.studies.judging import check_has_color
    from sicgan_lite.studies.run_folder import RunFolder
    from sicgan_lite.training import TrainState

    check_new(args.out)
    if not args.force:
        check_has_color(photo.rgb, as_argument(args.photo))
    check_storable(config := config_of(args))
    state = TrainState.create(photo.rgb, config, args.device)
    make_folder(args.out)  # once the settings are known to be good
    with folder_lock(args.out):
        check_new(args.out)  # once more: another program may have been quicker
        run = RunFolder(args.out, state)
        run.save()
        yield run


@contextmanager
def _resumed(args: argparse.Namespace, photo: Photo) -> Iterator[RunFolder]:
    """The run to go on with, read when no other program can write it."""
    from sicgan_lite.files import folder_lock
    from sicgan_lite.studies.run_folder import RunFolder, find_checkpoint

    if args.preset or args.set or args.seed is not None:
        raise ValueError(
            "--resume goes on with the settings in the checkpoint; leave out --preset, --seed and --set"
        )
    find_checkpoint(args.out)  # locking would make the folder
    with folder_lock(args.out):
        yield RunFolder.resume(args.out, photo.rgb, args.device)


def check_new(out: Path, cure: str = "") -> None:
    """Errors: FileExistsError for a folder with any file of a run; ``cure`` is what to do then."""
    taken = [name for name in FILES if (out / name).exists()]
    if taken:
        cure = cure or ("--resume goes on with it" if "checkpoint.pt" in taken else "choose another --out")
        raise FileExistsError(f"{out} holds a run already ({', '.join(taken)}); {cure}")


def _again(args: argparse.Namespace) -> str:
    """The command that resumes this run."""
    device = [] if args.device == "auto" else ["--device", args.device]
    words = ["sicgan-lite", "train", as_argument(args.photo), "--out", as_argument(args.out), "--resume"]
    return quoted([*words, *device])
