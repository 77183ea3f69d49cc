"""Slides of a chapter: its headings, its questions and its pictures; the rest is the speaker's notes.

``python -m tools.slides 05`` writes ``handout/slides/05-….slides.html``, and beside it the book's own copy of
MathJax: the folder needs no network. nbconvert's own slides take five scripts from it, and are blank without.
"""

from __future__ import annotations

import argparse
import html
import re
import shutil
import sys
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook

from tools.cell_roles import role, without_solution
from tools.handout import OUT
from tools.notebooks import chapters

PAGE = Path(__file__).with_name("slides_page.html")
MATHJAX = Path(__file__).resolve().parent.parent / "book" / "_web" / "vendor" / "mathjax"
PLAIN = dict.fromkeys(("exclude_anchor_links", "exclude_input_prompt", "exclude_output_prompt"), True)
PREDICT = re.compile(r"^\*Predict:\*.*?(?=\n\n|\Z)", re.DOTALL | re.MULTILINE)
EQUATION = re.compile(r"^(\$\$.*?\$\$)(?: \(.*?\))?$", re.DOTALL | re.MULTILINE)
HEADING = re.compile(r"^#{1,3} .*$", re.MULTILINE)
SHOWN = {"image/png", "image/jpeg", "text/html"}


def sections(text: str) -> list[str]:
    """A text, cut before each heading."""
    return [part for part in re.split(r"(?m)^(?=#{1,3} )", text) if part.strip()]


def _slide(text: str, kind: str) -> NotebookNode:
    return new_markdown_cell(text.strip(), metadata={"slideshow": {"slide_type": kind}})


def text_slides(text: str) -> Iterator[NotebookNode]:
    """Each heading is a slide; its question comes next; the prose is for the speaker."""
    for part in sections(without_solution(text)):
        heading, question = HEADING.match(part), PREDICT.search(part)
        if heading:
            shown = "\n\n".join([heading[0], *(found[1] for found in EQUATION.finditer(part))])
            yield _slide(shown, "slide")
        prose = PREDICT.sub("", EQUATION.sub("", HEADING.sub("", part)))
        if prose.strip():
            yield _slide(prose, "notes")
        if question:
            yield _slide(question[0], "subslide" if heading else "slide")


def code_slides(cell: NotebookNode) -> Iterator[NotebookNode]:
    """A picture has a slide below the question, and an exercise shows its task; other code has none."""
    kept = deepcopy(cell)
    pictures = [output for output in cell.outputs if SHOWN & set(output.get("data", {}))]
    if role(cell) == "exercise":
        yield _slide(f"```python\n{cell.source}\n```", "slide")
    elif pictures:
        kept.outputs = pictures
        kept.metadata = NotebookNode(slideshow=NotebookNode(slide_type="subslide"), tags=["hide_input"])
        yield kept


def deck(chapter: NotebookNode) -> NotebookNode:
    """The chapter's slides, as a notebook."""
    made = deepcopy(chapter)
    each = [
        text_slides(cell.source) if "source" in cell and cell.cell_type == "markdown" else code_slides(cell)
        for cell in chapter.cells
    ]
    made.cells = [slide for slides in each for slide in slides]
    made.metadata = NotebookNode({key: value for key, value in chapter.metadata.items() if key != "widgets"})
    return made


def page(chapter: NotebookNode, folder: Path) -> str:
    """The page of a chapter's slides. ``folder`` is where its pictures lie; they are written into it."""
    exporter = HTMLExporter(template_name="basic", embed_images=True, **PLAIN)
    made: list[list[str]] = []
    for cell in deck(chapter).cells:
        kind = cell.metadata["slideshow"]["slide_type"]
        if "hide_input" in cell.metadata.get("tags", ()):
            exporter.exclude_input = True
        resources = {"metadata": {"path": str(folder)}}
        body, _ = exporter.from_notebook_node(new_notebook(cells=[cell]), resources)
        exporter.exclude_input = False
        if kind != "notes" or not made:
            made.append([])
        made[-1].append(f"<aside>{body}</aside>" if kind == "notes" else body)
    slides = "\n".join(f'<section tabindex="-1">{"".join(parts)}</section>' for parts in made)
    heading = re.search(r"^# (.*)$", chapter.cells[0].source, re.MULTILINE)
    title = html.escape(heading[1] if heading else "Slides")
    return PAGE.read_text("utf-8").format(title=title, slides=slides)


def write(path: Path, out: Path) -> Path:
    """Write the slides of a chapter; their file."""
    out.mkdir(parents=True, exist_ok=True)
    shutil.copytree(MATHJAX, out / MATHJAX.name, dirs_exist_ok=True)
    file = out / f"{path.stem}.slides.html"
    text = page(nbformat.read(path, as_version=4), path.parent)
    file.write_text(text, encoding="utf-8", newline="\n")
    return file


def main() -> None:
    """Slides of all chapters, or of those whose names start with the arguments."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("only", nargs="*", help="the starts of chapters' names: 01 05")
    found = [path for only in parser.parse_args().only or [""] for path in chapters(only)]
    if not found:
        sys.exit("no chapter has such a name: say 01, or nothing for all")
    for path in found:
        print(write(path, OUT / "slides"))


if __name__ == "__main__":
    main()
