"""The clinic: every number of a row is made from the records, and every link sets up what the row says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from statistics import fmean, median
from urllib.parse import parse_qsl

import pytest
from support.chapters import BOOK, code_cells

from sicgan_lite import delta_e, equilibrium_losses, grey, sample_image
from sicgan_lite.origins import holdout_mask
from sicgan_lite.teaching import HOLDOUT, METHODS, load_sweep, recorded_dice
from tools.draw_clinic import SYMPTOMS, draw, play
from tools.measure_game import EXPERIMENTS

PAGE = (BOOK / "clinic.md").read_text("utf-8")
ROWS = re.findall(r"^\| (?:!\[(.*?)\]\((.*?)\) )?\*\*(.*?)\*\*(.*) \|$", PAGE, re.MULTILINE)
MEASURED = json.loads((BOOK / "game" / "measured.json").read_text("utf-8"))
LINK = re.compile(
    r"""<a href="(?P<page>[\w-]+)\.html#(?P<settings>[^"]*)">Live</a>|\[.*?\]\((?P<file>.*?)\)"""
)


def seen(kind: str, name: str, at: int = 0) -> list[float]:
    return [game["seen"][at][name] for game in MEASURED[kind].values()]


def freed(kind: str) -> str:
    steps = [game["freed"] for game in MEASURED[kind].values()]
    return f"{min(steps)} to {max(steps)}"


def span(values: list[float], digits: int = 2) -> str:
    return f"{min(values):.{digits}f} to {max(values):.{digits}f}"


def drawn() -> list[str]:
    errors, told = seen("coffee", "deltaE", 1), seen("coffee, D sees lightness", "deltaE")
    cats = [median(seen(kind, "deltaE", at)) for kind, at in (("cat", 1), ("cat, D sees lightness", 0))]
    return [
        f"ΔE was {span(errors, 1)} at step 1000",
        f"500 steps apart differed by {median(seen('coffee', 'moved', 2)):.1f}",
        f"from {median(errors):.1f} to {median(told):.1f}; on the cat from {cats[0]:.1f} to {cats[1]:.1f}",
    ]


def dead() -> list[str]:
    gone = sum(pull < 1e-3 for pull in seen("fast D", "pull"))
    assert EXPERIMENTS["fast D"][0]["rateD"] == 0.32
    return [
        f"{gone} of ten games at a rate of 0.32",
        f"the least pull was {min(seen('fast D, leaky', 'pull')):.2f}",
        "`leaky_slope=0.2`",
        "The pull is 0.",
    ]


def collapsed() -> list[str]:
    fast, paid = recorded_dice("G ten times as fast"), recorded_dice("fast, with the term")
    gone, kept = (sum(row["variety"] < 2 for row in rows) for rows in (fast, paid))
    usual = median(row["variety"] for row in recorded_dice("a die", step=500))
    return [
        f"below 2 in {gone} of {len(fast)} games, where it is {usual:.1f} in the middle",
        f"below 2 in {kept} of {len(paid)}, at the same fast rate",
    ]


def led() -> list[str]:
    losses = seen("astronaut, D sees lightness", "lossD")
    assert max(losses) < equilibrium_losses(0.9).loss_d - 0.05
    before, after = (
        median(row["loss_d"] for row in recorded_dice(kind, "astronaut")) for kind in ("no die", "a die")
    )
    return [f"was {span(losses)} at step 1000", f"from {before:.2f} to {after:.2f}", "`noise_channels=1`"]


def starved() -> list[str]:
    scores = [median(seen("sure D, minimax", f"{side}Score")) for side in ("real", "fake")]
    weak, strong = (median(seen(kind, "pull")) for kind in ("sure D, minimax", "sure D"))
    return [
        "scores are {:.2f} and {:.2f}".format(*scores),
        f"a pull of {weak:.1f} in the middle",
        f"free after {freed('sure D, minimax, no Adam')}.",
        f"a pull of {strong:.0f}, free after {freed('sure D, no Adam')} steps",
    ]


def floored() -> list[str]:
    floor, none = (seen(f"sure D, target {target}", "pull") for target in ("0.3", "0"))
    return [
        f"With 0.3 the pull was {span(floor, 1)}",
        f"`fake_target=0.0`: {span(none, 0)}",
        "A target above 0",
    ]


def bottomless() -> list[str]:
    (path,) = BOOK.glob("05-*.ipynb")
    printed = "".join(output.get("text", "") for cell in code_cells(path) for output in cell.outputs)
    low, high = re.findall(r"target 1.05: L_D (\S+), then up to (\S+)", printed)[0]
    return [
        f"fell to −{-float(low):.0f}, and rose to {float(high):.0f}",
        "A loss below 0.",
        "A target above 1",
        "[0, 1]",
    ]


