"""What can be asked for on the command line, with help that answers the next question."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from typing import Any, NoReturn

from sicgan_lite import __version__
from sicgan_lite.cli.settings import PRESET_HELP, PRESETS, a_path, settings_table
from sicgan_lite.cli.talk import say_lines
from sicgan_lite.pictures import SAMPLES

PHOTO_HELP = f"an image file, - for standard input, or a sample: {', '.join(SAMPLES)}"
FORMATS = ("png", "jpg", "tif", "webp")
TRAIN_EXAMPLES = """examples:
  sicgan-lite train coffee --out run
  sicgan-lite train holiday.jpg --out run --preview --seed 3
  sicgan-lite train coffee --out game --preset quick --set conditional=True
"""
COLORIZE_EXAMPLES = """examples:
  sicgan-lite colorize coffee --model run/generator.safetensors --out colored.png
  sicgan-lite colorize grandmother.jpg --like aunt.jpg --out colored.jpg
  sicgan-lite colorize scans/ --model run/generator.safetensors --out colored/
  scanimage --format=tiff | sicgan-lite colorize - --model run/generator.safetensors --out - > colored.png
"""
COMPLETION_EXAMPLES = """examples:
  sicgan-lite completion bash >> ~/.bash_completion
  sicgan-lite completion zsh > ~/.zsh/_sicgan-lite
"""
ALBUM_EXAMPLES = """example:
  sicgan-lite album photos --out album --workers 2
"""


class _Parser(argparse.ArgumentParser):
    """A parser that says which word was probably meant."""

    def error(self, message: str) -> NoReturn:
        """End the program with one line: what is wrong, what was probably meant, where help is."""
        known = _words(build_parser())
        asked = re.findall(r"[\w-]+", message.partition("(choose")[0])
        near = [match for word in asked if word not in known for match in get_close_matches(word, known, 1)]
        hint = f"; did you mean {near[0]}?" if near else ""
        self.exit(2, f"sicgan-lite: {message}{hint} ({self.prog} --help)\n")


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The command and its options; a bare call shows the help. Bad words end the program with status 2."""
    parser = build_parser()
    if not arguments:
        parser.print_help()
        parser.exit(0)
    return parser.parse_args(arguments)


