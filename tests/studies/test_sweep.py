"""A sweep trains what was asked, measures it by the library's own measures, and survives."""

from __future__ import annotations

import csv
import dataclasses
import json
import os
import signal
import sys
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from support.tiny import photo, tiny_config

from sicgan_lite import (
    FileFormatError,
    JobsError,
    TrainState,
    colorfulness,
    colorize,
    delta_e,
    delta_e_map,
    load_generator,
    run_sweep,
    train,
)
from sicgan_lite.checkpoint import generator_bytes, read_results
from sicgan_lite.config import Config
from sicgan_lite.files import folder_lock, pixels_sha256
from sicgan_lite.studies.sweep import read_run, run_file, write_table


def seeds(count: int, **changes: object) -> list:
    return [tiny_config(seed=seed, **changes) for seed in range(count)]


def test_a_run_is_the_training_that_its_config_describes(tmp_path: Path) -> None:
    rgb, configs = photo(), seeds(3)
    runs = run_sweep(configs, rgb, out=tmp_path)
    assert [run.config for run in runs] == configs
    state = TrainState.create(rgb, configs[1], "cpu")
    records = list(train(state))
    colored = colorize(load_generator(runs[1].path), rgb)
    assert np.array_equal(colored, colorize(state.generator, rgb))
    results = runs[1].results
    assert results["loss_d"] == pytest.approx(np.mean([r.loss_d for r in records[3:]]))
    assert results["fake_score"] == pytest.approx(np.mean([r.fake_score for r in records[3:]]))
    assert results["delta_e"] == results["delta_e_seen"] == pytest.approx(delta_e(colored, rgb))
    assert results["delta_e_held_out"] is None
    assert results["colorfulness"] == colorfulness(colored)
    assert results["rgb_sha256"] == pixels_sha256(rgb)
    assert results["seconds"] > 0
    assert results["versions"]["numpy"] == np.__version__


def test_seen_and_held_out_pixels_are_told_apart(tmp_path: Path) -> None:
    rgb = photo()
    (run,) = run_sweep([tiny_config(holdout=(0.5, 0.0, 1.0, 0.4))], rgb, out=tmp_path)
    error = delta_e_map(colorize(load_generator(run.path), rgb), rgb)
    assert run.results["delta_e_held_out"] == pytest.approx(error[12:, :12].mean())
    seen = (error.sum() - error[12:, :12].sum()) / (error.size - 144)
    assert run.results["delta_e_seen"] == pytest.approx(seen, rel=1e-5)
    assert run.results["delta_e"] == pytest.approx(error.mean())


def test_a_finished_run_is_never_repeated(tmp_path: Path) -> None:
    rgb, done = photo(), []
    run_sweep(seeds(2), rgb, out=tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.glob("*.safetensors")}
    run_sweep(seeds(3), rgb, out=tmp_path, on_done=done.append)
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert len(list(tmp_path.glob("*.safetensors"))) == 3
    assert done == ["seed=0", "seed=1", "seed=2"]


def test_another_photograph_is_another_run(tmp_path: Path) -> None:
    first = run_sweep(seeds(1), photo(seed=1), out=tmp_path)
    second = run_sweep(seeds(1), photo(seed=2), out=tmp_path)
    assert first[0].path != second[0].path


def test_what_varies_names_a_run_that_fails(tmp_path: Path) -> None:
    configs = [tiny_config(), tiny_config(size=25), tiny_config(noise_std=0.5)]
    with pytest.raises(JobsError) as error:
        run_sweep(configs, photo(), out=tmp_path)
    assert list(error.value.failed) == ["size=25 noise_std=0.1"]
    assert "patches of 25×25 pixels do not fit" in str(error.value)
    assert len(list(tmp_path.glob("*.safetensors"))) == 2


def test_the_same_config_twice_is_refused_and_none_is_no_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="2 jobs would write one file"):
        run_sweep([tiny_config(), tiny_config()], photo(), out=tmp_path)
    assert run_sweep([], photo(), out=tmp_path) == []


