from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.commands import TINY, grey_photo, history_rows, large_photo, noise_photo, start
from support.memory import memory_above

from sicgan_lite.checkpoint import read_results
from sicgan_lite.cli import main, training
from sicgan_lite.config import Config
from sicgan_lite.pictures.images import read_image
from sicgan_lite.studies.judging import lightness_profile


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    return noise_photo(tmp_path / "photo.png")


def test_the_result_is_judged_aloud(photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", str(photo), "--out", str(tmp_path / "run"), *TINY]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith(("closer than", "no closer than"))
    assert "ΔE" in said[0]
    assert said[1].startswith("This was the paper's game")
    assert said[2].startswith("wrote generator.safetensors")


def test_json_is_for_programs(photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "run"
    assert main(["train", str(photo), "--out", str(out), *TINY, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["out"] == str(out)
    assert set(said) == {"out", "files", "delta_e", "grey", "one_color", "table", "lost"}
    assert all((out / name).is_file() for name in said["files"])


def test_quiet_says_nothing(photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", str(photo), "--out", str(tmp_path / "run"), *TINY, "--quiet"]) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "")


def test_the_bar_shows_the_error_of_a_small_copy(
    photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", str(photo), "--out", str(tmp_path / "run"), *TINY]) == 0
    assert "ΔE " in capsys.readouterr().err


def test_a_model_remembers_the_lightness_that_it_learned(photo: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    assert main(["train", str(photo), "--out", str(out), *TINY, "--quiet"]) == 0
    kept = read_results(out / "generator.safetensors")["lightness_profile"]
    assert kept == lightness_profile(read_image(photo).rgb)


def test_a_preview_is_there_before_the_end(
    photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    real = training.train_with_progress

    def watched(*args: object, **kwargs: object) -> bool:
        done = real(*args, **kwargs)  # pyright: ignore[reportArgumentType]
        seen.append((tmp_path / "run" / "before-after.png").exists())
        return done

    monkeypatch.setattr(training, "train_with_progress", watched)
    for preview in ([], ["--preview"]):
        command = ["train", str(photo), "--out", str(tmp_path / "run"), *TINY, "--quiet", *preview]
        assert main(command) == 0
        for file in (tmp_path / "run").iterdir():
            file.unlink()
    assert seen == [False, True]


def test_a_photograph_without_colour_is_refused_before_anything_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, out = grey_photo(tmp_path / "old.png"), tmp_path / "run"
    assert main(["train", str(old), "--out", str(out), *TINY]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "has no colour" in said
    assert "--like COLOUR.jpg" in said
    assert not out.exists()
    assert main(["train", str(old), "--out", str(out), *TINY, "--force", "--quiet"]) == 0


def test_a_finished_run_without_its_checkpoint_is_not_replaced(
    photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "history.csv").write_text("mine")
    assert main(["train", str(photo), "--out", str(tmp_path), *TINY]) == 2
    assert "history.csv" in capsys.readouterr().err
    assert (tmp_path / "history.csv").read_text() == "mine"


def test_a_run_saves_itself_by_the_clock(
    photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sicgan_lite.studies.run_folder import RunFolder

    saved: list[int] = []
    real = RunFolder.save
    monkeypatch.setattr(RunFolder, "save", lambda book: (saved.append(book.state.step), real(book))[1])
    monkeypatch.setattr(training, "SAVE_SECONDS", 0.0)
    assert main(["train", str(photo), "--out", str(tmp_path / "often"), *TINY, "--quiet"]) == 0
    assert saved == [0, 1, 2, 3, 4, 5, 6]
    saved.clear()
    monkeypatch.setattr(training, "SAVE_SECONDS", 1e9)
    assert main(["train", str(photo), "--out", str(tmp_path / "seldom"), *TINY, "--quiet"]) == 0
    assert saved == [0, 3, 6]  # the start, and each epoch's end


def test_a_dead_stderr_costs_nothing(photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Dead(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stderr", Dead())
    assert main(["train", str(photo), "--out", str(tmp_path / "run"), *TINY]) == 0
    assert (tmp_path / "run" / "generator.safetensors").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals on Windows")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_termination_ends_a_run_saved(photo: Path, tmp_path: Path, number: signal.Signals) -> None:
    out = tmp_path / "run"
    long = [*TINY, "--set", "num_patches=120", "--set", "epochs=40"]
    child = start("train", photo, "--out", out, *long, stderr=subprocess.DEVNULL)
    while not (out / "checkpoint.pt").exists() or len(history_rows(out)) < 3:
        assert child.poll() is None, "it ended before it could be stopped"
        time.sleep(0.02)
    child.send_signal(number)
    said = child.communicate(timeout=120)[0]
    assert child.returncode == 0
    assert said.startswith(f"stopped after step {len(history_rows(out))} of 1200")
    assert "--resume" in said


def test_what_to_try_depends_on_what_was_played() -> None:
    game, sees, alone = (
        Config.quick(),
        Config.quick(conditional=True),
        Config.quick(l1_weight=1.0, adversarial_weight=0.0),
    )
    assert (
        training.advice(game, lost=True)
        == "This was the paper's game, which often loses to one colour: try --preset photo."
    )
    assert training.advice(sees, lost=False) == "This was the game, with a D that sees lightness."
    assert training.advice(alone, lost=False) == "No game was played: L1 alone."
    assert "--seed" in training.advice(alone, lost=True)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no getrusage there")
def test_24_megapixels_are_trained_in_a_gigabyte(tmp_path: Path) -> None:
    """From file to file: read, learnt, painted, judged and written, above the program that did it small."""
    photos = large_photo(tmp_path / "small.png", 250, 250), large_photo(tmp_path / "large.jpg")
    learn = f"""
assert main(["train", sys.argv[1], "--out", sys.argv[2], *{TINY}, "--quiet"]) == 0
"""
    takes = [
        memory_above("from sicgan_lite.cli import main", learn, photo, tmp_path / photo.stem)
        for photo in photos
    ]
    assert 24e6 * 3 < takes[1] - takes[0] < 1e9  # what was read, at least
