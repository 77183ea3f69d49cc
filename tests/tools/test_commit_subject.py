"""Subjects that ``git log --oneline`` can show whole."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tools import commit_subject

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize(
    ("subject", "number"),
    [("x" * 72, 0), ("x" * 73, 1), ("", 1), ("Ends.", 1), ("Merge " + "x" * 90, 0), ("x" * 73 + ".", 2)],
)
def test_faults_are_counted(subject: str, number: int) -> None:
    assert len(commit_subject.faults(subject)) == number


def test_the_subject_is_the_first_line_that_is_no_comment() -> None:
    assert commit_subject.subject_of("# git's\n\nOurs\n\nBody") == "Ours"
    assert commit_subject.subject_of("# nothing\n") == ""


def test_the_hook_refuses_a_message_and_says_why(tmp_path: Path) -> None:
    message = tmp_path / "COMMIT_EDITMSG"
    for text, code in ((("y" * 80) + "\n", 1), ("Short\n", 0)):
        message.write_text(text)
        command = [sys.executable, "-m", "tools.commit_subject", str(message)]
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert ran.returncode == code
        assert ("80 characters, where 72 are the most" in ran.stderr) == bool(code)


def test_a_range_is_looked_at_commit_by_commit(tmp_path: Path) -> None:
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run([*git, "init", "-q", "-b", "main"], check=True)
    for subject in ("One", "Two", "z" * 99):
        subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", subject], check=True)
    for range_, code in (("HEAD~2..HEAD~1", 0), ("HEAD~1..HEAD", 1)):
        command = [sys.executable, "-m", "tools.commit_subject", "--range", range_]
        ran = subprocess.run(
            command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}, check=False
        )
        assert ran.returncode == code
