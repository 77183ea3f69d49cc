"""Throw-away environments with other versions of packages."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from tools.setup_env import interpreter, use_headless_opencv_if_needed


def make_environment(folder: Path, requirements: Path, *, base: str = "", lent: str = "") -> Path:
    """The Python of a new environment with these requirements and nothing that they need in turn.

    ``base`` is the Python to make it with: this one, or another. ``lent`` names a large package of
    this environment that is linked there with all that it needs; it has to be of the same Python.
    """
    subprocess.run([base or sys.executable, "-m", "venv", str(folder)], check=True)
    python = interpreter(folder)
    if lent:
        there = subprocess.check_output(
            [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True
        )
        for package in _needed_by(lent, {}).values():
            _link(package, Path(there.strip()))
    pip(python, "install", "-q", "--no-deps", "-r", str(requirements))
    use_headless_opencv_if_needed(python)
    return python


def pip(python: Path, *arguments: str) -> str:
    """What pip of that environment prints."""
    command = [str(python), "-m", "pip", "--disable-pip-version-check", *arguments]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, f"{' '.join(command)}\n{ran.stdout}\n{ran.stderr}"
    return ran.stdout


def freeze(python: Path) -> dict[str, str]:
    """Name and line of every package that `pip freeze` lists, pip itself too."""
    lines = pip(python, "freeze", "--all").splitlines()
    return {re.split(r"==| @ ", line)[0].lower().replace("_", "-"): line for line in lines}


def _needed_by(name: str, found: dict[str, Distribution]) -> dict[str, Distribution]:
    """A package and all that it requires here, by name; what is not installed is not needed."""
    if name in found:
        return found
    try:
        found[name] = distribution(name)
    except PackageNotFoundError:
        return found
    for line in found[name].requires or []:
        if "extra ==" not in line:
            _needed_by(re.split(r"[^\w.-]", line)[0], found)
    return found


def _link(package: Distribution, there: Path) -> None:
    """Links at ``there`` to each file or folder at the top of a package."""
    tops = {file.parts[0] for file in package.files or [] if ".." not in file.parts}
    for top in sorted(tops - {"__pycache__"}):
        source, target = Path(str(package.locate_file(top))), there / top
        if target.exists() or not source.exists():
            continue
        try:
            target.symlink_to(source, target_is_directory=source.is_dir())
        except OSError:  # Windows allows links to some users only
            (shutil.copytree if source.is_dir() else shutil.copyfile)(source, target)
