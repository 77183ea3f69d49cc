"""Put the photographs and the settings into the page that learns a photograph, and draw its still.

The page works from file://, where a script may read no picture and no file but what is written into
the page itself. So the photographs are data in the markup, and the settings are the library's own.
"""

from __future__ import annotations

import base64
import json
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from sicgan_lite import __version__
from sicgan_lite.arrays.resizing import shrink
from sicgan_lite.checkpoint import METADATA_KEY, SCHEMA
from sicgan_lite.colorizing import colorize
from sicgan_lite.config import CONTEXT_FEATURES, Config
from sicgan_lite.metrics import delta_e
from sicgan_lite.pictures.provenance import Provenance, write_packet
from sicgan_lite.pictures.samples import sample_image
from sicgan_lite.training import TrainState, train

BOOK = Path(__file__).resolve().parent.parent / "book"
BOARD = BOOK / "your-photograph" / "board.html"
STILL = BOOK / "_web" / "live-still.jpg"
START, END = "<!-- {}: written by tools/draw_live.py -->", "<!-- End of {} -->"
WIDTH = 240
WHEN, SOURCE = "the time of saving", "0123456789abcdef" * 4
PHOTOGRAPHS = {
    "coffee": "A cup of coffee on a wooden table",
    "astronaut": "A woman in an orange spacesuit",
    "chelsea": "A ginger cat",
}
# The library's quick game with patches of half the size and half as many: an eighth of the work.
SMALL: dict[str, Any] = {"size": 32, "batch_size": 16, "num_patches": 3200, "precision": "float32"}
JUDGES: dict[str, Config] = {
    "paper": Config.quick(**SMALL),
    "conditional": Config.quick(**SMALL, conditional=True),
    "l1": Config.quick(**SMALL, l1_weight=1.0, adversarial_weight=0.0),
    "photo": Config.photo(precision="float32"),
}
CHOICE = """      <label>
        <input type="radio" name="photo" value="{name}" form="live-settings">
        <img alt="{alt}" width="{width}" height="{height}" src="data:image/webp;base64,{data}">
      </label>
"""


def choice(name: str, alt: str) -> str:
    """One photograph to choose, as markup that holds its pixels."""
    rgb = shrink(sample_image(name), WIDTH)
    file = BytesIO()
    Image.fromarray(rgb).save(file, "WEBP", lossless=True, method=6)
    data = base64.b64encode(file.getvalue()).decode()
    return CHOICE.format(name=name, alt=alt, width=rgb.shape[1], height=rgb.shape[0], data=data)


def packets() -> dict[str, str]:
    """The label of a saved picture, with words to put the source's hash and the time in place of."""
    label: dict[str, Any] = {"system": "sicgan-lite", "version": __version__, "when": WHEN}
    return {
        "when": WHEN,
        "source": SOURCE,
        "with_source": write_packet(Provenance(**label, source_sha256=SOURCE)).decode(),
        "without_source": write_packet(Provenance(**label)).decode(),
    }


def settings() -> str:
    """What the script has to know of the library, as JSON."""
    about = {
        "version": __version__,
        "schema": SCHEMA,
        "metadata_key": METADATA_KEY,
        "width": WIDTH,
        "context": CONTEXT_FEATURES,
        "packets": packets(),
        "judges": {name: config.to_dict() for name, config in JUDGES.items()},
    }
    return json.dumps(about, indent=1)


def parts() -> dict[str, str]:
    """The generated parts of the page's markup, by name."""
    script = f'  <script type="application/json" id="live-about">\n{settings()}\n  </script>\n'
    return {"Photographs": "".join(choice(*item) for item in PHOTOGRAPHS.items()), "Settings": script}


def fill(page: str) -> str:
    """The page's markup with its generated parts made anew."""
    for name, text in parts().items():
        start, end = START.format(name), END.format(name)
        before, rest = page.split(start)
        indent = before[before.rfind("\n") + 1 :]
        page = f"{before}{start}\n{text}{indent}{end}{rest.split(end)[1]}"
    return page


def still() -> Image.Image:
    """The photograph, and where two judges lead with the page's own settings."""
    rgb = shrink(sample_image("coffee"), WIDTH)
    panels = [rgb]
    for name in ("paper", "conditional", "l1"):
        state = TrainState.create(rgb, JUDGES[name], device="cpu")
        for _ in train(state):
            pass
        panels.append(colorize(state.generator.eval(), rgb))
        print(f"{name}: ΔE {delta_e(panels[-1], rgb):.1f}")
    gap = np.full((len(rgb), 8, 3), 239, np.uint8)
    return Image.fromarray(np.hstack([part for panel in panels for part in (panel, gap)][:-1]))


def main() -> None:
    """Write both."""
    BOARD.write_text(fill(BOARD.read_text("utf-8")), encoding="utf-8", newline="\n")
    still().save(STILL, quality=88, optimize=True)


if __name__ == "__main__":
    main()
