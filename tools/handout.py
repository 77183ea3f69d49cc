"""Notebooks to hand out: chapters without outputs and without solutions, ready for nbgrader.

``python -m tools.handout 05`` writes ``handout/source/colour/05-….ipynb``. Each exercise becomes a cell to
answer in and a locked cell with its check, which is worth a point. The checks are the book's own: they are
in the library, so that nothing secret is in the notebook. nbgrader was taken because its test is any cell
that raises; another system can use the same cells.
"""

from __future__ import annotations

import argparse
import re
import sys
from copy import deepcopy
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from tools.cell_roles import parts, role, without_solution
from tools.notebooks import KERNEL, LANGUAGE, chapters

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "handout"
ASSIGNMENT = "colour"
CONFIG = f'''\
"""nbgrader's settings for these handouts. Names of students need not be told before."""

c = get_config()  # noqa: F821 (nbgrader defines it)
c.CourseDirectory.course_id = "{ASSIGNMENT}"
c.ExecutePreprocessor.timeout = 600
c.Autograde.create_student = True
# There is no solution to clear: the cells to answer in are handed out as they are.
c.ClearSolutions.enabled = False
'''
CHECKED = """\
{imported}

said = {call}
print(said)
assert str(said).startswith("Correct: ")"""
SAID = """\
The notebooks are in {folder}; they can be handed out as they are. To mark them with nbgrader
(pip install nbgrader), in {out}:
    nbgrader generate_assignment {name}
    hand out release/{name}/, collect into submitted/STUDENT/{name}/
    nbgrader autograde {name}
    nbgrader export"""


def _marked(source: str, name: str, points: int) -> NotebookNode:
    """A cell as nbgrader knows it: worth points and locked, or to be answered in."""
    said = {
        "schema_version": 3,
        "grade_id": name,
        "cell_type": "code",
        "task": False,
        "grade": points > 0,
        "locked": points > 0,
        "solution": points == 0,
    }
    if points:
        said["points"] = points
    # An open exercise fails its check, and the cells below it run all the same.
    metadata = {"nbgrader": said} | ({"tags": ["raises-exception"]} if points else {})
    return new_code_cell(source, metadata=metadata)


def exercise_cells(source: str) -> list[NotebookNode]:
    """The two cells of an exercise."""
    imported, answer, call = parts(source)
    name = re.sub(r"\W.*", "", call)
    return [
        _marked(answer, name.removeprefix("check_"), 0),
        _marked(CHECKED.format(imported=imported, call=call), name, 1),
    ]


def student_cells(cell: NotebookNode) -> list[NotebookNode]:
    """What becomes of one cell of a chapter."""
    what = role(cell)
    if what == "exercise":
        return exercise_cells(cell.source)
    kept = deepcopy(cell)
    if what in ("solution", "text"):
        kept.source = without_solution(cell.source)
        return [kept] if kept.source.strip() else []
    kept.outputs, kept.execution_count = [], None
    return [kept]


def handout(chapter: NotebookNode) -> NotebookNode:
    """A chapter as students get it."""
    cells = [new for cell in chapter.cells for new in student_cells(cell)]
    made = new_notebook(cells=cells, metadata={"kernelspec": KERNEL, "language_info": LANGUAGE})
    nbformat.validate(made)
    return made


def write(paths: list[Path], out: Path = OUT) -> Path:
    """Write the handouts of some chapters, and nbgrader's settings beside them; their folder."""
    folder = out / "source" / ASSIGNMENT
    folder.mkdir(parents=True, exist_ok=True)
    for path in paths:
        text = nbformat.writes(handout(nbformat.read(path, as_version=4)))
        (folder / path.name).write_text(text + "\n", encoding="utf-8", newline="\n")
    (out / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8", newline="\n")
    return folder


def main() -> None:
    """Write handouts of all chapters, or of those whose names start with the arguments."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("only", nargs="*", default=[""], help="the starts of chapters' names: 01 05")
    found = [path for only in parser.parse_args().only or [""] for path in chapters(only)]
    if not found:
        sys.exit("no chapter has such a name: say 01, or nothing for all")
    print(SAID.format(folder=write(found), out=OUT, name=ASSIGNMENT))


if __name__ == "__main__":
    main()
