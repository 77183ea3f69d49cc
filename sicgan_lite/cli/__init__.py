"""The command line: what can be asked for, and how it is refused."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from sicgan_lite import __version__
from sicgan_lite.cli.commands import PRESETS, run_album, run_colorize, run_info, run_train
from sicgan_lite.pictures.images import SAMPLES
from sicgan_lite.studies.jobs import JobsError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program.

    The exit status is 0; 1 for a run that diverged or an album with gaps; 2 for bad input; 130
    after Ctrl-C where nothing was left to save.
    """
    args = _parser().parse_args(arguments)
    try:
        args.run(args)
    except (ValueError, OSError) as error:
        return _complain(error, 2)
    except (ArithmeticError, JobsError) as error:
        return _complain(error, 1)
    except KeyboardInterrupt:
        print("sicgan-lite: stopped", file=sys.stderr)
        return 130
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
    _add_settings(train)
    train.add_argument("--resume", action="store_true", help="go on from the checkpoint in --out")
    train.add_argument("--device", default="auto", help="auto, cpu, cuda or mps (default: auto)")
    train.set_defaults(run=run_train)

    colorize = commands.add_parser("colorize", help="colour a picture of any size")
    colorize.add_argument("photo", help=f"an image file, or a sample: {', '.join(SAMPLES)}")
    colorize.add_argument("--model", type=Path, required=True, help="a generator.safetensors")
    colorize.add_argument("--out", type=Path, required=True, help="the .png or .jpg to write")
    colorize.add_argument("--overlap", type=float, default=0.5, help="of tiles, as a fraction (default: 0.5)")
    colorize.add_argument("--mark", action="store_true", help="also write a small visible mark")
    colorize.add_argument("--no-label", action="store_true", help="write no label into the file")
    colorize.set_defaults(run=run_colorize)

    _add_album(commands.add_parser("album", help="one model for each photograph of a folder"))
    info = commands.add_parser(
        "info", help="what a generator, a checkpoint or a labelled picture says of itself"
    )
    info.add_argument("file", type=Path)
    info.set_defaults(run=run_info)
    return parser


def _add_album(album: argparse.ArgumentParser) -> None:
    album.add_argument("folder", type=Path, help="a folder of JPEG, PNG, TIFF or WebP files")
    album.add_argument("--out", type=Path, required=True, help="folder for a model and a picture of each")
    _add_settings(album)
    album.add_argument("--workers", type=int, default=1, help="photographs at a time (default: 1)")
    album.add_argument(
        "--scheduler", metavar="ADDRESS", help="train on the Dask cluster at this address instead"
    )
    album.set_defaults(run=run_album)


def _add_settings(command: argparse.ArgumentParser) -> None:
    command.add_argument("--preset", choices=sorted(PRESETS), default=None, help="settings (default: quick)")
    command.add_argument(
        "--set", action="append", default=[], metavar="FIELD=VALUE", help="change a field of Config"
    )


def _complain(error: Exception, status: int) -> int:
    print(f"sicgan-lite: {_one_line(error)}", file=sys.stderr)
    return status


def _one_line(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror and error.filename:
        return f"{error.filename}: {error.strerror}"
    return " ".join(str(error).split())
