"""``sicgan-lite colorize``: one picture, many, or an old photograph in the colours of another."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sicgan_lite.cli.settings import config_of
from sicgan_lite.cli.talk import as_argument, progress, say, say_json, warn
from sicgan_lite.pictures.images import Photo, find_photo, output_format, photos_in, write_image
from sicgan_lite.pictures.provenance import own_provenance

if TYPE_CHECKING:
    from sicgan_lite.networks import Generator

SAME_LIGHTNESS = 1.5  # of 100: a photograph and its own grey copy, rounded and resaved


def run_colorize(args: argparse.Namespace) -> None:
    """Colour pictures and write them with their labels; what could be refused is refused before the work."""
    pairs = list(_pairs(args))
    for source, target in pairs:
        _check_target(source, target, force=args.force)
    photos = [find_photo(source) for source, _ in pairs[:1]]  # a bad first file is found before training
    output_format(pairs[0][1], photos[0])
    generator, profile = _model(args)
    for number, (source, target) in enumerate(pairs):
        photo = photos[0] if number == 0 else find_photo(source)
        output_format(target, photo)
        _warn_if_far(photo.rgb, profile, as_argument(source))
        _paint(generator, photo, target, args)


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
    """A picture, or the pictures of a folder."""
    return [str(path) for path in photos_in(source)[0]] if Path(source).is_dir() else [source]


def _colored_name(source: str) -> str:
    path = Path(source)
    try:
        output_format(Path(path.name))
        return path.name or f"{source}.png"
    except (ValueError, OSError):
        return f"{path.stem}.png"


def _check_target(source: str, target: Path, *, force: bool) -> None:
    output_format(target)
    if not target.exists():
        return
    if Path(source).exists() and target.samefile(source):
        raise FileExistsError(f"{target} is the photograph itself; give --out another name")
    if not force:
        raise FileExistsError(f"{target} exists; --force replaces it")


def _model(args: argparse.Namespace) -> tuple[Generator, list[float] | None]:
    """The generator, and the lightness of the photograph that it learned, where its file says that."""
    if args.like is not None:
        return _learn(args)
    from sicgan_lite.checkpoint import load_generator, read_results

    profile = read_results(args.model).get("lightness_profile")
    known = isinstance(profile, list) and all(isinstance(value, float | int) for value in profile)
    return load_generator(args.model), profile if known else None


def _learn(args: argparse.Namespace) -> tuple[Generator, list[float]]:
    """Train on the colour photograph of ``--like`` in a folder beside the result, and keep its model."""
    from sicgan_lite.cli.training import finish, train_with_progress
    from sicgan_lite.files import folder_lock
    from sicgan_lite.studies.judging import check_has_color, lightness_profile
    from sicgan_lite.studies.run_folder import RunFolder
    from sicgan_lite.training import TrainState

    teacher = find_photo(args.like)
    check_has_color(teacher.rgb, as_argument(args.like))
    folder = args.keep or args.out.with_name(f"{args.out.stem}.model")
    state = TrainState.create(teacher.rgb, config_of(args), args.device)
    folder.mkdir(parents=True, exist_ok=True)
    with folder_lock(folder):
        run = RunFolder(folder, state)
        say(f"learning the colours of {args.like}", quiet=args.quiet or args.json)
        if not train_with_progress(run, teacher, quiet=args.quiet):
            raise KeyboardInterrupt
        finish(run, teacher, folder, argparse.Namespace(quiet=args.quiet or args.json, json=False))
    return state.final_generator, lightness_profile(teacher.rgb)


def _warn_if_far(rgb: np.ndarray, profile: list[float] | None, name: str) -> None:
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


def _paint(generator: Generator, photo: Photo, target: Path, args: argparse.Namespace) -> None:
    from sicgan_lite.colorizing import colorize

    with progress(None, "band", quiet=args.quiet) as bar:
        colored = colorize(
            generator, photo.rgb, overlap=args.overlap, z=_roll(generator, args), progress=_each(bar)
        )
    provenance = None if args.no_label else own_provenance(photo.source_sha256)
    write_image(target, colored, provenance=provenance, photo=photo, mark=args.mark)
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
    verdict = judge(colored, rgb)
    return {"sentence": verdict.sentence, **verdict._asdict(), "lost": verdict.lost}
