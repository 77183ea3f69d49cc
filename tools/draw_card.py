"""Draw the card that stands for the book where somebody shares a link to it (Open Graph).

One photograph: on the left what the generator gets, on the right what it makes of it.
"""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from sicgan_lite import __version__
from sicgan_lite.baselines import grey
from sicgan_lite.checkpoint import load_generator
from sicgan_lite.colorizing import colorize
from sicgan_lite.pictures.images import write_image
from sicgan_lite.pictures.provenance import Provenance
from sicgan_lite.pictures.samples import sample_image
from sicgan_lite.plotting import INK, PAPER
from sicgan_lite.studies.runs import load_run
from tools.draw_logo import png

TARGET = Path(__file__).resolve().parent.parent / "book" / "_web" / "card.jpg"
RUN = "coffee-quick-conditional-seed0"
SIZE = (1200, 630)  # the size that other sites ask for
BAND, LOGO, MARGIN = 170, 114, 28
TITLE, LINE = "Colour from a single image", "A GAN, one photograph, one minute: a book that runs"


def halves() -> Image.Image:
    """The photograph's lightness, from the middle on in generated colours."""
    photo = sample_image("coffee")
    colored = colorize(load_generator(load_run(RUN).generator_path), photo)
    middle = photo.shape[1] // 2
    return Image.fromarray(np.hstack([grey(photo)[:, :middle], colored[:, middle:]]))


def card() -> Image.Image:
    """The picture, as wide as the card, above a band with the title."""
    width, height = SIZE
    drawn = Image.new("RGB", SIZE, PAPER)
    picture = halves()
    tall = round(picture.height * width / picture.width)
    top = (tall - (height - BAND)) // 2
    scaled = picture.resize((width, tall), Image.Resampling.LANCZOS)
    drawn.paste(scaled.crop((0, top, width, top + height - BAND)), (0, 0))
    logo = png(LOGO)
    drawn.paste(logo, (MARGIN, height - BAND + MARGIN), logo)
    fonts = Path(mpl.get_data_path()) / "fonts" / "ttf"
    pen, left = ImageDraw.Draw(drawn), 2 * MARGIN + LOGO
    for text, size, up in ((TITLE, 56, 102), (LINE, 32, 46)):
        font = ImageFont.truetype(fonts / "DejaVuSans.ttf", size)
        pen.text((left, height - up), text, fill=INK, font=font, anchor="lm")
    return drawn


def main() -> None:
    """Write the card, labelled as what it is."""
    made_by = Provenance("sicgan-lite", __version__)
    write_image(TARGET, np.asarray(card()), provenance=made_by)


if __name__ == "__main__":
    main()
