"""Hold the first line of a commit message to what ``git log --oneline`` can show. Needs nothing but Python.

As a hook it is given the file with the message; ``--range A..B`` looks at commits that are there.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

LONGEST = 72
# What git and its hosts write by themselves.
NOT_OURS = ("Merge ", "Revert ", "fixup! ", "squash! ")


def faults(subject: str) -> list[str]:
    """What is wrong with a subject; an empty list when nothing is."""
    if subject.startswith(NOT_OURS):
        return []
    told = [] if subject.strip() else ["it is empty"]
    if len(subject) > LONGEST:
        told.append(f"{len(subject)} characters, where {LONGEST} are the most: the reason goes into the body")
    return [*told, "it ends with a full stop"] if subject.endswith(".") else told


def subject_of(message: str) -> str:
    """The first line of a message that is no comment of git's."""
    return next((line for line in message.splitlines() if line.strip() and not line.startswith("#")), "")


def subjects(range_: str) -> list[str]:
    """The subjects of the commits of a range."""
    command = ["git", "log", "--no-merges", "--format=%s", range_]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


def main() -> None:
    """Exit with a sentence for each subject that is not good."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, help="a commit message")
    parser.add_argument("--range", help="commits, as git names them: main..HEAD")
    asked = parser.parse_args()
    found = subjects(asked.range) if asked.range else [subject_of(asked.file.read_text("utf-8"))]
    told = [f"{subject!r}: {fault}" for subject in found for fault in faults(subject)]
    if told:
        sys.exit("\n".join(told))


if __name__ == "__main__":
    main()
