"""What a program says, on streams that may be closed, full, or unable to print a name."""

from __future__ import annotations

import json
import math
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sicgan_lite.pictures.images import Photo

WINDOWS = os.name == "nt"
PIPE = "-"  # as a name: standard input, or standard output


class Forgiving:
    """A stream whose failure stops no work: what cannot be said is left out."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Write what can be written; the length of the text."""
        with suppress(OSError, ValueError, AttributeError):
            self.stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush, if that can be done."""
        with suppress(OSError, ValueError, AttributeError):
            self.stream.flush()

    def isatty(self) -> bool:
        """Whether a person is likely to look."""
        try:
            return self.stream is not None and self.stream.isatty()
        except ValueError:
            return False


def close_streams() -> None:
    """Print what is left while failing is still no error: Python flushes once more when it ends."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            _to_nowhere(stream)


def prepare_streams() -> None:
    """Print what a stream's encoding lacks as an escape, instead of failing after the work."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def say(text: str, *, quiet: bool = False) -> None:
    """A line for a person, on stdout. A reader that has gone away is no error."""
    if not quiet:
        _write(_escaped(text) + "\n")


def say_lines(text: str) -> None:
    """Several lines of our own, on stdout."""
    _write(f"{text}\n")


def say_json(content: dict[str, Any]) -> None:
    """A result for a program: one JSON object on stdout, in which what is no number is null."""
    text = json.dumps(_finite(content), indent=1, ensure_ascii=False)
    # JSON escapes control characters itself, but not what turns the direction of writing.
    _write("".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text) + "\n")


def _finite(value: Any) -> Any:
    """The value with null for NaN and infinities, which JSON does not have."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {name: _finite(part) for name, part in value.items()}
    return [_finite(part) for part in value] if isinstance(value, list | tuple) else value


def photo_from(source: str) -> Photo:
    """The photograph of a file, of a sample's name, or from a pipe (``-``). Errors: as ``find_photo``."""
    from sicgan_lite.pictures.finding import find_photo
    from sicgan_lite.pictures.images import read_image

    return read_image(sys.stdin.buffer) if source == PIPE else find_photo(source)


def write_out(data: bytes) -> None:
    """A file's bytes, on stdout. Errors: ValueError where that is a terminal; OSError."""
    if sys.stdout.isatty():
        raise ValueError("a picture is not for a terminal: give --out a file's name, or add `> FILE`")
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        _to_nowhere(sys.stdout)
        raise BrokenPipeError("nobody reads standard output any more; the picture went nowhere") from None


def warn(text: str) -> None:
    """A line on stderr that begins with the program's name."""
    Forgiving(sys.stderr).write(f"sicgan-lite: {printable(text)}\n")


def said_of(error: Exception) -> str:
    """What a person is told of an error: a file's name and the system's words, or its own."""
    if isinstance(error, OSError) and error.strerror and error.filename:
        return f"{error.filename}: {error.strerror}"
    return str(error) or type(error).__name__


def printable(text: str) -> str:
    """Text in one line, with what a terminal would obey written as escapes."""
    return _escaped(" ".join(text.split()))


def _escaped(text: str) -> str:
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def quoted(words: Sequence[str]) -> str:
    """A command that can be pasted into this system's shell."""
    return subprocess.list2cmdline(words) if WINDOWS else shlex.join(words)


def as_argument(path: object) -> str:
    """A path as an argument: one that begins with a dash would be taken for an option."""
    text = str(path)
    return f".{os.sep}{text}" if text.startswith("-") else text


@contextmanager
def progress(total: int | None, unit: str, *, initial: int = 0, quiet: bool = False) -> Iterator[Any]:
    """A progress bar on stderr with the time left, which a dead stream does not stop."""
    from tqdm.auto import tqdm

    out: Any = Forgiving(sys.stderr)
    with tqdm(total=total, initial=initial, unit=unit, disable=quiet, file=out, dynamic_ncols=True) as bar:
        yield bar


def _write(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _to_nowhere(sys.stdout)
    except (OSError, ValueError, AttributeError):
        warn("the result could not be printed; the files are written")


def _to_nowhere(stream: Any) -> None:
    """Let a stream that cannot be written to swallow what is left."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
