"""The lock names what is wanted, in versions that are allowed."""

from __future__ import annotations

import re
from pathlib import Path

from packaging.requirements import Requirement

from tools import lock

ROOT = Path(__file__).resolve().parent.parent.parent


def wanted() -> list[Requirement]:
    """What readers and developers need, of other projects."""
    lines = [
        line
        for name in ("requirements.txt", "requirements-dev.txt")
        for line in (ROOT / name).read_text("utf-8").splitlines()
    ]
    return [Requirement(line) for line in lines if re.match(r"\w", line)]


def test_every_requirement_is_locked_in_a_version_that_it_allows() -> None:
    versions = lock.locked(lock.LOCK.read_text("utf-8"))
    assert len(wanted()) > 30
    for requirement in wanted():
        assert requirement.specifier.contains(versions[lock.canonical(requirement.name)]), requirement


def test_a_lock_says_what_it_was_made_of() -> None:
    text = lock.text_of({"a-b": "1.0", "c": "2"})
    assert lock.locked(text) == {"a-b": "1.0", "c": "2"}
    assert lock.canonical("A_b.C") == "a-b-c"
    here = lock.installed()
    assert {"numpy", "torch", "pytest"} <= set(here)
    assert not any("+" in version for version in here.values())
    assert "sicgan-lite" not in here


def test_differences_are_named() -> None:
    found = lock.differences({"a": "1", "b": "2"}, {"a": "1", "b": "3", "c": "4"})
    assert found == ["b: 3 locked, 2 here", "c: 4 locked, none here"]
    assert lock.differences({"d": "1"}, {}) == ["d: none locked, 1 here"]
