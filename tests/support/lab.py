"""JupyterLab on loopback, with settings of its own, and what a reader does in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from playwright.sync_api import Page

# Off: questions that lie over the page and ask other hosts. And cells outside the window are drawn too.
SETTINGS = {
    "apputils-extension/notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
    "notebook-extension/tracker": {"windowingMode": "none"},
}
FAULTS = ("stderr", "error")
RUNNING = "[...document.querySelectorAll('.jp-InputPrompt')].filter(p => p.textContent.includes('*')).length"


@contextmanager
def serve_lab(folder: Path, private: Path) -> Iterator[str]:
    """Start JupyterLab on a folder, keeping its own files in ``private``; its address."""
    for name, settings in SETTINGS.items():
        file = private / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(settings), encoding="utf-8")
    kept = {
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "IPYTHONDIR": "ipython",
    }
    environment = {**os.environ, **{name: str(private / place) for name, place in kept.items()}}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1"]
    options = ["--port=0", "--IdentityProvider.token=", f"--ServerApp.root_dir={folder}"]
    with (private / "log.txt").open("w") as log:
        server = subprocess.Popen([*command, *options], env=environment, stdout=log, stderr=log)
        try:
            yield _address(server, private)
        finally:
            server.terminate()
            server.wait(timeout=60)


def _address(server: subprocess.Popen, private: Path) -> str:
    """Where the server listens, once it answers."""
    for _ in range(1200):
        time.sleep(0.1)
        assert server.poll() is None, (private / "log.txt").read_text("utf-8")
        for file in (private / "runtime").glob("jpserver-*.json"):
            try:
                url = json.loads(file.read_text("utf-8"))["url"]
                urlopen(f"{url}api").close()
            except (OSError, ValueError):  # not yet
                continue
            return url
    raise AssertionError((private / "log.txt").read_text("utf-8"))


def open_notebook(page: Page, address: str, name: str) -> None:
    """Open a notebook and wait until its kernel stands."""
    page.goto(f"{address}doc/tree/{name}")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell")
    page.get_by_text("| Idle").wait_for()  # in the bar at the bottom, after the name of the kernel


def run_all(page: Page) -> None:
    """Choose Run All Cells from the menu, and wait until every cell has run."""
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_function(f"{RUNNING} > 0")
    page.wait_for_function(f"{RUNNING} === 0", timeout=400_000)


def faults(page: Page) -> list[str]:
    """What cells wrote to stderr, and how they failed."""
    kinds = ", ".join(f'[data-mime-type="application/vnd.jupyter.{kind}"]' for kind in FAULTS)
    return page.locator(kinds).all_inner_texts()
