"""Records are found where they were packed, and else where the book keeps them."""

from __future__ import annotations

from pathlib import Path

import pytest

from sicgan_lite.studies import places


def test_records_lie_inside_a_wheel_and_beside_the_package_of_a_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "__file__", str(tmp_path / "sicgan_lite" / "studies" / "places.py"))
    assert places.runs_folder() == tmp_path / "book" / "runs"
    (tmp_path / "sicgan_lite" / "_runs").mkdir(parents=True)
    assert places.runs_folder() == tmp_path / "sicgan_lite" / "_runs"
