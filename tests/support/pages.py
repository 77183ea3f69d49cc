"""The built book, served on loopback, and a record of what a real browser does with a page."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize

from tools.build_book import BookHandler

ROOT = Path(__file__).resolve().parent.parent.parent
HTML = ROOT / "_build" / "html"
WAIT_FOR_EQUATIONS = "() => window.MathJax && MathJax.startup ? MathJax.startup.promise : null"
HAS_WIDGETS = "() => !!document.querySelector('script[type=\"application/vnd.jupyter.widget-state+json\"]')"
PATIENCE = 120_000  # milliseconds: a busy machine is no fault of a page
HANDLES = ".widget-slider .noUi-handle[aria-label]"


def toc_pages() -> list[str]:
    """Every page that _toc.yml names, at any depth, as a path below the folder of pages, in reading order."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    return [f"{name}.html" for name in [toc["root"], *_files(toc)]]


def _files(entry: dict[str, Any]) -> Iterator[str]:
    if "file" in entry:
        yield entry["file"]
    for below in ("parts", "chapters", "sections", "subtrees", "entries"):
        for inner in entry.get(below, []):
            yield from _files(inner)


CHAPTERS = [page for page in toc_pages() if page[5:7].isdigit()]
# One page of source code stands for all.
PAGES = [
    *toc_pages(),
    "genindex.html",
    "search.html",
    "_modules/sicgan_lite/color.html",
]
# Before the page's own scripts; an empty page keeps nothing.
ANSWERED = """if (location.protocol !== 'about:') {
  localStorage.setItem('sicgan-answers', JSON.stringify({'show-all': true}));
}"""
PHONE: ViewportSize = {"width": 390, "height": 844}


class _Quiet(BookHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
        pass


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve a folder on loopback; its address."""
    handler = partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@dataclass
class Visit:
    """What happened while a page was opened."""

    page: Page
    base: str
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def elsewhere(self) -> list[str]:
        """Requests that left the book."""
        own = (self.base, "data:", "blob:")
        return [url for url in self.requests if not url.startswith(own)]

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"console: {message.text}")

    def open(self, name: str) -> None:
        """Load the page, and wait until equations and sliders stand."""
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("requestfailed", lambda request: self.errors.append(f"failed: {request.url}"))
        self.page.on("pageerror", lambda error: self.errors.append(f"script: {error}"))
        self.page.on("console", self._hear)
        self.page.goto(f"{self.base}/{name}", wait_until="load")
        self.page.evaluate(WAIT_FOR_EQUATIONS)
        if self.page.evaluate(HAS_WIDGETS):
            self.page.wait_for_selector(HANDLES)

    def settle(self) -> None:
        """Wait until nothing has been asked for during half a second."""
        self.page.wait_for_load_state("networkidle")


@contextmanager
def visit(
    browser: Browser, base: str, name: str, *, answered: bool = False, **options: object
) -> Iterator[Visit]:
    """Open a page of the book in a fresh context, with the options of Playwright's new_context.

    ``answered``: as one sees it who asked to be shown everything.
    """
    context: BrowserContext = browser.new_context(**options)  # pyright: ignore[reportArgumentType]
    context.set_default_timeout(PATIENCE)
    if answered:
        context.add_init_script(ANSWERED)
    try:
        seen = Visit(context.new_page(), base)
        seen.open(name)
        yield seen
    finally:
        context.close()
