"""How long a reader on a slow phone waits for the first words of a page. The method is in README.md.

``python -m benchmarks.first_paint`` prints a row for each page; ``--runs 3`` takes the median of three.
"""

from __future__ import annotations

import argparse
import gzip
import http.server
import statistics
import sys
import threading
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tools.build_book import build

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "tests"))

from support.pages import HANDLES, HAS_WIDGETS, find_browser, launch_flags, toc_pages  # noqa: E402 (the folder of tests is no package)

# "Slow 4G", as Lighthouse names it: 1.6 Mbit/s down, 750 kbit/s up, 150 ms, a processor four times slower.
NETWORK = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 93_750}
SLOWER = 4
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
PACKED = {".html", ".css", ".js", ".svg"}
PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
BYTES = """() => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
  .reduce((sum, entry) => sum + entry.encodedBodySize, 0)"""


class Packing(http.server.SimpleHTTPRequestHandler):
    """Serves text packed with gzip, as any host of static pages does."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer with the file, packed when it is text."""
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        data, packed = path.read_bytes(), path.suffix in PACKED
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
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    handler = partial(Packing, directory=str(build()))
    with (
        http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server,
        sync_playwright() as playwright,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=find_browser(), args=launch_flags())
        print("| page | first words (s) | sliders (s) | packed (kB) |\n|---|---|---|---|")
        for name in toc_pages():
            address = f"http://127.0.0.1:{server.server_port}/{name}"
            paints, sliders, sizes = zip(*(measure(browser, address) for _ in range(runs)), strict=True)
            ready = f"{statistics.median(sliders):.1f}" if sliders[0] else "–"
            print(f"| {name} | {statistics.median(paints):.1f} | {ready} | {sizes[0]:.0f} |", flush=True)
        server.shutdown()


if __name__ == "__main__":
    main()
