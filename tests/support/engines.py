"""Firefox and WebKit, each by its own driver's protocol: a page is opened, asked and operated."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websocket import create_connection

PATIENCE = 60  # seconds
SHIFT = "\ue008"
MINI_BROWSERS = ("/usr/lib/*/webkit2gtk-4.*/MiniBrowser", "/usr/libexec/webkit2gtk-4.*/MiniBrowser")
PREFERENCES = 'user_pref("dom.w3c_touch_events.enabled", 1);'  # Firefox, as on a device with a touch screen
Actions = list[dict[str, Any]]
Place = tuple[float, float]  # shares of an element's width and height
Way = tuple[int, int]  # pixels


class Engine:
    """One browser with one page. ``evaluate`` gives what an expression is, as JSON carries it."""

    def __init__(self, go: Callable[[str], Any], ask: Callable[[str], str], act: Callable[[Actions], Any]):
        self._go, self._ask, self._act = go, ask, act

    def visit(self, url: str) -> None:
        """Open a page, and wait for its scripts: Firefox says that it is there before they have run."""
        self._go(url)
        self.wait_for("document.readyState === 'complete'")

    def evaluate(self, expression: str) -> Any:
        return json.loads(self._ask(f"JSON.stringify({expression}) || 'null'"))

    def wait_for(self, expression: str) -> None:
        promise = f"""new Promise((done, fail) => {{
          const end = Date.now() + {1000 * PATIENCE};
          (function look() {{
            if ({expression}) done('true');
            else if (Date.now() > end) fail(new Error('never: ' + {json.dumps(expression)}));
            else setTimeout(look, 50);
          }})();
        }})"""
        self._ask(promise)

    def press(self, selector: str, key: str, nth: int = 0, *, shift: bool = False) -> None:
        """Focus what the selector finds, and press a key, as WebDriver writes it."""
        self.evaluate(f"{_found(selector, nth)}.focus()")
        strokes = [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        if shift:
            strokes = [{"type": "keyDown", "value": SHIFT}, *strokes, {"type": "keyUp", "value": SHIFT}]
        self._act([{"type": "key", "id": "keys", "actions": strokes}])

    def click(self, selector: str, nth: int = 0, *, at: Place = (0.5, 0.5), drag: Way = (0, 0)) -> None:
        """Bring it into the middle of the window, press the mouse at so many shares of its size, and drag."""
        x, y = self._place(selector, nth, at)
        down, up = {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}
        way = [_moved(x, y), down, _moved(x + drag[0], y + drag[1]), up]
        self._act([{"type": "pointer", "id": "mouse", "actions": way}])

    def swipe(self, selector: str, nth: int, across: float) -> None:
        """Draw a finger from its middle so many pixels across. WebKitGTK's driver draws the mouse instead."""
        x, y = self._place(selector, nth, (0.5, 0.5))
        way = [_moved(x + across * part / 8, y) for part in range(1, 9)]
        down, up = {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}
        finger = {"type": "pointer", "id": "finger", "parameters": {"pointerType": "touch"}}
        self._act([finger | {"actions": [_moved(x, y), down, *way, up]}])

    def _place(self, selector: str, nth: int, at: Place) -> list[float]:
        self.evaluate(f"{_found(selector, nth)}.scrollIntoView({{block: 'center', behavior: 'instant'}})")
        box = f"(box => [box.x + {at[0]} * box.width, box.y + {at[1]} * box.height])"
        return self.evaluate(f"{box}({_found(selector, nth)}.getBoundingClientRect())")


def _found(selector: str, nth: int) -> str:
    return f"document.querySelectorAll({json.dumps(selector)})[{nth}]"


def _moved(x: float, y: float) -> dict[str, Any]:
    return {"type": "pointerMove", "x": round(x), "y": round(y)}


