"""A stamp goes stale when anything that its test rests on changes, and with nothing else."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tools import dependents, quick

ROOT = Path(__file__).resolve().parent.parent.parent
FILES = {
    "sicgan_lite/__init__.py": "",
    "sicgan_lite/__init__.pyi": "from .color import lab as lab\nfrom .losses import loss as loss\n",
    "sicgan_lite/color.py": "lab = 1\n",
    "sicgan_lite/losses.py": "def loss():\n    from sicgan_lite.arrays import check\n    return check\n",
    "sicgan_lite/arrays.py": "check = 1\n",
    "tests/support/__init__.py": "",
    "tests/support/tiny.py": "size = 1\n",
    "tests/test_color.py": "from sicgan_lite import lab\n",
    "tests/test_losses.py": "from support.tiny import size\nfrom sicgan_lite import loss\n",
    "tests/test_whole.py": "import sicgan_lite\n",
    "tests/test_readme.py": "from pathlib import Path\nROOT = Path('.')\n",
    "tests/test_mirror.py": "from pathlib import Path\nROOT = Path('.')\nwhere = ROOT / 'tests'\n",
    "tests/test_run.py": "import subprocess\n",
    "README.md": "words\n",
    **dict.fromkeys(dependents.SHARED, ""),
}

READERS = {"test_readme", "test_mirror"}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    return tmp_path


def stale_after(tree: Path, changed: str) -> set[str]:
    files = quick.files_of_tests(tree)
    stamps = quick.stale(files, {}, tree)
    assert quick.stale(files, stamps, tree) == {}
    (tree / changed).write_text(FILES[changed] + "# changed\n")
    for remembered in (dependents.content, dependents.offered, dependents.imported, dependents.closure):
        remembered.cache_clear()
    dependents.tracked.cache_clear()
    return {Path(name).stem for name in quick.stale(files, stamps, tree)}


@pytest.mark.parametrize(
    ("changed", "stale"),
    [
        ("sicgan_lite/color.py", {"test_color", "test_whole", *READERS, "test_run"}),
        ("sicgan_lite/arrays.py", {"test_losses", "test_whole", *READERS, "test_run"}),
        ("tests/support/tiny.py", {"test_losses", "test_mirror"}),
        ("tests/test_color.py", {"test_color", "test_mirror"}),
        ("README.md", READERS),
        ("pyproject.toml", {"test_color", "test_losses", "test_whole", *READERS, "test_run"}),
    ],
)
def test_what_rests_on_a_file_is_stale_when_it_changes(tree: Path, changed: str, stale: set[str]) -> None:
    assert stale_after(tree, changed) == stale


def test_a_real_test_rests_on_what_it_imports_by_any_door() -> None:
    found = {
        path.relative_to(ROOT).as_posix() for path in dependents.closure(ROOT / "tests" / "test_losses.py")
    }
    assert {"sicgan_lite/losses.py", "sicgan_lite/arrays/__init__.py"} <= found
    assert "sicgan_lite/cli/parser.py" not in found


def test_ci_knows_no_stamps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stamps = tmp_path / "stamps.json"
    stamps.write_text(json.dumps({"tests/test_color.py": "x"}))
    monkeypatch.setenv("CI", "false")
    assert quick.read_stamps(stamps) == {"tests/test_color.py": "x"}
    monkeypatch.setenv("CI", "true")
    assert quick.read_stamps(stamps) == {}


def test_no_file_of_tests_is_forgotten() -> None:
    every = set((ROOT / "tests").rglob("test_*.py"))
    left = {path for path in every if {"browser", "colab"} & set(path.parts)}
    assert set(quick.files_of_tests()) == every - left
