"""How long a reader on a slow phone waits for the first words of a page. The method is in README.md.

``python -m benchmarks.first_paint`` writes results/first_paint.json; ``--runs 3`` takes turns three times. A
page with sliders is also measured with all its pictures loaded at once, as it was before they waited.
"""

from __future__ import annotations

import argparse
import gzip
import http.server
import sys
import threading
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from benchmarks.timing import load_average, record, spread
from tools.build_book import build
from tools.chromium import find_browser, launch_flags

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "tests"))

from support.pages import HANDLES, HAS_WIDGETS, toc_pages  # noqa: E402 (the folder of tests is no package)

# "Slow 4G", as Lighthouse names it: 1.6 Mbit/s down, 750 kbit/s up, 150 ms, a processor four times slower.
NETWORK = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 93_750}
SLOWER = 4
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
EAGER = "/eager"  # the same pages, their pictures loaded at once
PACKED = {".html", ".css", ".js", ".svg"}
PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
BYTES = """() => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
  .reduce((sum, entry) => sum + entry.encodedBodySize, 0)"""


class Packing(http.server.SimpleHTTPRequestHandler):
    """Serves text packed with gzip, as any host of static pages does."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer with the file, packed when it is text."""
        path = Path(self.translate_path(self.path.removeprefix(EAGER)))
        if not path.is_file():
            self.send_error(404)
            return
        data, packed = path.read_bytes(), path.suffix in PACKED
        if self.path.startswith(EAGER):
            data = data.replace(b' loading="lazy"', b"")
        if packed:
            data = gzip.compress(data, 6)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Length", str(len(data)))
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
        """Nothing is printed for a request."""


def measure(browser: Browser, address: str) -> tuple[float, float | None, float]:
    """Seconds to the first words, seconds until the sliders stand, and kilobytes, with an empty cache."""
    context = browser.new_context(**PHONE)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", NETWORK)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address, wait_until="load", timeout=120_000)
    sliders = None
    if page.evaluate(HAS_WIDGETS):
        page.wait_for_selector(HANDLES, timeout=120_000)
        sliders = page.evaluate("performance.now()") / 1000
    found = page.evaluate(PAINT) / 1000, sliders, page.evaluate(BYTES) / 1000
    context.close()
    return found


def main() -> None:
    """Measure, print a table and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="*", help="how their names start; all by default")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="of a book that is built already")
    options = parser.parse_args()
    handler = partial(Packing, directory=str(options.folder or build()))
    load, pages = load_average(), {}
    with (
        http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server,
        sync_playwright() as playwright,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=find_browser(), args=launch_flags())
        print("| page | first words (s) | sliders (s) | packed (kB) |\n|---|---|---|---|")
        for name in toc_pages():
            if Path(name).name.startswith(tuple(options.pages or [""])):
                address = f"http://127.0.0.1:{server.server_port}"
                pages[name] = waits(browser, address, name, options.runs)
                print(row(name, pages[name]), flush=True)
        server.shutdown()
    print(record("first_paint", {"runs": options.runs, "pages": pages}, load=load))


def waits(browser: Browser, address: str, name: str, runs: int) -> dict[str, Any]:
    """First words, sliders and kilobytes of a page; of one with sliders also with all pictures at once."""
    found: dict[str, list[tuple[float, float | None, float]]] = {"": [], EAGER: []}
    for _ in range(runs):
        for how in ("",) if found[""] and found[""][0][1] is None else ("", EAGER):
            found[how].append(measure(browser, f"{address}{how}/{name}"))
    words, sliders, sizes = zip(*found[""], strict=True)
    waited = {"first words": list(words), "kilobytes": sizes[0]}
    if sliders[0] is None:
        return waited
    before = [sliders_ for _, sliders_, _ in found[EAGER]]
    return waited | {"sliders": list(sliders), "sliders, pictures at once": before}


def row(name: str, found: dict[str, Any]) -> str:
    """A row of the table."""
    sliders = f"{spread(found['sliders']).median:.1f}" if "sliders" in found else "–"
    return f"| {name} | {spread(found['first words']).median:.1f} | {sliders} | {found['kilobytes']:.0f} |"


if __name__ == "__main__":
    main()
