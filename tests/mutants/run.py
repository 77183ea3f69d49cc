"""Apply each mutant in a copy of the project and run the tests that must notice it.

PYTHONPATH=tests python -m mutants.run [WORD ...]: all mutants, or those whose file or reason holds a WORD.
Exit code 1 when one survives, when its text is gone from the library, or when the tests do not run.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.pool import Pool
from pathlib import Path
from typing import Any

from .catalogue import MUTANTS, Mutant

ROOT = Path(__file__).resolve().parent.parent.parent
COPIED = (
    "sicgan_lite",
    "tests",
    "tools",
    "pyproject.toml",
    "conftest.py",
)
# Imported once, in the process that every worker is forked from: the slow part of each run.
PRELOADED = [
    "hypothesis",
    "jaxtyping",
    "matplotlib.figure",
    "pytest",
    "scipy.stats",
    "skimage.color",
    "torch",
]
KILLED, SURVIVED, BROKEN = "killed", "SURVIVED", "BROKEN"


class Outcomes:
    """Hears from pytest what became of each test: "passed", "failed" in its own call, or else "broken"."""

    def __init__(self) -> None:
        self.of: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.when == "call":
            self.of[report.nodeid] = report.outcome
        elif report.failed:  # a fixture: the test said nothing
            self.of[report.nodeid] = BROKEN

    def named(self, test: str) -> set[str]:
        """What became of a test of the catalogue, over all its parameters when it names none."""
        node = node_of(test)
        return {said for each, said in self.of.items() if each == node or each.startswith(f"{node}[")}


def node_of(test: str) -> str:
    """pytest's name for a test of the catalogue."""
    return f"tests/{test.replace('::', '.py::', 1)}"


def verdict(outcomes: Outcomes, tests: tuple[str, ...]) -> str:
    """Killed only by a named test that failed by itself; broken where a named test did not run."""
    said = [outcomes.named(test) for test in tests]
    if any("failed" in each for each in said):
        return KILLED
    return SURVIVED if all(each and BROKEN not in each for each in said) else BROKEN


@contextlib.contextmanager
def copy_of_project() -> Iterator[Path]:
    """A folder with the library and its tests, and nothing that was built."""
    with tempfile.TemporaryDirectory() as folder:
        for name in COPIED:
            source, target = ROOT / name, Path(folder, name)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                target.parent.mkdir(exist_ok=True)
                shutil.copy(source, target)
        yield Path(folder)


def apply(mutant: Mutant, project: Path) -> bool:
    """Put the fault in; False when its text does not stand exactly once."""
    path = project / "sicgan_lite" / mutant.file
    text = path.read_text("utf-8")
    if text.count(mutant.old) != 1:
        return False
    path.write_text(text.replace(mutant.old, mutant.new), "utf-8")
    return True


def run_tests(project: Path, tests: tuple[str, ...]) -> tuple[str, str]:
    """The verdict and pytest's last lines, with the copy's library in place of the installed one."""
    import pytest  # here: the parent starts no test

    os.chdir(project)
    sys.path.insert(0, str(project))
    os.environ["PYTHONPATH"] = str(project)  # for tests that start an interpreter
    output, outcomes = io.StringIO(), Outcomes()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        # What is preloaded cannot be rewritten for better messages, and need not be.
        quiet = ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
        options = ["-x", "-q", "-p", "no:cacheprovider", *quiet]
        pytest.main([*options, *map(node_of, tests)], plugins=[outcomes])
        import sicgan_lite

    assert Path(sicgan_lite.__file__).is_relative_to(project), "the copy is what is tested"
    return verdict(outcomes, tests), output.getvalue()[-1500:]


def judge(mutant: Mutant) -> tuple[str, str]:
    """The outcome for a mutant, and what there is to see when it was not killed."""
    with copy_of_project() as project:
        if not apply(mutant, project):
            return "GONE", f"{mutant.old!r} does not stand exactly once in {mutant.file}"
        return run_tests(project, mutant.tests)


def judge_unchanged(tests: tuple[str, ...]) -> tuple[str, str]:
    """The same without a fault: every test must run and pass, or a kill would mean nothing."""
    with copy_of_project() as project:
        return run_tests(project, tests)


def start_workers(count: int) -> Pool:
    """Fresh processes, one for each task, with the heavy imports done where the system can fork."""
    method = "forkserver" if "forkserver" in get_all_start_methods() else "spawn"
    context = get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload(PRELOADED)
    return context.Pool(count, maxtasksperchild=1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("words", nargs="*", metavar="WORD")
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    chosen = [m for m in MUTANTS if not arguments.words or any(w in m.file + m.why for w in arguments.words)]
    tests = tuple(sorted({test for mutant in chosen for test in mutant.tests}))
    os.environ["OMP_NUM_THREADS"] = "1"
    with start_workers(arguments.workers) as workers:
        unchanged = workers.apply_async(judge_unchanged, (tests,))
        results = workers.imap(judge, chosen, chunksize=1)
        outcomes = [report(mutant, result) for mutant, result in zip(chosen, results, strict=True)]
        outcome, output = unchanged.get()
    if outcome != SURVIVED:
        print(f"without any mutant the tests fail:\n{output}")
        return 1
    print(f"{outcomes.count(KILLED)} of {len(chosen)} mutants killed")
    return int(set(outcomes) != {KILLED})


def report(mutant: Mutant, result: tuple[str, str]) -> str:
    outcome, output = result
    print(f"{outcome:9} {mutant.file:15} {mutant.why}", flush=True)
    if outcome != KILLED:
        print(f"{'':9} by {', '.join(mutant.tests)}\n{output}", flush=True)
    return outcome


if __name__ == "__main__":
    sys.exit(main())
