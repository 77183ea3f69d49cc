"""Drawings for the chapters on the game: who hands what to whom, paths of two players, levels of losses."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from sicgan_lite.plotting import (
    DISCRIMINATOR,
    FAINT,
    FAKE,
    GENERATOR,
    INK,
    REAL,
    TITLE_HEIGHT,
    WIDTH,
    BookFigure,
    new_figure,
    style,
)
from sicgan_lite.teaching.effects import Effect

_FIELD = (10.8, 5.0)  # the diagram's own units; a box is 2.1 × 0.9
_BOXES: Any = (
    (1.15, 1.7, "lightness\nfeatures", INK),
    (4.0, 1.7, "G\npaints a and b", GENERATOR),
    (4.0, 3.9, "the photograph's\na and b", REAL),
    (6.85, 2.8, "D\ngives a logit", DISCRIMINATOR),
    (9.65, 3.9, "$L_D$\ntell them apart", DISCRIMINATOR),
    (9.65, 1.7, "$L_G$\nbe called real", GENERATOR),
)
# From, to, colour, bend, line: full lines hand values on, dashed ones hand slopes back.
_ARROWS: Any = (
    ((2.2, 1.7), (2.95, 1.7), INK, 0, "-"),
    ((5.05, 1.8), (6.0, 2.35), FAKE, 0, "-"),
    ((5.05, 3.8), (6.0, 3.25), REAL, 0, "-"),
    ((7.7, 3.25), (8.6, 3.75), INK, 0, "-"),
    ((7.7, 2.35), (8.6, 1.85), INK, 0, "-"),
    ((9.65, 4.35), (6.85, 3.25), DISCRIMINATOR, 0.5, "--"),
    ((9.65, 1.25), (4.0, 1.25), GENERATOR, -0.32, "--"),
)
_WORDS: Any = (
    (5.75, 1.75, "fakes", FAKE),
    (5.75, 3.85, "real", REAL),
    (7.3, 4.72, "1. its slope teaches D", DISCRIMINATOR),
    (6.85, 0.12, "2. its slope comes back through D and teaches G", GENERATOR),
)


@style()
def game_diagram() -> BookFigure:
    """One step of the game: features → G → D → both losses, and the slopes on their way back."""
    width, height = _FIELD
    figure = new_figure(WIDTH, WIDTH * height / width)
    panel = figure.subplots()
    panel.set(xlim=(0, width), ylim=(-0.1, height), aspect="equal")
    panel.set_axis_off()
    for box in _BOXES:
        _draw_box(panel, *box)
    for start, end, color, bend, line in _ARROWS:
        arrow = {"arrowstyle": "-|>", "color": color, "lw": 1.5, "linestyle": line}
        arrow["connectionstyle"] = f"arc3,rad={bend}"
        panel.annotate("", xy=end, xytext=start, arrowprops=arrow | {"shrinkA": 0, "shrinkB": 0})
    for x, y, words, color in _WORDS:
        panel.text(x, y, words, color=color, ha="center", va="center", fontsize=9)
    return figure


@style()
def plot_orbits(paths: Mapping[str, Float[np.ndarray, "n 2"]], *, limit: float = 2.2) -> BookFigure:
    """The ``paths`` of two players in a plane, a panel each: G's number across, D's upwards.

    A dot marks the start, a cross the place where both could rest; what leaves ±``limit`` is not
    drawn.
    """
    cell = WIDTH / len(paths)
    figure = new_figure(WIDTH, cell + 2 * TITLE_HEIGHT)
    panels = np.ravel(figure.subplots(1, len(paths), squeeze=False, sharey=True))
    for panel, (name, path) in zip(panels, paths.items(), strict=True):
        panel.plot(*path.T, color=FAINT, linewidth=0.8)
        panel.plot(*path.T, ".", color=DISCRIMINATOR, markersize=2.5)
        panel.plot(*path[0], "o", color=GENERATOR, markersize=6)
        panel.plot(0, 0, "+", color=INK, markersize=10, markeredgewidth=1.5)
        panel.set(xlim=(-limit, limit), ylim=(-limit, limit), aspect="equal", xlabel="G's number")
        panel.set_title(name, fontsize=9.5)
    panels[0].set_ylabel("D's number")
    return figure


@style()
def plot_levels(
    levels: Mapping[str, Sequence[tuple[float, float, float]]], *, names: Sequence[str] = ("$L_D$", "$L_G$")
) -> BookFigure:
    """Mean losses of many runs, a row each and a panel for each loss, beside what chance would give.

    Of each run ``levels`` holds (mean, standard error, chance), one for each of ``names``. A bar is two
    standard errors long to either side; an open mark is chance.
    """
    rows = np.arange(len(levels))[::-1]
    figure = new_figure(WIDTH, 0.6 + 0.27 * len(levels))
    panels = np.ravel(figure.subplots(1, len(names), squeeze=False, sharey=True))
    for panel, name, runs in zip(panels, names, zip(*levels.values(), strict=True), strict=True):
        mean, error, chance = np.array(runs).T
        panel.plot(chance, rows, "D", color=INK, markerfacecolor="none", markersize=8)
        panel.errorbar(mean, rows, xerr=2 * error, fmt="o", color=DISCRIMINATOR, markersize=4, capsize=2)
        panel.set_title(name)
        panel.set_yticks(rows, list(levels))
    return figure


@style()
def plot_effects(effects: Mapping[str, Effect], groups: Mapping[str, Sequence[str]]) -> BookFigure:
    """What changes do to the error, a row each below the heading of its group, in two columns.

    ``groups`` names the changes of ``effects`` that are shown; none is divided. A large dot is the median
    difference, and filled if the effect holds among all that were compared; small dots are the places.
    """
    blocks = [(heading, *names) for heading, names in groups.items()]
    splits = [(list(chain(*blocks[:k])), list(chain(*blocks[k:]))) for k in range(1, len(blocks) + 1)]
    columns = min(splits, key=lambda split: max(map(len, split)))
    half = max(map(len, columns))
    figure = new_figure(WIDTH, 1.0 + 0.24 * half)
    panels = figure.subplots(1, 2, sharex=True)
    for panel, part in zip(panels, columns, strict=True):
        panel.axvline(0, color=INK, linewidth=1)
        for row, name in enumerate(part):
            if name not in groups:
                _draw_effect(panel, row, effects[name])
        panel.set_yticks(range(len(part)), [name.upper() if name in groups else name for name in part])
        panel.set(ylim=(half - 0.5, -0.5), xlabel="change of ΔE")
        panel.grid(visible=False, axis="y")
    return figure


def _draw_effect(panel: Axes, row: int, effect: Effect) -> None:
    panel.plot(effect.places, [row] * len(effect.places), ".", color=FAINT, markersize=4)
    color = FAKE if effect.verdict.effect > 0 else REAL
    fill = color if effect.holds else "white"
    panel.plot(effect.verdict.effect, row, "o", color=color, markerfacecolor=fill, markersize=7)


def _draw_box(panel: Axes, x: float, y: float, words: str, color: str) -> None:
    half_width, half_height, round_by = 1.05, 0.45, 0.1
    corner = x - half_width + round_by, y - half_height + round_by  # the frame is drawn that far outside
    panel.add_patch(
        FancyBboxPatch(
            corner,
            2 * (half_width - round_by),
            2 * (half_height - round_by),
            boxstyle=f"round,pad={round_by}",
            facecolor="white",
            edgecolor=color,
            linewidth=1.6,
        )
    )
    panel.text(x, y, words, ha="center", va="center", fontsize=9.5)
