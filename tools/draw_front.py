"""Draw the front page's picture from the recorded runs: the photograph, its lightness, two results."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sicgan_lite import __version__
from sicgan_lite.checkpoint import load_generator
from sicgan_lite.colorizing import colorize
from sicgan_lite.images import sample_image, write_image
from sicgan_lite.metrics import delta_e, grey
from sicgan_lite.plotting import rasterize, show_images
from sicgan_lite.provenance import Provenance
from sicgan_lite.runs import load_run

TARGET = Path(__file__).resolve().parent.parent / "book" / "_web" / "before-after.jpg"
TITLE = 15  # points: on a phone the picture has half its size
RUNS = {
    "the paper's D": "coffee-quick-seed0",
    "D sees lightness": "coffee-quick-conditional-seed0",
}


def pictures() -> tuple[list[np.ndarray], list[str]]:
    """The pictures and their titles, the results with their distance from the truth."""
    photo = sample_image("coffee")
    images, titles = [photo, grey(photo)], ["the photograph", "what the networks get"]
    for title, name in RUNS.items():
        colored = colorize(load_generator(load_run(name).generator_path), photo)
        images.append(colored)
        titles.append(f"{title}: ΔE {delta_e(colored, photo):.1f}")
    return images, titles


def main() -> None:
    """Write the picture, labelled as what it is."""
    images, titles = pictures()
    figure = show_images(images, titles, columns=2)
    for panel in figure.axes:
        panel.set_title(panel.get_title("left"), loc="left", fontsize=TITLE)
    write_image(TARGET, rasterize(figure, 110), provenance=Provenance("sicgan-lite", __version__))
    print("; ".join(titles))


if __name__ == "__main__":
    main()
