"""The page that says whether the book still works says what the last tests said, and nothing more."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from tools import build_book, run_tests, status

ROOT = Path(__file__).resolve().parent.parent.parent


def record(**changes: Any) -> dict[str, Any]:
    tested = {
        "date": "2026-01-02 03:04 UTC",
        "commit": "abc1234567",
        "seconds": 200.4,
        "each": {
            "01-a": {"cells": 12, "failed": 0, "seconds": 9.6},
            "02-b": {"cells": 15, "failed": 0, "seconds": 61.2},
        },
        "processor": "A processor (AVX2)",
        "python": "3.11.7",
        "threads": 2,
        "versions": {"torch": "2.13.0+cpu", "numpy": "2.4.6", "unheard-of": "1"},
    }
    return {"chapters": tested | changes}


def test_without_a_record_the_page_says_that_nobody_knows() -> None:
    text = status.page({}, "abc1234567")
    assert text.startswith("**Nobody knows.**")
    assert "make test" in text
    assert "Yes" not in text


def test_a_good_record_is_told_with_date_seconds_versions_and_commit() -> None:
    text = status.page(record(), "abc1234567")
    assert text.startswith("**Yes.** All 2 chapters")
    for part in (
        "2026-01-02 03:04 UTC",
        "took 200 seconds, within the 6 minutes",
        "| 01-a | 12 | 0 | 10 |",
        "| 02-b | 15 | 0 | 61 |",
        "Python 3.11.7, torch 2.13.0+cpu, numpy 2.4.6.",
        "Tested at commit abc1234567; this page was built at abc1234567.",
    ):
        assert part in text
    assert "differ" not in text


def test_a_failure_and_its_chapter_are_told() -> None:
    each = record()["chapters"]["each"]
    each["02-b"]["failed"] = 3
    text = status.page(record(each=each, seconds=400), "abc1234567")
    assert text.startswith("**No.** 1 of 2 chapters")
    assert ": 02-b. The run took 400 seconds, more than the 6 minutes" in text


def test_a_record_of_another_state_is_told_apart() -> None:
    assert "They differ" in status.page(record(), "abc1234567, with changes")
    assert "not under git" in status.page(record(commit=""), "abc1234567")


def test_the_library_is_told_when_it_was_tested() -> None:
    library = {"date": "2026-01-01 00:00 UTC", "commit": "", "passed": 900, "failed": 0, "skipped": 4}
    assert "on 2026-01-01 00:00 UTC: 900 passed, 0 failed, 4 skipped." in status.page(
        record() | {"library": library}, "abc1234567"
    )


SUITE = ET.fromstring("""
<testsuite name="pytest" time="12.500">
 <testcase classname="book.01-a.ipynb" name="Cell 0" time="1.5"/>
 <testcase classname="book.01-a.ipynb" name="Cell 1" time="1.0"><failure message="differs"/></testcase>
 <testcase classname="book.01-a.ipynb" name="Cell 2" time="0.5"><skipped message="kernel died"/></testcase>
 <testcase classname="book.02-b.ipynb" name="Cell 0" time="0.25"><error message="set-up"/></testcase>
