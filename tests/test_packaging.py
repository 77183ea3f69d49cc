"""The wheel works without the repository, and its metadata says what is true."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import zipfile
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest

import sicgan_lite

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "tools/hatch_runs.py")
# What a package is called where it is imported, where that differs from its name.
IMPORTED_AS = {"opencv-python": "cv2", "pillow": "PIL", "scikit-image": "skimage"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the source distribution of a copy that holds one small recorded run."""
    tree, out = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("out")
    (tree / "tools").mkdir()
    for part in PARTS:
        shutil.copyfile(ROOT / part, tree / part)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "sicgan_lite", tree / "sicgan_lite", ignore=ignored)
    run = tree / "book" / "runs" / "small"
    run.mkdir(parents=True)
    (run / "run.json").write_text("{}")
    (run / "checkpoint.pt").write_bytes(b"large")
    (run / ".sicgan-lite.lock").touch()
    (run / ".sicgan-lite-0.part").write_bytes(b"left by a kill")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(tree)]
    subprocess.run(command, check=True, capture_output=True)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith("/METADATA"))
        return message_from_bytes(archive.read(name))


def required(metadata: Message) -> dict[str, str]:
    """Name and versions of every package that is needed without an extra."""
    lines = [line for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line]
    found = [re.fullmatch(r"([\w-]+)(.*)", line) for line in lines]
    return {match[1]: match[2] for match in found if match}


def test_the_wheel_holds_every_module_and_its_types(names: set[str]) -> None:
    kept = {".py", ".pyi", ".typed"}
    ours = {f"sicgan_lite/{file.name}" for file in (ROOT / "sicgan_lite").iterdir() if file.suffix in kept}
    assert "sicgan_lite/py.typed" in ours
    assert ours <= names


def test_the_wheel_holds_recorded_runs_without_checkpoints(names: set[str]) -> None:
    assert "sicgan_lite/_runs/small/run.json" in names
    assert not [name for name in names if name.endswith(("checkpoint.pt", ".lock", ".part"))]


def test_the_wheel_holds_nothing_else(names: set[str]) -> None:
    assert {name.split("/")[0].split("-")[0] for name in names} == {"sicgan_lite"}


def test_the_version_comes_from_one_place(metadata: Message) -> None:
    assert metadata["Version"] == sicgan_lite.__version__
    # CITATION.cff has it too, and a test of the release holds the two together.
    assert not re.search(r"^version", (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)


def test_the_metadata_has_lower_bounds_only(metadata: Message) -> None:
    needed = required(metadata)
    assert needed
    assert {name: bound for name, bound in needed.items() if not re.fullmatch(r">=[\d.]+", bound)} == {}


def test_every_import_is_a_declared_package_and_the_other_way_round(metadata: Message) -> None:
    declared = {IMPORTED_AS.get(name, name.replace("-", "_")) for name in required(metadata)}
    imported = set()
    for file in (ROOT / "sicgan_lite").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                imported.add(node.module.split(".")[0])
    third_party = imported - set(sys.stdlib_module_names) - {"sicgan_lite"}
    optional = {"distributed", "dask", "google", "ipywidgets", "pillow_heif", "shtab"}
    assert third_party - optional == declared


def test_requirements_hold_the_ranges_of_every_declared_package(metadata: Message) -> None:
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    ranges = dict(line.split(">=", 1) for line in lines if ">=" in line and not line.startswith("#"))
    for name, bound in required(metadata).items():
        assert ranges[name].split(",")[0] == bound.removeprefix(">="), name
        assert re.search(r",<[\d.]+$", ranges[name]), f"{name} has no upper end in requirements.txt"


def test_the_wheel_works_in_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    target, empty = tmp_path / "installed", tmp_path / "empty"
    empty.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    code = (
        f"import sys; sys.path.insert(0, {str(target)!r})\n"
        "import sicgan_lite as s\n"
        f"assert s.__file__.startswith({str(target)!r}), s.__file__\n"
        "assert 'torch' not in sys.modules\n"
        "assert all(getattr(s, name) is not None for name in s.__all__)\n"
        "from sicgan_lite.studies.runs import runs_folder\n"
        f"assert str(runs_folder()).startswith({str(target)!r})\n"
        "print(len(s.__all__))"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=empty, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) > 20
