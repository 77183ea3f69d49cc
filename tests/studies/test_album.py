"""An album: each photograph gets a model of its own."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import numpy as np
import pytest
from PIL import Image
from support.tiny import photo, tiny_config

from sicgan_lite import JobsError, TrainState, colorize, load_generator, make_album, read_provenance, train
from sicgan_lite.cli import main
from sicgan_lite.files import folder_lock
from sicgan_lite.studies import album
from sicgan_lite.studies.album import fitting_name

TINY = [
    f"{name}={json.dumps(value) if not isinstance(value, list) else tuple(value)}"
    for name, value in tiny_config().to_dict().items()
    if name in ("size", "num_patches", "epochs", "batch_size", "generator_widths", "discriminator_widths")
]
SETTINGS = [part for setting in TINY for part in ("--set", setting)] + ["--set", "precision=float32"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    Image.fromarray(photo(24, 30, seed=1)).save(folder / "a.png")
    Image.fromarray(photo(20, 20, seed=2)).save(folder / "a.tiff")
    Image.fromarray(photo(31, 17, seed=3)).save(folder / "B.WEBP", lossless=True)
    (folder / "notes.txt").write_text("no photograph")
    return folder


def test_each_photograph_has_the_model_that_was_trained_on_it(folder: Path, tmp_path: Path) -> None:
    pages = make_album(folder, out=tmp_path / "album", config=tiny_config())
    assert {path.name for path in (tmp_path / "album").iterdir() if path.name[0] != "."} == {
        f"{name}.{kind}"
        for name in ("B.WEBP", "a.png", "a.tiff")
        for kind in ("safetensors", "before-after.png")
    } | {"index.html"}
    assert [page.path.name for page in pages] == [
        "B.WEBP.safetensors",
        "a.png.safetensors",
        "a.tiff.safetensors",
    ]
    rgb = photo(20, 20, seed=2)
    state = TrainState.create(rgb, tiny_config(), "cpu")
    list(train(state))
    assert np.array_equal(colorize(load_generator(pages[2].path), rgb), colorize(state.generator, rgb))


def test_its_pictures_are_labelled_with_their_source(folder: Path, tmp_path: Path) -> None:
    make_album(folder, out=tmp_path / "album", config=tiny_config())
    label = read_provenance(tmp_path / "album" / "a.png.before-after.png")
    assert label is not None
    assert label.source_sha256 == hashlib.sha256((folder / "a.png").read_bytes()).hexdigest()


def test_what_cannot_be_read_is_named_and_the_rest_are_made(folder: Path, tmp_path: Path) -> None:
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff no")
    Image.fromarray(photo(7, 7)).save(folder / "small.png")
    with pytest.raises(JobsError) as error:
        make_album(folder, out=tmp_path / "album", config=tiny_config())
    assert set(error.value.failed) == {"broken.jpg", "small.png"}
    assert len(list((tmp_path / "album").glob("*.safetensors"))) == 3


def test_an_album_of_other_settings_or_photographs_is_left_alone(folder: Path, tmp_path: Path) -> None:
    make_album(folder, out=tmp_path / "album", config=tiny_config())
    before = {path: path.read_bytes() for path in (tmp_path / "album").iterdir()}
    with pytest.raises(ValueError, match="with other settings"):
        make_album(folder, out=tmp_path / "album", config=tiny_config(seed=1))
    Image.fromarray(photo(24, 30, seed=9)).save(folder / "a.png")
    with pytest.raises(ValueError, match=r"a\.png\.safetensors was made from another photograph"):
        make_album(folder, out=tmp_path / "album", config=tiny_config())
    assert {path: path.read_bytes() for path in (tmp_path / "album").iterdir()} == before


def test_a_folder_without_photographs_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.jpg").mkdir()
    with pytest.raises(ValueError, match="holds no photograph"):
        make_album(tmp_path, out=tmp_path / "album", config=tiny_config())
    assert not (tmp_path / "album").exists()


def test_an_album_does_not_lie_among_its_photographs(folder: Path) -> None:
    before = sorted(folder.iterdir())
    with pytest.raises(ValueError, match="choose another folder for the album"):
        make_album(folder, out=folder / ".." / "photos", config=tiny_config())
    assert sorted(folder.iterdir()) == before


def test_a_place_that_cannot_be_a_folder_is_refused_before_the_work(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setattr("sicgan_lite.studies.album.run_jobs", lambda *_: pytest.fail("work began"))
    with pytest.raises(FileExistsError):
        make_album(folder, out=tmp_path / "file", config=tiny_config())


@pytest.mark.slow
def test_the_command_works_side_by_side_and_goes_on(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["album", str(folder), "--out", str(tmp_path / "album"), *SETTINGS]
    assert main([*command, "--workers", "2"]) == 0
    said = capsys.readouterr().out
    assert "wrote 3 models, their pictures and index.html" in said
    assert "a.png: " in said
    assert " ΔE " in said
    Image.fromarray(photo(24, 30, seed=5)).save(folder / "new.png")
    (folder / "broken.png").write_bytes(b"")
    assert main(command) == 1
    assert "broken.png failed" in capsys.readouterr().err.splitlines()[-1]
    assert (tmp_path / "album" / "new.png.safetensors").exists()


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--workers", "0"], "workers must be at least 1, got 0"),
        (["--set", "size=4"], "size must be a whole number of at least 8, at most 1024, got 4"),
    ],
)
def test_bad_arguments_end_with_two(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str], says: str
) -> None:
    assert main(["album", str(folder), "--out", str(tmp_path / "album"), *more]) == 2
    assert says in capsys.readouterr().err
    assert main(["album", str(tmp_path / "none"), "--out", str(tmp_path / "album")]) == 2


@pytest.mark.parametrize("name", ["a.jpg", "x" * 234 + ".jpg", "x" * 235 + ".jpg", "\u5199" * 83 + ".jpg"])
def test_a_name_has_room_for_its_endings_on_every_file_system(tmp_path, name):
    fitted = fitting_name(name)
    (tmp_path / f"{fitted}.before-after.png").write_bytes(b"")
    assert (fitted == name) == (len(name.encode()) <= 238)
    assert fitting_name(name[:-5] + "y.jpg") != fitted


def test_an_album_has_one_writer(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "album"
    out.mkdir()
    with folder_lock(out), pytest.raises(BlockingIOError, match="another program is writing"):
        make_album(folder, out=out, config=tiny_config())
    assert [path for path in out.iterdir() if path.name[0] != "."] == []


@pytest.mark.parametrize("name", ["index.html", "a.png.before-after.png", "a.png.safetensors"])
def test_a_folder_where_a_file_will_be_is_refused_before_the_work(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / "album" / name).mkdir(parents=True)
    monkeypatch.setattr("sicgan_lite.studies.album.run_jobs", lambda *_: pytest.fail("work began"))
    with pytest.raises(IsADirectoryError, match="a file of that name is to be written"):
        make_album(folder, out=tmp_path / "album", config=tiny_config())


def test_the_sheet_shows_what_is_done_and_names_what_is_not(folder: Path, tmp_path: Path) -> None:
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff no")
    with pytest.raises(JobsError):
        make_album(folder, out=tmp_path / "album", config=tiny_config())
    sheet = (tmp_path / "album" / "index.html").read_text("utf-8")
    assert sheet.count("<figure>") == 3
    assert "<li>broken.jpg: ValueError: " in sheet


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are Unicode")
def test_a_name_may_be_any_bytes(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    Image.fromarray(photo()).save(tmp_path / "photos" / "a.png")
    odd = os.fsencode(tmp_path) + b"/photos/\xff\x1b<.png"
    (tmp_path / "photos" / "a.png").rename(os.fsdecode(odd))
    make_album(tmp_path / "photos", out=tmp_path / "album", config=tiny_config())
    sheet = (tmp_path / "album" / "index.html").read_text("utf-8")
    (source,) = re.findall('src="([^"]*)"', sheet)
    assert Path(os.fsdecode(os.fsencode(tmp_path / "album") + b"/" + unquote_to_bytes(source))).is_file()


def test_the_device_that_is_asked_for_is_taken(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ValueError, match="device must be auto or one that is here"):
        make_album(folder, out=tmp_path / "album", config=tiny_config(), device="abacus")
    assert not (tmp_path / "album").exists()
    asked = []
    real = album.train_and_measure

    def watched(*arguments: Any, device: Any, **options: Any) -> Any:
        asked.append(device)
        return real(*arguments, device=device, **options)

    monkeypatch.setattr(album, "train_and_measure", watched)
    make_album(folder, out=tmp_path / "album", config=tiny_config(), device="cpu:0")
    assert asked == ["cpu:0"] * 3