@contextmanager
def firefox() -> Iterator[Engine]:
    """Firefox by WebDriver BiDi, which it speaks itself."""
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    assert program
    with tempfile.TemporaryDirectory() as profile:
        Path(profile, "user.js").write_text(PREFERENCES, "utf-8")
        command = [program, "--headless", "--remote-debugging-port=0", "--profile", profile, "--no-remote"]
        with subprocess.Popen(
            command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        ) as running:
            assert running.stderr
            address = next(found[0] for line in running.stderr if (found := re.search(r"ws://\S+", line)))
            socket = create_connection(f"{address}/session", timeout=2 * PATIENCE, suppress_origin=True)
            try:
                yield _bidi(socket)
            finally:
                socket.close()
                running.kill()


def _bidi(socket: Any) -> Engine:
    asked = iter(range(1, 1_000_000))

    def send(method: str, **params: Any) -> Any:
        name = next(asked)
        socket.send(json.dumps({"id": name, "method": method, "params": params}))
        while (answer := json.loads(socket.recv())).get("id") != name:
            pass
        if answer["type"] == "error":
            raise RuntimeError(f"{method}: {answer['message']}")
        return answer["result"]

    send("session.new", capabilities={})
    context = send("browsingContext.create", type="tab")["context"]  # the first one has no focus
    send("browsingContext.activate", context=context)

    def ask(expression: str) -> str:
        target = {"context": context}
        answer = send("script.evaluate", expression=expression, target=target, awaitPromise=True)
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return answer["result"]["value"]

    return Engine(
        lambda url: send("browsingContext.navigate", context=context, url=url, wait="complete"),
        ask,
        lambda actions: send("input.performActions", context=context, actions=actions),
    )


def mini_browser() -> str | None:
    """The small browser that comes with WebKitGTK."""
    found = [path for pattern in MINI_BROWSERS for path in Path("/").glob(pattern.lstrip("/"))]
    return str(found[0]) if found else None


@contextmanager
def webkit(port: int, display: str) -> Iterator[Engine]:
    """WebKitGTK's small browser by its WebDriver, on a screen of its own."""
    screen = ["Xvfb", display, "-screen", "0", "1280x900x24", "-nolisten", "tcp"]
    driver = ["WebKitWebDriver", f"--port={port}", "--host=127.0.0.1"]
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = {**os.environ, "DISPLAY": display, "WEBKIT_DISABLE_COMPOSITING_MODE": "1"}
    with (
        subprocess.Popen(screen, **quiet) as shown,
        subprocess.Popen(driver, env=environment, **quiet) as running,
    ):
        try:
            yield _webdriver(f"http://127.0.0.1:{port}")
        finally:
            running.kill()
            shown.kill()


def _webdriver(address: str) -> Engine:
    def send(method: str, path: str, **body: Any) -> Any:
        data = json.dumps(body).encode() if method == "POST" else None
        request = urllib.request.Request(f"{address}{path}", data=data, method=method)
        try:
            with urllib.request.urlopen(request, timeout=2 * PATIENCE) as answer:
                return json.loads(answer.read())["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{path}: {error.read().decode()}") from error

    options = {"binary": mini_browser(), "args": ["--automation"]}
    session = _patiently(
        lambda: send("POST", "/session", capabilities={"alwaysMatch": {"webkitgtk:browserOptions": options}})
    )
    base = f"/session/{session['sessionId']}"
    send("POST", f"{base}/timeouts", script=2000 * PATIENCE)

    def ask(expression: str) -> str:
        script = f"""const done = arguments[0];
          Promise.resolve({expression}).then(value => done([value]), error => done([null, String(error)]))"""
        value, *fault = send("POST", f"{base}/execute/async", script=script, args=[])
        if fault:
            raise RuntimeError(fault[0])
        return value

    return Engine(
        lambda url: send("POST", f"{base}/url", url=url),
        ask,
        lambda actions: send("POST", f"{base}/actions", actions=actions),
    )


def _patiently(start: Callable[[], Any]) -> Any:
    """The driver needs a moment before it answers."""
    for _ in range(10 * PATIENCE):
        try:
            return start()
        except (ConnectionError, urllib.error.URLError):
            time.sleep(0.1)
    return start()
