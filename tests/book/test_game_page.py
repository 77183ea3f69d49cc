"""The numbers in the text of the game's page are those of the record, and its Python runs."""

from __future__ import annotations

import contextlib
import io
import json
import re
from statistics import median
from typing import Any

import pytest
from support.chapters import BOOK

from sicgan_lite import delta_e, mean_color, sample_image, shrink
from tools import measure_game

PAGE = (BOOK / "game.md").read_text("utf-8")
TEXT = " ".join(re.sub(r"<[^>]+>", "", PAGE).split())
RECORD: dict[str, dict[str, dict[str, Any]]] = json.loads(measure_game.RECORD.read_text("utf-8"))
DEAD = 0.001


def looks(name: str, step: int) -> dict[str, dict[str, float]]:
    """What each seed's game measured at a step."""
    return {
        seed: next(row for row in game["seen"] if row["step"] == step) for seed, game in RECORD[name].items()
    }


def column(name: str, step: int, key: str, *, alive: bool = False) -> list[float]:
    rows = looks(name, step).values()
    return [row[key] for row in rows if not alive or row["pull"] >= DEAD]


def span(values: list[float], digits: int, between: str = " to ") -> str:
    return f"{min(values):.{digits}f}{between}{max(values):.{digits}f}"


def says(*phrases: str) -> None:
    for phrase in phrases:
        assert phrase in TEXT, phrase


def test_the_record_is_of_the_experiments_that_the_tool_plays() -> None:
    assert list(RECORD) == list(measure_game.EXPERIMENTS)
    for name, (_, marks) in measure_game.EXPERIMENTS.items():
        assert list(RECORD[name]) == [str(seed) for seed in measure_game.SEEDS]
        assert [[row["step"] for row in game["seen"]] for game in RECORD[name].values()] == [marks] * 10


def test_experiment_1() -> None:
    moved = [*column("coffee", 1000, "moved"), *column("coffee", 1500, "moved")]
    says(f"up to {max(moved):.1f}, and {median(moved):.1f} in the middle")
    for step in (500, 1000, 1500):
        assert all(abs(loss - 1.376) < 0.03 for loss in column("coffee", step, "lossD"))


def test_experiment_2() -> None:
    alive = column("cat", 1000, "deltaE", alive=True)
    dead = [seed for seed, row in looks("cat", 1000).items() if row["pull"] < DEAD]
    one = delta_e(mean_color(cat := shrink(sample_image("chelsea"))), cat)
    better = [error for error in alive if error < one]
    says(
        f"between {span(column('cat', 1000, 'lossD'), 3, ' and ')} in all ten games",
        f"LG between {span(column('cat', 1000, 'lossG'), 3, ' and ')}",
        f"Two of the ten, seeds {' and '.join(dead)}, had no pull left",
        f"In the other eight ΔE was {span(alive, 1)}, and {median(alive):.1f} in the middle",
        f"gives the cat a ΔE of {one:.1f}",
        f"Two of them beat the mean colour, by {one - min(better):.1f}",
    )
    assert (len(dead), len(alive), len(better)) == (2, 8, 2)


def test_the_cat_of_experiment_2() -> None:
    middle, late = (looks("cat", step)["2"] for step in (1000, 1500))
    says(
        f"{middle['shared']:.0%}".replace("%", " %") + " of the pixels find a partner",
        f"Yet ΔE is {middle['deltaE']:.1f}",
        f"But {late['shared']:.0%}".replace("%", " %") + f" find a partner, and ΔE is {late['deltaE']:.1f}",
    )
    assert 0.02 < middle["pull"] < 0.05
    assert late["pull"] / middle["pull"] == pytest.approx(2, abs=0.4)


