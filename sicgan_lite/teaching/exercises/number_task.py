"""Exercises whose answer is one number, as tables: Python checks by them, and so does the rendered page."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sicgan_lite.teaching.exercises.answers import correct, not_answered, require, require_number

_SLIP = 1e-3  # relative: how near a known wrong number is met; a whole number is met exactly


@dataclass(frozen=True)
class NumberTask:
    """What is asked, the right number, and what is said of wrong ones; ``{value}`` stands for the answer.

    ``near`` is relative to the right number. ``whole`` is said of a number that should have been whole.
    ``between`` holds two ends and what is said of an answer from the one to the other.
    """

    asked: str
    exact: float
    right: str
    slips: Mapping[float, str]
    too_small: str
    too_large: str
    near: float = _SLIP
    whole: str = ""
    between: tuple[float, float, str] | None = None

    def check(self, answer: object) -> str:
        """The sentence for an answer. Errors: WrongAnswer for one that is not right."""
        if answer is None:
            return not_answered(self.asked)
        value = require_number(answer)
        fault = self._fault(value)
        require(fault is None, (fault or "").replace("{value}", f"{value:g}"))
        return correct(self.right)

    def _fault(self, value: float) -> str | None:
        for slip, message in self.slips.items():
            if math.isclose(value, slip, rel_tol=0 if self.whole else _SLIP, abs_tol=1e-9):
                return f"{{value}}: {message}"
        if self.between and self.between[0] <= value <= self.between[1]:
            return self.between[2]
        if self.whole and value != int(value):
            return self.whole
        if math.isclose(value, self.exact, rel_tol=self.near):
            return None
        return self.too_large if value > self.exact else self.too_small

    def as_table(self) -> dict[str, Any]:
        """The task in JSON's words, for a page that has no Python."""
        slips = [[float(slip), said] for slip, said in self.slips.items()]
        return {**asdict(self), "slips": slips, "slip": _SLIP}
