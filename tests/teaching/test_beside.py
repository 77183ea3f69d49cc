"""What is measured beside the effects: planned in the same places, and recorded as it was planned."""

from __future__ import annotations

from sicgan_lite import Config
from sicgan_lite.studies.rows import read_rows
from sicgan_lite.teaching import LEAGUE, PHOTOGRAPHS, beside, effects, league_table

PLAN = beside.planned()
ROWS = read_rows(effects.effects_file().with_name("photo.jsonl"))


def test_photo_comes_first_in_the_places_of_the_effects() -> None:
    places = {(image, seed, effects.held_out(seed)) for image in PHOTOGRAPHS for seed in range(10)}
    assert [run.change for run in PLAN[:31]] == ["photo()"] * 30 + ["photo() without D"]
    for change in beside.AT_PHOTO:
        its = [run for run in PLAN if run.change == change]
        assert len(its) == 30
        assert {(run.image, run.config.seed, run.config.holdout) for run in its} == places


def test_each_setting_lacks_what_it_names_alone() -> None:
    photo = Config.photo(precision="float32", holdout=effects.held_out(0)).to_dict()
    lacks = {
        "photo()": set(),
        "photo() without D": {"l1_weight", "adversarial_weight"},
        "photo() without context": {"features", "feature_noise"},
    }
    for run in (run for run in PLAN if run.config.seed == 0):
        config = run.config.to_dict()
        assert {name for name in config if config[name] != photo[name]} == lacks[run.change]


def test_every_recorded_row_was_planned_once() -> None:
    recorded = [(row.change, row.image, row.config) for row in ROWS]
    assert len(set(recorded)) == len(recorded)
    assert set(recorded) <= set(PLAN)


def test_methods_have_the_names_and_the_runs_of_the_league_table() -> None:
    methods = beside.load_methods(7)
    assert list(methods) == [name for name, entry in LEAGUE.items() if entry.chapter <= 7]
    assert all({row.change for row in its} == {LEAGUE[name].change} for name, its in methods.items())
    for rank in league_table(7):
        places = {(row.image, row.config.seed) for row in methods[rank.method]}
        assert len(places) == len(methods[rank.method]) == len(PHOTOGRAPHS) * rank.seeds
