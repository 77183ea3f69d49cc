"""Hatchling build hook: recorded runs travel inside the wheel, without their checkpoints and locks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

LEFT_OUT = {"checkpoint.pt"}


class RecordedRuns(BuildHookInterface):
    """Maps ``book/runs/`` to ``sicgan_lite/_runs/``."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name every file to include; an editable install reads the folder where it is."""
        if version == "editable":
            return
        runs = Path(self.root) / "book" / "runs"
        for file in sorted(runs.rglob("*")):
            if file.is_file() and file.name not in LEFT_OUT and not file.name.startswith("."):
                target = Path("sicgan_lite", "_runs", file.relative_to(runs))
                build_data["force_include"][str(file)] = target.as_posix()
