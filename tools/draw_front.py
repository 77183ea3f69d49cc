"""Draw the front page's pictures from the recorded runs: the photograph, its lightness, two trainings.

A snapshot is small. Its ab is laid over the photograph's own lightness, as colours of a large picture
always are in this book, so that every frame is sharp.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from sicgan_lite import __version__
from sicgan_lite.baselines import grey, mean_color
from sicgan_lite.checkpoint import load_generator
from sicgan_lite.color import merge_ab, rgb_to_lab
from sicgan_lite.colorizing import colorize
from sicgan_lite.losses import equilibrium_losses
from sicgan_lite.metrics import delta_e
from sicgan_lite.pictures.images import write_image
from sicgan_lite.pictures.provenance import Provenance, write_packet
from sicgan_lite.pictures.samples import sample_image
from sicgan_lite.plotting import rasterize, show_images
from sicgan_lite.studies.runs import Run, load_run

BOOK = Path(__file__).resolve().parent.parent / "book"
FRAMES = BOOK / "_web" / "front"
FIGURE = BOOK / "front" / "figure.html"
README_PICTURE = BOOK / "_web" / "before-after.jpg"
TITLE = 15  # points: on a phone the picture has half its size
MADE_BY = Provenance("sicgan-lite", __version__)
LARGE, MOVING, SMALL = (600, 400), (450, 300), (330, 220)
# name of the files: run, title on the front page and in the README, what the last frame shows
RUNS = {
    "paper": (
        "coffee-quick-seed0",
        "Judge sees colours only",
        "The paper's D",
        "The colouring of a network whose judge sees colours alone: a brown saucer, and a pink tint inside "
        "the cup.",
    ),
    "conditional": (
        "coffee-quick-conditional-seed0",
        "Judge also sees the grey picture",
        "D sees lightness",
        "The colouring of a network whose judge also sees lightness: a red-brown saucer, a white rim, golden "
        "coffee and brown wood, close to the photograph.",
    ),
}
PICTURE = (
    '<figure class="{kind}"><img alt="{alt}" width="{width}" height="{height}" src="../_static/front/{file}">'
    "<figcaption>{title}</figcaption></figure>"
)
PAGE = """<div id="front" class="front">
{pictures}
<div class="front-controls">
<button type="button" id="front-play" hidden>Play</button>
<label for="front-step" hidden>Training step</label>
<span id="front-now" hidden>{last}</span>
<input type="range" id="front-step" min="0" max="{count}" value="{count}" hidden>
</div>
<p class="front-key"><span class="front-judge">\N{BOX DRAWINGS HEAVY HORIZONTAL} loss of the judge</span>
<span class="front-painter">\N{BOX DRAWINGS HEAVY DOUBLE DASH HORIZONTAL} loss of the painter</span>
Thin lines: what theory predicts for a judge that can only guess.</p>
{losses}
<script type="application/json" id="front-data">{data}</script>
</div>
"""
# The losses of a run, over its 200 steps: a drawing one unit a step wide and 50 units a loss of 1 high.
LOSSES = """<figure class="front-losses">
<svg viewBox="0 0 {steps} {height}" preserveAspectRatio="none" role="img"
aria-label="The losses of this training, step by step; in its second half {late}.">
<path class="front-chance front-judge" d="M{chance_d}H{steps}"/>
<path class="front-chance front-painter" d="M{chance_g}H{steps}"/>
<path class="front-judge" d="M{loss_d}"/>
<path class="front-painter" d="M{loss_g}"/>
<path class="front-at" d="M{steps} 0V{height}"/>
</svg>
<figcaption>{title}</figcaption>
</figure>"""
UNIT, TOP = 50, 2.2


def save(rgb: np.ndarray, name: str, size: tuple[int, int], quality: int, *, made: bool) -> None:
    """A WebP file, with its label when a network made the colours."""
    packet = {"xmp": write_packet(MADE_BY)} if made else {}
    small = Image.fromarray(rgb).resize(size, Image.Resampling.LANCZOS)
    small.save(FRAMES / name, "WEBP", quality=quality, method=6, **packet)


def frame(run: Run, step: int, photo: np.ndarray) -> np.ndarray:
    """The photograph in the colours that the run gave it at a step."""
    if step == run.snapshot_steps[-1]:
        return colorize(load_generator(run.generator_path), photo)
    ab = rgb_to_lab(run.snapshot(step))[..., 1:]
    large = cv2.resize(ab, photo.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    return merge_ab(rgb_to_lab(photo)[..., 0], large)


def draw_run(name: str, photo: np.ndarray) -> tuple[list[int], list[float]]:
    """Every frame of a run, written; its steps, and its distances from the photograph."""
    run = load_run(RUNS[name][0])
    steps, errors = run.snapshot_steps, []
    for step in steps:
        drawn = frame(run, step, photo)
        errors.append(round(float(delta_e(drawn, photo)), 1))
        is_last = step == steps[-1]
        save(drawn, f"{name}-{step}.webp", LARGE if is_last else MOVING, 80 if is_last else 55, made=True)
    return steps, errors


def losses(name: str) -> str:
    """Both losses of a run as two lines, with the values that theory predicts."""
    run = load_run(RUNS[name][0])
    shown = {key: np.minimum(run.history[key], TOP) for key in ("loss_d", "loss_g")}
    _, chance_d, chance_g = equilibrium_losses(*run.config.mean_targets)
    late = [values[-100:].mean() for values in shown.values()]
    return LOSSES.format(
        steps=len(run.history["step"]),
        height=round(UNIT * TOP),
        chance_d=_line([chance_d]),
        chance_g=_line([chance_g]),
        title=RUNS[name][1],
        late="{:.2f} for the judge and {:.2f} for the painter".format(*late),
        **{key: _line(values) for key, values in shown.items()},
    )


def _line(values: Iterable[float]) -> str:
    """The corners of a line through one value a step."""
    return "L".join(f"{step} {UNIT * (TOP - value):.0f}" for step, value in enumerate(values))


def picture(kind: str, file: str, size: tuple[int, int], alt: str, title: str) -> str:
    """One picture with its caption."""
    width, height = size
    return PICTURE.format(kind=kind, file=file, width=width, height=height, alt=html.escape(alt), title=title)


def write_page(photo: np.ndarray) -> None:
    """The frames, and the markup that the front page takes in."""
    save(photo, "photo.webp", SMALL, 80, made=False)
    save(grey(photo), "grey.webp", SMALL, 80, made=False)
    alt = "A red cup of coffee on a red saucer, on a wooden table."
    pictures = [picture("front-small", "photo.webp", SMALL, alt, "The photograph")]
    alt = "The same picture in grey: its lightness."
    pictures += [picture("front-small", "grey.webp", SMALL, alt, "Its grey version")]
    data: dict[str, dict[str, list]] = {}
    for name, (_, title, _, alt) in RUNS.items():
        steps, errors = draw_run(name, photo)
        data[name] = {"steps": steps, "errors": errors}
        caption = f"{title}: <output>error\N{NO-BREAK SPACE}{errors[-1]}</output>"
        pictures.append(picture("front-large", f"{name}-{steps[-1]}.webp", LARGE, alt, caption))
    brown = mean_color(photo)
    save(brown, "brown.webp", LARGE, 80, made=False)
    alt = "The same lightness in one brown-pink everywhere."
    caption = f"One brown everywhere: error\N{NO-BREAK SPACE}{delta_e(brown, photo):.1f}"
    pictures.append(picture("front-brown", "brown.webp", LARGE, alt, caption))
    filled = {"pictures": "\n".join(pictures), "last": steps[-1], "count": len(steps) - 1}
    filled["losses"] = "\n".join(map(losses, RUNS))
    text = PAGE.format(data=json.dumps(data, separators=(",", ":")), **filled)
    FIGURE.write_text(text, encoding="utf-8", newline="\n")


def write_readme_picture(photo: np.ndarray) -> None:
    """The same four in one file, for where no page is."""
    images, titles = [photo, grey(photo)], ["The photograph", "What the networks get"]
    for run, _, title, _ in RUNS.values():
        colored = colorize(load_generator(load_run(run).generator_path), photo)
        images.append(colored)
        titles.append(f"{title}: ΔE {delta_e(colored, photo):.1f}")
    figure = show_images(images, titles, columns=2)
    for panel in figure.axes:
        panel.set_title(panel.get_title("left"), loc="left", fontsize=TITLE)
    write_image(README_PICTURE, rasterize(figure, 110), provenance=MADE_BY)
    print("; ".join(titles))


def main() -> None:
    """Write both."""
    FRAMES.mkdir(exist_ok=True)
    FIGURE.parent.mkdir(exist_ok=True)
    photo = sample_image("coffee")
    write_page(photo)
    write_readme_picture(photo)


if __name__ == "__main__":
    main()
