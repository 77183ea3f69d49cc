"""Puts the things to touch into their chapters, once Sphinx has made the pages.

A thing is one file of markup, ``book/touch/NAME.html``. Its first line says where it goes and what it
needs: ``<!-- in CHAPTER; with SCRIPT, SCRIPT -->``. The chapter has a line of its own in the thing's place:
a picture of it, and the way to the page. That line is what Colab, JupyterLab and GitHub show, where no script
of ours runs. ``python -m tools.touch`` prints the line of each thing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tools.address import pages_url

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "book" / "touch"
FIRST_LINE = re.compile(r"<!-- in (?P<page>\S+); with (?P<scripts>[^>]+) -->\n")
TITLE = re.compile(r"<h3[^>]*>(.*?)</h3>")
STYLE = '<link rel="stylesheet" href="../_static/touch.css">'
SCRIPT = '<script defer src="../_static/{}"></script>'
SHARED = ("drawing.js", "touch.js")  # drawing, then what rests on it


class Thing(NamedTuple):
    """One thing to touch: its name, its page, its scripts, its markup."""

    name: str
    page: str
    scripts: list[str]
    markup: str


def read_thing(file: Path) -> Thing:
    """A file of markup, taken apart. Errors: ValueError for a first line of another form."""
    text = file.read_text("utf-8")
    found = FIRST_LINE.match(text)
    if not found:
        raise ValueError(f"{file.name} must begin like <!-- in CHAPTER; with SCRIPT -->")
    return Thing(file.stem, found["page"], found["scripts"].split(", "), text[found.end() :])


def read_things() -> list[Thing]:
    """All of them, in the order of their names."""
    return [read_thing(file) for file in sorted(FOLDER.glob("*.html"))]


def stand_in(thing: Thing, pages: str) -> str:
    """The line that stands in a chapter for a thing: its still, and where it lives below ``pages``."""
    found = TITLE.search(thing.markup)
    title = found[1] if found else thing.name
    return (
        f'<p class="to-touch"><a href="{pages}book/{thing.page}.html#touch-{thing.name}">'
        f'<img src="_web/touch/{thing.name}.webp" width="652" alt=""><br>'
        f"To touch, in the rendered book: {title}</a></p>"
    )


def place_thing(page: str, thing: Thing) -> str:
    """The page with one thing in place of its line. Errors: ValueError for a line that is not there once."""
    line = rf'<p class="to-touch"><a [^>]*#touch-{thing.name}">.*?</p>'
    placed, count = re.subn(line, lambda _: thing.markup, page, flags=re.DOTALL)
    if count != 1:
        raise ValueError(
            f"{thing.page} needs one line for {thing.name!r}, as python -m tools.touch prints it"
        )
    return placed


def add_touch(page: str, name: str, things: Sequence[Thing] | None = None) -> str:
    """The page of this name with its things, and the style and scripts that they need, each once.

    Errors: as ``place_thing``.
    """
    ours = [thing for thing in (read_things() if things is None else things) if thing.page == name]
    for thing in ours:
        page = place_thing(page, thing)
    scripts = dict.fromkeys([*SHARED, *(script for thing in ours for script in thing.scripts)])
    head = "\n".join([STYLE, *map(SCRIPT.format, scripts)])
    return page.replace("</head>", f"{head}\n</head>", 1) if ours else page


if __name__ == "__main__":
    for each in read_things():
        print(stand_in(each, pages_url(ROOT)))
