"""The recorder's program does what is asked, in the time that it has, and the records repeat."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import islice
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from support.tiny import photo, tiny_config

from sicgan_lite.checkpoint import load_checkpoint
from sicgan_lite.config import Config
from sicgan_lite.devices import uses_bfloat16
from sicgan_lite.pictures.samples import sample_image
from sicgan_lite.studies.rows import Row, read_rows
from sicgan_lite.studies.runs import RecordError, load_run, read_records, runs_folder
from sicgan_lite.teaching import beside, effects, views
from sicgan_lite.teaching.settings import PAPER_WIDTHS, RUNS
from sicgan_lite.training import TrainState, train
from tools import record_runs, recording
from tools.recording import describe

TINY = tiny_config()
RECORDED = [name for name in RUNS if (runs_folder() / name / "run.json").is_file()]
FINISHED = [n for n in RECORDED if json.loads((runs_folder() / n / "run.json").read_text())["finished"]]
BEGUN = [name for name in RECORDED if name not in FINISHED]


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[str, Config]]:
    """Three tiny runs in the place of the paper's widths, and four tiny rows of effects."""
    runs = {name: ("chelsea", tiny_config(seed=seed)) for seed, name in enumerate("abc")}
    images = ("coffee", "chelsea")
    plan = [effects.Planned("x", image, tiny_config(seed=seed)) for seed in (0, 1) for image in images]
    monkeypatch.setattr(record_runs, "PAPER_WIDTHS", runs)
    monkeypatch.setattr(record_runs, "RUNS", runs)
    monkeypatch.setattr(record_runs, "KNOWN", (*runs, "effects"))
    monkeypatch.setattr(record_runs.os, "nice", lambda _: None)
    monkeypatch.setattr(effects, "planned", lambda: plan)
    monkeypatch.setattr(effects, "small_photograph", lambda name: photo(seed=len(name)))
    monkeypatch.setattr(recording, "sample_image", lambda name: photo(seed=len(name)))
    return runs


@pytest.fixture
def a_second_a_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that moves on by a second whenever somebody looks at it."""
    now = iter(range(10_000))
    monkeypatch.setattr(record_runs, "time", SimpleNamespace(monotonic=lambda: next(now)))


def test_lent_time_goes_to_the_papers_widths_in_their_order(
    tiny: dict, tmp_path: Path, a_second_a_look: None
) -> None:
    assert record_runs.main(["--minutes", "0.15", "--out", str(tmp_path), "--device", "cpu"]) == 0
    assert load_run("a", tmp_path).config == tiny["a"][1]  # six steps of nine seconds
    with pytest.raises(RecordError, match="'b' stands at step 1"):
        load_run("b", tmp_path)
    with pytest.raises(RecordError, match="no run 'c'"):
        load_run("c", tmp_path)
    assert record_runs.main(["--minutes", "9", "--out", str(tmp_path), "--device", "cpu"]) == 0
    assert [load_run(name, tmp_path).info["resumptions"] for name in "abc"] == [0, 1, 0]


def test_what_cannot_go_on_does_not_stop_the_rest(
    tiny: dict, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "checkpoint.pt").write_bytes(b"no checkpoint")
    assert record_runs.main(["a", "b", "--out", str(tmp_path)]) == 1
    assert "a: " in capsys.readouterr().err
    assert load_run("b", tmp_path).config == tiny["b"][1]


def test_effects_are_recorded_row_by_row_and_go_on(tiny: dict, tmp_path: Path) -> None:
    path = effects.effects_file(tmp_path)
    record_runs.record_effects(folder=tmp_path, deadline=0)
    assert read_rows(path) == []
    assert record_runs.main(["effects", "--out", str(tmp_path)]) == 0
    rows, whole = read_rows(path), path.read_bytes()
    assert [row[:3] for row in rows] == effects.planned()
    assert [row.results["late"]["step"] for row in rows] == [[4, 5, 6]] * 4
    path.write_bytes(b"".join(whole.splitlines(keepends=True)[2:]))
    assert record_runs.main(["effects", "--out", str(tmp_path)]) == 0
    assert [row[:3] for row in read_rows(path)] == effects.planned()[2:] + effects.planned()[:2]
    before = path.read_bytes()
    assert record_runs.main(["effects", "--out", str(tmp_path)]) == 0
    assert path.read_bytes() == before


def test_what_stands_beside_the_effects_gets_files_of_its_own(
    tiny: dict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_runs, "KNOWN", ("rules", "at-photo", "views"))
    for plan in (beside, views):
        monkeypatch.setattr(plan, "planned", lambda: effects.planned()[:1])
    monkeypatch.setattr(beside, "rule_rows", lambda: [Row("grey", "coffee", tiny_config(), {"late": {}})])
    for _ in range(2):
        assert record_runs.main(["--out", str(tmp_path)]) == 0
        found = {path.name: len(read_rows(path)) for path in (tmp_path / "effects").glob("*.jsonl")}
        assert found == {"rules.jsonl": 1, "photo.jsonl": 1, "views.jsonl": 1}


def test_effects_end_with_the_time(tiny: dict, tmp_path: Path, a_second_a_look: None) -> None:
    assert record_runs.main(["effects", "--minutes", "0.05", "--out", str(tmp_path)]) == 0
    found = [(row.image, row.config.seed) for row in read_rows(effects.effects_file(tmp_path))]
    assert found == [("coffee", 0), ("chelsea", 0)]


def test_the_papers_widths_are_the_papers() -> None:
    for name, (_, config) in PAPER_WIDTHS.items():
        assert config.discriminator_widths == Config.paper().discriminator_widths
        assert config.total_steps == 3140
        assert RUNS[name][1] is config


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
    # A step of the paper's schedule takes a second, and ten where the networks are wide.
    steps = 2 if name in PAPER_WIDTHS else 5 if config.total_steps > 200 else 20
    recorded = read_records(folder / "history.csv")[:steps]
    here = describe(image, rgb, config, torch.device("cpu"))
    if config.precision == "bfloat16" and not uses_bfloat16("auto", torch.device("cpu")):
        config = replace(config, precision="float32")  # emulated bfloat16 would take hours
    threads = torch.get_num_threads()
    torch.set_num_threads(info["threads"])
    again = list(islice(train(TrainState.create(rgb, config, "cpu")), steps))
    torch.set_num_threads(threads)
    same = ("processor", "threads", "precision", "versions")
    if all(info[key] == here[key] for key in same):
        assert again == recorded
    else:
        np.testing.assert_allclose(np.array(again), np.array(recorded), atol=0.005)


@pytest.mark.parametrize("name", BEGUN)
def test_a_run_that_was_begun_can_go_on(name: str) -> None:
    image, config = RUNS[name]
    folder = runs_folder() / name
    state = load_checkpoint(folder / "checkpoint.pt", sample_image(image), "cpu")
    assert state.config == config
    assert len(read_records(folder / "history.csv")) >= state.step > 0
