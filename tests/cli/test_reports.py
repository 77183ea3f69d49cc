from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from argparse import Namespace
from pathlib import Path

import pytest
from support.commands import TINY, grey_photo, noise_photo, start

from sicgan_lite.checkpoint import load_generator, read_generator_config, read_results, save_generator
from sicgan_lite.cli import main, reports
from sicgan_lite.cli.parser import parse
from sicgan_lite.studies import album


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two photographs, and what an album must leave out."""
    photos = tmp_path / "photos"
    photos.mkdir()
    noise_photo(photos / "a.png", 0)
    noise_photo(photos / "b.jpg", 1).rename(photos / "b.jfif")
    (photos / "._a.png").write_bytes(b"a companion of macOS")
    (photos / "raw.nef").write_bytes(b"raw")
    return photos


def test_an_album_names_what_it_skipped_and_judges_the_rest(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "album"
    command = ["album", str(folder), "--out", str(out), *TINY]
    assert main(command) == 0
    said = capsys.readouterr().out
    assert "skipped raw.nef: .nef is not read here" in said
    assert "._a.png" not in said
    for name in ("a.png", "b.jfif"):
        assert f"{name}: " in said
        assert (out / f"{name}.safetensors").exists()
    assert "closer than" in said
    sheet = (out / "index.html").read_text("utf-8")
    assert "a.png" in sheet
    assert "raw.nef" in sheet
    assert main([*command, "--json"]) == 0
    assert set(json.loads(capsys.readouterr().out)["photos"]) == {"a.png", "b.jfif"}


def test_a_photograph_without_colour_is_a_gap_with_its_reason(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grey_photo(folder / "old.png")
    assert main(["album", str(folder), "--out", str(tmp_path / "album"), *TINY, "--quiet"]) == 1
    said = capsys.readouterr().err
    assert "old.png failed" in said
    assert "has no colour" in said
    assert (tmp_path / "album" / "a.png.safetensors").exists()


def test_ctrl_c_leaves_a_command_that_can_be_pasted(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(album, "train_photo", stop)
    assert main(["album", str(folder), "--out", str(tmp_path / "my album"), *TINY]) == 130
    hint = capsys.readouterr().out.partition("go on with: ")[2]
    words = shlex.split(hint)
    assert words[:5] == ["sicgan-lite", "album", str(folder), "--out", str(tmp_path / "my album")]
    assert words[5:7] == ["--preset", "quick"]
    monkeypatch.undo()
    assert main(words[1:]) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT for a child process on Windows")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_ends_workers_at_once_and_what_is_done_is_kept(
    folder: Path, tmp_path: Path, number: signal.Signals
) -> None:
    out = tmp_path / "album"
    long = [*TINY, "--set", "epochs=10000", "--workers", "2"]
    child = start("album", folder, "--out", out, *long, stderr=subprocess.PIPE, start_new_session=True)
    working = f"pgrep -g {child.pid} -f spawn_main"
    while (
        len(subprocess.run(working.split(), capture_output=True, text=True, check=False).stdout.split()) < 2
    ):
        assert child.poll() is None
        time.sleep(0.1)
    time.sleep(3)
    if number == signal.SIGINT:  # which a terminal sends to all
        os.killpg(child.pid, number)
    else:
        child.send_signal(number)
    said, complaints = child.communicate(timeout=60)
    assert child.returncode == 130, complaints
    assert "go on with: sicgan-lite album" in said
    assert "Traceback" not in complaints
    left = subprocess.run(working.split(), capture_output=True, text=True, check=False).stdout.split()
    assert left == []


def test_settings_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["settings"]) == 0
    said = capsys.readouterr().out
    assert "  noise_std = " in said
    assert "a finite number of at least 0" in said


def test_what_a_strangers_model_says_of_itself_is_text(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A model that fits the photograph and lies: nothing that a terminal, a page or JSON would obey."""
    out = tmp_path / "album"
    command = ["album", str(folder), "--out", str(out), *TINY]
    assert main([*command, "--quiet"]) == 0
    path = out / "a.png.safetensors"
    config, said = read_generator_config(path), read_results(path)
    for lie in ({"verdict": "<b>\x1b[31m"}, {"verdict": ["x"], "delta_e": float("nan")}, {"verdict": None}):
        save_generator(path, load_generator(path), config, **said | lie)
        capsys.readouterr()
        assert main(command) == 0
        assert all(letter.isprintable() or letter == "\n" for letter in capsys.readouterr().out)
        assert (out / "index.html").read_text("utf-8").count("<b>") == 2  # the two names
        assert main([*command, "--json"]) == 0
        json.loads(capsys.readouterr().out, parse_constant=pytest.fail)


def test_the_hint_of_an_album_makes_the_same_album() -> None:
    said = {"folder": Path("photos"), "out": Path("album"), "preset": "quick", "seed": 3, "set": ["epochs=2"]}
    more = {"workers": 2, "scheduler": "tcp://host:1", "device": "cpu"}
    words = shlex.split(reports._again(Namespace(**said, **more)))
    args = vars(parse(words[1:]))
    assert {name: args[name] for name in said | more} == said | more
