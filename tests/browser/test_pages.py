"""Every page of the book in a real browser: quiet, offline, typeset, and alive."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator, Page
from support.pages import HANDLES, HTML, Visit, serve, toc_pages, visit

MADE_BY_SPHINX = {"genindex.html", "search.html", "index.html", "py-modindex.html"}
PAGES = [*toc_pages(), "genindex.html", "search.html"]
# The frame that a reader sees: others are in the page, hidden.
PICTURE = """handle => {
  const seen = [...handle.closest('.cell_output').querySelectorAll('.widget-html-content img')]
    .filter(img => img.checkVisibility());
  return seen.map(img => [img.alt, img.src.length, img.src.slice(-200)]);
}"""


@pytest.fixture(scope="module")
def opened(browser: Browser) -> dict[tuple[str, str], dict]:
    """What was found on each page, so that several tests ask one visit."""
    return {}


def look(browser: Browser, base: str, name: str, opened: dict) -> dict:
    if (base, name) not in opened:
        with visit(browser, base, name) as seen:
            opened[base, name] = {"visit": seen, **equations(seen.page)}
    return opened[base, name]


def equations(page: Page) -> dict[str, int]:
    return {
        "equations": page.locator(".math").count(),
        "typeset": page.locator(".math:has(mjx-container)").count(),
        "broken": page.locator("mjx-merror, [data-mjx-error]").count(),
    }


def test_the_pages_are_those_of_the_table_of_contents(book: str) -> None:
    built = {page.relative_to(HTML).as_posix() for page in HTML.rglob("*.html")}
    ours = {page for page in built if not page.startswith(("_modules/", "_static/"))}
    assert ours - MADE_BY_SPHINX == set(toc_pages())


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_no_other_host(browser: Browser, base: str, name: str, opened: dict) -> None:
    seen: Visit = look(browser, base, name, opened)["visit"]
    assert seen.requests, "the record of requests is empty"
    assert seen.elsewhere() == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_logs_no_error(browser: Browser, base: str, name: str, opened: dict) -> None:
    assert look(browser, base, name, opened)["visit"].errors == []


@pytest.mark.parametrize("name", PAGES)
def test_every_equation_is_typeset(browser: Browser, base: str, name: str, opened: dict) -> None:
    found = look(browser, base, name, opened)
    assert found["typeset"] == found["equations"]
    assert found["broken"] == 0


@pytest.mark.parametrize("name", PAGES)
def test_a_phone_shows_the_page_without_scrolling_sideways(browser: Browser, book: str, name: str) -> None:
    with (
        serve(HTML) as address,
        visit(browser, address, name, viewport={"width": 390, "height": 844}) as seen,
    ):
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= 390


def picture(handle: Locator) -> list:
    seen = handle.evaluate(PICTURE)
    assert len(seen) == 1, f"{len(seen)} pictures are visible beside one slider"
    assert len(seen[0][0]) >= 20, f"the alternative text says too little: {seen[0][0]!r}"
    return seen[0]


def state(handle: Locator) -> tuple[str | None, list]:
    return handle.get_attribute("aria-valuetext"), picture(handle)


def assert_all_changed(handle: Locator, before: tuple[str | None, list], how: str) -> None:
    name = handle.get_attribute("aria-label")
    # The picture follows the handle after a moment; waiting is bounded.
    for _ in range(50):
        if state(handle)[1][0] != before[1][0]:
            break
        handle.page.wait_for_timeout(50)
    value, (alt, *pixels) = state(handle)
    assert value != before[0], f"{name}: the value stays {value!r} {how}"
    assert alt != before[1][0], f"{name}: the alternative text stays {how}"
    assert pixels != before[1][1:], f"{name}: the picture stays {how}"


def move_by_key(handle: Locator) -> None:
    before = state(handle)
    at_end = handle.get_attribute("aria-valuenow") == handle.get_attribute("aria-valuemax")
    handle.focus()
    handle.press("ArrowLeft" if at_end else "ArrowRight")
    assert_all_changed(handle, before, "by arrow key")


def move_by_mouse(handle: Locator) -> None:
    before = state(handle)
    handle.scroll_into_view_if_needed()
    track = handle.locator("xpath=ancestor::*[contains(@class, 'noUi-target')]").bounding_box()
    knob = handle.bounding_box()
    assert track
    assert knob
    middle = knob["y"] + knob["height"] / 2
    is_left = knob["x"] + knob["width"] / 2 < track["x"] + track["width"] / 2
    mouse = handle.page.mouse
    mouse.move(knob["x"] + knob["width"] / 2, middle)
    mouse.down()
    mouse.move(track["x"] + track["width"] * (0.98 if is_left else 0.02), middle, steps=8)
    mouse.up()
    assert_all_changed(handle, before, "by mouse")


@pytest.mark.parametrize("name", [page for page in toc_pages() if page[5:7].isdigit()])
def test_every_explorer_moves_by_key_and_by_mouse(browser: Browser, base: str, name: str) -> None:
    with visit(browser, base, name) as seen:
        handles = seen.page.locator(HANDLES)
        assert handles.count() > 0, "a chapter has at least one explorer"
        for index in range(handles.count()):
            move_by_key(handles.nth(index))
            move_by_mouse(handles.nth(index))
        assert seen.errors == []
        assert seen.elsewhere() == []
