"""Every page of the book in a real browser: quiet, offline, typeset, and alive.

A page is loaded once for each way to reach it; what was found there answers many tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page
from support.explorers import assert_says_what_it_shows, move_by_key, move_by_mouse, stuck
from support.pages import CHAPTERS, HANDLES, HTML, PAGES, toc_pages, visit

MADE_BY_THE_BUILD = {"genindex.html", "search.html", "index.html", "404.html"}
GROUPS = """handles => [...document.querySelectorAll('.sicgan-explorer')].map(group => ({
  role: group.getAttribute('role'),
  name: group.getAttribute('aria-label'),
  labels: [...group.querySelectorAll('.widget-label')].filter(label => label.checkVisibility())
    .map(label => label.innerText),
  hints: group.querySelectorAll('[title]').length,
  stops: group.querySelectorAll("[tabindex='0'], [contenteditable=true], a, button, input").length,
  handles: group.querySelectorAll(handles).length,
}))"""


@dataclass
class Findings:
    """What one visit to a page found."""

    requests: list[str]
    elsewhere: list[str]
    errors: list[str]
    equations: dict[str, int]
    groups: list[dict[str, Any]]
    stuck: str


@pytest.fixture(scope="module")
def opened(browser: Browser) -> dict[tuple[str, str], Findings]:
    """What was found on each page, so that several tests ask one visit."""
    return {}


def look(browser: Browser, base: str, name: str, opened: dict[tuple[str, str], Findings]) -> Findings:
    if (base, name) not in opened:
        with visit(browser, base, name) as seen:
            seen.settle()
            groups = seen.page.evaluate(GROUPS, HANDLES)
            typeset, moved = equations(seen.page), stuck(seen.page, move)
            opened[base, name] = Findings(
                seen.requests, seen.elsewhere(), seen.errors, typeset, groups, moved
            )
    return opened[base, name]


def move(handle: Locator) -> None:
    """By key and by mouse, and after each the page says what it shows."""
    assert_says_what_it_shows(handle)
    move_by_key(handle)
    assert_says_what_it_shows(handle)
    move_by_mouse(handle)


def equations(page: Page) -> dict[str, int]:
    return {
        "equations": page.locator(".math").count(),
        "typeset": page.locator(".math:has(mjx-container)").count(),
        "broken": page.locator("mjx-merror, [data-mjx-error]").count(),
    }


def test_the_pages_are_those_of_the_table_of_contents(book: str) -> None:
    built = {page.relative_to(HTML).as_posix() for page in HTML.rglob("*.html")}
    ours = {page for page in built if not page.startswith(("_modules/", "_static/"))}
    assert ours - MADE_BY_THE_BUILD == set(toc_pages())


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_no_other_host(browser: Browser, base: str, name: str, opened: dict) -> None:
    found = look(browser, base, name, opened)
    assert found.requests, "the record of requests is empty"
    assert found.elsewhere == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_logs_no_error(browser: Browser, base: str, name: str, opened: dict) -> None:
    assert look(browser, base, name, opened).errors == []


@pytest.mark.parametrize("name", PAGES)
def test_every_equation_is_typeset(browser: Browser, base: str, name: str, opened: dict) -> None:
    found = look(browser, base, name, opened).equations
    assert found["typeset"] == found["equations"]
    assert found["broken"] == 0


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_explorer_moves_by_key_and_by_mouse(
    browser: Browser, base: str, name: str, opened: dict
) -> None:
    found = look(browser, base, name, opened)
    assert found.groups, "a chapter has at least one explorer"
    assert found.stuck == ""


@pytest.mark.parametrize("name", CHAPTERS)
def test_an_explorer_is_a_named_group_whose_only_stops_are_its_handles(
    browser: Browser, base: str, name: str, opened: dict
) -> None:
    groups = look(browser, base, name, opened).groups
    assert len(groups) == (HTML / name).read_text("utf-8").count('"sicgan-explorer"')
    for group in groups:
        assert group["role"] == "group"
        assert group["name"] == "Explorer: " + ", ".join(group["labels"])
        assert group["hints"] == 0, "a hint that says null"
        assert group["stops"] == group["handles"] == len(group["labels"])
