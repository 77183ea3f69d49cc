"""Execute chapters in place and store outputs that are the same every time.

What a kernel makes up anew in each run (cell ids, widget model ids, timings, its own version) is
put into one form, so that a second run leaves nothing for git to see.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
import time
from collections import Counter
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

BOOK = Path(__file__).resolve().parent.parent / "book"
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
LANGUAGE = {"name": "python", "pygments_lexer": "ipython3"}
# What an author writes into a cell's metadata; the rest is left there by editors and kernels.
KEPT_CELL_METADATA = {"tags", "mystnb"}


class StaleChapterError(Exception):
    """A chapter whose outputs cannot be stored."""


def chapters(only: str = "") -> list[Path]:
    """The numbered chapters whose names start with ``only``, in order."""
    return sorted(BOOK.glob(f"{only}*.ipynb") if only else BOOK.glob("[0-9][0-9]-*.ipynb"))


def execute(notebook: NotebookNode, folder: Path) -> None:
    """Run every cell in this environment's kernel, started where the chapter lies."""
    client = NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
        # Of its warnings one is in every run, about other users of this machine: it is no fault of a chapter.
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
        coalesce_streams=True,
    )
    client.execute()


def refuse_stderr(notebook: NotebookNode) -> None:
    """A warning in a chapter is a fault of the chapter."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and output.name == "stderr":
                raise StaleChapterError(f"stderr in the cell\n{cell.source}\n\n{output.text}")


def _name_cells(notebook: NotebookNode) -> None:
    """A cell's id follows from its kind, its text, and how often that came before."""
    seen = Counter()
    for cell in notebook.cells:
        text = f"{cell.cell_type}\0{cell.source}"
        seen[text] += 1
        cell.id = hashlib.sha256(f"{text}\0{seen[text]}".encode()).hexdigest()[:12]


def _strip_metadata(notebook: NotebookNode) -> None:
    """Keep the author's words, the widgets' state and the name of the kernel."""
    for cell in notebook.cells:
        kept = {key: cell.metadata[key] for key in cell.metadata if key in KEPT_CELL_METADATA}
        cell.metadata = NotebookNode(kept)
    widgets = notebook.metadata.get("widgets")
    notebook.metadata = NotebookNode(kernelspec=KERNEL, language_info=LANGUAGE)
    if widgets and widgets.get(WIDGET_STATE, {}).get("state"):
        notebook.metadata["widgets"] = widgets


def _name_widgets(notebook: NotebookNode, name: str) -> NotebookNode:
    """Model ids follow from the chapter's name and the order in which the models were made."""
    state = notebook.metadata.get("widgets", {}).get(WIDGET_STATE, {}).get("state", {})
    new = {old: hashlib.sha256(f"{name}:{n}".encode()).hexdigest()[:32] for n, old in enumerate(state)}
    if not new:
        return notebook
    text = nbformat.writes(notebook)
    return nbformat.reads(re.sub(r"[0-9a-f]{32}", lambda found: new.get(found[0], found[0]), text), 4)


def normalize(notebook: NotebookNode, name: str) -> NotebookNode:
    """The notebook in the one form in which it is stored."""
    _strip_metadata(notebook)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook = _name_widgets(notebook, name)
    _name_cells(notebook)
    nbformat.validate(notebook)
    return notebook


def refresh(path: Path) -> None:
    """Execute one chapter and store it; on any failure the file stays as it was."""
    notebook = nbformat.read(path, as_version=4)
    start = time.perf_counter()
    execute(notebook, path.parent)
    refuse_stderr(notebook)
    text = nbformat.writes(normalize(notebook, path.stem))
    path.write_text(text.rstrip("\n") + "\n", encoding="utf-8", newline="\n")
    print(f"{path.name}: {time.perf_counter() - start:.0f} s, {len(text) / 1e6:.2f} MB", flush=True)


def main() -> None:
    """Refresh all chapters, or those whose name starts with the argument."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("only", nargs="?", default="", help="the start of a chapter's name: 01")
    only = parser.parse_args().only
    found = chapters(only)
    if not found:
        sys.exit(f"no chapter in {BOOK} starts with {only!r}")
    for path in found:
        try:
            refresh(path)
        except (CellExecutionError, StaleChapterError) as error:
            sys.exit(f"{path.name} is left as it was: {error}")


if __name__ == "__main__":
    main()
