"""A chapter that works and says nothing yet: ``python -m tools.new_chapter 12-frequency "Frequency"``.

It writes the notebook with every part that a chapter has, its three exercises with checks, their tests, and
its lines in the list of chapters and in the package of exercises. What is left to do says TODO.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tools import chapter_parts
from tools.address import colab_link
from tools.chapter_setup import setup_text
from tools.notebooks import KERNEL, LANGUAGE, normalize

ROOT = Path(__file__).resolve().parent.parent
NAME = re.compile(r"\d\d-[a-z]+(?:-[a-z]+)*")
QUESTIONS = 7  # with the set-up, a slider and three exercises: the least that a chapter has


def check_names(name: str) -> list[str]:
    """The names of the three checks."""
    return [f"check_{name[3:].replace('-', '_')}_{word}" for word in ("one", "two", "three")]


def cells(name: str, title: str) -> list[NotebookNode]:
    """All that a chapter has, in its order."""
    found = [new_markdown_cell(chapter_parts.START.format(title=title, link=colab_link(name)))]
    found.append(new_code_cell(setup_text() + "import numpy as np"))
    for number in range(1, QUESTIONS + 1):
        found += [
            new_markdown_cell(chapter_parts.QUESTION),
            new_code_cell(chapter_parts.ANSWER.format(number=number)),
        ]
    found += [
        new_markdown_cell(chapter_parts.QUESTION.replace("a question", "a slider")),
        new_code_cell(chapter_parts.EXPLORER),
    ]
    text = "TODO: what was seen.\n\n## Exercises"
    for number, check in enumerate(check_names(name), 1):
        found.append(new_markdown_cell(text + chapter_parts.TASK.format(number=number)))
        found.append(new_code_cell(chapter_parts.EXERCISE.format(check=check)))
        text = chapter_parts.SOLUTION.format(check=check, number=number)
    return [
        *found,
        new_markdown_cell(text + "\n\n## Summary\n\n- **TODO:** what was found, with its numbers."),
    ]


def write(name: str, title: str, root: Path = ROOT) -> None:
    """Write all files. Errors: ValueError for a name that is none or is taken, and nothing is written."""
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not of the form 12-two-words")
    if list((root / "book").glob(f"{name[:2]}-*")):
        raise ValueError(f"there is a chapter {name[:2]} already")
    module, checks = name[3:].replace("-", "_"), check_names(name)
    made = new_notebook(cells=cells(name, title), metadata={"kernelspec": KERNEL, "language_info": LANGUAGE})
    text = nbformat.writes(normalize(made, name)) + "\n"
    package = root / "sicgan_lite" / "teaching" / "exercises"
    body = "\n".join(
        chapter_parts.CHECK.format(
            check=check, task=check.removeprefix("check_").upper(), number=n, slip=n + 10
        )
        for n, check in enumerate(checks, 1)
    )
    imports = "\n".join(f"    {check}," for check in sorted(checks))
    pairs = "\n".join(f"        ({check}, {number})," for number, check in enumerate(checks, 1))
    tests = root / "tests" / "teaching" / "exercises" / f"test_{module}.py"
    _write(root / "book" / f"{name}.ipynb", text)
    _write(package / f"{module}.py", chapter_parts.CHECKS_HEAD.format(title=title) + body)
    _write(tests, chapter_parts.TESTS.format(title=title, imports=imports, pairs=pairs))
    lines = "".join(f"from .{module} import {check} as {check}\n" for check in sorted(checks))
    _write(package / "__init__.pyi", (package / "__init__.pyi").read_text("utf-8") + lines)
    _list(root / "_toc.yml", name)


def _list(toc: Path, name: str) -> None:
    """Put the chapter behind the last one."""
    text = toc.read_text("utf-8")
    end = max(found.end() for found in re.finditer(r"^ +- file: book/\d\d-.*\n", text, flags=re.MULTILINE))
    _write(toc, f"{text[:end]}      - file: book/{name}\n{text[end:]}")


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def main() -> None:
    """Write the chapter, and say what is left."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", help="two digits and words: 12-frequency")
    parser.add_argument("title")
    asked = parser.parse_args()
    try:
        write(asked.name, asked.title)
    except ValueError as error:
        sys.exit(str(error))
    module = asked.name[3:].replace("-", "_")
    checks = f"sicgan_lite/teaching/exercises/{module}.py"
    key = f"{asked.name} or {module}"
    names = {"notebook": f"book/{asked.name}.ipynb", "checks": checks, "number": asked.name[:2], "key": key}
    print(chapter_parts.NEXT.format(**names))


if __name__ == "__main__":
    main()
