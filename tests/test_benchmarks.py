"""The benchmarks at tiny sizes: that they run, that contenders do the same work, that numbers are right."""

from __future__ import annotations

import importlib.util
import itertools
import json
import math
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import numpy as np
import pytest
import torch
from support.tiny import photo, tiny_config, tiny_state

from benchmarks import (
    album,
    batches,
    big_pictures,
    book_times,
    canonical,
    figures,
    good_picture,
    origins,
    quick,
    start,
    switches,
    tables,
    targets,
    timing,
    training_step,
    waiting,
    whole_image,
    words,
)
from sicgan_lite import Config, PatchSet, rgb_to_lab, train_step
from sicgan_lite.training import draw_batch
from tools import speed_tables

INSIDE = np.s_[..., 1:-1, 1:-1]  # all but the ring where a patch's own border is mirrored


def test_contenders_take_turns_and_warm_up() -> None:
    now, calls = itertools.count(), []
    clock = lambda: float(next(now))  # noqa: E731
    contenders = {name: lambda name=name: calls.append(name) for name in "abc"}
    before = lambda: calls.append("|")  # noqa: E731
    seconds = timing.interleave(contenders, 2, before=before, clock=clock)
    assert "".join(calls) == "|abc|bca|cab"
    assert seconds == {"a": [1, 1], "b": [1, 1], "c": [1, 1]}


def test_a_ratio_is_the_median_of_ratios() -> None:
    seconds = {"slow": [10.0, 40.0, 9.0], "fast": [1.0, 20.0, 3.0]}
    assert timing.ratio(seconds, "slow", "fast") == (3.0, 2.5, 6.5)  # of 10, 2 and 3
    assert timing.spread([4.0]) == (4.0, 4.0, 4.0)


def test_a_record_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "RESULTS", tmp_path)
    timing.record("found", {"seconds": [np.float32(0.5)]}, load=1.5)
    found = timing.read("found")
    assert found["seconds"] == [0.5]
    assert found["machine"]["load_before"] == 1.5
    assert found["machine"]["processor"]


def test_both_loops_play_the_same_game() -> None:
    state = tiny_state(noise_std=0.0, target_jitter=0.0, num_patches=12)
    config, networks = state.config, (state.generator, state.discriminator)
    net_g = canonical.generator(config.generator_widths)
    net_d = canonical.discriminator(config.discriminator_widths)
    for net, ours in zip((net_g, net_d), networks, strict=True):
        net.load_state_dict(ours.layers.state_dict())
    loader = [draw_batch(state, 0, batch) for batch in range(3)]
    for theirs in itertools.islice(canonical.train(net_g, net_d, loader, config), 3):
        record = train_step(state)
        assert theirs == pytest.approx((record.loss_d, record.loss_g), abs=1e-5)


def test_the_loader_serves_the_patches_once_each() -> None:
    patches = PatchSet(photo(), tiny_config(num_patches=12), rng=np.random.default_rng(0))
    served = torch.cat([targets for _, targets in canonical.load(patches, 4)])
    assert sorted(served.sum((1, 2, 3)).tolist()) == pytest.approx(
        sorted(patches[:][1].sum((1, 2, 3)).tolist())
    )


def convolution(n: int, size: int, widths: tuple[int, ...]) -> list[int]:
    """Operations of each 3×3 convolution of a network, two for a product and its sum."""
    return [2 * 9 * n * size**2 * a * b for a, b in itertools.pairwise(widths)]


def test_the_operations_of_a_step_are_those_that_one_counts_by_hand() -> None:
    config = tiny_config(generator_widths=(4, 6), discriminator_widths=(3, 5), batch_size=4, num_patches=8)
    g = convolution(4, 8, (5, 4, 6, 2))
    d, dense = convolution(4, 8, (2, 3, 5)), 2 * 4 * 5 * 64
    # Forward, by the weights, and by what came in, which nobody asks of features.
    of_g = 3 * sum(g) - g[0]
    of_d = 2 * (3 * sum(d) - d[0] + 3 * dense)  # real and generated
    through_d = 2 * sum(d) + 2 * dense  # D is frozen: no weights
    assert training_step.count_flops(tiny_state(**vars_of(config))) == of_g + of_d + through_d


def vars_of(config: Config) -> dict[str, Any]:
    return {name: tuple(v) if isinstance(v, list) else v for name, v in config.to_dict().items()}


