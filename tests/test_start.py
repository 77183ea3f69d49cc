"""Other people's machines start from the same list of packages as ours."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tools import setup_env

ROOT = Path(__file__).resolve().parent.parent


def test_binder_installs_what_requirements_name() -> None:
    lines = (ROOT / ".binder" / "requirements.txt").read_text("utf-8").split("\n")
    assert lines == ["-r ../requirements.txt", ""]
    # Binder reads .binder/ alone when it is there, so nothing else may name packages.
    names = {path.name for path in (ROOT / ".binder").iterdir()}
    assert names == {"apt.txt", "requirements.txt", "runtime.txt"}


def test_the_devcontainer_sets_up_as_make_does() -> None:
    settings = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text("utf-8"))
    assert settings["postCreateCommand"] == "make setup-dev"
    assert "-m tools.setup_env $(VENV)" in (ROOT / "Makefile").read_text("utf-8")
    program = Path(setup_env.__file__).read_text("utf-8")
    assert '"-r", str(ROOT / name)' in program


def test_both_start_a_python_that_the_library_claims() -> None:
    classifiers = (ROOT / "pyproject.toml").read_text("utf-8")
    runtime = (ROOT / ".binder" / "runtime.txt").read_text("utf-8")
    container = (ROOT / ".devcontainer" / "devcontainer.json").read_text("utf-8")
    for pattern, text in ((r"python-(3\.\d+)", runtime), (r"python:(3\.\d+)", container)):
        found = re.search(pattern, text)
        assert found is not None
        assert f"Python :: {found[1]}" in classifiers


def test_every_python_that_is_claimed_is_tried() -> None:
    claimed = set(re.findall(r"Python :: (3\.\d+)", (ROOT / "pyproject.toml").read_text("utf-8")))
    tried = set(re.findall(r'"(3\.\d+)"', (ROOT / "noxfile.py").read_text("utf-8")))
    assert claimed == tried == {"3.10", "3.11", "3.12", "3.13"}