def held_out() -> list[str]:
    rgb = sample_image("astronaut")
    outside = holdout_mask(HOLDOUT, *rgb.shape[:2])
    at = list(METHODS).index("L1 alone")
    runs = load_sweep("methods")["astronaut"][at :: len(METHODS)]
    known, other = (fmean(run.results[f"delta_e_{part}"] for run in runs) for part in ("seen", "held_out"))
    return [
        f"{known:.1f} seen, {other:.1f} held out, where grey has {delta_e(grey(rgb), rgb, outside):.1f}",
        "L1 alone",
    ]


def seeds() -> list[str]:
    errors = [run.results["delta_e"] for run in load_sweep("methods")["coffee"][:: len(METHODS)]]
    assert len(errors) == 3
    return [f"ended at {span(errors, 1)} on the coffee"]


# Each row, by the start of what is bold: all that has a number in it.
FACTS: dict[str, Callable[[], list[str]]] = {
    "Both at chance, and the picture wanders": lambda: [*drawn(), "The pull is above 0."],
    "Both at chance without a ripple": dead,
    "Both at chance, and every z": collapsed,
    "$L_D$ settles below chance": led,
    "D's scores are": starved,
    "D is sure, and the pull": floored,
    "Scores part early": lambda: [f"free after {freed('no noise')} steps"],
    "Both swing wide": lambda: [
        f"At a rate of 0.32 with leaky units $L_D$ was {span(seen('fast D, leaky', 'lossD'))} at step 1000",
        f"at 0.004 it was {span(seen('coffee', 'lossD', 1))}",
    ],
    "A loss below 0": bottomless,
    "Low ΔE on what was learned": held_out,
    "One run is better": seeds,
}


def test_every_row_is_known() -> None:
    assert len(ROWS) == len(FACTS)
    assert all(bold.startswith(start) for (_, _, bold, _), start in zip(ROWS, FACTS, strict=True))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[2])
def test_a_row_says_what_the_records_say_and_no_other_number(row: tuple[str, ...]) -> None:
    (start,) = [start for start in FACTS if row[2].startswith(start)]
    text = LINK.sub("", f"{row[2]} {row[3]}")
    for fact in FACTS[start]():
        assert fact in text, f"{fact!r} is not in {text!r}"
        text = text.replace(fact, "")
    assert re.findall(r"\d+", re.sub(r"\bchapter \d+|\bL1\b", "", text)) == []


@pytest.mark.parametrize("found", list(LINK.finditer(PAGE)), ids=lambda found: found[0])
def test_a_link_leads_to_settings_that_its_page_knows(found: re.Match[str]) -> None:
    if found["file"]:
        assert (BOOK / found["file"]).is_file()
        return
    settings = dict(parse_qsl(found["settings"].replace("&amp;", "&"), strict_parsing=True))
    board = (BOOK / found["page"] / "board.html").read_text("utf-8")
    for name, value in settings.items():
        kind = re.search(rf'<(?:input|select)[^>]*name="{name}"[^>]*>', board)
        assert kind or name == "hold", f"{found['page']} has no setting {name}"
        if kind and 'type="radio"' in kind[0]:
            assert re.search(rf'name="{name}" value="{value}"', board)


def test_every_curve_is_shown_with_a_text() -> None:
    shown = {path: alt for alt, path, *_ in ROWS if path}
    assert sorted(shown) == [f"clinic/{name}.svg" for name in sorted(SYMPTOMS)]
    assert all(len(alt) >= 40 for alt in shown.values())
    assert sorted(path.stem for path in (BOOK / "clinic").glob("*.svg")) == sorted(SYMPTOMS)


def test_a_curve_is_that_of_its_game() -> None:
    symptom = SYMPTOMS["led"]._replace(steps=120)
    losses = play(symptom)
    assert losses.shape == (2, 120)
    text = draw(symptom, losses)
    _, chance, _ = equilibrium_losses(0.9)
    assert f"M0 {3 + (1 - chance / 3) * 84:.1f}H220" in text
    assert text.count("<path") == 4


def test_d_learns_alone_before_g_joins() -> None:
    both, alone = SYMPTOMS["ahead"]._replace(steps=1, head=20), SYMPTOMS["ahead"]._replace(steps=20, head=1)
    assert play(both).shape == play(alone).shape == (2, 21)
    assert play(both)[0, -1] < play(alone)[0, -1]
