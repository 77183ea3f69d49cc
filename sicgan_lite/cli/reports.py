"""``sicgan-lite album`` and ``sicgan-lite info``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from sicgan_lite.cli.settings import config_of
from sicgan_lite.cli.talk import as_argument, printable, progress, quoted, say, say_json
from sicgan_lite.pictures.finding import photos_in
from sicgan_lite.pictures.images import read_provenance
from sicgan_lite.pictures.provenance import Provenance


def run_album(args: argparse.Namespace) -> None:
    """Train a model for each photograph of a folder, side by side if asked."""
    from sicgan_lite.studies.album import make_album
    from sicgan_lite.studies.jobs import open_executor
    from sicgan_lite.studies.sheet import verdict_of

    config, (photos, skipped) = config_of(args), photos_in(args.folder)
    for path, reason in skipped:
        say(f"skipped {path.name}: {reason}", quiet=args.quiet or args.json)
    try:
        with (
            open_executor(args.workers, args.scheduler) as executor,
            progress(len(photos), "photo", quiet=args.quiet) as bar,
        ):
            runs = make_album(
                args.folder,
                out=args.out,
                config=config,
                executor=executor,
                on_done=lambda name: (bar.set_postfix_str(printable(name), refresh=False), bar.update()),
                device=args.device,
            )
    except KeyboardInterrupt:
        say(f"stopped; what is done is kept, go on with: {_again(args)}")
        raise
    if args.json:
        say_json({"out": str(args.out), "photos": {run.path.stem: run.results for run in runs}})
        return
    for run in runs:
        say(f"{run.path.stem}: {verdict_of(run.results)}", quiet=args.quiet)
    count = "one model, its picture" if len(runs) == 1 else f"{len(runs)} models, their pictures"
    say(f"wrote {count} and index.html to {args.out}", quiet=args.quiet)


def _again(args: argparse.Namespace) -> str:
    words = ["sicgan-lite", "album", as_argument(args.folder), "--out", as_argument(args.out)]
    words += ["--preset", args.preset] if args.preset else []
    words += ["--seed", str(args.seed)] if args.seed is not None else []
    words += [word for setting in args.set for word in ("--set", setting)]
    words += ["--workers", str(args.workers)] if args.workers > 1 else []
    words += ["--scheduler", args.scheduler] if args.scheduler else []
    words += ["--device", args.device] if args.device != "auto" else []
    return quoted(words)


def run_info(args: argparse.Namespace) -> None:
    """Print what a file says of itself, as JSON."""
    from sicgan_lite.checkpoint import read_checkpoint, read_generator_config, read_results

    if args.file.is_dir():
        raise IsADirectoryError(f"{args.file} is a directory; a .safetensors, a .pt or a picture is wanted")
    if args.file.suffix == ".safetensors":
        said: dict[str, Any] = {"kind": "generator", "config": read_generator_config(args.file).to_dict()}
        said |= {"results": read_results(args.file)}
    elif args.file.suffix == ".pt":
        content = read_checkpoint(args.file)
        said = {"kind": "checkpoint"} | {key: content[key] for key in ("step", "rgb_sha256", "config")}
    else:
        label = read_provenance(Path(args.file))
        said = {"kind": "picture", "label": label and _plain(label)}
    say_json(said)


def _plain(label: Provenance) -> dict[str, Any]:
    names = ("system", "version", "source_type", "source_sha256", "when")
    return {name: getattr(label, name) for name in names} | {"history": [e._asdict() for e in label.history]}
