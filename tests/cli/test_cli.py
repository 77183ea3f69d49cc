"""The program as a user meets it: files that appear, sentences that say what is wrong."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support.commands import TINY, history_rows, noise_photo, start

from sicgan_lite import __version__
from sicgan_lite.checkpoint import load_checkpoint
from sicgan_lite.cli import main
from sicgan_lite.color import rgb_to_lab
from sicgan_lite.files import LOCK_NAME, folder_lock
from sicgan_lite.pictures.images import read_image, read_provenance
from sicgan_lite.training import StepRecord


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    return noise_photo(tmp_path / "photo.png")


@pytest.fixture
def run(photo: Path, tmp_path: Path) -> Path:
    out = tmp_path / "run"
    assert main(["train", str(photo), "--out", str(out), *TINY]) == 0
    return out


def refused(capsys: pytest.CaptureFixture[str], arguments: list[str], *words: str) -> None:
    """Exit code 2 and one line on stderr that holds the words."""
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1, said
    for word in words:
        assert word in said


def test_training_leaves_four_files(run: Path) -> None:
    names = {path.name for path in run.iterdir()} - {LOCK_NAME}
    assert names == {"generator.safetensors", "checkpoint.pt", "history.csv", "before-after.png"}


def test_history_has_a_row_a_step_with_the_fields_of_a_record(run: Path) -> None:
    history = history_rows(run)
    assert list(history[0]) == list(StepRecord._fields)
    assert [(row["step"], row["epoch"], row["batch"]) for row in history] == [
        (str(3 * epoch + batch), str(epoch + 1), str(batch)) for epoch in range(2) for batch in (1, 2, 3)
    ]


def test_the_before_after_picture_is_labelled(run: Path) -> None:
    label = read_provenance(run / "before-after.png")
    assert label is not None
    assert (label.system, label.version) == ("sicgan-lite", __version__)


def test_colorize_keeps_size_and_lightness(run: Path, tmp_path: Path) -> None:
    grey, out = tmp_path / "grey.png", tmp_path / "colored.png"
    lightness = np.random.default_rng(1).integers(0, 256, (23, 57), np.uint8)
    Image.fromarray(lightness).save(grey)
    assert (
        main(["colorize", str(grey), "--model", str(run / "generator.safetensors"), "--out", str(out)]) == 0
    )
    colored = np.asarray(Image.open(out))
    assert colored.shape == (23, 57, 3)
    moved = rgb_to_lab(colored)[..., 0] - rgb_to_lab(np.dstack([lightness] * 3))[..., 0]
    assert np.abs(moved).mean() <= 0.5
    assert read_provenance(out) is not None


def test_no_label_is_written_only_when_asked(run: Path, photo: Path, tmp_path: Path) -> None:
    out = tmp_path / "colored.png"
    model = ["--model", str(run / "generator.safetensors")]
    assert main(["colorize", str(photo), *model, "--out", str(out), "--no-label"]) == 0
    assert read_provenance(out) is None


def test_info_tells_of_generator_checkpoint_and_picture(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    kinds = []
    for name in ("generator.safetensors", "checkpoint.pt", "before-after.png"):
        assert main(["info", str(run / name)]) == 0
        kinds.append(json.loads(capsys.readouterr().out))
    assert [said["kind"] for said in kinds] == ["generator", "checkpoint", "picture"]
    assert kinds[0]["config"]["size"] == kinds[1]["config"]["size"] == 16
    assert kinds[1]["step"] == 6
    assert kinds[2]["label"]["system"] == "sicgan-lite"


def test_a_sample_goes_by_its_name(tmp_path: Path) -> None:
    assert main(["train", "chelsea", "--out", str(tmp_path / "run"), *TINY, "--set", "epochs=1"]) == 0


@pytest.mark.parametrize(
    ("name", "content"),
    [("text.jpg", b"no picture"), ("empty.png", b""), ("cut.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF")],
)
def test_a_file_that_is_no_picture(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    refused(capsys, ["train", str(path), "--out", str(tmp_path / "run")], name)
    assert not (tmp_path / "run").exists()


def test_a_missing_file_and_a_directory(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    refused(capsys, ["train", str(tmp_path / "none.png"), "--out", str(tmp_path / "run")], "none.png")
    refused(capsys, ["train", str(tmp_path), "--out", str(tmp_path / "run")], str(tmp_path))


def test_an_image_smaller_than_the_patch(
    photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small = ["train", str(photo), "--out", str(tmp_path / "run")]
    refused(capsys, [*small, "--preset", "quick"], "64×64", "40×50")
    refused(capsys, small, "171 positions")  # photo() wants 600 places on a small photograph
    assert not (tmp_path / "run").exists()


def test_too_many_patches_for_the_distance(
    photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    setting = ["--set", "min_distance=30", "--set", "num_patches=60"]
    refused(
        capsys,
        ["train", str(photo), "--out", str(tmp_path / "run"), *TINY, *setting],
        "min_distance=30",
        "fits",
    )


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("sise=16", ["sise", "noise_std"]),
        ("noise_std=-1", ["noise_std", "-1", "[0, 4]"]),
        ("noise_std", ["FIELD=VALUE"]),
        ("real_target=1.1", ["real_target", "1.1", "[0, 1]"]),
    ],
)
def test_a_setting_that_is_none(
    photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], setting: str, words: list[str]
) -> None:
    refused(capsys, ["train", str(photo), "--out", str(tmp_path / "run"), "--set", setting], *words)


def test_an_unknown_preset(photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["train", str(photo), "--out", "run", "--preset", "huge"])
    assert stopped.value.code == 2
    assert "laptop" in capsys.readouterr().err


def test_a_model_that_is_none(photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "colored.png"
    refused(
        capsys, ["colorize", str(photo), "--model", str(photo), "--out", str(out)], "photo.png", "generator"
    )
    refused(
        capsys, ["colorize", str(photo), "--model", "none.safetensors", "--out", str(out)], "none.safetensors"
    )
    assert not out.exists()


def test_an_output_that_cannot_be_written(
    run: Path, photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = ["--model", str(run / "generator.safetensors")]
    capsys.readouterr()
    missing = tmp_path / "no" / "folder" / "x.png"
    refused(capsys, ["colorize", str(photo), *model, "--out", str(missing)], str(missing.parent))
    other = tmp_path / "x.gif"
    refused(capsys, ["colorize", str(photo), *model, "--out", str(other)], ".gif", ".png")
    refused(capsys, ["train", str(photo), "--out", str(photo / "run"), *TINY], str(photo))


def test_a_finished_folder_is_not_overwritten(
    run: Path, photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (run / "generator.safetensors").read_bytes()
    capsys.readouterr()
    refused(capsys, ["train", str(photo), "--out", str(run), *TINY, "--set", "seed=1"], "--resume")
    assert (run / "generator.safetensors").read_bytes() == before


def test_resume_needs_a_checkpoint_and_takes_no_settings(
    photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["train", str(photo), "--out", str(tmp_path), "--resume"]
    refused(capsys, command, "checkpoint.pt")
    refused(capsys, [*command, "--preset", "quick"], "--preset")


def test_resuming_with_another_photograph_or_a_finished_run(
    run: Path, photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {path.name: path.read_bytes() for path in run.iterdir() if path.suffix != ".png"}
    other = tmp_path / "other.png"
    Image.fromarray(255 - read_image(photo).rgb).save(other)
    capsys.readouterr()
    refused(capsys, ["train", str(other), "--out", str(run), "--resume"], "another photograph")
    assert main(["train", str(photo), "--out", str(run), "--resume"]) == 0
    assert {path.name: path.read_bytes() for path in run.iterdir() if path.suffix != ".png"} == files


@pytest.mark.parametrize("resume", [False, True])
def test_a_run_has_one_writer(
    run: Path,
    photo: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    resume: bool,
) -> None:
    monkeypatch.setattr(
        "sicgan_lite.studies.run_folder.load_checkpoint", lambda *_: pytest.fail("read unlocked")
    )
    folder = run if resume else tmp_path / "new"
    folder.mkdir(exist_ok=True)
    before = {path: path.read_bytes() for path in folder.iterdir() if path.name != LOCK_NAME}
    capsys.readouterr()
    with folder_lock(folder):
        how = ["--resume"] if resume else TINY
        refused(capsys, ["train", str(photo), "--out", str(folder), *how], "another program", str(folder))
    assert {path: path.read_bytes() for path in folder.iterdir() if path.name != LOCK_NAME} == before


def test_a_device_that_is_not_here(photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    refused(
        capsys,
        ["train", str(photo), "--out", str(tmp_path / "run"), *TINY, "--device", "tpu"],
        "'tpu'",
        "cpu",
    )
    assert not (tmp_path / "run").exists()


def test_a_misspelt_sample_is_told_the_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    refused(capsys, ["train", "cofee", "--out", str(tmp_path / "run")], "cofee", "coffee")


def test_the_photograph_is_never_overwritten(
    run: Path, photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = photo.read_bytes()
    link = tmp_path / "link.png"
    link.symlink_to(photo)
    capsys.readouterr()
    for out in (photo, link):
        command = ["colorize", str(photo), "--model", str(run / "generator.safetensors"), "--out", str(out)]
        refused(capsys, command, out.name, "the photograph itself")
    assert photo.read_bytes() == before


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000)])
def test_the_smallest_and_the_longest_picture(run: Path, tmp_path: Path, shape: tuple[int, int]) -> None:
    photo, out = tmp_path / "odd.png", tmp_path / "colored.png"
    Image.fromarray(np.random.default_rng(2).integers(0, 256, shape, np.uint8)).save(photo)
    command = [
        "colorize",
        str(photo),
        "--model",
        str(run / "generator.safetensors"),
        "--out",
        str(out),
        "--mark",
    ]
    assert main(command) == 0
    assert read_image(out).rgb.shape == (*shape, 3)
    assert read_provenance(out) is not None


def test_alpha_and_history_travel_through_two_colorings(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo, first, second = (tmp_path / name for name in ("photo.png", "first.png", "second.png"))
    pixels = np.random.default_rng(3).integers(0, 256, (20, 30, 4), np.uint8)
    Image.fromarray(pixels, "RGBA").save(photo)
    for source, out in ((photo, first), (first, second)):
        command = ["colorize", str(source), "--model", str(run / "generator.safetensors"), "--out", str(out)]
        assert main(command) == 0
        np.testing.assert_array_equal(read_image(out).alpha, pixels[..., 3])
    label = read_provenance(second)
    assert label is not None
    assert label.source_sha256 == read_image(first).source_sha256
    assert [event.action for event in label.history] == ["colorized", "colorized"]
    assert read_image(photo).source_sha256 in label.history[0].parameters
    capsys.readouterr()
    opaque_only = ["--model", str(run / "generator.safetensors"), "--out", str(tmp_path / "x.jpg")]
    refused(capsys, ["colorize", str(photo), *opaque_only], "transparency", ".png")


def test_info_of_a_folder_says_what_it_takes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    refused(capsys, ["info", str(tmp_path)], str(tmp_path), ".safetensors", ".pt", "picture")


def test_diverging_exits_with_one(photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # An epoch a step: the checkpoint that is left is that of the last step whose losses were finite.
    rates = ["--set", "lr_discriminator=1e30", "--set", "lr_generator=1e30", "--set", "batch_size=12"]
    out = tmp_path / "run"
    assert main(["train", str(photo), "--out", str(out), *TINY, *rates, "--set", "epochs=9"]) == 1
    said = re.search(r"loss_[dg] is (nan|inf) at step (\d+)", capsys.readouterr().err.splitlines()[-1])
    assert said is not None
    state = load_checkpoint(out / "checkpoint.pt", read_image(photo).rgb, "cpu")
    assert state.step == len(history_rows(out)) == int(said[2]) - 1
    assert all(np.isfinite(float(row["loss_d"])) for row in history_rows(out))
    assert not (out / "generator.safetensors").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT for a child process on Windows")
def test_ctrl_c_saves_and_resume_ends_as_if_never_stopped(photo: Path, tmp_path: Path) -> None:
    long = [*TINY, "--set", "num_patches=120", "--set", "epochs=12"]
    whole, stopped = tmp_path / "whole", tmp_path / "stopped here"
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    program = [sys.executable, "-m", "sicgan_lite", "train", str(photo)]
    subprocess.run([*program, "--out", str(whole), *long], env=environment, check=True, capture_output=True)

    child = start("train", photo, "--out", stopped, *long, stderr=subprocess.DEVNULL)
    while not (stopped / "checkpoint.pt").exists() or len(history_rows(stopped)) < 3:
        assert child.poll() is None, "it ended before it could be stopped"
        time.sleep(0.02)
    child.send_signal(signal.SIGINT)
    child.send_signal(signal.SIGINT)  # pressed twice: the step is finished and saved all the same
    said = child.communicate(timeout=120)[0]
    assert child.returncode == 0
    command = shlex.split(said.partition("go on with: ")[2])
    assert command == ["sicgan-lite", "train", str(photo), "--out", str(stopped), "--resume"]
    assert 0 < len(history_rows(stopped)) < len(history_rows(whole))
    # In the middle of an epoch of 30: the steps since its beginning are kept too.
    assert said.startswith(f"stopped after step {len(history_rows(stopped))} of 360")

    again = [sys.executable, "-m", "sicgan_lite", *command[1:]]
    subprocess.run(again, env=environment, check=True, capture_output=True)
    for name in ("history.csv", "generator.safetensors"):
        assert (stopped / name).read_bytes() == (whole / name).read_bytes(), name
