"""The two cells that the single changes lack, and what of them is whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from sicgan_lite.config import Config
from sicgan_lite.studies.rows import Row, append_row, read_rows
from sicgan_lite.teaching import PHOTOGRAPHS, effects, views


def test_two_things_change_and_nothing_else() -> None:
    single = {(run.change, run.image, run.config.seed): run.config.to_dict() for run in effects.planned()}
    plan = views.planned()
    assert len(plan) == 2 * 3 * 10
    for run in plan:
        mine, where = run.config.to_dict(), (run.image, run.config.seed)
        alone = single[(run.change.removesuffix(", context features"), *where)]
        seeing = single[("context features", *where)]
        assert mine == alone | {"features": seeing["features"]} != alone


def test_the_record_is_of_what_was_planned() -> None:
    plan = {(run.change, run.image): [] for run in views.planned()}
    for run in views.planned():
        plan[run.change, run.image].append(run.config)
    rows = read_rows(views.views_file())
    assert rows
    assert all(row.config in plan[row.change, row.image] for row in rows)


@pytest.mark.parametrize("lost", [None, "context features"])
def test_a_seed_counts_when_all_six_have_it_on_every_photograph(tmp_path: Path, lost: str | None) -> None:
    for seed in (0, 1):
        for name in {name for pair in views.VIEWS.values() for name in pair}:
            path = views.views_file(tmp_path) if name in views.BOTH else effects.effects_file(tmp_path)
            path.parent.mkdir(exist_ok=True)
            for image in PHOTOGRAPHS:
                if (name, image, seed) != (lost, "chelsea", 1):
                    append_row(path, Row(name, image, Config(seed=seed), {}))
    for pair in views.load_views(tmp_path).values():
        for rows in pair:
            assert {row.config.seed for row in rows} == ({0} if lost else {0, 1})
            assert len(rows) == (3 if lost else 6)
