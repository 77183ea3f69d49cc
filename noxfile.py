"""Environments other than ours: the oldest and the newest versions that we claim, and one that pip made.

Where torch cannot be had for some Pythons, TORCH_FREE names these ("3.10 3.13"): there the modules and the
chapters run that do without it.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import nox

METADATA = Path("pyproject.toml").read_text("utf-8")
# At their newest in both: they test, and are nothing that the library claims.
TESTING = (
    "pytest",
    "pytest-xdist",
    "nbval",
    "hypothesis",
    "beartype",
    "distributed",
    "build",
    "hatchling",
)
BESIDE = ("-n", "2", "--dist", "loadfile")
OTHER_PROCESSOR = {"ATEN_CPU_CAPABILITY": "default", "OMP_NUM_THREADS": "1"}
OTHER_PLACE = {"LC_ALL": "C", "TZ": "Asia/Tokyo"}
# In the range that was run: an open one could bring a torch that nobody has tried.
TORCH = next(line for line in Path("requirements.txt").read_text("utf-8").splitlines() if line[:5] == "torch")
TORCH_FREE = os.environ.get("TORCH_FREE", "").split()

nox.options.error_on_missing_interpreters = True
nox.options.default_venv_backend = "venv"


@nox.session(python=["3.10", "3.11"])
def oldest(session: nox.Session) -> None:
    """Every dependency but torch at its lower bound. nbval is lax: ipywidgets 7 describes boxes otherwise."""
    # An old package warns of what the newest of its own dependencies calls deprecated.
    lax = ("-W", "ignore::DeprecationWarning", "--nbval-lax")
    _test(session, [f"{name}~={bound}" for name, bound in _bounds().items()], *lax)


@nox.session(python=["3.12", "3.13"])
def newest(session: nox.Session) -> None:
    """Every dependency as new as it can be had, torch within its range."""
    _test(session, list(_bounds()), "--nbval")


@nox.session
def plain(session: nox.Session) -> None:
    """Every chapter where `pip install -r requirements.txt` was all: twice, and in other surroundings."""
    session.install("-r", "requirements.txt")
    with session.chdir("book"):
        session.run("python", "-m", "pytest", "--nbval", ".")
    for surroundings in ({}, {}, OTHER_PROCESSOR, OTHER_PLACE):
        session.run("python", "-m", "pytest", "--nbval", "book/", env=surroundings)


def _bounds() -> dict[str, str]:
    """What library and extra `book` need but torch, each at the first patch of its lowest version."""
    blocks = re.findall(r"^(?:dependencies|book) = \[(.*?)\]", METADATA, re.DOTALL | re.MULTILINE)
    found = dict(re.findall(r'"([\w-]+)>=([\d.]+)"', "".join(blocks)))
    del found["torch"]
    return {name: bound if bound.count(".") == 2 else f"{bound}.0" for name, bound in found.items()}


def _test(session: nox.Session, packages: list[str], *flags: str) -> None:
    torch = [] if session.python in TORCH_FREE else [TORCH]
    session.install(*packages, *torch, *TESTING)
    session.install("--no-deps", "-e", ".")
    session.run("python", "-m", "pip", "freeze")
    left_out = [f"--ignore=tests/{folder}" for folder in ("browser", "book", "colab")]
    tests, chapter = ["tests", *left_out], "book/05-gan-losses.ipynb"
    if session.python in TORCH_FREE:
        tests, chapter = _torch_free_tests(), "book/02-edge-features.ipynb"
    *warnings, nbval = flags
    session.run("python", "-m", "pytest", "-q", *warnings, *BESIDE, *tests)
    session.run("python", "-m", "pytest", "-q", *warnings, nbval, chapter)


def _torch_free_tests() -> list[str]:
    """The tests of the modules that never import torch, as the contract in pyproject.toml has them."""
    contract = METADATA.split('name = "Chapters 1-3 run where torch is missing"')[1]
    modules = re.findall(r'"sicgan_lite\.([\w.]+)"', contract.split("forbidden_modules")[0])
    places = [Path("tests", *module.split(".")) for module in modules]
    files = [place if place.is_dir() else place.with_name(f"test_{place.name}.py") for place in places]
    return [str(file) for file in files if file.exists()]
