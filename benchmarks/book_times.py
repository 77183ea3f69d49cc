"""The book: seconds to build it from nothing, and seconds for each chapter under nbval.

``python -m benchmarks.book_times`` writes results/book_times.json. A chapter's seconds hold the start of
its kernel and the comparison of its outputs. Naming chapters (``03 04``) renews theirs alone.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.timing import load_average, read_if_there, record
from tools.build_book import STRICT
from tools.notebooks import chapters

ROOT = Path(__file__).resolve().parent.parent


def run(program: str, *arguments: str) -> dict[str, float]:
    """Seconds that a program of this environment takes, by the clock and of processor time.

    Errors: CalledProcessError when it fails.
    """
    wall, busy = time.perf_counter(), _busy()
    path = shutil.which(program, path=str(Path(sys.executable).parent)) or program
    subprocess.run([path, *arguments], cwd=ROOT, check=True, capture_output=True)
    return {"seconds": time.perf_counter() - wall, "processor seconds": _busy() - busy}


def _busy() -> float:
    """Processor seconds of all programs that this one started; 0 where the system does not count."""
    return os.times().children_user + os.times().children_system


def build_seconds() -> dict[str, float]:
    """Seconds to build every page in an empty folder, strictly."""
    with tempfile.TemporaryDirectory() as folder:
        return run("jupyter-book", "build", str(ROOT), "--quiet", *STRICT, "--path-output", folder)


def chapter_seconds(chapter: Path) -> dict[str, float]:
    """Seconds to execute a chapter and compare all its outputs."""
    return run("pytest", "--nbval", str(chapter), "-q", "-n", "0")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("chapters", nargs="*", default=[""], help="how their names start; all by default")
    parser.add_argument("--builds", type=int, default=3)
    options = parser.parse_args(arguments)
    load = load_average()
    found = read_if_there("book_times")
    seconds = found.get("chapters", {})
    for chapter in (path for start in options.chapters for path in chapters(start)):
        seconds[chapter.stem] = chapter_seconds(chapter)
        print(chapter.stem, seconds[chapter.stem], flush=True)
    builds = [build_seconds() for _ in range(options.builds)] or found.get("build", [])
    print(record("book_times", {"build": builds, "chapters": dict(sorted(seconds.items()))}, load=load))


if __name__ == "__main__":
    main()