def test_a_training_step_is_measured() -> None:
    found = training_step.measure(tiny_config(num_patches=12), photo(), rounds=2, side=16)
    assert {len(seconds) for seconds in found["seconds"].values()} == {2}
    assert found["ratios"]["canonical against float32"]["median"] > 0
    for shares in training_step.profiles(photo(), tiny_config()).values():
        assert sum(shares.values()) == pytest.approx(1)
        assert shares["convolution, backward"] > 0
        assert shares["convolution, forward"] > 0


@pytest.fixture
def patches() -> PatchSet:
    return PatchSet(photo(40, 50), Config(size=16, num_patches=12), rng=np.random.default_rng(0))


@pytest.mark.parametrize(("name", "tolerance"), [("this library's functions", 1e-6), ("OpenCV", 0.02)])
def test_patches_computed_one_by_one_are_those_gathered(
    patches: PatchSet, name: str, tolerance: float
) -> None:
    indices = np.arange(12)
    one_by_one = batches.PerPatch(photo(40, 50), patches, batches.MAKERS[name])[indices]
    for computed, gathered in zip(one_by_one, patches[indices], strict=True):
        assert computed.dtype == np.float32
        np.testing.assert_allclose(computed[INSIDE], gathered[INSIDE], atol=tolerance)


def test_batches_are_measured() -> None:
    found = batches.measure(photo(), tiny_config(), rounds=2)
    assert set(found["seconds"]) == {"gathered", "copy of the bytes", *batches.MAKERS}


def test_memory_is_that_of_the_patches_where_they_are_kept() -> None:
    config = Config(size=64, num_patches=600, min_distance=0.0)
    kept = 600 * 7 * 64**2 * 4
    assert kept < timing.in_fresh_process(batches.memory_of, "OpenCV", config) < 2 * kept
    assert timing.in_fresh_process(batches.memory_of, "gathered", config) < kept


@pytest.mark.parametrize("name", origins.SAMPLERS)
def test_every_sampler_keeps_its_distance(name: str) -> None:
    rounding = 0.0
    if name == "scipy PoissonDisk":
        pytest.importorskip("scipy", minversion="1.15", reason="its sampler takes no bounds there")
        rounding = math.sqrt(2)
    found = origins.SAMPLERS[name](90, 140, 60, 9.0, np.random.default_rng(0))
    judged = origins.judge(found, (90, 140), 9.0)
    assert judged["count"] == 60
    assert judged["least"] >= 9.0 - rounding
    assert found.min() >= 0
    assert (found < (90, 140)).all()


def test_origins_are_judged() -> None:
    judged = origins.judge(np.array([[0, 0], [0, 3], [40, 44]]), (50, 50), 4.0)
    assert judged == {"count": 3, "least": 3.0, "too near": 2, "empty cells": 98}


def test_origins_are_measured() -> None:
    found = origins.measure(0.1, 20, origins.QUICK, rounds=2)
    assert found["quality"]["ours"]["count"] == 20
    assert found["quality"]["ours"]["least"] >= found["distance"] - 1e-9


def test_a_whole_picture_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    threads = "benchmarks.whole_image.torch.set_num_threads"
    monkeypatch.setattr(threads, lambda _: None)  # it would hold for later tests
    found = whole_image.measure(0.02, tiny_config())
    assert found["megapixels"] == pytest.approx(0.02, rel=0.01)
    assert found["seconds"] > 0
    cases = [{"megapixels": 1.0, "seconds": 2.0}, {"megapixels": 10.0, "seconds": 30.0}]
    assert whole_image.summarize(cases)["time for a pixel"] == [1.0, 1.5]


def test_a_start_tells_what_it_loads() -> None:
    found = start.measure(1, {"Python alone": "pass", "one": "import sys; sys.modules['skimage.io'] = sys"})
    assert found["heavy packages loaded"] == {"Python alone": [], "one": ["skimage.io"]}
    assert start.loaded(start.STARTS["sicgan-lite --help"]) == []
    assert "torch" not in start.loaded(start.STARTS["its names without torch"])


GAME: dict[str, Any] = {
    "conditional": True,
    "l1_weight": 2.0,
    "leaky_slope": 0.2,
    "average_decay": 0.5,
    "features": ("lightness", "sobel", "laplacian", "blur_1", "spread_2"),
    "feature_noise": 0.3,
}


