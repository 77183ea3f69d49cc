"""The things to touch, and what a reader does to each."""

from __future__ import annotations

from tools.touch import FOLDER, read_thing

THINGS = sorted(file.stem for file in FOLDER.glob("*.html"))
PAGE_OF = {name: f"book/{read_thing(FOLDER / f'{name}.html').page}.html" for name in THINGS}
# What a reader does to each: the number that answers, the control, a key, and a place to press.
PLANE = '[data-view="plane"]'
PROBES: dict[str, tuple[str, str, str, tuple[float, float]]] = {
    "ab-plane": ("now", PLANE, "Shift+ArrowRight", (0.65, 0.3)),
    "circle": ("radius", PLANE, "Shift+ArrowUp", (0.8, 0.3)),
    "deal": ("deals", '[data-do="deal"]', "Enter", (0.5, 0.5)),
    "densities": ("lossG", '[data-set="fake"]', "ArrowLeft", (0.2, 0.5)),
    "judges": ("shift", '[data-view="picture"]', "Shift+ArrowRight", (0.5, 0.5)),
    "kernel": ("steep", '[data-view="picture"]', "Shift+ArrowRight", (0.2, 0.3)),
    "holdout": ("table-1", '[data-view="picture"]', "Shift+ArrowRight", (0.7, 0.6)),
    "pairs": ("verdict", "[data-do]:enabled", "Enter", (0.5, 0.5)),
    "patches": ("count", PLANE, "Enter", (0.6, 0.5)),
    "view": ("twins", '[data-view="picture"]', "Shift+ArrowUp", (0.5, 0.3)),
    "die": ("error", '[data-view="picture"]', "Enter", (0.2, 0.7)),
}