def test_the_table_has_a_row_a_run_and_loses_nothing(tmp_path: Path) -> None:
    rgb = photo()
    configs = [tiny_config(), tiny_config(holdout=(0.0, 0.0, 0.5, 0.5), features=("lightness", "x"))]
    runs = run_sweep(configs, rgb, out=tmp_path / "runs")
    write_table(tmp_path / "table.csv", {"noise": runs})
    with (tmp_path / "table.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["image"] for row in rows} == {"noise"}
    assert [row["run"] for row in rows] == [run.path.stem for run in runs]
    assert [row["features"] for row in rows][1] == '["lightness", "x"]'
    assert [row["delta_e_held_out"] == "" for row in rows] == [True, False]
    for row, run in zip(rows, runs, strict=True):
        assert float(row["delta_e"]) == run.results["delta_e"]
        assert row["torch"] == run.results["versions"]["torch"]
        assert int(row["size"]) == 8


def test_a_setting_that_config_gained_later_counts_where_it_is_used(tmp_path: Path) -> None:
    rgb = photo()
    plain, leaky = tiny_config(), tiny_config(leaky_slope=0.2)
    assert run_file(plain, rgb) != run_file(leaky, rgb)
    columns = []
    for configs in ([plain], [plain, leaky]):
        runs = run_sweep(configs, rgb, out=tmp_path / "runs")
        write_table(tmp_path / "table.csv", {"noise": runs})
        with (tmp_path / "table.csv").open(newline="", encoding="utf-8") as file:
            columns.append([row.get("leaky_slope") for row in csv.DictReader(file)])
    assert columns == [[None], ["0.0", "0.2"]]


def test_results_travel_with_a_generator_and_only_when_there_are_any(tmp_path: Path) -> None:
    state = TrainState.create(photo(), tiny_config(), "cpu")
    path = tmp_path / "model.safetensors"
    path.write_bytes(generator_bytes(state.generator, state.config))
    assert read_results(path) == {}
    path.write_bytes(generator_bytes(state.generator, state.config, delta_e=1.5))
    assert read_results(path) == {"delta_e": 1.5}
    path.write_bytes(b"no model")
    with pytest.raises(FileFormatError, match="not a generator"):
        read_run(path)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
@pytest.mark.filterwarnings("ignore")  # a killed worker is noisy, and that is not ours
def test_a_dask_cluster_that_loses_a_worker_still_brings_every_result_once(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    configs, rgb, done, killed = seeds(12, epochs=20), photo(), [], []

    with (
        distributed.LocalCluster(2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):

        def note(name: str) -> None:
            done.append(name)
            if len(done) == 2:
                busy = {address for address, tasks in client.processing().items() if tasks}
                address, pid = next((a, p) for a, p in client.run(os.getpid).items() if a in busy)
                os.kill(pid, signal.SIGKILL)
                killed.append((address, pid))

        runs = run_sweep(configs, rgb, out=tmp_path, executor=client.get_executor(), on_done=note)

    assert len(killed) == 1
    assert sorted(done) == sorted(f"seed={seed}" for seed in range(12))
    assert len(list(tmp_path.glob("*.safetensors"))) == 12
    assert [run.config for run in runs] == configs
    # A run on the cluster is the run on this machine.
    state = TrainState.create(rgb, configs[5], "cpu")
    assert len(list(islice(train(state), 1000))) == configs[5].total_steps
    assert np.array_equal(colorize(load_generator(runs[5].path), rgb), colorize(state.generator, rgb))


def test_one_and_one_point_nought_are_one_run(tmp_path: Path) -> None:
    """What a person types is kept as what it means, in every field that holds a real number."""
    whole = tiny_config(
        l1_weight=1, adversarial_weight=1, holdout=(0, 0, 1, 0.3), betas=(0, 0.9), min_distance=0
    )
    real = tiny_config(
        l1_weight=1.0,
        adversarial_weight=1.0,
        holdout=(0.0, 0.0, 1.0, 0.3),
        betas=(0.0, 0.9),
        min_distance=0.0,
    )
    assert json.dumps(whole.to_dict()) == json.dumps(real.to_dict())
    assert run_file(whole, photo()) == run_file(real, photo())
    for field in dataclasses.fields(Config):
        value, default = getattr(whole, field.name), getattr(Config.photo(), field.name)
        assert type(value) is type(default) or None in (value, default), field.name


def test_a_sweep_has_one_writer(tmp_path: Path) -> None:
    with folder_lock(tmp_path), pytest.raises(BlockingIOError, match="another program is writing"):
        run_sweep([tiny_config()], photo(), out=tmp_path)
    assert run_sweep([tiny_config()], photo(), out=tmp_path)
