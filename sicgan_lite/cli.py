"""The command line: ``sicgan-lite train``, ``colorize`` and ``info``."""

from __future__ import annotations

import argparse
import ast
import json
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from sicgan_lite import __version__
from sicgan_lite.config import Config
from sicgan_lite.images import (
    SAMPLES,
    Photo,
    output_format,
    read_image,
    read_provenance,
    sample_image,
    write_image,
)
from sicgan_lite.provenance import Provenance

PRESETS = {"paper": Config.paper, "laptop": Config.laptop, "quick": Config.quick}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; the exit status is 0, 1 for a run that diverged, or 2 for bad input."""
    args = _parser().parse_args(arguments)
    try:
        args.run(args)
    except (ValueError, OSError) as error:
        print(f"sicgan-lite: {_one_line(error)}", file=sys.stderr)
        return 2
    except ArithmeticError as error:
        print(f"sicgan-lite: {_one_line(error)}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sicgan-lite", description="Colour from a single image: train on one photograph, colour any."
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    train = commands.add_parser("train", help="train on one photograph")
    train.add_argument("photo", help=f"an image file, or a sample: {', '.join(SAMPLES)}")
    train.add_argument("--out", type=Path, required=True, help="folder for the run's files")
    train.add_argument("--preset", choices=sorted(PRESETS), default=None, help="settings (default: quick)")
    train.add_argument(
        "--set", action="append", default=[], metavar="FIELD=VALUE", help="change a field of Config"
    )
    train.add_argument("--resume", action="store_true", help="go on from the checkpoint in --out")
    train.add_argument("--device", default="auto", help="auto, cpu, cuda or mps (default: auto)")
    train.set_defaults(run=_train)

    colorize = commands.add_parser("colorize", help="colour a picture of any size")
    colorize.add_argument("photo", help=f"an image file, or a sample: {', '.join(SAMPLES)}")
    colorize.add_argument("--model", type=Path, required=True, help="a generator.safetensors")
    colorize.add_argument("--out", type=Path, required=True, help="the .png or .jpg to write")
    colorize.add_argument("--overlap", type=float, default=0.5, help="of tiles, as a fraction (default: 0.5)")
    colorize.add_argument("--mark", action="store_true", help="also write a small visible mark")
    colorize.add_argument("--no-label", action="store_true", help="write no label into the file")
    colorize.set_defaults(run=_colorize)

    info = commands.add_parser(
        "info", help="what a generator, a checkpoint or a labelled picture says of itself"
    )
    info.add_argument("file", type=Path)
    info.set_defaults(run=_info)
    return parser


def _train(args: argparse.Namespace) -> None:
    from sicgan_lite.checkpoint import save_generator
    from sicgan_lite.colorizing import colorize
    from sicgan_lite.logbook import Logbook
    from sicgan_lite.metrics import grey
    from sicgan_lite.plotting import before_after, rasterize
    from sicgan_lite.training import TrainState

    photo, out = _read(args.photo), args.out
    if args.resume:
        if args.preset or args.set:
            raise ValueError(
                "--resume goes on with the settings in the checkpoint; leave out --preset and --set"
            )
        logbook = Logbook.resume(out, photo.rgb, args.device)
    else:
        if (out / "checkpoint.pt").exists():
            raise FileExistsError(f"{out} holds a run already; --resume goes on with it")
        logbook = Logbook(out, TrainState.create(photo.rgb, _config(args), args.device))
        out.mkdir(parents=True, exist_ok=True)
        logbook.save()
    if not _train_with_progress(logbook):
        again = f"sicgan-lite train {args.photo} --out {out} --resume"
        print(f"stopped after step {logbook.state.step}; go on with: {again}")
        return
    state = logbook.state
    save_generator(out / "generator.safetensors", state.generator, state.config)
    colored = colorize(state.generator, photo.rgb)
    figure = before_after(photo.rgb, grey(photo.rgb), colored)
    write_image(out / "before-after.png", rasterize(figure), provenance=_provenance(photo))
    print(f"wrote generator.safetensors, checkpoint.pt, history.csv and before-after.png to {out}")


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
    """A list that Ctrl-C fills, instead of stopping the program in the middle of a step."""
    caught: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: caught.append(number))
    try:
        yield caught
    finally:
        signal.signal(signal.SIGINT, before)


def _colorize(args: argparse.Namespace) -> None:
    from tqdm.auto import tqdm

    from sicgan_lite.checkpoint import load_generator
    from sicgan_lite.colorizing import colorize

    output_format(args.out)  # before the work, not after it
    photo, generator = _read(args.photo), load_generator(args.model)
    colored = colorize(
        generator, photo.rgb, overlap=args.overlap, progress=lambda bands: tqdm(bands, unit="band")
    )
    provenance = None if args.no_label else _provenance(photo)
    write_image(args.out, colored, provenance=provenance, photo=photo, mark=args.mark)
    print(f"wrote {args.out}")


def _info(args: argparse.Namespace) -> None:
    from sicgan_lite.checkpoint import read_checkpoint, read_generator_config

    if args.file.suffix == ".safetensors":
        said: dict[str, Any] = {"kind": "generator", "config": read_generator_config(args.file).to_dict()}
    elif args.file.suffix == ".pt":
        content = read_checkpoint(args.file)
        said = {"kind": "checkpoint"} | {key: content[key] for key in ("step", "rgb_sha256", "config")}
    else:
        label = read_provenance(args.file)
        said = {"kind": "picture", "label": label and _plain(label)}
    print(json.dumps(said, indent=1, ensure_ascii=False))


def _read(photo: str) -> Photo:
    if photo in SAMPLES and not Path(photo).exists():
        return Photo(rgb=sample_image(photo), alpha=None, icc_profile=None, source_sha256="", xmp=None)
    return read_image(photo)


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


def _provenance(photo: Photo) -> Provenance:
    now = datetime.now(timezone.utc).isoformat(timespec="seconds")
    return Provenance("sicgan-lite", __version__, source_sha256=photo.source_sha256, when=now)


def _plain(label: Provenance) -> dict[str, Any]:
    names = ("system", "version", "source_type", "source_sha256", "when")
    return {name: getattr(label, name) for name in names} | {"history": [e._asdict() for e in label.history]}


def _one_line(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror and error.filename:
        return f"{error.filename}: {error.strerror}"
    return " ".join(str(error).split())
