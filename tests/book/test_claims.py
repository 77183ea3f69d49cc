"""The page of claims: every row has one of four verdicts, and its numbers are those of the records."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from statistics import fmean, median, stdev

import pytest
from scipy import stats
from support.chapters import BOOK, code_cells, markdown

from sicgan_lite import (
    colorize,
    compare_seeds,
    delta_e,
    equilibrium_losses,
    grey,
    load_generator,
    load_run,
    mean_color,
    sample_image,
)
from sicgan_lite.origins import holdout_mask
from sicgan_lite.teaching import (
    ABLATIONS,
    HOLDOUT,
    METHODS,
    PHOTOGRAPHS,
    as_printed,
    load_sweep,
    paper_table,
)

VERDICTS = ("holds", "does not hold", "cannot be told", "not tested")
ROW = re.compile(r"^\| (.+?) \| (.+?) \| (.+?) \| \[.+?\]\((.+?)\) \|$", re.MULTILINE)
PAGE = (BOOK / "claims.md").read_text("utf-8")
NUMBER = re.compile(r"\d+(?:\.\d+)?")


@cache
def printed(chapter: str) -> str:
    """What the code of a chapter prints; nbval holds that to be what it prints today."""
    (path,) = BOOK.glob(f"*-{chapter}.ipynb")
    outputs = [output for cell in code_cells(path) for output in cell.outputs]
    return "\n".join(output.get("text", "") for output in outputs)


def read(chapter: str, pattern: str) -> list[str]:
    """The numbers of the one place in a chapter's outputs that fits the pattern."""
    found = set(re.findall(pattern, printed(chapter)))
    assert len(found) == 1, f"{pattern} in {chapter}: {found}"
    numbers = found.pop()
    return [numbers] if isinstance(numbers, str) else list(numbers)


def method(photograph: str, name: str, key: str) -> list[float]:
    runs = load_sweep("reckoning")[photograph][list(METHODS).index(name) :: len(METHODS)]
    return [run.results[key] for run in runs]


def ablation(name: str, key: str = "delta_e") -> list[float]:
    runs = load_sweep("ablations")["coffee"][list(ABLATIONS).index(name) :: len(ABLATIONS)]
    return [run.results[key] for run in runs]


def without(name: str, *, fresh: bool) -> list[str]:
    """The effect of leaving something out, and its spread."""
    more = [run.results["delta_e"] for run in load_sweep("fresh-seeds")["coffee"]] if fresh else []
    found = compare_seeds(ablation(name), ablation("nothing changed") + more)
    return [f"{found.effect:.1f}", f"{found.spread:.1f}"]


def gap(name: str) -> str:
    """How much worse the held-out part is than the seen one."""
    difference = fmean(ablation(name, "delta_e_held_out")) - fmean(ablation(name, "delta_e_seen"))
    return f"{difference:.1f}".replace("-", "−")


def on_pixels_that_nobody_saw() -> list[str]:
    said = []
    for name, rule in (("coffee", mean_color), ("astronaut", None)):
        rgb = sample_image(name)
        outside = holdout_mask(HOLDOUT, *rgb.shape[:2])
        picture = rule(rgb, ~outside) if rule else grey(rgb)
        said.append(f"{fmean(method(name, 'L1 alone', 'delta_e_held_out')):.1f}")
        said.append(f"{float(delta_e(picture, rgb, outside)):.1f}")
    return said


def against_one_colour() -> list[str]:
    said, won, runs = [], 0, 0
    for name in PHOTOGRAPHS:
        rgb = sample_image(name)
        bar, errors = float(delta_e(mean_color(rgb), rgb)), method(name, "the paper's D", "delta_e")
        won, runs = won + sum(error < bar for error in errors), runs + len(errors)
        said += [f"{fmean(errors):.1f}", f"{bar:.1f}"]
    rgb = sample_image("coffee")
    for seed in (0, 1):
        generator = load_generator(load_run(f"coffee-paper-seed{seed}").generator_path)
        said.append(f"{delta_e(colorize(generator, rgb), rgb):.1f}")
    return [str(won), str(runs), "200", *said]


def sure_d() -> list[str]:
    games = json.loads((BOOK / "game" / "measured.json").read_text("utf-8"))
    pulls = [
        median(game["seen"][0]["pull"] for game in games[name].values())
        for name in ("sure D", "sure D, minimax")
    ]
    return [str(games["sure D"]["1"]["seen"][0]["step"]), f"{pulls[0]:.0f}", f"{pulls[1]:.1f}"]


def halves(key: str) -> list[str]:
    losses = paper_table()[key]
    first, last = losses[:20], losses[20:]
    return [f"{fmean(first):.3f}", f"{fmean(last):.3f}", f"{stats.ttest_ind(first, last).pvalue:.2f}"]


def drawn_game() -> list[str]:
    _, *values = equilibrium_losses(0.9, 0.0, 1.0)
    said = ["0.9", "0", "1", *(f"{value:.3f}" for value in values)]
    for key in ("loss_d", "loss_g"):
        late = paper_table()[key][20:]
        said += [f"{fmean(late):.3f}", f"{stdev(late) / len(late) ** 0.5:.3f}"]
    return said


def long_runs() -> list[str]:
    histories = [as_printed(load_run(f"coffee-paper-seed{seed}").history) for seed in (0, 1)]
    return [f"{fmean(history[key][20:]):.3f}" for key in ("loss_d", "loss_g") for history in histories]


def by_heart() -> list[str]:
    text = " ".join(markdown(next(BOOK.glob("03-*.ipynb"))).split())
    return list(re.findall(r"(\S+) in the first test.*? (\S+) in the second", text)[0])


