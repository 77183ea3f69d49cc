"""A sample's name, a file, a folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sicgan_lite.pictures.finding import SUFFIXES, find_photo, photos_in
from sicgan_lite.pictures.samples import sample_image


def test_a_folder_with_the_name_of_a_sample_does_not_hide_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "coffee").mkdir()
    monkeypatch.chdir(tmp_path)
    for source in ("coffee", Path("coffee")):
        np.testing.assert_array_equal(find_photo(source).rgb, sample_image("coffee"))


def test_a_folder_names_its_photographs_and_what_it_leaves_out(tmp_path: Path) -> None:
    for name in ("b.HEIC", "a.jfif", "._a.jfif", ".hidden.png", "notes.txt", "c.avif"):
        (tmp_path / name).write_bytes(b"")
    photos, others = photos_in(tmp_path)
    assert [path.name for path in photos] == ["a.jfif", "b.HEIC", "c.avif"]
    assert [(path.name, why) for path, why in others] == [("notes.txt", ".txt is not read here")]
    assert {path.suffix.lower() for path in photos} <= set(SUFFIXES)