def test_the_ordinary_loop_plays_the_same_game() -> None:
    """From the same weights and on the same batch, without chance, it moves both networks as ours does."""
    calm: dict[str, Any] = {"feature_noise": 0.0, "noise_std": 0.0, "target_jitter": 0.0, "num_patches": 4}
    state = tiny_state(**GAME | calm)
    loop = switches.Loop(state.config, state.patches, bfloat16=False, compiled=False)
    for theirs, ours in ((loop.net_g, state.generator), (loop.net_d, state.discriminator)):
        theirs.load_state_dict(ours.state_dict())
    train_step(state)
    loop.features, loop.targets = loop.features[:4], loop.targets[:4]
    with mock.patch("torch.randint", return_value=torch.arange(4)):
        loop.step()
    for theirs, ours in ((loop.net_g, state.generator), (loop.net_d, state.discriminator)):
        for one, other in zip(theirs.parameters(), ours.parameters(), strict=True):
            torch.testing.assert_close(one, other, atol=1e-4, rtol=0)


def test_switches_and_threads_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.switches.torch.set_num_threads", lambda _: None)
    config = tiny_config(num_patches=12, **GAME)
    found = switches.measure(config, photo(), rounds=2, compiled=False)
    assert set(found["ratios"]) == {"switches, bfloat16", "switches, float32"}
    assert set(switches.threads(config, photo(), rounds=2, many=2)["quickest"]) == {"bfloat16", "float32"}


def test_a_good_picture_is_one_that_beats_both_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    rgb, red = photo(), np.full((24, 30, 3), (180, 90, 60), np.uint8)
    painted = {"slow": iter([red, red, rgb]), "never": iter([red])}
    monkeypatch.setattr(good_picture, "WAYS", {name: lambda _, n=name: painted[n] for name in painted})
    monkeypatch.setattr(good_picture, "EVERY", dict.fromkeys(painted, 1))
    monkeypatch.setattr(good_picture, "colorize", lambda picture, _: picture)
    found = good_picture.measure(rgb)
    assert [len(found["looks"][name]) for name in painted] == [3, 1]
    assert found["reached"]["never"] is None
    assert found["looks"]["slow"][-1] == (found["reached"]["slow"], 0)


def test_the_plain_ways_colour_as_ours_do() -> None:
    """Where sRGB can show the colours, enlarging apart: so they do the same work."""
    rgb = np.kron(photo(6, 8), np.ones((10, 10, 1), np.uint8))
    lab = rgb_to_lab(rgb)
    for paint in (big_pictures.by_numpy, big_pictures.by_opencv):
        off = np.abs(paint(rgb, lab[..., 1:]).astype(int) - rgb)
        assert np.median(off) <= 1
    assert set(big_pictures.set_up(0.06, rounds=1)["seconds"]) == {"ours", "rgb2lab"}


def test_an_album_is_measured() -> None:
    found = album.measure(tiny_config(num_patches=4), count=2, rounds=1, width=30)
    assert set(found["ratios"]) == set(album.CLOCKS)


def test_a_wait_s_verdict_follows_from_its_record(monkeypatch: pytest.MonkeyPatch) -> None:
    reached = {"photo": 4.0, "quick": None, "L1, canonical": 19.0}
    record = {"most": 30, "photos": {"coffee": {"reached": reached}}}
    monkeypatch.setattr(waiting, "read", lambda name: record)
    assert [wait.met for wait in waiting._good_picture()] == [False]
    reached["L1, canonical"] = 21.0
    (wait,) = waiting._good_picture()
    assert wait.met
    assert wait.found == "4.00 s (5.25×); quick not in 30 s, L1, canonical 21.0 s"


def test_chapters_are_renewed_one_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "RESULTS", tmp_path)
    monkeypatch.setattr(book_times, "build_seconds", lambda: {"seconds": 7.0})
    times = iter([{"seconds": found} for found in (1.0, 2.0, 3.0)])
    monkeypatch.setattr(book_times, "chapter_seconds", lambda path: next(times))
    book_times.main(["01", "02", "--builds", "1"])
    book_times.main(["02", "--builds", "0"])
    found = timing.read("book_times")
    assert found["build"] == [{"seconds": 7.0}]
    assert [its["seconds"] for its in found["chapters"].values()] == [1.0, 3.0]


def test_a_quick_run_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("keep_freed_memory", "torch.set_num_threads"):  # they would hold for every later test
        monkeypatch.setattr(f"benchmarks.quick.{name}", lambda *_: None)
    found = quick.measure(photo(), tiny_config())
    assert 0 < found["delta_e"] < 100
    assert np.isfinite([*found["loss_d"], *found["loss_g"]]).all()
    assert quick.baselines(photo())["mean colour"] < quick.baselines(photo())["grey"]


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0"), (0.012345, "0.0123"), (1.999, "2.00"), (34.56, "34.6"), (12345, "12,300")]
)
def test_numbers_have_three_digits(number: float, text: str) -> None:
    assert words.short(number) == text


