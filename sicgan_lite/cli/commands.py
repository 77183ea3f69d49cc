"""What the commands of ``sicgan-lite`` do with their arguments."""

from __future__ import annotations

import argparse
import ast
import json
import shlex
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sicgan_lite.config import Config
from sicgan_lite.files import folder_lock
from sicgan_lite.pictures.images import Photo, find_photo, output_format, read_provenance, write_image
from sicgan_lite.pictures.provenance import Provenance, own_provenance

PRESETS = {"paper": Config.paper, "laptop": Config.laptop, "quick": Config.quick}


def run_train(args: argparse.Namespace) -> None:
    """Train on one photograph; a checkpoint each epoch, and after Ctrl-C."""
    from sicgan_lite.checkpoint import save_generator
    from sicgan_lite.colorizing import colorize
    from sicgan_lite.devices import keep_freed_memory
    from sicgan_lite.studies.album import write_before_after

    keep_freed_memory()
    photo, out = find_photo(args.photo), args.out
    logbook = _logbook(args, photo)
    state = logbook.state
    out.mkdir(parents=True, exist_ok=True)  # once the settings are known to be good
    with folder_lock(out):
        if not args.resume:
            logbook.save()
        if not _train_with_progress(logbook):
            print(
                f"stopped after step {state.step} of {state.config.total_steps}; go on with: {_again(args)}"
            )
            return
        save_generator(out / "generator.safetensors", state.final_generator, state.config)
        colored = colorize(state.final_generator, photo.rgb)
        write_before_after(out / "before-after.png", photo.rgb, colored, photo.source_sha256)
    print(f"wrote generator.safetensors, checkpoint.pt, history.csv and before-after.png to {out}")


def _logbook(args: argparse.Namespace, photo: Photo) -> Any:
    """The run to go on with, or a new one; nothing is written yet."""
    from sicgan_lite.studies.logbook import Logbook
    from sicgan_lite.training import TrainState

    if not args.resume:
        if (args.out / "checkpoint.pt").exists():
            raise FileExistsError(f"{args.out} holds a run already; --resume goes on with it")
        return Logbook(args.out, TrainState.create(photo.rgb, _config(args), args.device))
    if args.preset or args.set:
        raise ValueError("--resume goes on with the settings in the checkpoint; leave out --preset and --set")
    return Logbook.resume(args.out, photo.rgb, args.device)


def _again(args: argparse.Namespace) -> str:
    """The shell command that resumes this run."""
    device = [] if args.device == "auto" else ["--device", args.device]
    return shlex.join(["sicgan-lite", "train", args.photo, "--out", str(args.out), "--resume", *device])


def _train_with_progress(logbook: Any) -> bool:
    """Train to the end, or to the end of the step in which Ctrl-C was pressed; saved either way."""
    from tqdm.auto import tqdm

    config = logbook.state.config
    with (
        _interruption() as interrupted,
        tqdm(total=config.total_steps, initial=logbook.state.step, unit="step") as progress,
    ):
        for record in logbook.steps():
            scores = {"real": record.real_score, "fake": record.fake_score}
            losses = {"loss_d": record.loss_d, "loss_g": record.loss_g}
            progress.set_postfix({k: f"{v:.3f}" for k, v in (losses | scores).items()}, refresh=False)
            progress.update()
            if record.batch == config.batches_per_epoch or interrupted:
                logbook.save()
            if interrupted:
                break
    return logbook.state.step == config.total_steps


@contextmanager
def _interruption() -> Iterator[list[int]]:
    """Ctrl-C is noted in this list, so that a step is finished before the program stops."""
    caught: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: caught.append(number))
    try:
        yield caught
    finally:
        signal.signal(signal.SIGINT, before)


def run_colorize(args: argparse.Namespace) -> None:
    """Colour a picture and write it with its label."""
    from tqdm.auto import tqdm

    from sicgan_lite.checkpoint import load_generator
    from sicgan_lite.colorizing import colorize

    photo, generator = find_photo(args.photo), load_generator(args.model)
    output_format(args.out, photo)  # before the work, not after it
    if args.out.exists() and Path(args.photo).exists() and args.out.samefile(args.photo):
        raise FileExistsError(f"{args.out} is the photograph itself; give --out another name")
    colored = colorize(
        generator, photo.rgb, overlap=args.overlap, progress=lambda bands: tqdm(bands, unit="band")
    )
    provenance = None if args.no_label else own_provenance(photo.source_sha256)
    write_image(args.out, colored, provenance=provenance, photo=photo, mark=args.mark)
    print(f"wrote {args.out}")


def run_album(args: argparse.Namespace) -> None:
    """Train a model for each photograph of a folder, side by side if asked."""
    from tqdm.auto import tqdm

    from sicgan_lite.studies.album import make_album
    from sicgan_lite.studies.jobs import open_executor

    with open_executor(args.workers, args.scheduler) as executor, tqdm(unit="photo") as progress:
        pages = make_album(
            args.folder,
            out=args.out,
            config=_config(args),
            executor=executor,
            on_done=lambda name: (progress.set_postfix(done=name, refresh=False), progress.update()),
        )
    for page in pages:
        print(f"{page.path.stem}: mean ΔE {page.results['delta_e']:.1f}")
    print(f"wrote {len(pages)} models and pictures to {args.out}")


def run_info(args: argparse.Namespace) -> None:
    """Print what a file says of itself, as JSON."""
    from sicgan_lite.checkpoint import read_checkpoint, read_generator_config

    if args.file.is_dir():
        raise IsADirectoryError(f"{args.file} is a directory; a .safetensors, a .pt or a picture is wanted")
    if args.file.suffix == ".safetensors":
        said: dict[str, Any] = {"kind": "generator", "config": read_generator_config(args.file).to_dict()}
    elif args.file.suffix == ".pt":
        content = read_checkpoint(args.file)
        said = {"kind": "checkpoint"} | {key: content[key] for key in ("step", "rgb_sha256", "config")}
    else:
        label = read_provenance(args.file)
        said = {"kind": "picture", "label": label and _plain(label)}
    print(json.dumps(said, indent=1, ensure_ascii=False))


def _config(args: argparse.Namespace) -> Config:
    changes = dict(map(_setting, args.set))
    preset = PRESETS[args.preset or "quick"]()
    return Config.from_dict(preset.to_dict() | changes)


def _setting(text: str) -> tuple[str, Any]:
    field, equals, value = text.partition("=")
    if not equals:
        raise ValueError(f"--set takes FIELD=VALUE, as in noise_std=0.2; got {text!r}")
    try:
        return field, ast.literal_eval(value)
    except (ValueError, SyntaxError):
        return field, value  # a word, as in precision=float32


def _plain(label: Provenance) -> dict[str, Any]:
    names = ("system", "version", "source_type", "source_sha256", "when")
    return {name: getattr(label, name) for name in names} | {"history": [e._asdict() for e in label.history]}
