"""Draw the stills of the things to touch, for pages without scripts: as each looks at first in a browser.

The book must be built: ``python -m tools.draw_stills``, with the names of some things, or without.
"""

from __future__ import annotations

import re
import sys
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tools.build_book import HTML
from tools.chromium import find_browser, launch_flags
from tools.draw_touch import FOLDER
from tools.touch import FOLDER as PLACES
from tools.touch import read_thing

SCALE, QUALITY, REST = 2, 70, 300  # pixels for one of the page; of WebP; milliseconds
WIDTH = 1008  # of the window: so narrow that a thing is as wide as the text, and its views stand together


def write_still(page: Page, file: Path) -> None:
    """What the thing looks like at first, for pages without scripts; its size goes into the markup."""
    page.goto((HTML / "book" / f"{read_thing(file).page}.html").as_uri())
    page.wait_for_selector(f'.touch-on[data-touch="{file.stem}"]')
    page.wait_for_timeout(REST)
    shot = page.locator(f'[data-touch="{file.stem}"] .touch-views').screenshot()
    with Image.open(BytesIO(shot)) as picture:
        picture.convert("RGB").save(FOLDER / f"{file.stem}.webp", "WEBP", quality=QUALITY, method=6)
        size = f'width="{picture.width // SCALE}" height="{picture.height // SCALE}"'
    markup = re.sub(r'width="\d+" height="\d+"', size, file.read_text("utf-8"), count=1)
    file.write_text(markup, encoding="utf-8", newline="\n")


def write_stills(names: list[str]) -> None:
    """The stills of these things, from the book as it is built."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=launch_flags())
        page = browser.new_page(
            viewport={"width": WIDTH, "height": 900}, device_scale_factor=SCALE, reduced_motion="reduce"
        )
        for name in names:
            write_still(page, PLACES / f"{name}.html")
        browser.close()


if __name__ == "__main__":
    write_stills(sys.argv[1:] or sorted(file.stem for file in PLACES.glob("*.html")))
