"""Firefox and WebKit: pages with scripts load without an error, and what moves moves by key and by mouse."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from functools import partial
from http.server import ThreadingHTTPServer
from threading import Thread

import pytest
from support import engines
from support.pages import CHAPTERS, HTML

from tools.build_book import BookHandler

RIGHT, SPACE = "\ue014", " "
EAR = b"""<script>window.faults = [];
addEventListener('error', e => faults.push(String(e.message || e.target.src || e.target.href)), true);
addEventListener('unhandledrejection', e => faults.push(String(e.reason)));</script>"""
# The pages that run scripts of the book's own.
PLAYED = ["book/index.html", *CHAPTERS, "book/game.html", "book/your-photograph.html"]
HANDLE = ".widget-slider .noUi-handle[aria-label]"


class Listening(BookHandler):
    """Serves the pages with an ear at their head: each fault is written down."""

    def do_GET(self) -> None:
        path = HTML / self.path.split("?")[0].lstrip("/")
        if path.suffix != ".html" or not path.is_file():
            super().do_GET()
            return
        body = path.read_bytes().replace(b"<head>", b"<head>" + EAR, 1)
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
        pass


@pytest.fixture(scope="module")
def heard(book: str) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Listening, directory=str(HTML))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def lacks(name: str) -> str:
    """What this machine lacks for an engine; empty where it has all."""
    if name == "firefox":
        return "" if shutil.which("firefox-esr") or shutil.which("firefox") else "firefox-esr"
    wanted = {"webkit2gtk-driver": shutil.which("WebKitWebDriver"), "xvfb": shutil.which("Xvfb")}
    wanted["MiniBrowser"] = engines.mini_browser()
    return ", ".join(package for package, found in wanted.items() if not found)


@pytest.fixture(scope="module", params=["firefox", "webkit"])
def engine(request: pytest.FixtureRequest) -> Iterator[engines.Engine]:
    if missing := lacks(request.param):
        reason = f"{request.param} cannot run: this machine lacks {missing}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    opened = engines.firefox() if request.param == "firefox" else engines.webkit(port, f":{port % 900 + 100}")
    with opened as running:
        yield running


def test_pages_load_without_a_fault(engine: engines.Engine, heard: str) -> None:
    for name in PLAYED:
        engine.visit(f"{heard}/{name}")
        assert engine.evaluate("faults") == [], name
        assert engine.evaluate("document.querySelector('article h1').innerText") != "", name


def test_an_explorer_moves_by_key_and_by_mouse(engine: engines.Engine, heard: str) -> None:
    engine.visit(f"{heard}/{CHAPTERS[0]}")
    engine.wait_for(f"document.querySelector('{HANDLE}')")
    now = f"document.querySelector('{HANDLE}').getAttribute('aria-valuetext')"
    before = engine.evaluate(now)
    engine.press(HANDLE, RIGHT)
    engine.wait_for(f"{now} !== {before!r}")
    after = engine.evaluate(now)
    # The middle of the track is another setting than the one beside the start.
    engine.click(".widget-slider .noUi-target")
    engine.wait_for(f"{now} !== {after!r}")
    assert engine.evaluate("faults") == []


def test_a_question_is_answered(engine: engines.Engine, heard: str) -> None:
    engine.visit(f"{heard}/{CHAPTERS[0]}")
    hidden = "document.querySelectorAll('.veiled[hidden]').length"
    before = engine.evaluate(hidden)
    assert before > 5
    engine.click(".ask-choices button")
    engine.wait_for(f"{hidden} < {before}")
    assert "You said" in engine.evaluate(
        "[...document.querySelectorAll('.ask-said')].map(p => p.innerText).join()"
    )


def test_the_game_plays(engine: engines.Engine, heard: str, request: pytest.FixtureRequest) -> None:
    engine.visit(f"{heard}/book/game.html")
    step = "Number(document.getElementById('now-step').innerText)"
    if "webkit" in request.node.name:  # Firefox's driver presses no button by the space bar
        engine.press("#game-step-d", SPACE)
        engine.wait_for(f"{step} === 1")
    engine.click("#game-play")
    engine.wait_for(f"{step} > 10")
    engine.click("#game-play")
    engine.press("#set-fake", RIGHT)
    engine.wait_for("location.hash.includes('fake=0.05')")
    assert engine.evaluate("faults") == []


def test_a_photograph_is_learned(engine: engines.Engine, heard: str) -> None:
    engine.visit(f"{heard}/book/your-photograph.html")
    engine.wait_for("!document.getElementById('live-play').disabled")
    engine.click("#live-step-d")
    engine.wait_for("/1/.test(document.getElementById('live-status').innerText)")
    engine.press("#live-reset", SPACE)
    assert engine.evaluate("faults") == []
