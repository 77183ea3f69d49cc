"""Put the game's photographs into its page, and draw the still that stands there without JavaScript.

The pages work from file://, where a script may read no picture but one that is written into the
page itself. So the photographs are data in the markup, pixel for pixel those of the library.
"""

from __future__ import annotations

import base64
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from sicgan_lite.arrays.resizing import shrink
from sicgan_lite.baselines import mean_color
from sicgan_lite.metrics import delta_e
from sicgan_lite.pictures.samples import sample_image
from sicgan_lite.teaching.pixel_game import PixelGame

BOOK = Path(__file__).resolve().parent.parent / "book"
STILL = BOOK / "_web" / "game-still.png"
BOARD = BOOK / "game" / "board.html"
PHOTOGRAPHS = {
    "coffee": "A cup of coffee on a wooden table",
    "chelsea": "A ginger cat",
    "astronaut": "A woman in an orange spacesuit",
}
STEPS, SEED = 1000, 3  # a seed of the middle: the page tells how far games differ
ZOOM, GAP = 4, 24
START, END = "<!-- Photographs: written by tools/draw_game.py -->", "<!-- End of photographs -->"
CHOICE = """      <label>
        <input type="radio" name="photo" value="{name}">
        <img alt="{alt}" width="{width}" height="{height}" src="data:image/png;base64,{data}">
      </label>
"""


def choice(name: str, alt: str) -> str:
    """One photograph to choose, as markup that holds its pixels."""
    rgb = shrink(sample_image(name))
    file = BytesIO()
    Image.fromarray(rgb).save(file, "PNG", optimize=True)
    data = base64.b64encode(file.getvalue()).decode()
    return CHOICE.format(name=name, alt=alt, width=rgb.shape[1], height=rgb.shape[0], data=data)


def photographs() -> str:
    """The group of photographs to choose from."""
    choices = "".join(choice(name, alt) for name, alt in PHOTOGRAPHS.items())
    hint = "      <small>96 pixels wide. Starts anew. Watch how far each is from its one colour.</small>\n"
    return f"    <fieldset>\n      <legend>Photograph</legend>\n{choices}{hint}    </fieldset>\n"


def still() -> Image.Image:
    """The photograph, the game's picture, and that of the game whose D sees lightness."""
    rgb = shrink(sample_image("coffee"))
    panels = [rgb]
    for conditional in (False, True):
        game = PixelGame(rgb, conditional=conditional, seed=SEED)
        game.run(STEPS)
        panels.append(game.colorize(rgb))
        print(f"conditional={conditional}: ΔE {delta_e(panels[-1], rgb):.1f}")
    print(f"one colour: ΔE {delta_e(mean_color(rgb), rgb):.1f}")
    large = [np.kron(panel, np.ones((ZOOM, ZOOM, 1), np.uint8)) for panel in panels]
    gap = np.full((len(large[0]), GAP, 3), 239, np.uint8)
    return Image.fromarray(np.hstack([large[0], gap, large[1], gap, large[2]]))


def main() -> None:
    """Write both."""
    page = BOARD.read_text("utf-8")
    before, rest = page.split(START)
    after = rest.split(END)[1]
    BOARD.write_text(f"{before}{START}\n{photographs()}    {END}{after}", encoding="utf-8", newline="\n")
    still().save(STILL, optimize=True)


if __name__ == "__main__":
    main()
