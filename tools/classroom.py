"""``make classroom``: what a teacher wants to know of a machine on the day before.

``python -m tools.classroom 01 05`` looks at the machine and runs the named chapters on it, one after
another, as students will: each line says what was found, and what to do where that is not good.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement

from tools.address import is_placeholder
from tools.build_book import HTML

ROOT = Path(__file__).resolve().parent.parent
FREE = 1_000_000_000  # bytes: notebooks, pictures, and what a kernel leaves


class Finding(NamedTuple):
    """One line for the teacher."""

    good: bool
    said: str
    cure: str = ""


def packages(installed: Callable[[str], str] = version) -> Iterator[Finding]:
    """One finding for each package that is missing or out of its range; one for all when none is."""
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    wanted = [Requirement(line) for line in lines if re.match(r"[a-z]", line)]
    good = 0
    for needed in wanted:
        try:
            found = installed(needed.name)
        except PackageNotFoundError:
            yield Finding(good=False, said=f"{needed.name} is not installed", cure="make setup")
            continue
        if needed.specifier.contains(found, prereleases=True):
            good += 1
        else:
            yield Finding(
                good=False, said=f"{needed.name} {found} is not {needed.specifier}", cure="make setup"
            )
    if good == len(wanted):
        yield Finding(good=True, said=f"{good} packages are in the ranges that were tried")


def room(free: int) -> Finding:
    """Whether the disk has room."""
    return Finding(free >= FREE, f"{free / 1e9:.1f} GB of disk are free", "1 GB is wanted: make room")


def pages(folder: Path = HTML) -> Finding:
    """Whether the book can be read here without a network."""
    there = (folder / "index.html").is_file()
    return Finding(there, f"the book's pages are {'' if there else 'not '}in {folder}", "make book")


def links() -> Finding:
    """Whether students can open a chapter in Colab."""
    good = not is_placeholder()
    said = "the links to Colab lead to a repository" if good else "the links to Colab lead nowhere"
    return Finding(good, said, "see the page Make it yours; chapters run here without them")


def chapter(path: Path, run: Callable[[Path], None]) -> Finding:
    """Run a chapter in a folder of its own, as a student who has downloaded it."""
    start = time.perf_counter()
    try:
        with tempfile.TemporaryDirectory() as folder:
            run(Path(shutil.copy(path, folder)))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
        said = str(error).strip().splitlines() or [type(error).__name__]
        return Finding(
            good=False, said=f"{path.stem} stopped: {said[-1][:160]}", cure="open it and run it by hand"
        )
    return Finding(good=True, said=f"{path.stem} ran in {time.perf_counter() - start:.0f} s")


def run_notebook(path: Path) -> None:
    """Execute a notebook where it lies."""
    import nbformat

    from tools.notebooks import execute

    execute(nbformat.read(path, as_version=4), path.parent)


def main() -> None:
    """Look, tell, and end with 1 when something is not good."""
    from tools.notebooks import chapters

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("only", nargs="*", help="the starts of chapters' names: 01 05; the first one else")
    named = [path for only in parser.parse_args().only or ["01"] for path in chapters(only)]
    findings = [*packages(), room(shutil.disk_usage(ROOT).free), pages(), links()]
    bad = 0
    for found in (*findings, *(chapter(path, run_notebook) for path in named)):
        print(
            f"{'good' if found.good else 'LOOK'}  {found.said}" + ("" if found.good else f" ({found.cure})"),
            flush=True,
        )
        bad += not found.good
    print("Ready." if not bad else f"{bad} to look at.")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