def test_a_spread_is_median_and_quartiles() -> None:
    assert words.between([1.0, 2.0, 3.0, 4.0, 5.0], " s") == "3.00 s (2.00–4.00)"
    assert words.between({"median": 0.5, "low": 0.25, "high": 0.75}, " %", 100) == "50.0 % (25.0–75.0)"


@pytest.mark.parametrize("name", tables.TABLES)
def test_every_table_is_whole(name: str) -> None:
    lines = tables.make(name).splitlines()
    assert len(lines) > 2 or lines[0].startswith("*Not measured")
    assert len({line.count("|") for line in lines}) == 1


def test_what_was_not_measured_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (timing, tables, figures):
        monkeypatch.setattr(module, "RESULTS", tmp_path)
    assert tables.make("start_table").startswith("*Not measured: there is no record start.json yet")
    assert list(targets.targets()) == []
    assert figures.save("start", tmp_path).stat().st_size > 0


def test_the_page_shows_every_table_and_every_plot() -> None:
    page = (figures.FOLDER.parent / "speed.md").read_text("utf-8")
    config = SimpleNamespace(myst_substitutions={"kept": "so"})
    speed_tables.substitute(None, config)
    assert config.myst_substitutions.pop("kept") == "so"
    assert set(re.findall(r"{{ (\w+) }}", page)) == set(config.myst_substitutions)
    assert set(re.findall(r"{figure} speed/(\S+)\.svg\n:alt: \S", page)) == set(figures.FIGURES)


def test_a_verdict_follows_from_the_record(monkeypatch: pytest.MonkeyPatch) -> None:
    ratios = {f"{loop} against {n}": spread_of(2.0) for loop in tables.LOOPS for n in tables.PRECISIONS}
    ratios["floor's share, bfloat16"] = spread_of(0.86)
    monkeypatch.setattr(targets, "read", lambda name: {"ratios": ratios})
    monkeypatch.setattr(targets, "batches_measured", lambda: [8])
    assert [target.met for target in targets._step()] == [False, True, True]


def spread_of(median: float) -> dict[str, float]:
    return {"median": median, "low": median, "high": median}


@pytest.fixture
def drawn(tmp_path: Path) -> Path:
    for name in figures.FIGURES:
        figures.save(name, tmp_path)
    return tmp_path


def test_every_plot_is_drawn_from_these_records(drawn: Path) -> None:
    for path in drawn.iterdir():
        committed = (figures.FOLDER / path.name).read_text("utf-8")
        assert f"records {figures.fingerprint()}" in committed, "run `python -m benchmarks.figures`"
        assert path.read_text("utf-8").count("<path") == pytest.approx(committed.count("<path"), rel=0.2)


def test_records_hold_every_round() -> None:
    for path in timing.RESULTS.glob("*.json"):
        record = json.loads(path.read_text("utf-8"))
        rounds = {len(seconds) for seconds in record.get("seconds", {}).values()}
        assert len(rounds) <= 1, path.name


@pytest.mark.parametrize(("names", "ran"), [([], ["one", "two"]), (["two"], ["two"])])
def test_all_benchmarks_run_unless_some_are_named(monkeypatch, names, ran):
    program = _program(monkeypatch, done := [])
    program.main(names)
    assert done == [*ran, "figures"]


def test_a_benchmark_that_is_not_there_is_refused_before_the_others_run(monkeypatch, capsys):
    program = _program(monkeypatch, done := [])
    with pytest.raises(SystemExit):
        program.main(["two", "three"])
    assert "no benchmark 'three'; there are one, two" in capsys.readouterr().err
    assert not done


def _program(monkeypatch: pytest.MonkeyPatch, done: list[str]) -> Any:
    """``python -m benchmarks`` with two benchmarks that only say that they ran."""
    path = Path(timing.__file__).with_name("__main__.py")
    spec = importlib.util.spec_from_file_location("benchmarks_program", path)
    assert spec is not None
    assert spec.loader is not None
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    both = {name: lambda arguments, name=name: done.append(name) for name in ("one", "two")}
    monkeypatch.setattr(program, "BENCHMARKS", both)
    monkeypatch.setattr(figures, "main", lambda: done.append("figures"))
    return program
