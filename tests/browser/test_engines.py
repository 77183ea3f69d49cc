"""Firefox and WebKit: pages with scripts load without an error, and what moves moves by key and by mouse."""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from functools import partial
from http.server import ThreadingHTTPServer
from threading import Thread

import pytest
from support import engines
from support.pages import CHAPTERS, HTML
from support.touch import PAGE_OF, PROBES

from tools.build_book import BookHandler

LEFT, RIGHT, UP, ENTER, TAB, SPACE = "\ue012", "\ue014", "\ue013", "\ue007", "\ue004", " "
KEYS = {"ArrowLeft": LEFT, "ArrowRight": RIGHT, "ArrowUp": UP, "Enter": ENTER}
EAR = b"""<script>window.faults = [];
addEventListener('error', e => faults.push(String(e.message || e.target.src || e.target.href)), true);
addEventListener('unhandledrejection', e => faults.push(String(e.reason)));</script>"""
HANDLE = ".widget-slider .noUi-handle[aria-label]"
TRACK = ".widget-slider .noUi-target:has(.noUi-handle[aria-label])"
# How many stops there are, and those that look the same with the focus and without.
FOCUS = """(() => {
  const looks = stop => { const seen = [stop, stop.parentElement, stop.nextElementSibling || stop];
    return seen.map(part => { const s = getComputedStyle(part);
      return [s.outlineStyle, s.outlineWidth, s.boxShadow, s.borderColor, s.backgroundColor]; }).join(); };
  const all = [...document.querySelectorAll('a[href], button, input, select, summary, [tabindex="0"]')]
    .filter(stop => !stop.disabled && stop.tabIndex >= 0 && stop.checkVisibility()
      && getComputedStyle(stop).visibility !== 'hidden');
  const unseen = all.filter(stop => {
    const before = (stop.blur(), looks(stop));
    stop.focus({preventScroll: true, focusVisible: true});
    return document.activeElement === stop && looks(stop) === before;
  });
  return [all.length, unseen.map(stop => stop.outerHTML.slice(0, 120))];
})()"""
# What is cut, and how much wider than its window the page is, once text is twice as large.
TWICE = """(() => {
  document.documentElement.style.fontSize = '200%';
  const kinds = '.widget-label, .widget-readout, button, label, output, dd, td';
  const labels = [...document.querySelectorAll(kinds)];
  const cut = labels.filter(label => getComputedStyle(label).overflow !== 'visible'
    && label.scrollHeight > label.clientHeight + 1).map(label => label.outerHTML.slice(0, 80));
  const wide = document.documentElement.scrollWidth - window.innerWidth;
  return wide > 0 ? [...cut, `${wide} pixels too wide`] : cut;
})()"""


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


PLAYED = ["book/index.html", "book/game.html", "book/your-photograph.html"]


@pytest.mark.parametrize("page", PLAYED)
def test_a_page_with_scripts_loads_without_a_fault(engine: engines.Engine, heard: str, page: str) -> None:
    opens_well(engine, f"{heard}/{page}")


def opens_well(engine: engines.Engine, address: str) -> None:
    engine.visit(address)
    assert engine.evaluate("document.querySelector('article h1').innerText") != ""
    assert engine.evaluate("faults") == []


@pytest.mark.parametrize("page", CHAPTERS)
def test_all_that_moves_in_a_chapter_answers(engine: engines.Engine, heard: str, page: str) -> None:
    opens_well(engine, f"{heard}/{page}")
    engine.wait_for(f"document.querySelector('{HANDLE}')")
    for index in range(engine.evaluate(f"document.querySelectorAll('{HANDLE}').length")):
        move_every_way(engine, index)
    touch(engine, next(name for name, its_page in PAGE_OF.items() if its_page == page))
    assert engine.evaluate("faults") == []


