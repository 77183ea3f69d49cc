"""What a check says: the same three kinds of sentence in every chapter."""

import math
import numbers
from collections.abc import Callable, Mapping
from typing import Any


class WrongAnswer(AssertionError):  # noqa: N818 - a reader meets it: it should not say "error" first
    """An answer that is not right; its message says what is wrong and where to look."""


def correct(why: str) -> str:
    """The sentence for a right answer."""
    return f"Correct: {why}"


def not_answered(task: str) -> str:
    """The sentence for an exercise that is still open, so that an untouched chapter runs."""
    return f"Not answered yet: {task}"


def require(condition: bool, message: str) -> None:
    """Raise WrongAnswer with ``message`` unless ``condition`` holds."""
    if not condition:
        raise WrongAnswer(message)


def require_number(answer: Any) -> float:
    """The answer as a float. Errors: WrongAnswer for anything but a finite number."""
    is_number = isinstance(answer, numbers.Real) and not isinstance(answer, bool) and math.isfinite(answer)
    if not is_number:
        raise WrongAnswer(f"a number is asked for, got {answer!r}.")
    return float(answer)


def require_function(answer: object) -> Callable[..., Any]:
    """The answer as a function. Errors: WrongAnswer for what cannot be called."""
    if not callable(answer):
        raise WrongAnswer(f"hand over the function itself, not its result: got {type(answer).__name__}.")
    return answer


def explain_slip(value: float, slips: Mapping[float, str]) -> None:
    """Raise WrongAnswer with the explanation of a known wrong number, met to three digits."""
    for slip, message in slips.items():
        near = math.isclose(value, slip, rel_tol=1e-3, abs_tol=1e-9)
        require(not near, f"{value:g}: {message}")
