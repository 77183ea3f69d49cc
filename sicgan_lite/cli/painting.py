"""``sicgan-lite colorize``: one picture, many, or an old photograph in the colours of another."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sicgan_lite.cli.models import model_of, warn_if_far
from sicgan_lite.cli.talk import (
    PIPE,
    as_argument,
    photo_from,
    progress,
    said_of,
    say,
    say_json,
    warn,
    write_out,
)
from sicgan_lite.pictures.finding import photos_in
from sicgan_lite.pictures.images import (
    DEEP_KINDS,
    KINDS_BY_SUFFIX,
    Photo,
    encode_image,
    left_behind,
    output_format,
    write_image,
)
from sicgan_lite.pictures.provenance import own_provenance

if TYPE_CHECKING:
    from sicgan_lite.networks import Generator


def run_colorize(args: argparse.Namespace) -> None:
    """Colour pictures and write them with their labels; what could be refused is refused before the work.

    Errors: as ``read_image`` and ``output_format`` for one picture; RuntimeError names those of several
    that could not be coloured, after all others are written.
    """
    from sicgan_lite.colorizing import blend_window

    blend_window(1, args.overlap)  # refused now, and not after a training
    pairs = list(_pairs(args))
    for source, target in pairs:
        _check_target(source, target, force=args.force)
    if len(pairs) == 1:  # a bad file is found before training
        _kind(pairs[0][1], photo := photo_from(pairs[0][0]), args)
        _color(pairs[0], photo, *model_of(args), args)
        return
    generator, profile = model_of(args)
    failed = []
    for source, target in pairs:
        try:
            _color((source, target), photo_from(source), generator, profile, args)
        except (ValueError, OSError, MemoryError) as error:
            warn(said_of(error))
            failed.append(source)
    if failed:
        raise RuntimeError(
            f"{len(failed)} of {len(pairs)} pictures could not be coloured ({', '.join(failed)});"
            " the others are written"
        )


def _color(
    pair: tuple[str, Path],
    photo: Photo,
    generator: Generator,
    profile: list[float] | None,
    args: argparse.Namespace,
) -> None:
    """Colour and write one picture, after what has to be said of it."""
    source, target = pair
    kind = _kind(target, photo, args)
    for loss in left_behind(photo, kind):
        warn(f"{source}: {loss}")
    warn_if_far(photo.rgb, profile, as_argument(source))
    _paint(generator, photo, target, kind, args)


def _pairs(args: argparse.Namespace) -> Iterator[tuple[str, Path]]:
    """Each picture, and the file that its colours go to. Errors: ValueError, OSError."""
    sources = [inner for source in args.photos for inner in _inside(source)]
    out: Path = args.out
    if len(sources) == 1 and not out.is_dir() and not Path(args.photos[0]).is_dir():
        yield sources[0], out
        return
    if out.is_file():
        raise NotADirectoryError(f"{out} is a file; {len(sources)} pictures need a folder for --out")
    out.mkdir(parents=True, exist_ok=True)
    targets = [out / _colored_name(source) for source in sources]
    if len(set(targets)) < len(targets):
        twice = next(target for target in targets if targets.count(target) > 1)
        raise ValueError(f"two pictures would be written to {twice}; colour them one folder at a time")
    yield from zip(sources, targets, strict=True)


def _inside(source: str) -> list[str]:
    """A picture, or the pictures of a folder. Errors: FileNotFoundError for no name at all; OSError."""
    if not source:  # which would be this folder
        raise FileNotFoundError("there is no file without a name; name a picture or a folder")
    return [str(path) for path in photos_in(source)[0]] if Path(source).is_dir() else [source]


def _colored_name(source: str) -> str:
    path = Path(source)
    try:
        output_format(Path(path.name))
        return path.name or f"{source}.png"
    except (ValueError, OSError):
        return f"{path.stem}.png"


def _kind(target: Path, photo: Photo, args: argparse.Namespace) -> str:
    """The format to write. Errors: as ``output_format``."""
    if str(target) != PIPE:
        return output_format(target, photo)
    output_format(Path(f"it.{args.format}"), photo)
    return KINDS_BY_SUFFIX[f".{args.format}"]


def _check_target(source: str, target: Path, *, force: bool) -> None:
    if str(target) == PIPE:
        return
    output_format(target)
    if not target.exists():
        return
    if Path(source).exists() and target.samefile(source):
        raise FileExistsError(f"{target} is the photograph itself; give --out another name")
    if not force:
        raise FileExistsError(f"{target} exists; --force replaces it")


def _paint(generator: Generator, photo: Photo, target: Path, kind: str, args: argparse.Namespace) -> None:
    from sicgan_lite.colorizing import colorize

    pixels = photo.rgb if photo.deep is None or kind not in DEEP_KINDS else photo.deep
    with progress(None, "band", quiet=args.quiet) as bar:
        colored = colorize(
            generator, pixels, overlap=args.overlap, z=_roll(generator, args), progress=_each(bar)
        )
    provenance = None if args.no_label else own_provenance(photo.source_sha256)
    if str(target) == PIPE:
        write_out(encode_image(colored, kind, provenance=provenance, photo=photo, mark=args.mark))
        return
    write_image(target, colored, provenance=provenance, photo=photo, mark=args.mark)
    if args.quiet and not args.json:
        return
    said = _said(colored, photo.rgb)
    if args.json:
        say_json({"out": str(target)} | said)
    else:
        say(f"wrote {target}: {said['sentence']}", quiet=args.quiet)


def _roll(generator: Generator, args: argparse.Namespace) -> np.ndarray | None:
    """One roll of the die for the picture, where the generator has one and a seed is given."""
    if not generator.noise_channels or args.seed is None:
        return None
    return np.random.default_rng(args.seed).standard_normal(generator.noise_channels).astype(np.float32)


def _each(bar: Any) -> Any:
    def wrap(bands: Any) -> Iterator[int]:
        bar.reset(total=len(bands))
        for band in bands:
            yield band
            bar.update()

    return wrap


def _said(colored: np.ndarray, rgb: np.ndarray) -> dict[str, Any]:
    """The verdict where the photograph has colours to compare with."""
    from sicgan_lite.studies.judging import check_has_color, judge

    try:
        check_has_color(rgb, "it")
    except ValueError:
        return {"sentence": "there are no true colours to compare with"}
    verdict = judge(colored if colored.dtype == np.uint8 else (colored >> 8).astype(np.uint8), rgb)
    return {"sentence": verdict.sentence, **verdict._asdict(), "lost": verdict.lost}
