"""Which files of this repository a test rests on, read from its imports.

Too many are better than too few: an import inside a function counts, a package that is imported whole counts
with all its modules. A test that starts a program rests on every program, one that reads files of the
repository on every file; on other tests only when it names their folder.
"""

from __future__ import annotations

import ast
import hashlib
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Where a name at the front of an import lies.
PLACES = {"sicgan_lite": ".", "tools": ".", "benchmarks": ".", "support": "tests", "mutants": "tests"}
# What a test says when it reads files, when it reads other tests, and when it starts a program.
READS = ("ROOT", "BOOK", "CHAPTERS", "__file__")
READS_TESTS = re.compile(r"[\"']tests\b|\btests/")
STARTS = "subprocess"
PROGRAMS = ("sicgan_lite", "tools", "benchmarks")
# Decides every test: what pytest and pip are told.
SHARED = ("conftest.py", "tests/conftest.py", "pyproject.toml", "requirements.txt", "requirements-dev.txt")


@cache
def offered(stub: Path) -> dict[str, Path]:
    """The module of each name that a package offers, as its stub says."""
    names = {}
    for node in ast.walk(ast.parse(stub.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            module = find(stub.parent, node.module.split("."))
            names |= {alias.asname or alias.name: path for alias in node.names for path in module[:1]}
    return names


def find(base: Path, parts: list[str]) -> list[Path]:
    """The file of a module below ``base``, or all files of a package; an empty list when neither is there."""
    place = base.joinpath(*parts)
    if place.with_suffix(".py").is_file():
        return [place.with_suffix(".py")]
    return sorted(place.rglob("*.py")) if place.is_dir() else []


@cache
def imported(file: Path, root: Path) -> frozenset[Path]:
    """Files of this repository that a file imports, at any depth of its code."""
    return frozenset(_imported(file, root))


def _imported(file: Path, root: Path) -> Iterator[Path]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _module(alias.name.split("."), root)
        elif isinstance(node, ast.ImportFrom):
            base = list(file.relative_to(root).parent.parts) if node.level else []
            parts = [*base, *(node.module or "").split(".")] if node.module else base
            yield from _names(parts, [alias.name for alias in node.names], root)


def _module(parts: list[str], root: Path) -> list[Path]:
    place = PLACES.get(parts[0])
    if place is None:
        return find(root, parts) if parts[0] == "tests" else []
    return find(root / place, parts)


def _names(parts: list[str], names: list[str], root: Path) -> Iterator[Path]:
    """Each name is a module of the package, is offered by its stub, or stands in the package's own file."""
    package = root.joinpath(PLACES.get(parts[0], "."), *parts) if parts else root
    own, stub = package / "__init__.py", package / "__init__.pyi"
    for name in names:
        module = [] if name == "*" else _module([*parts, name], root)
        known = offered(stub).get(name) if stub.is_file() and not module else None
        itself = [own] if own.is_file() and name != "*" else _module(parts, root)
        yield from module or ([known] if known else itself)


@cache
def closure(file: Path, root: Path = ROOT) -> frozenset[Path]:
    """The file, what it imports, and what that imports."""
    found, open_ = set(), [file]
    while open_:
        path = open_.pop()
        if path not in found:
            found.add(path)
            open_ += imported(path, root)
    return frozenset(found)


@cache
def tracked(root: Path = ROOT) -> list[Path]:
    """Every file of the repository, new ones included; recorded runs change with their hashes' file alone."""
    command = ["git", "-C", str(root), "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return sorted(root / name for name in listed if (root / name).is_file())


@cache
def content(file: Path) -> str:
    """The hash of a file's bytes."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def read_by(text: str, root: Path = ROOT) -> list[Path]:
    """What a test with this text may read beside what it imports."""
    if any(word in text for word in READS):
        every = bool(READS_TESTS.search(text))
        return [file for file in tracked(root) if every or file.relative_to(root).parts[0] != "tests"]
    if STARTS in text:
        return [file for file in tracked(root) if file.relative_to(root).parts[0] in PROGRAMS]
    return []


def key(test: Path, root: Path = ROOT) -> str:
    """One hash of all that a test rests on."""
    text = "".join(path.read_text("utf-8") for path in closure(test, root) if "tests" in path.parts)
    files = {*closure(test, root), *read_by(text, root), *(root / name for name in SHARED)}
    listed = "".join(f"{file.relative_to(root)}\0{content(file)}\n" for file in sorted(files))
    return hashlib.sha256(listed.encode()).hexdigest()
