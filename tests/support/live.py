"""The scripts of the page that learns a photograph, alone in an empty page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page

from support.pages import PATIENCE, ROOT

WEB = ROOT / "book" / "_web"
MODEL_SCRIPTS = ("color.js", "live-kernels.js", "live-networks.js", "live-model.js", "live-photo.js")
CREW_SCRIPTS = (*MODEL_SCRIPTS, "live-crew.js")


@contextmanager
def open_scripts(browser: Browser, names: tuple[str, ...]) -> Iterator[Page]:
    """A page without a book around it that has run these scripts."""
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(
        (WEB.parent / "your-photograph" / "board.html").as_uri()
    )  # workers want an origin, which about:blank has not
    for name in names:
        page.add_script_tag(path=WEB / name)
    yield page
    page.close()
