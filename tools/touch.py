"""Puts the things to touch into their chapters, once Sphinx has made the pages.

A thing is one file of markup, ``book/touch/NAME.html``. Its first line says where it goes and what it
needs: ``<!-- in CHAPTER, before SECTION; with SCRIPT, SCRIPT -->``, or ``opening SECTION`` for the place
right below the section's heading. So a notebook stays plain.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).resolve().parent.parent / "book" / "touch"
FIRST_LINE = re.compile(
    r"<!-- in (?P<page>\S+), (?P<where>before|opening) (?P<section>\S+); with (?P<scripts>[^>]+) -->\n"
)
STYLE = '<link rel="stylesheet" href="../_static/touch.css">'
SCRIPT = '<script defer src="../_static/{}"></script>'
SHARED = ("drawing.js", "touch.js")  # drawing, then what rests on it


class Thing(NamedTuple):
    """One thing to touch: its page, its place before or inside a section, its scripts, its markup."""

    page: str
    where: str
    section: str
    scripts: list[str]
    markup: str


def read_thing(file: Path) -> Thing:
    """A file of markup, taken apart. Errors: ValueError for a first line of another form."""
    text = file.read_text("utf-8")
    found = FIRST_LINE.match(text)
    if not found:
        raise ValueError(f"{file.name} must begin like <!-- in CHAPTER, before SECTION; with SCRIPT -->")
    return Thing(
        found["page"], found["where"], found["section"], found["scripts"].split(", "), text[found.end() :]
    )


def place_thing(page: str, thing: Thing) -> str:
    """The page with one thing in its place. Errors: ValueError for a section that is not there once.

    A section is named by the first words of its heading, as in its address.
    """
    found = list(re.finditer(rf'<section id="{thing.section}(?:-[^"]*)?">', page))
    if len(found) != 1:
        raise ValueError(f"{thing.page} needs one section {thing.section!r} as the place of a thing to touch")
    at = found[0].start() if thing.where == "before" else page.index("</h2>", found[0].end()) + len("</h2>")
    return f"{page[:at]}\n{thing.markup}{page[at:]}"


def add_touch(page: str, name: str, things: Sequence[Thing] | None = None) -> str:
    """The page of this name with its things, and the style and scripts that they need, each once.

    Errors: as ``place_thing``.
    """
    everywhere = map(read_thing, sorted(FOLDER.glob("*.html"))) if things is None else things
    ours = [thing for thing in everywhere if thing.page == name]
    for thing in ours:
        page = place_thing(page, thing)
    scripts = dict.fromkeys([*SHARED, *(script for thing in ours for script in thing.scripts)])
    head = "\n".join([STYLE, *map(SCRIPT.format, scripts)])
    return page.replace("</head>", f"{head}\n</head>", 1) if ours else page