def move_every_way(engine: engines.Engine, index: int) -> None:
    """Move one slider of the page to its other end; it says another value each time."""
    handle = f"document.querySelectorAll('{HANDLE}')[{index}]"
    said, value = f"{handle}.getAttribute('aria-valuetext')", "(+{}.getAttribute('aria-value{}'))"
    now, low, high = (value.format(handle, part) for part in ("now", "min", "max"))
    wide = engine.evaluate(f"{handle}.closest('.noUi-target').clientWidth")

    def move(act: Callable[[float, float], None]) -> None:
        before, share = engine.evaluate(f"[{said}, ({now} - {low}) / ({high} - {low})]")
        act(share, 0.05 if share > 0.5 else 0.95)
        engine.wait_for(f"{said} !== {json.dumps(before)}")

    move(lambda share, _: engine.press(HANDLE, LEFT if share > 0.5 else RIGHT, index))
    move(lambda share, end: engine.swipe(HANDLE, index, (end - share) * wide))
    move(lambda _, end: engine.click(TRACK, index, at=(end, 0.5)))


def touch(engine: engines.Engine, name: str) -> None:
    """Use a thing by key and by mouse; its numbers are others each time."""
    _, control, key, place = PROBES[name]
    thing = f'.touch-on[data-touch="{name}"]'
    answer = f"[...document.querySelectorAll('{thing} [data-number]')].map(part => part.innerText).join()"
    engine.wait_for(f"document.querySelector('{thing}')")
    before = engine.evaluate(answer)
    engine.press(f"{thing} {control}", KEYS[key.split("+")[-1]], shift="Shift" in key)
    engine.wait_for(f"{answer} !== {json.dumps(before)}")
    before = engine.evaluate(answer)
    engine.click(f"{thing} {control}", at=place, drag=(12, 9))
    engine.wait_for(f"{answer} !== {json.dumps(before)}")


@pytest.mark.parametrize("page", [CHAPTERS[4], *PLAYED])
def test_every_stop_shows_its_focus_and_text_may_be_twice_as_large(
    engine: engines.Engine, heard: str, page: str
) -> None:
    engine.visit(f"{heard}/{page}")
    engine.press("a[href]", TAB)  # from here on the engine shows the focus, as for whoever uses keys
    stops, unseen = engine.evaluate(FOCUS)
    assert stops > 20
    assert unseen == []
    assert engine.evaluate(TWICE) == [], "text is cut, or the page wider than its window"


def test_a_question_is_answered(engine: engines.Engine, heard: str) -> None:
    engine.visit(f"{heard}/{CHAPTERS[0]}")
    hidden = "document.querySelectorAll('.veiled[hidden]').length"
    before = engine.evaluate(hidden)
    assert before > 5
    engine.press(".ask-choices button", SPACE)
    engine.wait_for(f"{hidden} < {before}")
    assert "You said" in engine.evaluate(
        "[...document.querySelectorAll('.ask-said')].map(p => p.innerText).join()"
    )


def test_the_game_plays(engine: engines.Engine, heard: str) -> None:
    engine.visit(f"{heard}/book/game.html")
    step = "Number(document.getElementById('now-step').innerText)"
    assert engine.evaluate("document.getElementById('predicted-lossD').innerText") == "1.376", "not begun"
    engine.press("#game-step-d", SPACE)
    engine.wait_for(f"{step} === 1")
    engine.click("#game-play")
    engine.wait_for(f"{step} > 10")
    engine.click("#game-play")
    engine.press("#set-fake", RIGHT)
    engine.wait_for("location.hash.includes('fake=0.05')")
    assert engine.evaluate("faults") == []


def test_a_photograph_is_learned(engine: engines.Engine, heard: str) -> None:
    said = "document.getElementById('live-status').innerText"
    engine.visit(f"{heard}/book/your-photograph.html#steps=2")
    engine.wait_for("!document.getElementById('live-play').disabled")
    engine.click("#live-step-d")
    engine.wait_for(f"/^Step 1/.test({said})")
    engine.press("#live-reset", SPACE)
    engine.wait_for(f"/^Ready/.test({said})")
    engine.press("#set-noise", RIGHT)
    engine.wait_for("location.hash.includes('noise=0.15')")
    engine.click("#live-play")
    engine.wait_for(f"/^2 steps: ΔE/.test({said})")
    assert engine.evaluate("faults") == []
