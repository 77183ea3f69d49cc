"""A recording survives whatever stops it, and is whole, or is said to be none."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from support.tiny import photo, tiny_config

from sicgan_lite import FileFormatError, TrainState, load_generator, train
from sicgan_lite.config import Config
from sicgan_lite.files import folder_lock
from sicgan_lite.studies.runs import RecordError, load_run, read_records
from tools import recording
from tools.recording import describe, keeps_picture, record_run

TINY = tiny_config(size=16, num_patches=24)
pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(autouse=True)
def small_photographs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "sample_image", lambda name: photo(seed=len(name)))


def begun(folder: Path, name: str, steps: int) -> None:
    """A recording of TINY that was stopped after some steps."""
    running = record_run(name, "chelsea", TINY, folder=folder)
    list(islice(running, steps))
    running.close()


def test_a_record_holds_every_step_and_loads(tmp_path: Path) -> None:
    steps = list(record_run("tiny", "chelsea", TINY, folder=tmp_path))
    run = load_run("tiny", tmp_path)
    assert run.config == TINY
    assert run.history["step"].tolist() == list(range(1, TINY.total_steps + 1))
    assert run.history["loss_d"].tolist() == [step.loss_d for step in steps]
    assert run.snapshot(run.snapshot_steps[-1]).shape[1:] == (recording.SNAPSHOT_WIDTH, 3)
    assert 0 in run.snapshot_steps
    assert TINY.total_steps in run.snapshot_steps
    assert not (tmp_path / "tiny" / "checkpoint.pt").exists()
    assert run.info["versions"]["torch"].split("+")[0] == torch.__version__.split("+")[0]


def test_a_stopped_recording_ends_as_if_never_stopped(tmp_path: Path) -> None:
    list(record_run("whole", "chelsea", TINY, folder=tmp_path))
    begun(tmp_path, "parts", 5)
    with pytest.raises(RecordError, match="step 5"):
        load_run("parts", tmp_path)
    list(record_run("parts", "chelsea", TINY, folder=tmp_path))
    whole, parts = load_run("whole", tmp_path), load_run("parts", tmp_path)
    assert parts.info["resumptions"] == 1
    assert parts.info["sha256"] == whole.info["sha256"]


def test_d_and_the_last_weights_beside_a_running_mean_are_kept(tmp_path: Path) -> None:
    config = tiny_config(size=16, num_patches=24, average_decay=0.9, leaky_slope=0.2)
    list(record_run("tiny", "chelsea", config, folder=tmp_path))
    state = TrainState.create(photo(seed=len("chelsea")), config, "cpu")
    list(train(state))
    run = load_run("tiny", tmp_path)
    assert state.average is not None
    last = load_generator(run.folder / "last-generator.safetensors")
    pairs = ((run.discriminator(), state.discriminator), (last, state.generator))
    for kept, trained in (*pairs, (load_generator(run.generator_path), state.average)):
        for one, other in zip(kept.parameters(), trained.parameters(), strict=True):
            assert torch.equal(one, other)
    (run.folder / "discriminator.safetensors").unlink()
    with pytest.raises(RecordError, match="before D's weights were kept"):
        run.discriminator()


def test_a_finished_run_is_not_touched(tmp_path: Path) -> None:
    list(record_run("tiny", "chelsea", TINY, folder=tmp_path))
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "tiny").rglob("*.*") if path.suffix}
    assert list(record_run("tiny", "chelsea", TINY, folder=tmp_path)) == []
    after = {path: path.stat().st_mtime_ns for path in before}
    assert {path.name for path in before} >= {"run.json", "history.csv", "00000.webp"}
    assert after == before


def test_a_damaged_record_is_made_anew(tmp_path: Path) -> None:
    list(record_run("tiny", "chelsea", TINY, folder=tmp_path))
    hashes = load_run("tiny", tmp_path).info["sha256"]
    (tmp_path / "tiny" / "history.csv").write_text("lost")
    list(record_run("tiny", "chelsea", TINY, folder=tmp_path))
    assert load_run("tiny", tmp_path).info["sha256"] == hashes


def test_other_settings_do_not_go_on_with_a_checkpoint(tmp_path: Path) -> None:
    begun(tmp_path, "tiny", 4)
    other = tiny_config(size=16, num_patches=24, noise_std=0.3, seed=1)
    with pytest.raises(
        RecordError, match=r"noise_std is 0\.1, not 0\.3; seed is 0, not 1\); remove it first"
    ):
        next(record_run("tiny", "chelsea", other, folder=tmp_path))
    with pytest.raises(FileFormatError, match="another photograph"):
        next(record_run("tiny", "coffee", TINY, folder=tmp_path))
    assert len(read_records(tmp_path / "tiny" / "history.csv")) == 4


def test_two_recorders_do_not_share_a_run(tmp_path: Path) -> None:
    running = record_run("tiny", "chelsea", TINY, folder=tmp_path)
    next(running)
    with pytest.raises(BlockingIOError, match="another program is writing"):
        next(record_run("tiny", "chelsea", TINY, folder=tmp_path))
    running.close()
    assert next(record_run("tiny", "chelsea", TINY, folder=tmp_path)).step == 2
    with folder_lock(tmp_path / "tiny"), pytest.raises(BlockingIOError):
        next(record_run("tiny", "chelsea", TINY, folder=tmp_path))


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 9, 16, 30])
def test_a_kill_at_any_write_leaves_whole_files_and_a_run_that_ends_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """The program is killed when it puts a file in its place for the ``number``-th time."""

    class Killed(BaseException):
        pass

    list(record_run("whole", "chelsea", TINY, folder=tmp_path))
    replace, count = Path.replace, iter(range(1, 1000))

    def dies(path: Path, target: Path) -> Path:
        if next(count) == number:
            raise Killed
        return replace(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(recording, "SAVE_SECONDS", 0.0)
        patch.setattr(Path, "replace", dies)
        with pytest.raises(Killed):
            list(record_run("parts", "chelsea", TINY, folder=tmp_path))
    assert all(path.stat().st_size for path in (tmp_path / "parts" / "snapshots").iterdir())
    list(record_run("parts", "chelsea", TINY, folder=tmp_path))
    whole, parts = load_run("whole", tmp_path), load_run("parts", tmp_path)
    assert parts.info["sha256"] == whole.info["sha256"]


def test_what_is_hidden_is_no_part_of_a_record(tmp_path: Path) -> None:
    begun(tmp_path, "tiny", 2)
    (tmp_path / "tiny" / ".DS_Store").write_bytes(b"left by another program")
    list(record_run("tiny", "chelsea", TINY, folder=tmp_path))
    hashes = load_run("tiny", tmp_path).info["sha256"]
    assert not [name for name in hashes if Path(name).name.startswith(".")]
    assert {"config.json", "history.csv", "generator.safetensors", "snapshots/00000.webp"} <= set(hashes)


def test_time_is_counted_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 10_000, 7))
    monkeypatch.setattr(recording, "SAVE_SECONDS", 0.0)
    monkeypatch.setattr(recording, "_clocks", lambda: (float(now := next(clock)), now / 10))
    list(record_run("tiny", "chelsea", TINY, folder=tmp_path))
    info, last = load_run("tiny", tmp_path).info, next(clock) - 7
    assert info["wall_seconds"] == last  # the clock began at 0
    assert info["cpu_seconds"] == pytest.approx(last / 10)
    assert info["steps_per_second"] == pytest.approx(TINY.total_steps / last)


def test_an_accelerator_is_named_as_one() -> None:
    info = describe("chelsea", photo(), TINY, torch.device("mps"))
    assert info["processor"] == "accelerator: mps"
    assert not describe("chelsea", photo(), TINY, torch.device("cpu"))["processor"].startswith("accelerator")


@pytest.mark.parametrize("preset", [Config.quick, Config.laptop])
def test_a_slider_has_room_for_every_picture(preset: Callable[[], Config]) -> None:
    config = preset()
    kept = [step for step in range(config.total_steps + 1) if keeps_picture(step, config)]
    assert kept[:7] == [0, 1, 2, 3, 5, 7, 10]
    assert kept[-1] == config.total_steps
    assert max(np.diff(kept)) <= max(10, config.batches_per_epoch)
    assert 20 <= len(kept) - 1 <= 36  # step 0 comes before the history


def test_the_last_picture_is_kept_whatever_the_length() -> None:
    config = Config(num_patches=32 * 111, epochs=1)
    assert keeps_picture(111, config)
    assert not keeps_picture(109, config)
