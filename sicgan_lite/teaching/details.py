"""Parts of pictures that a text speaks of: outlined, or enlarged below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Bool, UInt8
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from sicgan_lite.plotting import INK, PAPER, BookFigure, show_images

# What indexes an image: slices for rows and columns, or a mask.
Part = tuple[slice, slice] | Bool[np.ndarray, "h w"]

_LINES: Sequence[tuple[str, Any]] = ((INK, "-"), (PAPER, (0, (4, 4))))  # seen on any ground


def outline(figure: BookFigure, *parts: Part, panels: Sequence[int] | None = None) -> BookFigure:
    """A line around each of the ``parts``, in every picture of a figure, or in the ``panels`` numbered.

    A part is slices for rows and columns, in pixels, or a mask of the picture's size, which gets the box
    that holds it. Returns the figure. Errors: ValueError for a part that holds no pixel.
    """
    pictures = [panel for panel in figure.axes if panel.images]
    for number in range(len(pictures)) if panels is None else panels:
        for part in parts:
            outline_part(pictures[number], part)
    return figure


def outline_part(panel: Axes, part: Part) -> None:
    """A line around one part of one panel's picture. Errors: as ``outline``."""
    left, right, bottom, top = panel.images[0].get_extent()
    inside = np.zeros(_size(panel) if isinstance(part, tuple) else part.shape, bool)
    inside[part] = True
    if not inside.any():
        raise ValueError(f"{part} holds no pixel of a picture of {inside.shape}")
    height, width = (
        abs(span) / count for span, count in zip((bottom - top, right - left), inside.shape, strict=True)
    )
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    corner = left + width * columns[0], top + height * rows[0]
    size = width * (columns[-1] + 1 - columns[0]), height * (rows[-1] + 1 - rows[0])
    for color, line in _LINES:
        panel.add_patch(Rectangle(corner, *size, fill=False, edgecolor=color, linewidth=1.6, linestyle=line))


def show_details(
    images: Sequence[UInt8[np.ndarray, "h w 3"]], titles: Sequence[str], part: tuple[slice, slice], name: str
) -> BookFigure:
    """The ``images`` under their ``titles``, and below each a part of it, larger; above, it is outlined.

    ``part`` is slices for rows and columns, in pixels, the same for all; ``name`` is the title of each
    enlargement. Errors: as ``outline`` and ``show_images``.
    """
    count = len(images)
    both = [*images, *(image[part] for image in images)]
    return outline(show_images(both, [*titles, *[name] * count], columns=count), part, panels=range(count))


def _size(panel: Axes) -> tuple[int, int]:
    height, width = np.asarray(panel.images[0].get_array()).shape[:2]
    return height, width
