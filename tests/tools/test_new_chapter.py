"""A new chapter has every part; what an author must still write is not counted as written."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import yaml

from tools import cell_roles, new_chapter

ROOT = Path(__file__).resolve().parent.parent.parent
STUB = "sicgan_lite/teaching/exercises/__init__.pyi"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("_toc.yml", STUB, "book/01-lab-space.ipynb"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, tmp_path / name)
    (tmp_path / "tests" / "teaching" / "exercises").mkdir(parents=True)
    return tmp_path


def test_it_has_every_part_and_room_for_more(tree: Path) -> None:
    new_chapter.write("77-two-words", "Two words", tree)
    made = nbformat.read(tree / "book" / "77-two-words.ipynb", 4)
    roles = [cell_roles.role(cell) for cell in made.cells]
    assert roles.count("exercise") == 3
    assert roles.count("set-up") == 1
    assert 12 <= sum(cell.cell_type == "code" for cell in made.cells) < 20
    toc = yaml.safe_load((tree / "_toc.yml").read_text("utf-8"))
    assert toc["parts"][0]["chapters"][-1] == {"file": "book/77-two-words"}


def test_its_checks_are_offered_and_its_solutions_pass(tree: Path) -> None:
    new_chapter.write("77-two-words", "Two words", tree)
    names: dict = {}
    exec((tree / "sicgan_lite/teaching/exercises/two_words.py").read_text("utf-8"), names)
    stub = (tree / STUB).read_text("utf-8")
    for number, check in enumerate(new_chapter.check_names("77-two-words"), 1):
        assert f"from .two_words import {check} as {check}\n" in stub
        assert str(names[check](number)).startswith("Correct: ")
        assert str(names[check](None)).startswith("Not answered yet: ")
        with pytest.raises(AssertionError, match=f"says {number + 10}"):
            names[check](number + 10)
    ast.parse((tree / "tests/teaching/exercises/test_two_words.py").read_text("utf-8"))


def test_what_it_writes_needs_no_tidying(tree: Path) -> None:
    new_chapter.write("77-two-words", "Two words", tree)
    written = [str(path) for path in sorted(tree.rglob("*two*words*"))]
    assert len(written) == 3
    for command in (["format", "--check"], ["check", "--select", "E,F,I,UP,W"]):
        words = [sys.executable, "-m", "ruff", *command, "--config", str(ROOT / "pyproject.toml"), *written]
        ran = subprocess.run(words, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stdout


@pytest.mark.parametrize(("name", "said"), [("7-x", "form"), ("77-X", "form"), ("01-other", "already")])
def test_a_name_that_is_none_or_taken_is_refused(tree: Path, name: str, said: str) -> None:
    before = (tree / "_toc.yml").read_text("utf-8")
    with pytest.raises(ValueError, match=said):
        new_chapter.write(name, "T", tree)
    assert (tree / "_toc.yml").read_text("utf-8") == before
