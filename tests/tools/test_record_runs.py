"""Records are whole, hold what their hashes say, and repeat."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import record_runs
import torch
from record_runs import describe, keeps_picture, record_run

from sicgan_lite.config import Config
from sicgan_lite.devices import uses_bfloat16
from sicgan_lite.pictures.images import sample_image
from sicgan_lite.studies.runs import RecordError, load_run, read_records, runs_folder
from sicgan_lite.teaching.settings import RUNS
from sicgan_lite.training import TrainState, train

TINY = Config(
    size=16,
    num_patches=24,
    epochs=2,
    batch_size=4,
    generator_widths=(4,),
    discriminator_widths=(4,),
    precision="float32",
)

RECORDED = [name for name in RUNS if (runs_folder() / name / "run.json").is_file()]

FINISHED = [n for n in RECORDED if json.loads((runs_folder() / n / "run.json").read_text())["finished"]]


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(record_runs.THREADS)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(record_runs, "SAVE_EVERY", 5)
    return tmp_path


def test_a_record_holds_every_step_and_loads(folder: Path) -> None:
    steps = list(record_run("tiny", "chelsea", TINY, folder=folder))
    run = load_run("tiny", folder)
    assert run.config == TINY
    assert run.history["step"].tolist() == list(range(1, TINY.total_steps + 1))
    assert run.history["loss_d"].tolist() == [step.loss_d for step in steps]
    assert run.snapshot(run.snapshot_steps[-1]).shape[1:] == (record_runs.SNAPSHOT_WIDTH, 3)
    assert 0 in run.snapshot_steps
    assert TINY.total_steps in run.snapshot_steps
    assert not (folder / "tiny" / "checkpoint.pt").exists()
    assert run.info["versions"]["torch"].split("+")[0] == torch.__version__.split("+")[0]


def test_a_lock_is_no_part_of_a_record(folder: Path) -> None:
    (folder / "tiny").mkdir()
    (folder / "tiny" / ".sicgan-lite.lock").touch()
    list(record_run("tiny", "chelsea", TINY, folder=folder))
    hashed = set(load_run("tiny", folder).info["sha256"])
    assert {"config.json", "history.csv", "generator.safetensors"} <= hashed
    assert not [name for name in hashed if name.startswith(".")]


def test_a_stopped_recording_ends_as_if_never_stopped(folder: Path) -> None:
    list(record_run("whole", "chelsea", TINY, folder=folder))
    list(islice(record_run("parts", "chelsea", TINY, folder=folder), 8))  # saved at step 5
    with pytest.raises(RecordError, match="step 5"):
        load_run("parts", folder)
    list(record_run("parts", "chelsea", TINY, folder=folder))
    whole, parts = load_run("whole", folder), load_run("parts", folder)
    assert parts.info["resumptions"] == 1
    assert parts.info["sha256"] == whole.info["sha256"]


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


def test_there_is_a_record_to_check() -> None:
    assert FINISHED


@pytest.mark.parametrize("name", FINISHED)
def test_recorded_files_have_their_hashes(name: str) -> None:
    image, config = RUNS[name]
    run = load_run(name)
    assert (run.info["image"], run.config) == (image, config)
    assert len(run.history["step"]) == config.total_steps


@pytest.mark.slow
@pytest.mark.parametrize("name", RECORDED)
def test_the_first_steps_repeat(name: str) -> None:
    folder = runs_folder() / name
    info = json.loads((folder / "run.json").read_text())
    if info["processor"].startswith("accelerator"):
        pytest.skip("recorded on an accelerator: checked by hash only")
    image, config = RUNS[name]
    rgb = sample_image(image)
    recorded = read_records(folder / "history.csv")[:20]
    here = describe(image, rgb, config)
    if config.precision == "bfloat16" and not uses_bfloat16("auto", torch.device("cpu")):
        config = replace(config, precision="float32")  # emulated bfloat16 would take hours
    again = list(islice(train(TrainState.create(rgb, config, "cpu")), 20))
    same = ("processor", "threads", "precision", "versions")
    if all(info[key] == here[key] for key in same):
        assert again == recorded
    else:
        np.testing.assert_allclose(np.array(again), np.array(recorded), atol=0.005)
