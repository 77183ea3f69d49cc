"""The figures of the chapter on context."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from jaxtyping import Bool, Float, UInt8

from sicgan_lite.plotting import (
    DPI,
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
from sicgan_lite.teaching.details import outline_part

_CELL = 2.6  # inches that a picture of a frame is wide
_BLOCK = 4  # pixels
_KINDS = ((REAL, "o"), (FAKE, "D"), (GENERATOR, "s"))

Pairs = Float[np.ndarray, "n 2"]


@style()
def side_frame(
    picture: UInt8[np.ndarray, "h w 3"],
    error: Float[np.ndarray, "h w"],
    held_out: Bool[np.ndarray, "h w"],
    *,
    vmax: float = 25.0,
) -> BookFigure:
    """An explorer's frame: a ``picture`` beside the map of its ``error``, the ``held_out`` side outlined.

    The map shows means over blocks of 4×4 pixels, smoothed, black at 0 and bright at ``vmax``. Above each
    stands what it shows, the two means included.
    """
    tall = _CELL * picture.shape[0] / picture.shape[1] + TITLE_HEIGHT
    figure = BookFigure(figsize=(2 * _CELL, tall), dpi=DPI, photographic=True)
    means = f"ΔE: seen {error[~held_out].mean():.1f}, held out {error[held_out].mean():.1f}"
    for column, (image, title) in enumerate([(picture, "Picture"), (_blocks(error), means)]):
        panel = figure.add_axes((column / 2 + 0.004, 0, 0.492, 1 - TITLE_HEIGHT / tall))
        panel.imshow(image, cmap="magma", vmin=0, vmax=vmax, extent=_extent(error), interpolation="bilinear")
        panel.set_title(title)
        panel.set_axis_off()
        outline_part(panel, held_out)
    return figure


@style()
def plot_gains(panels: Mapping[str, Mapping[str, Pairs]], *, labels: tuple[str, str]) -> BookFigure:
    """Errors without and with something, a point for each place; below the line, it helped.

    ``panels`` maps a title to groups of places, and a group's name to its pairs (n, 2). ``labels`` name the
    two columns, which are x and y. Errors: ValueError for more than three groups.
    """
    figure = new_figure(WIDTH, WIDTH / len(panels) + 0.5)
    axes = figure.subplots(1, len(panels), squeeze=False)[0]
    for panel, (title, groups) in zip(axes, panels.items(), strict=True):
        if len(groups) > len(_KINDS):
            raise ValueError(f"at most {len(_KINDS)} groups can be told apart, got {list(groups)}")
        most = 1.06 * max(float(pairs.max()) for pairs in groups.values())
        panel.plot([0, most], [0, most], "-", color=INK, linewidth=1, label="_equal")
        for (name, pairs), (color, marker) in zip(groups.items(), _KINDS, strict=False):
            panel.plot(*pairs.T, marker, color=color, alpha=0.75, markersize=5, label=name)
        panel.set(title=title, xlim=(0, most), ylim=(0, most), aspect="equal")
        panel.set(xlabel=f"ΔE, {labels[0]}", ylabel=f"ΔE, {labels[1]}")
        panel.text(0.97 * most, 0.04 * most, "helps", ha="right", color=FAINT, fontsize=9)
        panel.text(0.03 * most, 0.93 * most, "harms", color=FAINT, fontsize=9)
    axes[0].legend(loc="lower left", bbox_to_anchor=(0, 1.1), ncols=len(_KINDS))
    return figure


def _blocks(error: np.ndarray) -> np.ndarray:
    """Means over blocks: a map of single pixels would be too rich for a small file."""
    height, width = (length // _BLOCK * _BLOCK for length in error.shape)
    blocks = error[:height, :width].reshape(height // _BLOCK, _BLOCK, width // _BLOCK, _BLOCK)
    return blocks.mean(axis=(1, 3))


def _extent(error: np.ndarray) -> tuple[float, float, float, float]:
    height, width = error.shape
    return -0.5, width - 0.5, height - 0.5, -0.5
