"""One browser, one build of the book, reached over http and over file://."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, expect, sync_playwright
from support.pages import HTML, PATIENCE, ROOT, serve

from tools.chromium import find_browser, launch_flags

expect.set_options(timeout=PATIENCE / 4)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find_browser()
    if path is None:
        reason = "no Chromium or Chrome found: install one, or name it in the variable CHROMIUM"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=launch_flags())
        yield running
        running.close()


@pytest.fixture(scope="session")
def book(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of pages, up to date: the same program as in `make book`, once among workers."""
    # Under xdist each worker has a folder of its own below one that all share.
    shared = tmp_path_factory.getbasetemp().parent
    with FileLock(shared / "book.lock"):
        subprocess.run([sys.executable, "-m", "tools.build_book", "build"], cwd=ROOT, check=True)
    return str(HTML)


@pytest.fixture(scope="session")
def served(book: str) -> Iterator[str]:
    """The address of the pages over http."""
    with serve(HTML) as address:
        yield address


@pytest.fixture(scope="session", params=["http", "file"])
def base(request: pytest.FixtureRequest, served: str) -> str:
    """The address in front of every page's path."""
    return served if request.param == "http" else HTML.as_uri()
