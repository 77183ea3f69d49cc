"""Drawings for the chapter on a generator with a die: two clouds of colours, and all that such a G knows."""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float, UInt8

from sicgan_lite.plotting import FAKE, REAL, TITLE_HEIGHT, WIDTH, BookFigure, new_figure, style


@style()
def plot_clouds(real: Float[np.ndarray, "n 2"], clouds: Mapping[str, Float[np.ndarray, "_ 2"]]) -> BookFigure:
    """The ab plane, a panel for each of ``clouds``: the ``real`` colours (dots) under G's (crosses)."""
    figure = new_figure(WIDTH, WIDTH / len(clouds) + 2 * TITLE_HEIGHT)
    panels = np.ravel(figure.subplots(1, len(clouds), squeeze=False, sharex=True, sharey=True))
    middle = (real.min(axis=0) + real.max(axis=0)) / 2
    reach = 1.15 * np.abs(real - middle).max()
    for panel, (name, ab) in zip(panels, clouds.items(), strict=True):
        panel.plot(*real.T, ".", color=REAL, markersize=3, alpha=0.5, label="photograph")
        panel.plot(*ab.T, "x", color=FAKE, markersize=4, alpha=0.7, label="generated")
        panel.set(aspect="equal", xlabel="a*   green – red")
        panel.set(xlim=(middle[0] - reach, middle[0] + reach), ylim=(middle[1] - reach, middle[1] + reach))
        panel.set_title(name, fontsize=9.5)
    panels[0].set_ylabel("b*   blue – yellow")
    panels[0].legend(loc="lower left", markerscale=2)
    return figure


@style()
def show_die_charts(
    charts: Mapping[str, UInt8[np.ndarray, "levels rolls 3"]], *, ends: float = 2.5
) -> BookFigure:
    """The ``charts`` of ``die_chart``: z across from −``ends`` to ``ends``, lightness upwards."""
    cell = WIDTH / max(len(charts), 2)
    figure = new_figure(WIDTH, cell + TITLE_HEIGHT, photographic=True)
    panels = np.ravel(figure.subplots(1, len(charts), squeeze=False, sharey=True))
    for panel, (name, chart) in zip(panels, charts.items(), strict=True):
        panel.imshow(chart, extent=(-ends, ends, 0, 100), aspect="auto")
        panel.set(xlabel="z, the roll")
        panel.grid(visible=False)
        panel.set_title(name, fontsize=9.5)
    panels[0].set_ylabel("lightness")
    return figure
