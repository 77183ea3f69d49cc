"""The recorded experiments are there, are those of the settings, and are read as the chapters read them."""

from __future__ import annotations

import math
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from support.tiny import tiny_config

from sicgan_lite import (
    TrainState,
    colorize,
    delta_e,
    load_generator,
    sample_image,
    train,
)
from sicgan_lite.devices import describe_machine
from sicgan_lite.files import pixels_sha256
from sicgan_lite.studies.runs import RecordError, load_run, runs_folder
from sicgan_lite.studies.sweep import read_run, run_file, write_table
from sicgan_lite.teaching import load_sweep, mean_and_spread, records
from sicgan_lite.teaching.records import as_printed, begun_history, finished_runs, paper_table
from sicgan_lite.teaching.settings import SWEEPS
from tools.recording import record_run


def test_finished_runs_are_found_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny = tiny_config()
    monkeypatch.setattr(records, "RUNS", dict.fromkeys(("last", "open", "none", "first"), ("chelsea", tiny)))
    for name in ("first", "last"):
        list(record_run(name, "chelsea", tiny, folder=tmp_path))
    list(islice(record_run("open", "chelsea", tiny, folder=tmp_path), 4))
    assert list(finished_runs(tmp_path)) == ["last", "first"]
    assert finished_runs(tmp_path)["first"].history["step"][-1] == tiny.total_steps
    (tmp_path / "last" / "history.csv").write_text("changed")
    with pytest.raises(RecordError, match=r"history\.csv differs"):
        finished_runs(tmp_path)


def test_the_papers_table_is_as_printed() -> None:
    table = paper_table()
    assert list(table) == ["step", "epoch", "batch", "loss_d", "loss_g"]
    assert table["epoch"].tolist() == [epoch for epoch in range(1, 21) for _ in range(2)]
    assert table["batch"].tolist() == [1, 101] * 20
    assert table["step"][[0, 1, 2, -1]].tolist() == [1, 101, 158, 19 * 157 + 101]
    # The sums of the printed columns, batch 1 then batch 101, added up apart from this file.
    sums = [[26.7217, 15.4370], [27.0813, 15.9123]]
    for start, (loss_d, loss_g) in enumerate(sums):
        assert table["loss_d"][start::2].sum() == pytest.approx(loss_d, abs=1e-9)
        assert table["loss_g"][start::2].sum() == pytest.approx(loss_g, abs=1e-9)
    assert [table["loss_d"][0], table["loss_g"][-1]] == [0.9677, 0.8050]


def test_a_run_is_read_off_where_the_paper_reads() -> None:
    epoch, batch = (part.ravel() for part in np.mgrid[1:4, 1:121])
    rows = as_printed({"epoch": epoch, "batch": batch, "step": np.arange(360)})
    assert rows["step"].tolist() == [0, 100, 120, 220, 240, 340]
    table = paper_table()
    assert all((as_printed(table)[name] == values).all() for name, values in table.items())


def test_the_papers_last_ten_epochs() -> None:
    table = paper_table()
    late = table["epoch"] > 10
    for key, mean, error in [("loss_d", 1.366, 0.011), ("loss_g", 0.781, 0.017)]:
        values = table[key][late]
        assert len(values) == 20
        assert values.mean() == pytest.approx(mean, abs=5e-4)
        assert values.std(ddof=1) / math.sqrt(20) == pytest.approx(error, abs=5e-4)


def test_a_mean_is_told_with_its_spread_over_seeds() -> None:
    assert mean_and_spread([1.0, 2.0, 3.0]) == "2.0 ± 1.0"  # the sample's deviation, not the population's
    assert mean_and_spread([4.25]) == "4.2"
    with pytest.raises(ValueError, match="no values"):
        mean_and_spread([])


# --- the recorded sweeps ------------------------------------------------------------------------


RECORDED = [name for name in SWEEPS if (runs_folder() / f"{name}.csv").is_file()]


def test_there_are_recorded_sweeps() -> None:
    assert "methods" in RECORDED


@pytest.mark.parametrize("name", RECORDED)
def test_a_table_says_what_the_files_of_its_runs_say(name: str, tmp_path: Path) -> None:
    sweep = load_sweep(name)
    experiments = [(image, run.config) for image, runs in sweep.items() for run in runs]
    assert sorted(map(repr, experiments)) == sorted(map(repr, SWEEPS[name]))
    for image, runs in sweep.items():
        assert {run.results["rgb_sha256"] for run in runs} == {pixels_sha256(sample_image(image))}
    write_table(tmp_path / "again.csv", sweep)
    assert (tmp_path / "again.csv").read_bytes() == (runs_folder() / f"{name}.csv").read_bytes()


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("number", [0, 17, 35])
def test_the_first_steps_of_recorded_runs_repeat(number: int) -> None:
    image, config = SWEEPS["methods"][number]
    rgb = sample_image(image)
    recorded = read_run(runs_folder() / "sweeps" / run_file(config, rgb)).results
    here = describe_machine()
    steps = [list(record[3:]) for record in islice(train(TrainState.create(rgb, config, "cpu")), 5)]
    if all(here[key] == recorded[key] for key in ("processor", "threads", "versions")):
        assert steps == recorded["first_steps"]
    else:
        np.testing.assert_allclose(steps, recorded["first_steps"], atol=0.005)


def test_the_error_of_a_recorded_run_is_that_of_its_picture() -> None:
    run = load_sweep("methods")["chelsea"][1]
    rgb = sample_image("chelsea")
    assert delta_e(colorize(load_generator(run.path), rgb), rgb) == pytest.approx(
        run.results["delta_e"], abs=0.01
    )


def test_a_sweep_that_is_not_whole_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"36 of the 36 runs of 'methods' are not in .*recorded-runs"):
        load_sweep("methods", tmp_path)


def test_a_history_is_read_whether_its_run_is_finished_or_not(tmp_path: Path) -> None:
    finished, begun = load_run("coffee-quick-seed0").history, begun_history("coffee-quick-seed0")
    for name, values in finished.items():
        np.testing.assert_array_equal(begun[name], values)
    unfinished = begun_history("coffee-paper-widths-seed0")
    assert list(unfinished["step"]) == list(range(1, len(unfinished["step"]) + 1))
    with pytest.raises(RecordError, match=r"there is no .*history\.csv"):
        begun_history("coffee-quick-seed0", tmp_path)
