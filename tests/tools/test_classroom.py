"""What is wrong with a machine is told before the lesson, with the cure."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from tools import classroom


def test_here_every_package_is_in_its_range() -> None:
    (found,) = classroom.packages()
    assert found.good
    assert int(found.said.split()[0]) > 15


@pytest.mark.parametrize(("has", "said"), [("0.0.1", "0.0.1 is not"), ("", "is not installed")])
def test_a_package_that_is_missing_or_old_is_named(has: str, said: str) -> None:
    from importlib.metadata import version

    def installed(name: str) -> str:
        if name != "numpy":
            return version(name)
        if not has:
            raise PackageNotFoundError(name)
        return has

    (found,) = classroom.packages(installed)
    assert not found.good
    assert found.said.startswith("numpy")
    assert said in found.said
    assert found.cure == "make setup"


def test_a_full_disk_and_missing_pages_are_told(tmp_path: Path) -> None:
    assert not classroom.room(999_999_999).good
    assert classroom.room(1_000_000_000).good
    assert not classroom.pages(tmp_path).good
    (tmp_path / "index.html").touch()
    assert classroom.pages(tmp_path).good


def test_a_chapter_that_stops_is_told_by_its_last_words(tmp_path: Path) -> None:
    path = tmp_path / "05-x.ipynb"
    path.touch()

    def stop(copy: Path) -> None:
        assert copy.parent != tmp_path
        raise RuntimeError("a long story\nNameError: no np")

    found = classroom.chapter(path, stop)
    assert (found.good, found.said) == (False, "05-x stopped: NameError: no np")
    assert classroom.chapter(path, lambda _: None).good
