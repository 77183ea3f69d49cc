"""The tests are the library's tree again: who changes a module finds its tests without a search."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted(
    path.relative_to(ROOT / "sicgan_lite")
    for path in (ROOT / "sicgan_lite").rglob("*.py")
    if not path.stem.startswith("__")
)
# A command is asked for by its words, and so is tested through them.
ELSEWHERE = {Path("cli/commands.py"): Path("cli/test_cli.py")}


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_a_module_has_its_tests_where_the_mirror_says(module: Path) -> None:
    mirrored = ELSEWHERE.get(module, module.with_name(f"test_{module.name}"))
    assert "def test_" in (ROOT / "tests" / mirrored).read_text("utf-8")


def test_the_mirror_shows_nothing_that_is_not_there() -> None:
    folders = {str(module.parent) for module in MODULES} - {"."}
    for folder in folders:
        shown = {path.name for path in (ROOT / "tests" / folder).glob("test_*.py")}
        wanted = {f"test_{path.name}" for path in (ROOT / "sicgan_lite" / folder).glob("*.py")}
        assert shown <= wanted | {path.name for path in ELSEWHERE.values()}, folder
