"""Write what the things to touch need: photographs and numbers, as scripts.

The pages work from file://, where a script may read no other file. So data are scripts too, and every
number in them comes from the library.
"""

from __future__ import annotations

import base64
import json
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import torch
from PIL import Image

from sicgan_lite import __version__
from sicgan_lite.arrays.resizing import shrink
from sicgan_lite.baselines import best_constant, constant_color
from sicgan_lite.color import rgb_to_lab
from sicgan_lite.metrics import delta_e
from sicgan_lite.networks import Discriminator
from sicgan_lite.origins import sample_origins
from sicgan_lite.pictures.provenance import Provenance, write_packet
from sicgan_lite.pictures.samples import sample_image
from sicgan_lite.teaching.changes import UNCHANGED
from sicgan_lite.teaching.effects import SEEDS, late_mean, load_effects
from sicgan_lite.teaching.pixel_game import PixelGame
from sicgan_lite.teaching.settings import PHOTOGRAPHS

BOOK = Path(__file__).resolve().parent.parent / "book"
FOLDER = BOOK / "_web" / "touch"
STRIDE = 3  # every third pixel of every third row: colours as they are, where a mean would blend them
PATCH, APART, MANY = 128, 64.0, 1000  # pixels, pixels, origins
DEALT = (
    UNCHANGED,
    "D learns at a third",
    "L1 alone",
    "the paper's D",
    "without laplacian",
    "no smoothing",
    "two D steps",
)
DIE: dict[str, Any] = {"conditional": True, "leaky_slope": 0.2, "noise_channels": 1, "dtype": torch.float64}
DIE_STEPS = 2000
SHINE = (90, 255, 150, 345)  # chapter 2 shows the same part
MIDDLE = (40.0, 70.0)  # of lightness, where the best constant is in gamut


def small_photo(name: str) -> np.ndarray:
    """The photograph that a page shows."""
    return np.ascontiguousarray(sample_image(name)[1::STRIDE, 1::STRIDE])


def photo_source(rgb: np.ndarray) -> str:
    """A photograph as text, pixel for pixel."""
    file = BytesIO()
    Image.fromarray(rgb).save(file, "WEBP", lossless=True, method=6)
    return "data:image/webp;base64," + base64.b64encode(file.getvalue()).decode()


def best_ab(rgb: np.ndarray) -> dict[str, Any]:
    """The best one colour in whole numbers, and its error."""
    painted = rgb_to_lab(best_constant(rgb))
    shown = (painted[..., 0] > MIDDLE[0]) & (painted[..., 0] < MIDDLE[1])
    ab = np.median(painted[shown][:, 1:], axis=0).round()
    return {"ab": ab.tolist(), "error": delta_e(constant_color(rgb, ab), rgb)}


def coffee() -> dict[str, Any]:
    """The coffee, and what one colour can do for it."""
    rgb = small_photo("coffee")
    return {"source": photo_source(rgb), "best": best_ab(rgb)}


def shine() -> dict[str, Any]:
    """The bottom of the coffee's cup, pixel by pixel, and where it lies."""
    top, left, bottom, right = SHINE
    rgb = np.ascontiguousarray(sample_image("coffee")[top:bottom, left:right])
    return {"source": photo_source(rgb), "top": top, "left": left}


def darts() -> dict[str, Any]:
    """How many origins ten seeds of throwing darts place, until nothing is free."""
    height, width = sample_image("coffee").shape[:2]

    def place(seed: int) -> int:
        rng = np.random.default_rng(seed)
        try:
            sample_origins(height, width, size=PATCH, count=MANY, min_distance=APART, rng=rng)
        except ValueError as jam:  # it says how many were placed
            return int(str(jam).split()[1])
        raise AssertionError(f"{MANY} origins fit")

    return {"dice": [place(seed) for seed in range(10)]}


def astronaut() -> dict[str, Any]:
    """The astronaut, pixel for pixel."""
    return {"source": photo_source(small_photo("astronaut"))}


