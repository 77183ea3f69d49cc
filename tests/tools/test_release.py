"""A release is one state in which every file says the same, and the check finds each that does not."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from tools import address, chapter_setup, release

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for file in [*address.files(), ROOT / "sicgan_lite" / "__init__.py"]:
        target = tmp_path / file.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
    log = tmp_path / "CHANGELOG.md"  # here a release may have emptied it
    opened = log.read_text("utf-8").replace(release.OPEN, f"{release.OPEN}\n- A change.\n")
    log.write_text(opened, encoding="utf-8")
    return tmp_path


@pytest.fixture
def prepared(copied: Path) -> Path:
    release.prepare("7.8.9", date(2030, 1, 2), copied)
    return copied


def texts(root: Path) -> dict[Path, str]:
    return {file: file.read_text("utf-8") for file in sorted(root.rglob("*")) if file.is_file()}


def chapters(root: Path) -> list[str]:
    return [path.read_text("utf-8") for path in sorted((root / "book").glob("[0-9][0-9]-*.ipynb"))]


def test_here_chapters_follow_the_branch_or_the_version() -> None:
    assert address.branch() in {address.DEFAULT_BRANCH, f"v{release.version()}"}


def test_a_prepared_release_agrees_with_its_tag(prepared: Path) -> None:
    assert release.disagreements("v7.8.9", prepared) == []
    assert release.version(prepared) == "7.8.9"
    for text in chapters(prepared):
        assert f'git+{address.address()}@v7.8.9\\"' in text
        assert "/blob/v7.8.9/book/" in text
        assert "/blob/main/" not in text


def test_the_set_up_cell_of_a_release_installs_its_tag(
    prepared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = address.pip_link(prepared)
    monkeypatch.setattr(chapter_setup, "pip_link", lambda: link)
    assert f'address = "git+{address.address()}@v7.8.9"' in chapter_setup.setup_text()


def test_the_change_log_keeps_what_was_open_below_the_version(copied: Path) -> None:
    before = release.notes("Unreleased", copied)
    release.prepare("7.8.9", date(2030, 1, 2), copied)
    assert release.notes("7.8.9", copied) == before
    log = (copied / "CHANGELOG.md").read_text("utf-8")
    assert "## [Unreleased]\n\n## [7.8.9] - 2030-01-02\n" in log


def test_after_a_release_chapters_follow_the_branch_again(copied: Path) -> None:
    before = chapters(copied)
    release.prepare("7.8.9", date(2030, 1, 2), copied)
    address.change_branch(address.DEFAULT_BRANCH, copied)
    assert chapters(copied) == before
    assert address.wrong_links(copied) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("sicgan_lite/__init__.py", '"7.8.9"', '"7.8.8"', "says 7.8.8"),
        ("_config.yml", "v7.8.9", "main", "leads to main"),
        ("CITATION.cff", "version: 7.8.9", "version: 7.8.8", "cites another"),
        ("CHANGELOG.md", "[7.8.9]", "[7.8.8]", "says nothing of 7.8.9"),
        ("book/01-lab-space.ipynb", "@v7.8.9", "", "installs another"),
        ("book/01-lab-space.ipynb", "/blob/v7.8.9/", "/blob/main/", "no link"),
    ],
)
def test_each_file_that_disagrees_is_named(prepared: Path, file: str, old: str, new: str, said: str) -> None:
    text = (prepared / file).read_text("utf-8")
    assert old in text
    (prepared / file).write_text(text.replace(old, new), encoding="utf-8")
    assert any(said in sentence for sentence in release.disagreements("v7.8.9", prepared))


@pytest.mark.parametrize("wanted", ["1.0", "v1.0.0", "", "1.0.0rc1"])
def test_what_is_no_version_is_refused_and_nothing_is_written(copied: Path, wanted: str) -> None:
    before = texts(copied)
    with pytest.raises(ValueError, match=r"1\.0\.0"):
        release.prepare(wanted, date(2030, 1, 2), copied)
    assert texts(copied) == before


def test_nothing_new_is_no_release(prepared: Path) -> None:
    before = texts(prepared)
    with pytest.raises(ValueError, match="nothing of Unreleased"):
        release.prepare("7.9.0", date(2030, 1, 2), prepared)
    assert texts(prepared) == before


def test_here_every_file_says_the_version() -> None:
    """Between releases the branch's own links are all that differs from the last tag."""
    tag = f"v{release.version()}"
    assert [
        said
        for said in release.disagreements(tag)
        if not said.endswith(("installs another", "leads to main"))
    ] == []


def test_a_version_is_released_once(prepared: Path) -> None:
    log = prepared / "CHANGELOG.md"
    opened = log.read_text("utf-8").replace(release.OPEN, f"{release.OPEN}\n- More.\n")
    log.write_text(opened, encoding="utf-8")
    with pytest.raises(ValueError, match="already"):
        release.prepare("7.8.9", date(2030, 1, 2), prepared)
