"""The pages of names list what the library offers, and say of each what it takes, returns and raises."""

from __future__ import annotations

import ast
import doctest
import inspect
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat
import pytest
from support.chapters import BOOK, CHAPTERS, read

import sicgan_lite
from sicgan_lite import teaching
from sicgan_lite.teaching import exercises
from tools import api_page
from tools.type_words import types

PAGES = {"api.md": sicgan_lite, "teaching-api.md": teaching}
DIRECTIVE = re.compile(r"^\.\. auto(\w+):: ([\w.]+)$", re.MULTILINE)
ARRAY = re.compile(r"\b(?:array|tensor)\b(?! \(| of any shape| of one number)")


def kind_of(thing: Any) -> str:
    if isinstance(thing, type):
        return "exception" if issubclass(thing, Exception) else "class"
    return "function" if inspect.isroutine(thing) else "data"


def members(thing: type) -> Iterator[tuple[str, Any]]:
    """The methods and properties of a class that its page shows."""
    for name, member in vars(thing).items():
        plain = getattr(member, "__func__", member)
        shown = isinstance(member, property) or (inspect.isfunction(plain) and member.__doc__)
        if shown and (not name.startswith("_") or name == "__getitem__"):
            yield name, member if isinstance(member, property) else getattr(thing, name)


def documented() -> Iterator[tuple[str, Any]]:
    """Every function, class, method and property that a page describes."""
    for door in PAGES.values():
        for name in dir(door):
            thing = getattr(door, name)
            if kind_of(thing) in ("function", "class"):
                yield name, thing
            if kind_of(thing) == "class":
                yield from ((f"{name}.{part}", member) for part, member in members(thing))


DOCUMENTED = dict(documented())


def docstring(thing: Any) -> str:
    return inspect.getdoc(thing.fget if isinstance(thing, property) else thing) or ""


@pytest.mark.parametrize("page", PAGES)
def test_a_page_lists_what_the_package_offers_and_nothing_else(page: str) -> None:
    door = PAGES[page]
    listed = DIRECTIVE.findall((BOOK / page).read_text("utf-8"))
    assert sorted(name for _, name in listed) == sorted(f"{door.__name__}.{name}" for name in dir(door))
    kinds = {name.rpartition(".")[2]: kind for kind, name in listed}
    assert kinds == {name: kind_of(getattr(door, name)) for name in dir(door)}


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_imports_a_name_by_its_one_door(chapter: Path) -> None:
    doors: dict[str, ModuleType] = {door.__name__: door for door in (*PAGES.values(), exercises)}
    imported = set(api_page.imported_names(read(chapter)))
    assert imported
    assert {(module, name) for module, name in imported if name not in dir(doors.get(module, []))} == set()


def test_a_name_has_one_door() -> None:
    names = [name for door in (*PAGES.values(), exercises) for name in dir(door)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", DOCUMENTED)
def test_every_array_has_a_shape_on_its_page(name: str) -> None:
    assert {part: text for part, text in types(DOCUMENTED[name]).items() if ARRAY.search(text)} == {}


@pytest.mark.parametrize("name", DOCUMENTED)
def test_every_parameter_is_named_in_the_description(name: str) -> None:
    thing = DOCUMENTED[name]
    said = docstring(thing)
    if isinstance(thing, type):
        said += " ".join(["", *api_page.notes(thing.__module__, thing.__name__)])
    assert [part for part in types(thing) if part != "return" and not re.search(rf"\b{part}\b", said)] == []


def raises(function: Any) -> bool:
    """Whether a function refuses something itself: by ``raise``, or by a check."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    checks = [call.id for call in calls if isinstance(call, ast.Name) and "check" in call.id]
    return bool(checks) or any(isinstance(node, ast.Raise) for node in ast.walk(tree))


@pytest.mark.parametrize("name", [name for name, thing in DOCUMENTED.items() if inspect.isroutine(thing)])
def test_what_is_refused_is_told(name: str) -> None:
    assert not raises(DOCUMENTED[name]) or "Errors:" in docstring(DOCUMENTED[name])


EXAMPLES = re.findall(r"^```pycon\n(.*?)^```", (BOOK / "api.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_prints_what_it_says(example: str) -> None:
    test = doctest.DocTestParser().get_doctest(example, {}, "api.md", None, None)
    results = doctest.DocTestRunner(verbose=False).run(test)
    assert results.attempted >= 4
    assert results.failed == 0


def test_there_are_three_examples() -> None:
    assert len(EXAMPLES) == 3


def test_a_docstring_is_told_in_fields() -> None:
    def halve(lightness: float, *, steps: int = 2) -> float:
        """Half of ``lightness``, ``steps`` times; see ``rgb_to_lab``.

        It is quick. Errors: ValueError for fewer than one step;
        as ``delta_e``. Source: Somebody (2003).
        """
        return lightness / 2**steps

    users = {"sicgan_lite.halve": ["01-lab-space", "07-results"]}
    assert api_page.entry("function", "sicgan_lite.halve", halve, docstring(halve), users) == [
        "Half of ``lightness``, ``steps`` times; see :py:obj:`~sicgan_lite.rgb_to_lab`.",
        "",
        "It is quick.",
        "",
        ":param lightness: float",
        ":param steps: int, default ``2``",
        ":returns: float",
        ":Raises: ``ValueError`` for fewer than one step; as :py:obj:`~sicgan_lite.delta_e`.",
        ":Source: Somebody (2003).",
        ":Used in: chapters :doc:`1 </book/01-lab-space>`, :doc:`7 </book/07-results>`",
        "",
    ]


PLOT_LOSSES = (
    "function",
    "sicgan_lite.teaching.plot_losses",
    teaching.plot_losses,
    docstring(teaching.plot_losses),
)


def test_a_parameter_is_no_link_to_a_function_of_its_name() -> None:
    (line,) = (line for line in api_page.entry(*PLOT_LOSSES, {}) if line.startswith("``history``"))
    assert ":py:obj:`~sicgan_lite.train`" in " ".join(api_page.entry(*PLOT_LOSSES, {}))
    assert line.startswith("``history`` holds arrays")


def test_the_users_of_a_name_are_read_from_the_notebooks(tmp_path: Path) -> None:
    cell = nbformat.v4.new_code_cell
    code = "%matplotlib inline\nfrom sicgan_lite import (\n    delta_e,\n    grey,\n)"
    for stem, source in {
        "02-b": code,
        "01-a": "from sicgan_lite import grey",
        "10-c": "import numpy",
    }.items():
        notebook = nbformat.v4.new_notebook(cells=[cell(source), nbformat.v4.new_markdown_cell(code)])
        nbformat.write(notebook, tmp_path / f"{stem}.ipynb")
    assert api_page.uses(tmp_path) == {
        "sicgan_lite.grey": ["01-a", "02-b"],
        "sicgan_lite.delta_e": ["02-b"],
    }


def test_a_constant_is_described_by_the_comment_beside_it() -> None:
    assert "five numbers" in api_page.data_note("PAPER_FEATURES", sicgan_lite.PAPER_FEATURES)
    assert [name for name in constants() if not api_page.data_note(*name)] == []


def constants() -> Iterator[tuple[str, Any]]:
    for door in PAGES.values():
        yield from (
            (name, getattr(door, name)) for name in dir(door) if kind_of(getattr(door, name)) == "data"
        )
