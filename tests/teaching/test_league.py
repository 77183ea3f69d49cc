"""The league table: medians by hand, the rows that a chapter knows, and rules that are measured again."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sicgan_lite import color_overlap, delta_e, mean_color
from sicgan_lite.studies.rows import read_rows
from sicgan_lite.teaching import LEAGUE, PHOTOGRAPHS, SIDES, beside, effects, league_table
from sicgan_lite.teaching.league import Entry

RULES = read_rows(effects.effects_file().with_name("rules.jsonl"))


def write(folder: Path, change: str, runs: dict[tuple[str, int], tuple[list[float], float, float]]) -> None:
    """Rows as a recording writes them: late looks at the seen error, one of the rest."""
    with (folder / f"{change}.jsonl").open("w") as file:
        for (image, seed), (seen, held_out, shared) in runs.items():
            late = {"delta_e_seen": seen, "delta_e_held_out": [held_out], "color_overlap": [shared]}
            config = {"seed": seed} if seed else {}  # rows leave out what is the paper's
            row = {"change": change, "image": image, "config": config, "results": {"late": late}}
            file.write(json.dumps(row) + "\n")


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in list(LEAGUE):
        monkeypatch.delitem(LEAGUE, name)
    monkeypatch.setitem(LEAGUE, "a <rule>", Entry(1, "rule"))
    monkeypatch.setitem(LEAGUE, "a game", Entry(7, "game"))
    write(
        tmp_path,
        "rule",
        {
            ("coffee", 0): ([1.0], 6.0, 0.1),
            ("coffee", 1): ([2.0], 7.0, 0.2),
            ("coffee", 2): ([9.0], 8.0, 0.9),
            ("chelsea", 0): ([10.0], 2.0, 0.4),
            ("chelsea", 1): ([20.0], 4.0, 0.6),
            ("chelsea", 2): ([90.0], 6.0, 0.8),
        },
    )
    write(
        tmp_path,
        "game",
        {
            ("coffee", 0): ([1.0, 3.0], 3.0, 0.5),
            ("chelsea", 0): ([4.0], 1.0, 0.5),
            ("chelsea", 1): ([5.0], 1.0, 0.5),
        },
    )
    return tmp_path


def test_a_method_counts_by_the_median_of_each_photograph(small: Path) -> None:
    ((method, seen, held_out, shared, seeds),) = league_table(1, small)
    assert method == "a <rule>"
    assert seeds == 3
    assert (seen, held_out, shared) == pytest.approx(((2 + 20) / 2, (7 + 4) / 2, (0.2 + 0.6) / 2))


def test_a_seed_that_a_photograph_lacks_is_left_out(small: Path) -> None:
    table = league_table(7, small)
    assert [(rank.method, rank.seeds) for rank in table] == [("a game", 1), ("a <rule>", 3)]  # by held out
    assert table[0].seen == pytest.approx((2 + 4) / 2)  # late looks are averaged
    assert "Medians of 1 to 3 runs" in table.protocol


def test_the_second_exam_and_the_bold_rows_come_with_their_chapter(small: Path) -> None:
    early, late = league_table(1, small), league_table(7, small)
    assert "colours" not in repr(early)
    assert "colours" in repr(late)
    assert "<b>a &lt;rule&gt;</b>" in early._repr_html_()
    assert "<b>a game</b>" in late._repr_html_()
    assert "<b>a &lt;rule&gt;</b>" not in late._repr_html_()


def test_a_table_without_rows_is_refused(small: Path) -> None:
    with pytest.raises(ValueError, match="at least 1, got 0"):
        league_table(0, small)
    (small / "game.jsonl").unlink()
    with pytest.raises(ValueError, match=r"no seed of 'a game' .*has 0 runs"):
        league_table(7, small)


def test_numbers_are_read_without_torch() -> None:
    code = (
        "import sys; from sicgan_lite.teaching import league_table as t; t(5); print('torch' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "False\n"


# --- the recorded rules -------------------------------------------------------------------------


def test_every_rule_has_each_photograph_and_seed_once() -> None:
    places = [(row.change, row.image, row.config.seed) for row in RULES]
    wanted = [(rule, image, seed) for rule in beside.RULES for image in PHOTOGRAPHS for seed in range(10)]
    assert sorted(places) == sorted(wanted)


@pytest.mark.parametrize("seed", range(4))
def test_a_recorded_rule_is_what_it_says(seed: int) -> None:
    (row,) = [r for r in RULES if (r.change, r.image, r.config.seed) == ("mean colour", "chelsea", seed)]
    top, left, bottom, right = list(SIDES.values())[seed]
    rgb = effects.small_photograph("chelsea")
    height, width = rgb.shape[:2]
    outside = np.zeros((height, width), bool)
    outside[round(top * height) : round(bottom * height), round(left * width) : round(right * width)] = True
    picture = mean_color(rgb, ~outside)
    late = row.results["late"]
    assert late["delta_e_held_out"] == [pytest.approx(delta_e(picture, rgb, outside), abs=0.02)]
    assert late["delta_e_seen"] == [pytest.approx(delta_e(picture, rgb, ~outside), abs=0.02)]
    assert late["color_overlap"] == [pytest.approx(color_overlap(picture, rgb), abs=1e-3)]
