"""Play the experiments of the game's page in a browser, and keep what they measure.

The page says what a reader should see, and the numbers in it come from here: seeds 1 to 10 of the
page's own script, without the page. The record lies in ``book/game/measured.json``.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tools.chromium import find_browser, launch_flags

BOOK = Path(__file__).resolve().parent.parent / "book"
RECORD = BOOK / "game" / "measured.json"
SEEDS = range(1, 11)
USUAL = {
    "photo": "coffee",
    "noise": 0.03,
    "real": 0.9,
    "fake": 0,
    "rateD": 0.004,
    "rateG": 0.002,
    "head": 0,
    "field": 50,
}
CAT, TOLD = {"photo": "chelsea"}, {"conditional": True}
SURE = {**CAT, "head": 300}
# name: settings, the steps at which to look
EXPERIMENTS: dict[str, tuple[dict[str, Any], list[int]]] = {
    "coffee": ({}, [500, 1000, 1500]),
    "cat": (CAT, [500, 1000, 1500]),
    "coffee, D sees lightness": (TOLD, [1000]),
    "cat, D sees lightness": ({**CAT, **TOLD}, [1000]),
    "astronaut": ({"photo": "astronaut"}, [1000]),
    "astronaut, D sees lightness": ({"photo": "astronaut", **TOLD}, [1000]),
    "sure D": (SURE, [300]),
    "sure D, minimax": ({**SURE, "minimax": True}, [300]),
    "sure D, no Adam": ({**SURE, "sgd": True}, [300]),
    "sure D, minimax, no Adam": ({**SURE, "minimax": True, "sgd": True}, [300]),
    "sure D, target 0.3": ({**CAT, "head": 200, "fake": 0.3}, [200]),
    "sure D, target 0": ({**CAT, "head": 200}, [200]),
    "fast D": ({"rateD": 0.32}, [1000]),
    "fast D, leaky": ({"rateD": 0.32, "leaky": True}, [1000]),
    "cat, leaky": ({**CAT, "leaky": True}, [1500]),
    "no noise": ({**CAT, "head": 200, "noise": 0}, [200]),
    "much noise": ({**CAT, "head": 200, "noise": 0.3}, [200]),
}
# One game. `freed`: how many steps after D's head start the fakes' score is half of a guess.
PLAY = """async ({settings, marks}) => {
  const found = document.querySelector(`input[value="${settings.photo}"] ~ img`);
  await found.decode();
  const pen = new OffscreenCanvas(found.naturalWidth, found.naturalHeight).getContext("2d");
  pen.drawImage(found, 0, 0);
  const pixels = pen.getImageData(0, 0, found.naturalWidth, found.naturalHeight);
  const photo = pixelGame.readPhoto(pixels.data, pixels.width);
  const game = pixelGame.createGame(photo, settings);
  const names = ["lossD", "lossG", "realScore", "fakeScore", "pull"], recent = [], seen = [];
  const mean = name => recent.reduce((sum, record) => sum + record[name], 0) / recent.length;
  const squares = lab => {
    const count = new Map();
    for (const [, a, b] of lab) {
      const key = `${Math.floor(a / 8)} ${Math.floor(b / 8)}`;
      count.set(key, (count.get(key) || 0) + 1);
    }
    return count;
  };
  const own = squares(photo.lab), guess = pixelGame.equilibrium(settings).score;
  let last = null, freed = null;
  for (let step = 1; step <= Math.max(...marks) + (settings.head && freed === null ? 1500 : 0); step++) {
    const learns = {d: true, g: step > settings.head};
    const record = pixelGame.step(game, pixelGame.drawBatch(game, 256), learns);
    if (learns.g && freed === null && record.fakeScore > guess / 2) freed = step - settings.head;
    recent.push(record);
    if (recent.length > (settings.head ? 10 : 50)) recent.shift();
    if (!marks.includes(step)) continue;
    const {shown} = pixelGame.colorTable(game);
    const painted = photo.lab.map(([l], i) => [l, ...shown[photo.levels[i]].slice(1)]);
    const other = squares(painted);
    let shared = 0;
    for (const [key, count] of own) shared += Math.min(count, other.get(key) || 0);
    const error = pictures => pictures.reduce(
      (sum, lab, i) => sum + pixelGame.deltaE(lab, painted[i]), 0) / painted.length;
    seen.push({step, ...Object.fromEntries(names.map(name => [name, mean(name)])),
      deltaE: error(photo.lab), shared: shared / painted.length, ...(last && {moved: error(last)})});
    last = painted;
  }
  return settings.head ? {seen, freed} : {seen};
}"""


def scripts() -> list[Path]:
    """The scripts that the game's page loads, in order."""
    page = (BOOK / "game.md").read_text("utf-8")
    return [BOOK / "_web" / name for name in re.findall(r'src="\.\./_static/([\w-]+\.js)"', page)]


def open_game(page: Page) -> None:
    """The game's functions and photographs in an empty page."""
    board = (BOOK / "game" / "board.html").read_text("utf-8")
    pictures = board.split("<!-- Photographs")[1].split("-->", 1)[1].split("<!-- End")[0]
    page.set_content(f"<form>{pictures}</form>")
    for script in scripts():
        page.add_script_tag(path=script)


def play(page: Page, name: str, seed: int) -> dict[str, Any]:
    """What one game of an experiment measured, to three decimals."""
    changed, marks = EXPERIMENTS[name]
    settings = {**USUAL, **changed, "seed": seed}
    found = page.evaluate(PLAY, {"settings": settings, "marks": marks})
    found["seen"] = [{key: round(value, 4) for key, value in row.items()} for row in found["seen"]]
    return found


def write(record: dict[str, Any]) -> None:
    """The record, in the order of the experiments, one a line."""
    lines = [f" {json.dumps(name)}: {json.dumps(record[name])}" for name in EXPERIMENTS if name in record]
    RECORD.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8", newline="\n")


def main() -> None:
    """Measure all experiments, or those whose names start with the argument."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    record = json.loads(RECORD.read_text("utf-8")) if RECORD.is_file() else {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=launch_flags())
        page = browser.new_page()
        open_game(page)
        for name in EXPERIMENTS:
            if name.startswith(wanted):
                record[name] = {str(seed): play(page, name, seed) for seed in SEEDS}
                write(record)
                print(name, flush=True)
        browser.close()


if __name__ == "__main__":
    main()