def borrowed_on_the_rocket() -> list[str]:
    table = printed("honest-colour").split("rocket      \n")[1]
    errors = [float(value) for value in re.findall(r"of \w+ +(\d+\.\d) ±", table)[:3]]
    return [f"{min(errors)}", f"{max(errors)}", *re.findall(r"grey +(\d+\.\d)", table)[:1]]


def labels_that_were_lost() -> list[str]:
    copies = re.findall(r"^(\S.*?) +(label|-)$", printed("honest-colour"), re.MULTILINE)
    sources = ("grey.png", "touched.png", "colored.png", "kept.png")
    made = [kept for name, kept in copies if name not in sources]
    return [str(made.count("-")), str(len(made))]


def more_places() -> list[str]:
    line = r"places: +(\d+) +held out worse by more than (\d): (\d) of (\d) runs"
    rows = re.findall(line, printed("ablations"))
    (one, worse, lost, runs), (some, *_, lost_of_some, _), (*_, lost_of_many, _) = rows
    assert lost_of_some == lost_of_many
    return [one, worse, lost, runs, some, lost_of_some, runs]


def words(*said: str) -> Callable[[], list[str]]:
    """Numbers that count nothing measured: the steps or the distance that the row is about."""
    return lambda: list(said)


# The start of each claim: its verdict, and where its numbers come from.
KNOWN: dict[str, tuple[str, Callable[[], list[str]]]] = {
    "Colour can be predicted": ("does not hold", on_pixels_that_nobody_saw),
    "A GAN trained on patches": ("does not hold", against_one_colour),
    "The output is visually coherent": (
        "not tested",
        lambda: (
            read("results", r"tiles +(\S+) at the seams, \S+ elsewhere")
            + read("results", r"overlap 50 % +(\S+) at the seams")
        ),
    ),
    "Measures represent success badly": (
        "cannot be told",
        lambda: (
            read("results", r"L1 alone, seed 0 +face +(\S+)")
            + read("results", r"conditional D, seed 1 +face +(\S+)")
        ),
    ),
    "One structure can have many": (
        "holds",
        lambda: (
            read("edge-features", r"astronaut +\d+ twins, mean ΔE in a pair +(\S+)")
            + read("edge-features", r"coffee +\d+ twins, mean ΔE in a pair +(\S+)")
        ),
    ),
    "Figures 2 and 3": ("holds", lambda: read("results", r"seed 0 against seed 1: ΔE (\S+)")),
    "The GAN is trained in a minimax": ("does not hold", sure_d),
    "Label smoothing": ("cannot be told", lambda: without("no smoothing", fresh=True)),
    "Instance noise mitigates mode": ("not tested", words()),
    "Instance noise mitigates over": (
        "cannot be told",
        lambda: [gap("nothing changed").strip("−"), gap("no instance noise")],
    ),
    "The losses appear high": ("does not hold", drawn_game),
    "The loss of the generator": ("does not hold", lambda: halves("loss_g")),
    "The loss of the discriminator": ("holds", lambda: halves("loss_d")),
    "Table 1": ("cannot be told", long_runs),
    "A minimum distance": (
        "holds",
        lambda: [
            *read("patch-sampling", r"distance +0: spread (\S+)%"),
            *read("patch-sampling", r"distance 10: spread (\S+)%"),
            "10",
        ],
    ),
    "Patches of the same image": ("does not hold", by_heart),
    "There is some over-tuning": (
        "cannot be told",
        lambda: [
            f"{fmean(ablation('nothing changed', key)):.1f}" for key in ("delta_e_seen", "delta_e_held_out")
        ],
    ),
    "*Question:* would more data": ("holds", more_places),
    "*Question:* can the training": ("not tested", words()),
    "*Question:* how effective": (
        "cannot be told",
        lambda: (
            without("without lightness", fresh=True)
            + without("without sobel", fresh=False)
            + without("without laplacian", fresh=False)
        ),
    ),
    "*Question:* would other": ("not tested", words()),
    "A model of one image": ("holds", borrowed_on_the_rocket),
    "A viewer may take": ("not tested", words("11")),
    "Human oversight": (
        "not tested",
        lambda: (
            read("honest-colour", r"grey +\S+ +told: +(\S+)")
            + read("honest-colour", r"by chelsea +(\S+) +told")
        ),
    ),
    "Generated colour must": ("not tested", labels_that_were_lost),
    "It serves old photographs": (
        "not tested",
        lambda: read("honest-colour", r"the three on the camera: (\S+) apart"),
    ),
}
ROWS = ROW.findall(PAGE)


def test_every_claim_has_its_row_and_no_row_is_unknown() -> None:
    claims = [claim for claim, *_ in ROWS]
    assert PAGE.count("\n| ") == len(claims) + PAGE.count("| the paper says |"), "a row in another form"
    assert len(claims) == len(KNOWN)
    assert all(claim.startswith(start) for claim, start in zip(claims, KNOWN, strict=True))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_row_says_what_the_records_say(row: tuple[str, ...]) -> None:
    claim, verdict, evidence, link = row
    start = next(start for start in KNOWN if claim.startswith(start))
    wanted, source = KNOWN[start]
    assert verdict.split(",")[0] == wanted
    assert wanted in VERDICTS
    assert (BOOK / link).is_file()
    # The same numbers, as often: one that no record holds is noticed too.
    said = re.sub(r"\bL1\b", "", evidence)
    assert sorted(NUMBER.findall(said)) == sorted(source())


def test_the_verdicts_are_explained_before_they_are_used() -> None:
    for verdict in VERDICTS:
        assert f"- **{verdict}**:" in PAGE.split("## The picture")[0]
