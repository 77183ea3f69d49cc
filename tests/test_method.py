"""The method is as small as the texts say, and stands where they say."""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from pathlib import Path

import pytest

from tools import api_page

ROOT = Path(__file__).resolve().parent.parent
TEXTS = {name: (ROOT / name).read_text("utf-8") for name in ("README.md", "ARCHITECTURE.md")}
LAYOUT = {"COMMENT", "NL", "NEWLINE", "INDENT", "DEDENT", "ENDMARKER"}
LIMIT = 1000
ROWS = re.findall(r"^\| `(\w+)\.py` \| .* \| \[(\d+)\]\((.*)\) \|$", TEXTS["ARCHITECTURE.md"], re.MULTILINE)
METHOD = [name for name, _, _ in ROWS]
CHAPTERS = re.findall(r"^\| (\d+) [^|]+\| ([^|]+) \| ([^|]+) \|$", TEXTS["ARCHITECTURE.md"], re.MULTILINE)


def code_lines(source: str) -> int:
    """The lines that hold code: no blank line, comment or docstring."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    filled = {
        line
        for token in tokens
        if tokenize.tok_name[token.type] not in LAYOUT
        for line in range(token.start[0], token.end[0] + 1)
    }
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, documented) and ast.get_docstring(node) is not None:
            filled -= set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    return len(filled)


def test_lines_of_code_are_counted_by_hand_alike() -> None:
    source = '''"""A module.

Two lines."""

import os  # counted

# not counted


def half(x):
    """Half."""
    text = """counted
    twice"""
    return x / (
        2
    ), os, text
'''
    assert code_lines(source) == 7


def test_the_method_is_below_its_limit_and_the_texts_say_how_large_it_is() -> None:
    counted = sum(code_lines((ROOT / "sicgan_lite" / f"{name}.py").read_text("utf-8")) for name in METHOD)
    assert counted < LIMIT
    for text in TEXTS.values():
        (said,) = re.findall(r"eleven files[^.]*?about ([\d,]+) lines of\s+code", text)
        assert abs(int(said.replace(",", "")) - counted) < 20, f"it is {counted}"


def test_the_folder_is_taken_in_at_a_glance() -> None:
    entries = [path.name for path in (ROOT / "sicgan_lite").iterdir() if path.name != "__pycache__"]
    assert len(entries) <= 24, sorted(entries)


def test_a_file_is_below_200_lines_but_for_those_that_the_text_excepts() -> None:
    (text,) = re.findall(
        r"^- A file stays under 200 lines(.*?)^- ", TEXTS["ARCHITECTURE.md"], re.DOTALL | re.MULTILINE
    )
    files = [path for path in (ROOT / "sicgan_lite").rglob("*.py") if "teaching" not in path.parts]
    long = {path.stem for path in files if len(path.read_text("utf-8").splitlines()) >= 200}
    assert long == set(re.findall(r"`(\w+)`", text))


def test_the_reading_order_is_that_of_the_imports() -> None:
    pyproject = (ROOT / "pyproject.toml").read_text("utf-8")
    contract = pyproject.split('name = "The method, in the order in which it is read"')[1].split("]")[0]
    floors = [re.findall(r"sicgan_lite\.(\w+)", line) for line in contract.splitlines()]
    floors = [floor for floor in reversed(floors) if floor]
    height = {name: number for number, floor in enumerate(floors) for name in floor}
    assert sorted(height) == sorted(METHOD)
    assert len(METHOD) == 11
    for name in METHOD:  # whatever a file imports has been read before it
        source = (ROOT / "sicgan_lite" / f"{name}.py").read_text("utf-8")
        imported = set(re.findall(r"^from sicgan_lite\.(\w+) import", source, re.MULTILINE)) & set(METHOD)
        assert imported <= set(METHOD[: METHOD.index(name)]), name
        assert all(height[other] < height[name] for other in imported), name


def test_the_readme_names_the_files_in_that_order() -> None:
    (said,) = re.findall(r"to be read in this order: (.*?)\.", TEXTS["README.md"], re.DOTALL)
    assert re.findall(r"`(\w+)`", said) == METHOD


def modules_of(chapter: Path) -> set[str]:
    """The modules whose names a chapter imports."""
    homes = {}
    for door in ("sicgan_lite", "sicgan_lite.teaching"):
        stub = ROOT.joinpath(*door.split("."), "__init__.pyi").read_text("utf-8")
        prefix = door.removeprefix("sicgan_lite").lstrip(".")
        for module, name in re.findall(r"^from \.([\w.]+) import (\w+)", stub, re.MULTILINE):
            homes[door, name] = f"{prefix}.{module}" if prefix else module
    notebook = json.loads(chapter.read_text("utf-8"))
    return {homes[found] for found in api_page.imported_names(notebook) if found in homes}


@pytest.mark.parametrize(("number", "own", "also"), CHAPTERS, ids=[number for number, _, _ in CHAPTERS])
def test_a_chapter_uses_the_modules_that_stand_beside_it(number: str, own: str, also: str) -> None:
    (chapter,) = (ROOT / "book").glob(f"{int(number):02d}-*.ipynb")
    assert set(re.findall(r"`([\w.]+)`", f"{own} {also}")) <= modules_of(chapter)


def test_each_file_of_the_method_belongs_to_the_chapter_that_is_named() -> None:
    own = {number: re.findall(r"`([\w.]+)`", modules) for number, modules, _ in CHAPTERS}
    for name, number, link in ROWS:
        assert (ROOT / link).is_file()
        assert Path(link).name.startswith(f"0{number}-")
        assert name in own[number]


BRITISH = re.compile(
    r"colour|centre|neighbour|behaviour|licence|labelled|gray|(?:normal|initial|standard|optim)is"
)


def identifiers(source: str) -> set[str]:
    """Every name that a file of code gives or uses."""
    names = (
        getattr(node, part, None) for node in ast.walk(ast.parse(source)) for part in ("name", "id", "arg")
    )
    return {name.lower() for name in names if isinstance(name, str)}


def test_identifiers_are_american_but_for_grey() -> None:
    assert identifiers("def Colour(grey): import licence") == {"colour", "grey", "licence"}
    files = [
        path for folder in ("sicgan_lite", "tools", "benchmarks") for path in (ROOT / folder).rglob("*.py")
    ]
    british = {path.name: set(filter(BRITISH.search, identifiers(path.read_text("utf-8")))) for path in files}
    assert {name: found for name, found in british.items() if found} == {}
