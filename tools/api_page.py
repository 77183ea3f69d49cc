"""The pages of the library's names: types and shapes in words, errors, and the chapters that use a name.

A Sphinx extension, named in ``_config.yml``. Annotations hold every type and shape, and docstrings are
prose; this puts both into the fields that a reader looks for.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sphinx.pycode import ModuleAnalyzer

import sicgan_lite
import sicgan_lite.teaching
from tools.type_words import signature, starred, taken, types, usual

ROOT = Path(__file__).resolve().parent.parent
DOORS = (sicgan_lite, sicgan_lite.teaching)
NAMES = {name: f"{door.__name__}.{name}" for door in DOORS for name in dir(door)}
CLASSES = [name for door in DOORS for name in dir(door) if isinstance(getattr(door, name), type)]
ERRORS = re.compile(r"\s*Errors:\s+(.*?)(?=\s+Source:|$)", re.DOTALL)
SOURCE = re.compile(r"\s*Source:\s+(.*)$", re.DOTALL)


def split(docstring: str) -> tuple[str, str, str]:
    """Prose, errors and source of a docstring."""
    errors, source = ERRORS.search(docstring), SOURCE.search(docstring)
    prose = SOURCE.sub("", ERRORS.sub("", docstring))
    return prose, _line(errors), _line(source)


def _line(found: re.Match[str] | None) -> str:
    return " ".join(found[1].split()) if found else ""


def notes(module: str, owner: str = "") -> dict[str, str]:
    """What stands in ``#:`` comments of a module, or of a class in it, by name."""
    found = ModuleAnalyzer.for_module(module).find_attr_docs()
    return {name: " ".join(lines).strip() for (where, name), lines in found.items() if where == owner}


def data_note(name: str, thing: Any) -> str:
    """The ``#:`` comment of a constant, in whichever module made it."""
    homes = [key for key, module in sys.modules.items() if getattr(module, "__dict__", {}).get(name) is thing]
    ours = (notes(home) for home in homes if home.startswith("sicgan_lite."))
    return next((found[name] for found in ours if name in found), "")


def fields(kind: str, thing: Any) -> Iterator[str]:
    """The lines that say what a function, a class or a property takes and returns."""
    if kind not in ("function", "class", "method", "property"):
        return
    said = notes(thing.__module__, thing.__name__) if kind == "class" else {}
    given = {} if kind == "property" else taken(thing)
    for name, text in types(thing).items():
        if name != "return":
            about = [f"{link(text)}{usual(given[name])}", said.get(name)]
            yield f":param {starred(given[name])}: {': '.join(filter(None, about))}"
        elif text != "None":
            yield f":returns: {link(text)}"


def link(text: str) -> str:
    """A type or an error with a link at each of the library's names, and Python's own errors as code."""
    text = re.sub(r"(?<![\w`.])(\w+Error)\b(?!`)", r"``\1``", text)
    return link_code(re.sub(rf"(?<![\w`.])({'|'.join(CLASSES)})(?![\w`.])", r"``\1``", text))


def link_code(text: str, own: Iterable[str] = ()) -> str:
    """The text with a link at each of the library's names that stands there as code, parameters excepted."""
    known = "|".join(NAMES.keys() - set(own))
    return re.sub(rf"``({known})``", lambda code: f":py:obj:`~{NAMES[code[1]]}`", text)


def imported_names(notebook: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(module, name) of everything that a notebook imports from the library."""
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        lines = "".join(cell["source"]).splitlines()
        code = "\n".join("" if line.startswith(("%", "!")) else line for line in lines)
        for node in ast.walk(ast.parse(code)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "sicgan_lite":
                yield from ((node.module or "", alias.name) for alias in node.names)


def uses(book: Path = ROOT / "book") -> dict[str, list[str]]:
    """The chapters that import a name, in order, by the name with its door: ``sicgan_lite.delta_e``."""
    found: dict[str, list[str]] = {}
    for path in sorted(book.glob("[0-9][0-9]-*.ipynb")):
        for module, name in sorted(set(imported_names(json.loads(path.read_text("utf-8"))))):
            found.setdefault(f"{module}.{name}", []).append(path.stem)
    return found


def used_in(stems: list[str]) -> str:
    """The line that names chapters, each linked."""
    chapters = [f":doc:`{int(stem[:2])} </book/{stem}>`" for stem in stems]
    return f":Used in: {'chapter' if len(chapters) == 1 else 'chapters'} {', '.join(chapters)}"


def entry(kind: str, name: str, thing: Any, docstring: str, users: Mapping[str, list[str]]) -> list[str]:
    """The whole text of one entry, line by line."""
    prose, errors, source = split(docstring)
    if kind == "data":  # what Python says of its own types is no help
        prose = data_note(name.rpartition(".")[2], thing)
    own = taken(thing) if kind in ("function", "class", "method") else ()
    lines = [*link_code(prose, own).rstrip().splitlines(), "", *fields(kind, thing)]
    lines += [f":Raises: {link(errors)}"] if errors else []
    lines += [f":Source: {source}"] if source else []
    lines += [used_in(users[name])] if name in users else []
    return [*lines, ""]


def setup(app: Any) -> dict[str, Any]:
    """Tell Sphinx what to ask for a signature and for a text."""
    users = uses()

    def text(_app: Any, what: str, name: str, thing: Any, _options: Any, lines: list[str]) -> None:
        lines[:] = entry(what, name, thing, "\n".join(lines), users)

    def head(_app: Any, what: str, _name: str, thing: Any, *_: Any) -> tuple[str, None] | None:
        return (signature(thing), None) if what in ("function", "class", "method") else None

    def is_field(_app: Any, what: str, _name: str, thing: Any, *_: Any) -> bool | None:
        return (
            True
            if what == "class" and not (inspect.isroutine(thing) or isinstance(thing, property))
            else None
        )

    app.connect("autodoc-skip-member", is_field)  # a field stands among the parameters already
    app.connect("autodoc-process-docstring", text)
    app.connect("autodoc-process-signature", head)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
