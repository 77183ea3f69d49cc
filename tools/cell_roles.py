"""What each cell of a chapter is for, told from what stands in it: no chapter carries tags for it.

``set-up`` installs what is missing, ``exercise`` is left open and ends in a check, ``solution`` holds a fold
with one. Every program that takes chapters apart asks here: handouts, slides, and whoever writes another.
"""

from __future__ import annotations

import re
from typing import Any

CHECK = re.compile(r"^check_\w+\(.*\)$", re.MULTILINE)
IMPORT = re.compile(r"^from sicgan_lite\.teaching\.exercises import check_\w+\n", re.MULTILINE)
SOLUTION = re.compile(r"\n*<details>\s*<summary>Solution</summary>.*?</details>", re.DOTALL)


def role(cell: Any) -> str:
    """``set-up``, ``exercise``, ``solution``, ``code`` or ``text``."""
    if cell.cell_type == "markdown":
        return "solution" if SOLUTION.search(cell.source) else "text"
    if "SICGAN_LITE_SPEC" in cell.source:
        return "set-up"
    return "exercise" if CHECK.search(cell.source) else "code"


def without_solution(text: str) -> str:
    """A text without the folds that hold solutions; hints stay."""
    return SOLUTION.sub("", text)


def parts(source: str) -> tuple[str, str, str]:
    """An exercise in three: the import of its check, what is answered in, and the call of the check.

    Errors: ValueError when the check is not the last line.
    """
    answer, found, rest = (*source.rstrip().rpartition("\n"),)
    if not found or not CHECK.fullmatch(rest):
        raise ValueError(f"the last line of an exercise calls its check, and this one does not:\n{source}")
    imported = IMPORT.search(answer)
    return (imported[0].strip() if imported else ""), IMPORT.sub("", answer).strip(), rest
