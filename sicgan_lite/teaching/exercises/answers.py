"""What a check says: the same three kinds of sentence in every chapter, each on one line."""

from __future__ import annotations

import base64
import functools
import html
import math
import numbers
import reprlib
import sysconfig
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sicgan_lite.plotting import BookFigure

# Where a frame of a traceback is not the reader's.
_OURS = (str(Path(__file__).resolve().parents[2]), sysconfig.get_path("stdlib"))
_INSTALLED = ("site-packages", "dist-packages")
# What NumPy and Python say, and what a reader can do about it.
_HINTS = {
    "truth value of an array": "`if` asks one question, and an array has many answers: np.where chooses "
    "for each of them.",
    "only length-1 arrays": "The math module takes one number. NumPy has the same functions for arrays.",
    "only 0-dimensional arrays": "The math module takes one number. NumPy has the same functions for arrays.",
}


class WrongAnswer(AssertionError):  # noqa: N818 - a reader meets it: it should not say "error" first
    """An answer that is not right; its message says what is wrong and where to look."""

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows. A traceback would quote the check, and in it the solution."""
        return [f"Not yet: {_one_line(self)}"]


class Said(str):
    """A sentence that a notebook shows without quotation marks, and a figure below it if there is one."""

    figure: BookFigure | None = None
    alt = ""

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str | None:
        if self.figure is None:
            return None
        kind, encoded = "jpeg", self.figure._repr_jpeg_()
        if encoded is None:
            kind, encoded = "png", self.figure._repr_png_()
        data, size = encoded or (b"", {})
        shown = " ".join(f'{side}="{pixels}"' for side, pixels in size.items())
        source = f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
        return (
            f"<p>{html.escape(self)}</p>\n"
            f'<img alt="{html.escape(self.alt)}" {shown} style="max-width:100%;height:auto" src="{source}">'
        )


def exercise(check: Callable[[Any], str]) -> Callable[[Any], str]:
    """Let a check end in one sentence, whatever the answer does.

    Errors: WrongAnswer where the check raises it, and for any other exception, which is told with the
    reader's line; ImportError as it is.
    """

    @functools.wraps(check)
    def told(answer: Any) -> str:
        try:
            return check(answer)
        except (WrongAnswer, ImportError):
            raise
        except Exception as error:
            raise WrongAnswer(_fault(error)) from error

    return told


def correct(why: str, figure: BookFigure | None = None, alt: str = "") -> Said:
    """The sentence for a right answer, with the reader's own result as a figure where there is one."""
    said = Said(f"Correct: {why}")
    said.figure, said.alt = figure, alt
    return said


def not_answered(task: str) -> Said:
    """The sentence for an exercise that is still open, so that an untouched chapter runs."""
    return Said(f"Not answered yet: {task}")


def require(condition: bool, message: str) -> None:
    """Raise WrongAnswer with ``message`` unless ``condition`` holds."""
    if not condition:
        raise WrongAnswer(message)


def require_number(answer: Any) -> float:
    """The answer as a float. Errors: WrongAnswer for anything but a finite number."""
    is_number = isinstance(answer, numbers.Real) and not isinstance(answer, bool) and math.isfinite(answer)
    if not is_number:
        raise WrongAnswer(f"a number is asked for, got {reprlib.repr(answer)}.")
    return float(answer)


def require_function(answer: object) -> Callable[..., Any]:
    """The answer as a function. Errors: WrongAnswer for what cannot be called."""
    if not callable(answer):
        raise WrongAnswer(f"hand over the function itself, not its result: got {type(answer).__name__}.")
    return answer


def _fault(error: Exception) -> str:
    """An exception in words, with the reader's own line if it was raised there or below."""
    said = _one_line(f"{type(error).__name__}: {error}").rstrip(".")
    hint = next((f" {hint}" for start, hint in _HINTS.items() if start in said), "")
    theirs = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_the_readers(frame)]
    if not theirs:
        return f"the check cannot use this answer. {said}.{hint}"
    return f"it stopped in line {theirs[-1].lineno}, `{theirs[-1].line}`. {said}.{hint}"


def _is_the_readers(frame: traceback.FrameSummary) -> bool:
    ours = frame.filename.startswith(_OURS) or any(name in frame.filename for name in _INSTALLED)
    return bool(frame.line) and not ours


def _one_line(text: object) -> str:
    return " ".join(str(text).split())