def build_parser() -> argparse.ArgumentParser:
    """The program's parser, with its commands: also for shells that complete words."""
    parser = _Parser(
        prog="sicgan-lite",
        description="Colour from a single image: learn one photograph, colour it or one like it.",
        epilog=TRAIN_EXAMPLES + COLORIZE_EXAMPLES.partition("\n")[2] + ALBUM_EXAMPLES.partition("\n")[2],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_train(_command(commands, "train", "learn one photograph", TRAIN_EXAMPLES))
    _add_colorize(_command(commands, "colorize", "colour pictures of any size", COLORIZE_EXAMPLES))
    _add_album(_command(commands, "album", "one model for each photograph of a folder", ALBUM_EXAMPLES))
    info = _command(commands, "info", "what a generator, a checkpoint or a picture says of itself", "")
    info.add_argument("file", type=a_path)
    info.set_defaults(run=_later("reports", "run_info"))
    _add_settings_list(_command(commands, "settings", "every field of --set, its default and its limit", ""))
    _add_completion(_command(commands, "completion", "completes words in your shell", COMPLETION_EXAMPLES))
    return parser


def _add_train(train: argparse.ArgumentParser) -> None:
    train.add_argument("photo", help=PHOTO_HELP)
    train.add_argument("--out", type=a_path, required=True, help="folder for the run's files")
    _add_settings(train)
    train.add_argument("--resume", action="store_true", help="go on from the checkpoint in --out")
    train.add_argument("--preview", action="store_true", help="redraw before-after.png while it learns")
    train.add_argument(
        "--force", action="store_true", help="train although the photograph seems to have no colour"
    )
    _add_manners(train)
    train.set_defaults(run=_later("training", "run_train"))


def _add_colorize(colorize: argparse.ArgumentParser) -> None:
    colorize.add_argument("photos", nargs="+", metavar="photo", help=f"{PHOTO_HELP}; or a folder")
    model = colorize.add_mutually_exclusive_group(required=True)
    model.add_argument("--model", type=a_path, help="a generator.safetensors")
    model.add_argument("--like", metavar="PHOTO", help="learn the colours of this photograph first")
    colorize.add_argument(
        "--out", type=a_path, required=True,
        help="the picture to write (.png, .jpg, .tif or .webp); a folder for several; - for standard output",
    )  # fmt: skip
    colorize.add_argument("--format", choices=FORMATS, default="png", help="of --out - (default: png)")
    colorize.add_argument(
        "--keep", type=a_path, metavar="FOLDER", help="with --like: where its model is kept"
    )
    _add_settings(colorize)
    colorize.add_argument("--overlap", type=float, default=0.5, help="of tiles, as a fraction (default: 0.5)")
    colorize.add_argument("--mark", action="store_true", help="also write a small visible mark")
    colorize.add_argument("--no-label", action="store_true", help="write no label into the file")
    colorize.add_argument("--force", action="store_true", help="replace pictures that exist")
    _add_manners(colorize)
    colorize.set_defaults(run=_later("painting", "run_colorize"))


def _add_album(album: argparse.ArgumentParser) -> None:
    album.add_argument("folder", type=a_path, help="a folder of photographs")
    album.add_argument("--out", type=a_path, required=True, help="folder for a model and a picture of each")
    _add_settings(album)
    album.add_argument("--workers", type=int, default=1, help="photographs at a time (default: 1)")
    album.add_argument(
        "--scheduler", metavar="ADDRESS", help="train on the Dask cluster at this address instead"
    )
    _add_manners(album)
    album.set_defaults(run=_later("reports", "run_album"))


def _add_completion(completion: argparse.ArgumentParser) -> None:
    completion.add_argument("shell", choices=("bash", "zsh", "tcsh"))
    completion.set_defaults(run=lambda args: say_lines(_completion(args.shell)))


def _completion(shell: str) -> str:
    """The shell's script. Errors: ValueError without shtab, which writes it."""
    try:
        import shtab
    except ImportError:
        raise ValueError('completion needs shtab: pip install "sicgan-lite[shell]"') from None
    parser = build_parser()
    for action in _actions(parser):
        if action.type is a_path or action.dest in ("photo", "photos", "like"):
            action.complete = shtab.FILE  # pyright: ignore[reportAttributeAccessIssue]
    return shtab.complete(parser, shell)


def _add_settings_list(settings: argparse.ArgumentParser) -> None:
    settings.set_defaults(run=lambda _: say_lines(settings_table()))


def _add_settings(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("settings")
    group.add_argument("--preset", choices=PRESETS, default=None, help=PRESET_HELP)
    group.add_argument("--seed", type=int, default=None, help="of everything random (default: 0)")
    group.add_argument(
        "--set", action="append", default=[], metavar="FIELD=VALUE",
        help="change a field of Config; `sicgan-lite settings` lists them with their limits",
    )  # fmt: skip
    group.add_argument("--device", default="auto", help="auto, cpu, cuda or mps (default: auto)")


def _add_manners(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("output")
    group.add_argument("--quiet", action="store_true", help="say nothing but errors")
    group.add_argument("--json", action="store_true", help="print the result as JSON, for programs")


def _command(commands: Any, name: str, text: str, examples: str) -> argparse.ArgumentParser:
    return commands.add_parser(
        name, help=text, description=f"{text[0].upper()}{text[1:]}.", epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip


def _later(module: str, function: str) -> Callable[[argparse.Namespace], None]:
    """A command whose module is loaded when it runs: `--help` imports none."""

    def run(args: argparse.Namespace) -> None:
        from importlib import import_module

        getattr(import_module(f"sicgan_lite.cli.{module}"), function)(args)

    return run


def _words(parser: argparse.ArgumentParser) -> list[str]:
    """Every option, command and choice that a parser and its commands know."""
    return [
        word
        for action in _actions(parser)
        for word in (*action.option_strings, *map(str, action.choices or ()))
    ]


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """What a parser and its commands understand, one after another."""
    for action in parser._actions:  # noqa: SLF001 - argparse has no public way to ask
        yield action
        for inner in action.choices.values() if isinstance(action.choices, dict) else ():
            if isinstance(inner, argparse.ArgumentParser):
                yield from _actions(inner)
