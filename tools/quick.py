"""``make quick``: what a change can have broken. A green test is not repeated until its ground changes.

Checks, then the tests without a browser and without those that are marked slow, with fewer examples each. A
stamp for each file of tests says what it rested on when it was last green (``tools.dependents``); CI ignores
stamps, and ``make test`` knows none. Chapters that differ from the last commit are compared with their
outputs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tools.dependents import ROOT, key

STAMPS = ROOT / ".quick-stamps.json"
LEFT_OUT = {"browser", "colab", "mutants", "support"}
CHECKS = (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["pyright"])
SLOWEST = 10


class Recorder:
    """Hears what became of each file of tests, and how long it took."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.failed: set[str] = set()

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Add one phase of one test to its file."""
        file = report.nodeid.partition("::")[0]
        self.seconds[file] = self.seconds.get(file, 0) + report.duration
        if report.failed:
            self.failed.add(file)


def files_of_tests(root: Path = ROOT) -> list[Path]:
    """Every file of tests that needs no browser and makes no environment."""
    files = sorted((root / "tests").rglob("test_*.py"))
    return [file for file in files if not LEFT_OUT & set(file.relative_to(root / "tests").parts)]


def read_stamps(path: Path = STAMPS) -> dict[str, str]:
    """What was green, and on what ground; nothing in CI."""
    if os.environ.get("CI") == "true" or not path.is_file():
        return {}
    return json.loads(path.read_text("utf-8"))


def stale(files: list[Path], stamps: dict[str, str], root: Path = ROOT) -> dict[str, str]:
    """The files whose ground has changed since their stamp, with the ground of now."""
    keys = {file.relative_to(root).as_posix(): key(file, root) for file in files}
    return {name: ground for name, ground in keys.items() if stamps.get(name) != ground}


def changed_chapters(root: Path = ROOT) -> list[str]:
    """Chapters that differ from the last commit."""
    command = ["git", "-C", str(root), "status", "--porcelain", "--", "book/*.ipynb"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return [line[3:].strip('"') for line in lines if (root / line[3:].strip('"')).is_file()]


def run(*command: str) -> bool:
    """Run a program of this environment, and say how long it took."""
    start = time.monotonic()
    code = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=False).returncode
    print(
        f"{' '.join(command[:3])}: {'ok' if code == 0 else 'FAILED'}, {time.monotonic() - start:.0f} s\n",
        flush=True,
    )
    return code == 0


def run_tests(wanted: dict[str, str], stamps: dict[str, str]) -> bool:
    """Run files of tests side by side, and stamp those that are green."""
    import pytest

    os.environ["HYPOTHESIS_PROFILE"] = "quick"
    heard = Recorder()
    flags = [
        "-q",
        "-n",
        os.environ.get("WORKERS", "2"),
        "--dist",
        "loadfile",
        "--no-loadscope-reorder",
        "-m",
        "not slow",
        "-p",
        "no:cacheprovider",
    ]
    code = pytest.main([*flags, *wanted], plugins=[heard])
    finished = code in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED)
    green = {name: ground for name, ground in wanted.items() if finished and name not in heard.failed}
    STAMPS.write_text(json.dumps(stamps | green, indent=1) + "\n", encoding="utf-8")
    for name, seconds in sorted(heard.seconds.items(), key=lambda item: -item[1])[:SLOWEST]:
        print(f"{seconds:6.1f} s  {name}")
    return finished and not heard.failed


def main() -> None:
    """Everything, also after a failure, and then the verdict."""
    start = time.monotonic()
    good = [run(*command) for command in CHECKS]
    stamps = read_stamps()
    files = files_of_tests()
    wanted = stale(files, stamps)
    print(f"{len(wanted)} of {len(files)} files of tests rest on something that changed.", flush=True)
    good += [run_tests(wanted, stamps)] if wanted else []
    good += [run("pytest", "-q", "--nbval", chapter) for chapter in changed_chapters()]
    minutes = (time.monotonic() - start) / 60
    print(
        f"{'Green' if all(good) else 'NOT green'} in {minutes:.1f} minutes. Before a pull request: make test"
    )
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