def effects() -> dict[str, Any]:
    """The errors of recorded runs with one change, seed by seed, and of those without."""
    rows = load_effects()
    chosen = {name: {(row.image, row.config.seed): row for row in rows[name]} for name in DEALT}
    seeds = [s for s in SEEDS if all((p, s) in its for its in chosen.values() for p in PHOTOGRAPHS)]
    runs = {
        name: {p: [round(late_mean(its[p, s], "delta_e"), 4) for s in seeds] for p in PHOTOGRAPHS}
        for name, its in chosen.items()
    }
    return {"unchanged": UNCHANGED, "photographs": list(PHOTOGRAPHS), "seeds": seeds, "runs": runs}


def chapter_names(chapter: str, last: str) -> dict[str, Any]:
    """The names of a chapter's own cells, run up to the one that defines ``last``."""
    names: dict[str, Any] = {}
    for cell in nbformat.read(BOOK / f"{chapter}.ipynb", as_version=4).cells:
        if cell.cell_type == "code":
            exec(cell.source.partition("\nexplore(")[0], names)  # noqa: S102 (our own chapter, tested)
        if last in names:
            return names
    raise ValueError(f"no cell of {chapter} defines {last!r}")


def judges() -> dict[str, Any]:
    """The picture of chapter 4 and its two judges, as its cells train them."""
    chapter = chapter_names("04-networks", "judges")
    both = [network_text(network) for network in chapter["judges"].values()]
    return {"source": photo_source(chapter["small"]), "judges": both}


def network_text(network: Discriminator) -> dict[str, Any]:
    """A discriminator's weights in the order of its layers: base64 of little-endian float32."""
    weights = np.concatenate([its.detach().numpy().ravel() for its in network.parameters()])
    text = base64.b64encode(weights.astype("<f4").tobytes()).decode()
    return {"inputs": 5 if network.conditional else 2, "weights": text}


def die() -> dict[str, Any]:
    """The generator of one of chapter 10's pixel-sized games, which has a die of one number."""
    game = PixelGame(shrink(sample_image("astronaut")), **DIE)
    game.run(DIE_STEPS)
    weights = np.concatenate([its.detach().numpy().ravel() for its in game.generator.parameters()])
    return {"scale": game.scale, "weights": base64.b64encode(weights.astype("<f4").tobytes()).decode()}


def pairs() -> dict[str, Any]:
    """The six pairs of the chapter: which is the photograph, what each shows, how far apart they are."""
    chapter = chapter_names("11-honest-colour", "is_a")
    each = zip(chapter["pairs"], chapter["looks"], chapter["is_a"], strict=True)
    return {"pairs": [pair(*its) for its in each]}


def pair(images: tuple[Any, Any], told: tuple[str, str], is_a: bool) -> dict[str, Any]:
    """One pair: the photograph comes first, and the other has the label of generated colour."""
    sides = ("a", "b") if is_a else ("b", "a")
    packets: list[dict[str, Any]] = [{}, {"xmp": write_packet(Provenance("sicgan-lite", __version__))}]
    shown = {
        side: {"source": picture_source(image, packet), "told": text}
        for side, image, text, packet in zip(sides, images, told, packets, strict=True)
    }
    return {"photograph": sides[0], "error": round(delta_e(images[1], images[0]), 4), **shown}


def picture_source(rgb: np.ndarray, packet: dict[str, Any]) -> str:
    """A picture to look at, 300 pixels wide at most."""
    image, file = Image.fromarray(rgb), BytesIO()
    image.thumbnail((300, 300), Image.Resampling.LANCZOS)
    image.save(file, "WEBP", quality=85, method=6, **packet)
    return "data:image/webp;base64," + base64.b64encode(file.getvalue()).decode()


DATA = {
    "coffee": coffee,
    "astronaut": astronaut,
    "shine": shine,
    "darts": darts,
    "effects": effects,
    "judges": judges,
    "die": die,
    "pairs": pairs,
}


def write_data(name: str) -> None:
    """One script that gives the page a value under a name."""
    text = json.dumps(DATA[name](), separators=(",", ":"), ensure_ascii=False)
    script = f'sicganTouch.give("{name}", {text});\n'
    (FOLDER / f"{name}.js").write_text(script, encoding="utf-8", newline="\n")


def main() -> None:
    """Write the data that are named, or all."""
    FOLDER.mkdir(exist_ok=True)
    for name in sys.argv[1:] or DATA:
        write_data(name)


if __name__ == "__main__":
    main()
