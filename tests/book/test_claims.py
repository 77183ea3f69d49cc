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
    HOLDOUT,
    METHODS,
    PHOTOGRAPHS,
    RUNS,
    as_printed,
    begun_history,
    compare_changes,
    load_effects,
    load_methods,
    load_sweep,
    paper_table,
)
from sicgan_lite.teaching.effects import Effect, late_mean

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
    runs = load_sweep("methods")[photograph][list(METHODS).index(name) :: len(METHODS)]
    return [run.results[key] for run in runs]


@cache
def changed(measure: str) -> dict[str, Effect]:
    """Every change of the sweep, with ten seeds on three photographs."""
    return compare_changes(load_effects(), measure)


def moves(*names: str, measure: str = "delta_e_held_out") -> list[str]:
    """The effect of each change, without its sign."""
    return [f"{abs(changed(measure)[name].verdict.effect):.1f}" for name in names]


def chance(*names: str, measure: str = "delta_e_held_out") -> list[str]:
    """How often luck alone is as far off as each change, one comparison at a time; 0.001 or less is one."""
    return [f"{max(changed(measure)[name].verdict.p, 0.001):.1g}" for name in names]


def typical(measure: str, *names: str) -> list[float]:
    """The median of each change's runs; one that is none has the unchanged runs beside the first other."""
    effects = changed(measure)
    beside = next(effects[name] for name in names if name in effects)
    return [effects[name].median if name in effects else beside.unchanged for name in names]


def shares(*names: str) -> list[str]:
    """The share of the photograph's colours that runs use, in per cent."""
    return [f"{100 * share:.0f}" for share in typical("squares_used", *names)]


def gaps(*names: str) -> list[str]:
    """By how much the error is larger held out than seen."""
    return [f"{abs(gap):.1f}" for gap in typical("gap", *names)]


@cache
def held_out_medians(name: str) -> list[str]:
    """The median error of a method of the league table on each photograph, held out."""
    errors = {
        image: [late_mean(r, "delta_e_held_out") for r in load_methods(7)[name] if r.image == image]
        for image in PHOTOGRAPHS
    }
    return [f"{median(its):.1f}" for its in errors.values()]


def optimized() -> list[str]:
    """How many changes there are, L1's least and largest effects that hold, the means' and 100 steps'."""
    effects = changed("delta_e_held_out")
    held = {name: effect for name, effect in effects.items() if effect.holds}
    with_l1 = [abs(effect.verdict.effect) for name, effect in held.items() if "L1" in name]
    others = moves("a running mean of G", "a falling rate and a running mean", "100 steps")
    return [str(len(effects)), f"{min(with_l1):.1f}", f"{max(with_l1):.1f}", "100", *others]


def where_grey_wins() -> list[str]:
    rgb = sample_image("astronaut")
    outside = holdout_mask(HOLDOUT, *rgb.shape[:2])
    errors = (
        fmean(method("astronaut", "L1 alone", "delta_e_held_out")),
        float(delta_e(grey(rgb), rgb, outside)),
    )
    return [f"{error:.1f}" for error in errors]


def long_runs_against_one_colour() -> list[str]:
    rgb = sample_image("coffee")
    paths = [load_run(f"coffee-paper-seed{seed}").generator_path for seed in (0, 1)]
    errors = [delta_e(colorize(load_generator(path), rgb), rgb) for path in paths]
    return [f"{error:.1f}" for error in (*errors, delta_e(mean_color(rgb), rgb))]


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
    means = [f"{fmean(history[key][20:]):.3f}" for key in ("loss_d", "loss_g") for history in histories]
    begun = begun_history("coffee-paper-widths-seed0")["step"][-1]
    return [*means, str(begun), str(RUNS["coffee-paper-widths-seed0"][1].total_steps)]


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
    "Colour can be predicted": (
        "holds",
        lambda: [
            *held_out_medians("L1 alone"),
            *held_out_medians("one colour, the mean"),
            *where_grey_wins(),
        ],
    ),
    "A GAN trained on patches": (
        "does not hold",
        lambda: [
            *held_out_medians("the paper's D"),
            *held_out_medians("one colour, the mean"),
            *long_runs_against_one_colour(),
        ],
    ),
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
    "Label smoothing": ("cannot be told", lambda: moves("no smoothing") + chance("no smoothing")),
    "Instance noise mitigates mode": (
        "cannot be told",
        lambda: [
            *("0", "0.1", "0.3"),
            *shares("no instance noise", "nothing changed", "three times the noise"),
            *shares("the paper's D"),
        ],
    ),
    "Instance noise mitigates over": (
        "cannot be told",
        lambda: [
            *("0", "0.1", "0.3"),
            *gaps("no instance noise", "nothing changed", "three times the noise"),
        ],
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
        "holds",
        lambda: shares("the paper's D", "nothing changed") + gaps("the paper's D"),
    ),
    "*Question:* would more data": ("holds", more_places),
    "*Question:* can the training": ("holds", optimized),
    "*Question:* how effective": (
        "cannot be told",
        lambda: (
            moves(*(f"without {name}" for name in ("lightness", "sobel", "laplacian", "x", "y")))
            + chance("without lightness")
        ),
    ),
    "*Question:* would other": (
        "cannot be told",
        lambda: moves("context features") + chance("context features"),
    ),
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
