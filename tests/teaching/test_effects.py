"""The sweep of single changes: what is planned, and that what is recorded is what was planned."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from sicgan_lite import TrainState, train
from sicgan_lite.files import pixels_sha256
from sicgan_lite.origins import holdout_mask
from sicgan_lite.studies.comparison import Verdict
from sicgan_lite.studies.rows import Row, append_row
from sicgan_lite.teaching import effects
from sicgan_lite.teaching.settings import ABLATIONS, METHODS, PHOTOGRAPHS

PLAN = list(effects.planned())
ROWS = [row for its in effects.load_effects().values() for row in its]


def test_every_change_has_each_photograph_and_seed_once() -> None:
    assert len(PLAN) == len(effects.CHANGES) * 3 * 10 == len({(run.image, run.config) for run in PLAN})
    assert Counter(run.change for run in PLAN) == dict.fromkeys(effects.CHANGES, 30)


def test_a_recording_that_stops_has_as_many_runs_of_each_change() -> None:
    seeds = [run.config.seed for run in PLAN if run.config.total_steps <= 400]
    assert seeds == sorted(seeds)


def test_a_change_differs_from_no_change_in_what_it_names_alone() -> None:
    plain = {run.image: run.config for run in PLAN if (run.change, run.config.seed) == ("nothing changed", 3)}
    for run in (run for run in PLAN if run.config.seed == 3):
        there, here = plain[run.image].to_dict(), run.config.to_dict()
        wanted = {k: list(v) if isinstance(v, tuple) else v for k, v in effects.CHANGES[run.change].items()}
        assert {name: here[name] for name in here if here[name] != there[name]} == wanted


def test_every_row_of_chapters_7_and_8_is_there() -> None:
    small = {"a quarter of the patches", "a sixteenth of the patches", "patches of 32 pixels"}
    assert set(METHODS) - {"conditional D"} <= set(effects.CHANGES)
    assert set(ABLATIONS) - small - {"patches of 128 pixels"} <= set(effects.CHANGES)


def test_a_run_has_200_steps_of_as_many_pixels_unless_its_name_says_otherwise() -> None:
    for run in PLAN:
        config = run.config
        if "steps" not in run.change or "D steps" in run.change:
            assert config.total_steps == 200, run.change
            assert config.batch_size * config.size**2 == 16 * 32**2, run.change


def test_seed_k_holds_out_side_k_mod_four_of_every_change() -> None:
    masks = [holdout_mask(effects.held_out(seed), 100, 100) for seed in range(8)]
    assert [mask.mean() for mask in masks] == [0.3] * 8
    middle = [(50, 0), (50, 99), (0, 50), (99, 50)]  # left, right, top, bottom
    for seed, mask in enumerate(masks):
        assert [bool(mask[point]) for point in middle] == [side == seed % 4 for side in range(4)]
    assert all(run.config.holdout == effects.held_out(run.config.seed) for run in PLAN)


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_photographs_are_240_pixels_wide(name: str) -> None:
    assert effects.small_photograph(name).shape[1:] == (240, 3)


def test_rows_are_found_by_their_change(tmp_path: Path) -> None:
    path = effects.effects_file(tmp_path)
    path.parent.mkdir()
    chosen = [run for run in PLAN if run.config.seed == 1 and run.change in ("100 steps", "nothing changed")]
    for run in reversed(chosen):
        append_row(path, Row(*run, {"delta_e": 1.0}))
    found = effects.load_effects(tmp_path)
    assert list(found) == ["nothing changed", "100 steps"]
    assert [row.image for row in found["100 steps"]] == ["chelsea", "astronaut", "coffee"]


def made(change: str, seed: int, image: str, *late: float) -> Row:
    (config,) = [r.config for r in PLAN if (r.change, r.image, r.config.seed) == (change, image, seed)]
    return Row(change, image, config, {"late": {"delta_e": list(late)}})


def test_a_change_is_compared_where_photograph_and_side_are_the_same() -> None:
    plain = [made("nothing changed", seed, "coffee", 4.0, 6.0 + seed) for seed in (0, 4, 1)]
    plain += [made("nothing changed", 0, "chelsea", 9.0)]
    less = [made("100 steps", seed, "coffee", 7.0) for seed in (1, 0, 2)] + [
        made("100 steps", 0, "chelsea", 8.0)
    ]
    assert sorted(effects.matched(less, plain, "delta_e")) == [([7.0], [5.0]), ([7.0], [5.5]), ([8.0], [9.0])]
    both = [made("100 steps", seed, "coffee", 7.0) for seed in (0, 4)]
    assert effects.matched(both, plain, "delta_e") == [([7.0, 7.0], [5.0, 7.0])]  # one side, two seeds


def test_the_table_says_medians_pairs_and_how_many_were_compared() -> None:
    rows = {
        "nothing changed": [made("nothing changed", seed, "coffee", 5.0 + seed) for seed in range(8)],
        "100 steps": [made("100 steps", seed, "coffee", 8.0 + seed) for seed in range(8)],
        "no smoothing": [made("no smoothing", seed, "coffee", 5.0 + seed) for seed in range(8)],
    }
    table = effects.compare_changes(rows, "delta_e")
    assert list(table) == ["100 steps", "no smoothing"]
    worse, same = table.values()
    assert (worse.median, worse.unchanged, worse.verdict.effect, worse.verdict.runs) == (11.5, 8.5, 3, 8)
    assert worse.verdict.lower == 1 / 4  # of a side's four pairs, 8 is lower than 9 alone
    assert worse.p_among_all == pytest.approx(min(1, 2 * worse.verdict.p))
    assert (same.verdict.effect, same.p_among_all) == (0, pytest.approx(1))
    assert (worse.places, worse.holds, same.holds) == ([3.0] * 4, worse.p_among_all < 0.05, False)


def test_swing_and_gap_are_made_of_the_late_looks() -> None:
    row = made("nothing changed", 0, "coffee", 4.0, 6.0, 8.0)
    assert effects.late_mean(row, "swing") == 2.0
    late = {"delta_e_seen": [1.0, 3.0], "delta_e_held_out": [5.0, 6.0]}
    assert effects.late_mean(row._replace(results={"late": late}), "gap") == 3.5


def test_an_effect_is_told_in_a_line() -> None:
    effect = effects.Effect(4.0, 5.0, Verdict(-1.25, 0.9, 0.001, 30), 0.05, [])
    line = "two D steps                        4.00 for 5.00: -1.25, lower in  90%, p' = 0.05"
    assert effects.tell_effects({"two D steps": effect}, ["two D steps"]) == line


# --- the recorded rows --------------------------------------------------------------------------


def test_every_recorded_row_was_planned_once() -> None:
    planned = {(run.change, run.image, run.config) for run in PLAN}
    recorded = [(row.change, row.image, row.config) for row in ROWS]
    assert len(set(recorded)) == len(recorded)
    assert set(recorded) <= planned


def test_rows_were_trained_on_these_photographs() -> None:
    for image in PHOTOGRAPHS:
        hashes = {row.results["rgb_sha256"] for row in ROWS if row.image == image}
        assert hashes <= {pixels_sha256(effects.small_photograph(image))}


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("number", [0, 10])
def test_the_first_steps_of_recorded_rows_repeat(number: int) -> None:
    if number >= len(ROWS):
        pytest.skip("not recorded yet")
    row = ROWS[number]
    state = TrainState.create(effects.small_photograph(row.image), row.config, "cpu")
    steps = [list(record[3:]) for record in islice(train(state), 5)]
    np.testing.assert_allclose(steps, row.results["first_steps"], atol=0.005)
