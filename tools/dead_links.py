"""Ask every link that leads out of the book whether it still leads anywhere.

Sphinx asks (its builder ``linkcheck``) and writes down what it heard. Only what is certainly gone ends this
program with 1: a page that is not found, or a host without an address. A publisher that refuses programs,
and a host that was slow today, are named and no more.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "_build" / "links"
GONE = re.compile(
    r"(404|410) |anchor |.*(name or service not known|nameresolutionerror|nodename nor)", re.IGNORECASE
)


def judge(lines: list[str]) -> tuple[list[str], list[str], int]:
    """Links that are gone, links that gave no clear answer, and how many were asked.

    ``lines`` are of linkcheck's ``output.json``: one JSON object each, with ``status``, ``uri`` and ``info``.
    """
    asked = [entry for entry in map(json.loads, lines) if entry["uri"].startswith("http")]
    gone, unclear = {}, {}
    for entry in asked:
        if entry["status"] in ("broken", "timeout"):
            said = str(entry["info"])
            where = gone if GONE.match(said) else unclear
            where[entry["uri"]] = f"{entry['filename']}:{entry['lineno']}: {entry['uri']}: {said[:90]}"
    return sorted(gone.values()), sorted(unclear.values()), len({entry["uri"] for entry in asked})


def ask(root: Path = ROOT, out: Path = OUT) -> list[str]:
    """Let Sphinx ask for every link of the book at ``root``; the lines of its report."""
    program = shutil.which("jupyter-book", path=str(Path(sys.executable).parent))
    if program is None:
        sys.exit("jupyter-book is not in this environment: run `make book`")
    shutil.rmtree(out, ignore_errors=True)
    command = [program, "build", str(root), "--builder", "linkcheck", "--path-output", str(out), "--quiet"]
    subprocess.run(command, cwd=root, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    reports = list(out.rglob("output.json"))
    if not reports:
        sys.exit("Sphinx wrote no report of the links: does `make book` work?")
    return reports[0].read_text("utf-8").splitlines()


def main() -> None:
    """Ask, and tell."""
    gone, unclear, number = judge(ask())
    print(f"{number} links were asked. Gone: {len(gone)}. No clear answer: {len(unclear)}.")
    print("\n".join([*(f"gone: {line}" for line in gone), *(f"unclear: {line}" for line in unclear)]))
    if gone and len(gone) == number:
        print("Not one answered: is there a network here?")
    sys.exit(1 if gone else 0)


if __name__ == "__main__":
    main()