</testsuite>""")


def test_a_failure_in_any_phase_counts_and_so_does_what_it_keeps_from_running() -> None:
    found = run_tests.chapters(SUITE)
    assert found["each"] == {
        "01-a": {"cells": 3, "failed": 2, "seconds": 3.0},
        "02-b": {"cells": 1, "failed": 1, "seconds": 0.25},
    }
    assert found["seconds"] == 12.5
    assert {"processor", "python", "versions"} <= set(found)
    assert run_tests.library(SUITE) == {"passed": 1, "failed": 2, "skipped": 1, "seconds": 12.5}


def test_one_part_of_the_record_leaves_the_other(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    status.remember("library", {"passed": 3}, path)
    status.remember("chapters", {"each": {}}, path)
    kept = status.read(path)
    assert kept["library"]["passed"] == 3
    assert set(kept) == {"library", "chapters"}
    assert kept["chapters"]["commit"] == ""  # no git there


@pytest.mark.parametrize("content", ["", "{half", "[]"])
def test_what_cannot_be_read_is_no_record(tmp_path: Path, content: str) -> None:
    path = tmp_path / "record.json"
    path.write_text(content)
    assert status.read(path) == {}


def test_the_commit_tells_of_changes(tmp_path: Path) -> None:
    git = ["git", "-C", str(tmp_path), "-c", "user.name=n", "-c", "user.email=e@example.org"]
    subprocess.run([*git, "init", "-q"], check=True)
    assert status.commit(tmp_path) == ""  # nothing committed yet
    (tmp_path / "file").write_text("a")
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-qm", "first"], check=True)
    clean = status.commit(tmp_path)
    assert len(clean) == 10
    (tmp_path / "file").write_text("b")
    assert status.commit(tmp_path) == f"{clean}, with changes"


def test_a_new_record_asks_for_a_new_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_book, "ROOT", tmp_path)
    before = build_book.fingerprint()
    (tmp_path / status.RECORD.name).write_text("{}")
    assert build_book.fingerprint() != before


def test_the_record_stays_on_this_machine() -> None:
    ignored = subprocess.run(["git", "check-ignore", "-q", str(status.RECORD)], cwd=ROOT, check=False)
    if ignored.returncode == 128:
        pytest.skip("not a git checkout")
    assert ignored.returncode == 0


@pytest.mark.parametrize(("kept", "says"), [(None, "Nobody knows."), (record(), "Yes.")])
def test_the_page_is_made_when_the_book_is_built(tmp_path: Path, kept: dict | None, says: str) -> None:
    conf = f"import sys; sys.path.insert(0, {str(ROOT)!r}); extensions = ['myst_parser', 'tools.status']"
    (tmp_path / "conf.py").write_text(conf)
    (tmp_path / "index.md").write_text("# Page\n\n```{test-record}\n```\n")
    if kept:
        (tmp_path / status.RECORD.name).write_text(json.dumps(kept))
    command = [sys.executable, "-m", "sphinx", "-W", "-n", "-q", "-b", "text", ".", "out"]
    subprocess.run(command, cwd=tmp_path, check=True)
    text = (tmp_path / "out" / "index.txt").read_text("utf-8")
    assert f"**{says}**" in text
    assert ("01-a" in text) is bool(kept)


@pytest.mark.slow
def test_what_chapters_and_tests_said_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.pytest.ini_options]\ntestpaths = ["tests"]\n')
    shutil.copyfile(ROOT / "conftest.py", tmp_path / "conftest.py")
    for part in ("tests", "book"):
        (tmp_path / part).mkdir()
    shutil.copyfile(ROOT / "tests" / "nbval_sanitize.cfg", tmp_path / "tests" / "nbval_sanitize.cfg")
    for name, shown in (("01-right", "2"), ("02-wrong", "3")):
        output = new_output("execute_result", {"text/plain": shown}, execution_count=1)
        cell = new_code_cell("1 + 1", execution_count=1, outputs=[output])
        nbformat.write(new_notebook(cells=[cell]), tmp_path / "book" / f"{name}.ipynb")
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    asks = "import os\n\ndef test_it():\n    assert os.environ['OMP_NUM_THREADS'] == '1'\n"
    (tmp_path / "tests" / "test_it.py").write_text(asks)
    monkeypatch.setattr(run_tests, "ROOT", tmp_path)
    monkeypatch.setattr(run_tests, "SIDE_BY_SIDE", ())  # two tests need no workers
    path = tmp_path / status.RECORD.name
    monkeypatch.setattr(run_tests, "remember", lambda part, found: status.remember(part, found, path))
    assert run_tests.main(["chapters"]) == 1
    assert run_tests.main(["library"]) == 0
    (tmp_path / "tests" / "test_it.py").unlink()
    assert run_tests.main(["library"]) == 5  # none ran: the record stays as it was
    found = status.read(path)
    each = found["chapters"]["each"]
    assert {name: (chapter["cells"], chapter["failed"]) for name, chapter in each.items()} == {
        "01-right": (1, 0),
        "02-wrong": (1, 1),
    }
    assert found["chapters"]["seconds"] > 0
    assert (found["library"]["passed"], found["library"]["failed"]) == (1, 0)
    assert str(tmp_path) not in path.read_text("utf-8")
    assert status.page(found, "").startswith("**No.** 1 of 2 chapters")
