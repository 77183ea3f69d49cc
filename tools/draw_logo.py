"""Draw the logo and the favicon: three lightnesses, each taking on its colour from left to right.

Every row has one CIE lightness; only the chroma grows. That is the book in nine squares.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from skimage.color import lab2rgb

WEB = Path(__file__).resolve().parent.parent / "book" / "_web"
ROWS = ((80, 82), (62, 28), (44, 285))  # lightness, and hue in degrees
CHROMA = (0, 24, 50)
CELL, GAP, RADIUS = 56, 8, 12
SIDE = 3 * CELL + 2 * GAP


def cells() -> list[tuple[int, int, str]]:
    """Left edge, upper edge and hexadecimal colour of the nine squares."""
    found = []
    for row, (lightness, hue) in enumerate(ROWS):
        for column, chroma in enumerate(CHROMA):
            a, b = chroma * np.cos(np.radians(hue)), chroma * np.sin(np.radians(hue))
            rgb = np.rint(lab2rgb([[[lightness, a, b]]])[0, 0] * 255).astype(int)
            color = "#{:02x}{:02x}{:02x}".format(*rgb)
            found.append((column * (CELL + GAP), row * (CELL + GAP), color))
    return found


def svg() -> str:
    """The logo as a scalable picture."""
    squares = "\n".join(
        f'  <rect x="{x}" y="{y}" width="{CELL}" height="{CELL}" rx="{RADIUS}" fill="{color}"/>'
        for x, y, color in cells()
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}" role="img">\n'
        f"  <title>Three greys that turn into colour</title>\n{squares}\n</svg>\n"
    )


def png(side: int, zoom: int = 8) -> Image.Image:
    """The logo as pixels, drawn large and scaled down for smooth corners."""
    large = Image.new("RGBA", (SIDE * zoom, SIDE * zoom))
    draw = ImageDraw.Draw(large)
    for x, y, color in cells():
        box = [x * zoom, y * zoom, (x + CELL) * zoom - 1, (y + CELL) * zoom - 1]
        draw.rounded_rectangle(box, RADIUS * zoom, fill=color)
    return large.resize((side, side), Image.Resampling.LANCZOS)


def main() -> None:
    """Write the three files."""
    (WEB / "logo.svg").write_text(svg(), encoding="utf-8", newline="\n")
    png(368).save(WEB / "logo.png", optimize=True)
    png(48).save(WEB / "favicon.png", optimize=True)


if __name__ == "__main__":
    main()
