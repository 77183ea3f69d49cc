"""Run the tests of the library or of the chapters, and keep what pytest's JUnit XML says of them.

python -m tools.run_tests library|chapters
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path
from typing import Any

from tools.status import remember

ROOT = Path(__file__).resolve().parent.parent
CHOSEN = {"library": [], "chapters": ["--nbval", "book/"]}
# In the order of collection: tests/conftest.py lets files with slow tests begin. A file stays with one
# worker, since its tests share pages and trained networks; stealing would make these twice.
SIDE_BY_SIDE = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
OUTCOMES = ("passed", "failed", "skipped")


def main(words: list[str] | None = None) -> int:
    """Run all of them, two files side by side; the exit code is pytest's."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("part", choices=CHOSEN)
    part = parser.parse_args(words).part
    # One core each: with two threads in each of two kernels, both wait for one another.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "junit.xml")
        command = [sys.executable, "-m", "pytest", *SIDE_BY_SIDE, "--durations=15", f"--junitxml={report}"]
        code = subprocess.run([*command, *CHOSEN[part]], cwd=ROOT, check=False).returncode
        if code in (0, 1):  # 1: some failed; above, they did not run to the end
            suite = next(ET.parse(report).iter("testsuite"))  # noqa: S314 - pytest wrote it just now
            remember(part, library(suite) if part == "library" else chapters(suite))
    return code


def library(suite: ET.Element) -> dict[str, Any]:
    """How many tests passed, failed and were skipped, and the seconds of the run."""
    counts = Counter(map(_outcome, suite.iter("testcase")))
    return {outcome: counts[outcome] for outcome in OUTCOMES} | {"seconds": float(suite.attrib["time"])}


def chapters(suite: ET.Element) -> dict[str, Any]:
    """The seconds of the run, each chapter with its cells, those that failed and its seconds, the machine."""
    from sicgan_lite.devices import describe_machine

    each: dict[str, dict[str, Any]] = {}
    for case in suite.iter("testcase"):
        name = case.attrib["classname"].removesuffix(".ipynb").rpartition(".")[2]
        chapter = each.setdefault(name, {"cells": 0, "failed": 0, "seconds": 0.0})
        chapter["cells"] += 1
        chapter["failed"] += _outcome(case) != "passed"  # after a failure nbval skips the rest
        chapter["seconds"] += float(case.attrib["time"])
    seconds = float(suite.attrib["time"])
    return {"seconds": seconds, "each": dict(sorted(each.items()))} | describe_machine()


def _outcome(case: ET.Element) -> str:
    """A test fails by any of its phases."""
    said = {child.tag for child in case}
    return "failed" if said & {"failure", "error"} else "skipped" if "skipped" in said else "passed"


if __name__ == "__main__":
    sys.exit(main())
