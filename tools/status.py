"""What the last tests said, and the page that shows it.

``run_tests.py`` writes ``.test-record.json``, which git ignores: it is about this machine and this
moment. The directive ``{test-record}`` shows it when the book is built, or says that there is none.
"""

from __future__ import annotations

import json
import subprocess
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RECORD = ROOT / ".test-record.json"
WANTED_SECONDS = 360  # the whole book, chapters side by side
VERSIONS = ("Python", "torch", "numpy", "scikit-image", "opencv-python-headless")


def commit(root: Path = ROOT) -> str:
    """The short hash of the commit, with a word when files differ from it; empty outside git."""
    try:
        head = _git(root, "rev-parse", "--short=10", "HEAD")
        return f"{head}, with changes" if _git(root, "status", "--porcelain") else head
    except (OSError, subprocess.CalledProcessError):
        return ""


def remember(part: str, found: dict[str, Any], path: Path = RECORD) -> None:
    """Put what was ``found`` about the library or the chapters into the record, with time and commit."""
    from sicgan_lite.files import write_atomically

    record = read(path)
    now = datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    record[part] = {"date": now, "commit": commit(path.parent)} | found
    write_atomically(path, (json.dumps(record, indent=1) + "\n").encode())


def read(path: Path = RECORD) -> dict[str, Any]:
    """The record; empty when there is none, or none that can be read."""
    try:
        record = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def page(record: dict[str, Any], built_from: str) -> str:
    """The record as Markdown."""
    if "chapters" not in record:
        return (
            "**Nobody knows.** This copy of the book was built without a record of its tests. "
            "`make test` makes one, and the next `make book` shows it here."
        )
    tested = record["chapters"]
    parts = [_verdict(tested), _chapter_table(tested["each"]), _machine(tested)]
    if "library" in record:
        parts.append(_library(record["library"]))
    parts.append(_age(tested["commit"], built_from))
    return "\n\n".join(parts)


def _verdict(tested: dict[str, Any]) -> str:
    wrong = [name for name, chapter in tested["each"].items() if chapter["failed"]]
    when = f"on {tested['date']}"
    seconds = f"The run took {tested['seconds']:.0f} seconds"
    limit = "within" if tested["seconds"] <= WANTED_SECONDS else "more than"
    took = f"{seconds}, {limit} the {WANTED_SECONDS // 60} minutes that we allow it on two cores."
    if wrong:
        return (
            f"**No.** {len(wrong)} of {len(tested['each'])} chapters did not print what stands in them, "
            f"when `make test` ran {when}: {', '.join(wrong)}. {took}"
        )
    return (
        f"**Yes.** All {len(tested['each'])} chapters ran and printed what stands in them, "
        f"when `make test` ran {when}. {took}"
    )


def _chapter_table(each: dict[str, Any]) -> str:
    rows = [
        f"| {name} | {chapter['cells']} | {chapter['failed']} | {chapter['seconds']:.0f} |"
        for name, chapter in each.items()
    ]
    return "\n".join(["| chapter | cells | failed | seconds |", "|---|--:|--:|--:|", *rows])


def _machine(tested: dict[str, Any]) -> str:
    known = {"Python": tested["python"]} | tested["versions"]
    versions = ", ".join(f"{name} {known[name]}" for name in VERSIONS if name in known)
    return f"Processor: {tested['processor']}. Versions: {versions}."


def _library(found: dict[str, Any]) -> str:
    counts = ", ".join(f"{found[outcome]} {outcome}" for outcome in ("passed", "failed", "skipped"))
    return f"Tests of the library and of the pages, on {found['date']}: {counts}."


def _age(tested: str, built_from: str) -> str:
    if not tested or not built_from:
        return "Which commit was tested is not known: this copy is not under git."
    told = f"Tested at commit {tested}; this page was built at {built_from}."
    return told if tested == built_from else f"{told} They differ: `make test` would tell about this state."


def _git(root: Path, *arguments: str) -> str:
    command = ["git", "-C", str(root), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def setup(app: Any) -> dict[str, Any]:
    """Tell Sphinx about the directive, which shows the record as it is when the page is built."""
    from docutils import nodes
    from docutils.parsers.rst import Directive
    from docutils.statemachine import StringList

    class RecordDirective(Directive):
        def run(self) -> list[nodes.Node]:
            holder, root = nodes.container(), Path(app.srcdir)
            text = page(read(root / RECORD.name), commit(root))
            lines = StringList(text.splitlines(), RECORD.name)
            self.state.nested_parse(lines, self.content_offset, holder)
            return holder.children

    app.add_directive("test-record", RecordDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
