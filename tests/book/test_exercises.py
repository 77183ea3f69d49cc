"""Every exercise is left open in its chapter, and solved behind a fold by code that passes."""

from __future__ import annotations

import ast
import re
import textwrap
from pathlib import Path
from typing import Any

import pytest
from support.chapters import CHAPTERS, code_cells, markdown, read

FOLD = re.compile(r"<details>.*?</details>", re.DOTALL)
PYTHON = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
CHECK = re.compile(r"\bcheck_\w+(?=\()")


def solutions(path: Path) -> list[str]:
    """The Python behind a fold that calls a check."""
    blocks = [block for fold in FOLD.findall(markdown(path)) for block in PYTHON.findall(fold)]
    return [textwrap.dedent(block) for block in blocks if CHECK.search(block)]


def imports(path: Path) -> dict[str, Any]:
    """The names that the chapter imports: all that a solution may rest on."""
    names: dict[str, Any] = {}
    for cell in code_cells(path):
        tree = ast.parse(cell.source)
        tree.body = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
        exec(compile(tree, path.name, "exec"), names)
    return names


def value_of_last_line(source: str, names: dict[str, Any]) -> object:
    """What a notebook would show below the cell."""
    tree = ast.parse(source)
    last = tree.body.pop()
    assert isinstance(last, ast.Expr), f"the last line is no call of a check:\n{source}"
    exec(compile(tree, "solution", "exec"), names)
    return eval(compile(ast.Expression(last.value), "solution", "eval"), names)


def left_open(path: Path) -> list[str]:
    """The checks that a cell calls before the reader has written anything."""
    return [name for cell in code_cells(path) for name in CHECK.findall(cell.source)]


CASES = [
    pytest.param(path, source, id=f"{path.stem}-{CHECK.findall(source)[0]}")
    for path in CHAPTERS
    for source in solutions(path)
]


@pytest.mark.parametrize(("path", "source"), CASES)
def test_a_solution_is_correct(path: Path, source: str) -> None:
    assert str(value_of_last_line(source, imports(path))).startswith("Correct: ")


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_three_exercises_each_have_a_solution(path: Path) -> None:
    solved = [name for source in solutions(path) for name in CHECK.findall(source)]
    assert len(solved) >= 3
    assert sorted(left_open(path)) == sorted(solved)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_an_open_exercise_says_so(path: Path) -> None:
    for cell in code_cells(path):
        if CHECK.search(cell.source):
            shown = [output.get("data", {}).get("text/plain", "") for output in cell.outputs]
            assert any("Not answered yet: " in text for text in shown), cell.source


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_equation_is_followed_by_its_assertion(path: Path) -> None:
    for before, after in equations(path):
        assert re.search(r"\bassert\b", after), f"no assertion follows\n{before}"


def equations(path: Path) -> list[tuple[str, str]]:
    """Each text with a labelled equation, and the next code cell."""
    cells, found = read(path).cells, []
    for index, cell in enumerate(cells):
        shown = re.sub(FOLD, "", cell.source)
        if cell.cell_type == "markdown" and re.search(r"\$\$\s*\([\w-]+\)", shown):
            code = (later.source for later in cells[index:] if later.cell_type == "code")
            found.append((cell.source, next(code, "")))
    return found