def test_experiment_3() -> None:
    told, blind = (column(f"coffee{name}", 1000, "deltaE") for name in (", D sees lightness", ""))
    middles = {
        name: [median(column(f"{name}{told}", 1000, "deltaE")) for told in (", D sees lightness", "")]
        for name in ("cat", "astronaut")
    }
    says(
        f"(LD {span(column('coffee, D sees lightness', 1000, 'lossD'), 3)})",
        f"ΔE was {span(told, 1)}, {median(told):.1f} in the middle",
        f"at {span(blind, 1)}, {median(blind):.1f} in the middle",
        f"With seed 3 it is {blind[2]:.1f} without lightness and {told[2]:.1f} with it",
        "worse: {:.1f} in the middle, against {:.1f}".format(*middles["cat"]),
        "a little, {:.1f} against {:.1f}".format(*middles["astronaut"]),
    )
    assert max(column("astronaut, D sees lightness", 1000, "lossD")) < 1.3, "D kept winning"


def test_experiment_4() -> None:
    pull = {name: column(f"sure D{name}", 300, "pull") for name in ("", ", minimax")}
    freed = {
        name: [game["freed"] for game in RECORD[f"sure D{name}"].values()]
        for name in ("", ", minimax", ", no Adam", ", minimax, no Adam")
    }
    says(
        f"the book's loss it was {span(pull[''], 0)}, and {median(pull['']):.0f} in the middle",
        f"it was {span(pull[', minimax'], 1)}, and {median(pull[', minimax']):.1f} in the middle",
        f"that took {span(freed[', no Adam'], 0)} steps, {median(freed[', no Adam']):.0f} in the middle",
        f"it took {span(freed[', minimax, no Adam'], 0)}, and "
        f"{median(freed[', minimax, no Adam']):.0f} in the middle",
        f"{median(freed['']):.0f} against {median(freed[', minimax']):.0f} in the middle",
    )
    assert RECORD["sure D, minimax, no Adam"]["5"]["freed"] == max(freed[", minimax, no Adam"])


def test_two_sided_smoothing_in_experiment_4() -> None:
    two, one = (column(f"sure D, target {target}", 200, "pull") for target in ("0.3", "0"))
    says(
        f"the pull was {span(two, 1)}, and {median(two):.1f} in the middle",
        f"it was {span(one, 0)}, and {median(one):.0f} in the middle",
    )


def test_experiment_5() -> None:
    dead = column("fast D", 1000, "deltaE")
    assert max(column("fast D", 1000, "pull")) < 0.0015
    leaky = column("fast D, leaky", 1000, "pull")
    without, with_it = (column(f"cat{leak}", 1500, "pull") for leak in ("", ", leaky"))
    says(
        f"By step 1000 all ten games were dead, at a ΔE of {span(dead, 0)}",
        f"the least pull of ten games at step 1000 was {min(leaky):.1f}",
        f"{sum(pull < DEAD for pull in without)} of ten games on the cat were dead by step 1500, "
        f"and with leaky units {sum(pull < DEAD for pull in with_it)}",
        f"at a ΔE of {span(dead, 0)}",
    )


def test_experiment_6() -> None:
    clear, blurred = (looks(name, 200).values() for name in ("no noise", "much noise"))

    def middle(rows: Any, key: str) -> float:
        return median(row[key] for row in rows)

    freed = [median(game["freed"] for game in RECORD[name].values()) for name in ("no noise", "much noise")]
    says(
        f"{middle(clear, 'realScore'):.2f} on real pixels and {middle(clear, 'fakeScore'):.2f} on generated",
        f"near {middle(blurred, 'realScore'):.2f} and {middle(blurred, 'fakeScore'):.2f}",
        f"the pull is {middle(clear, 'pull'):.0f} without noise",
        f"G is free after {freed[0]:.0f} steps without it",
    )


def test_its_python_runs() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(code, {})
    loss_d, loss_g, error = map(float, printed.getvalue().split())
    assert loss_d == pytest.approx(1.376, abs=0.02)
    assert loss_g == pytest.approx(0.799, abs=0.03)
    assert 0 < error < 30
