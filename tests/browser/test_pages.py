"""Every page of the book in a real browser: quiet, offline, typeset, and alive.

A page is loaded once for each way to reach it; what was found there answers many tests.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, Page
from support.pages import CHAPTERS, HANDLES, HTML, PAGES, PHONE, toc_pages, visit

MADE_BY_THE_BUILD = {"genindex.html", "search.html", "index.html", "404.html"}
# The frame that a reader sees: others are in the page, hidden.
PICTURE = """handle => {
  const seen = [...handle.closest('.cell_output').querySelectorAll('.widget-html-content img')]
    .filter(img => img.checkVisibility());
  return seen.map(img => [img.alt, img.src.length, img.src.slice(-200)]);
}"""


@dataclass
class Findings:
    """What one visit to a page found."""

    requests: list[str]
    elsewhere: list[str]
    errors: list[str]
    equations: dict[str, int]


@pytest.fixture(scope="module")
def opened(browser: Browser) -> dict[tuple[str, str], Findings]:
    """What was found on each page, so that several tests ask one visit."""
    return {}


def look(browser: Browser, base: str, name: str, opened: dict[tuple[str, str], Findings]) -> Findings:
    if (base, name) not in opened:
        with visit(browser, base, name) as seen:
            opened[base, name] = Findings(seen.requests, seen.elsewhere(), seen.errors, equations(seen.page))
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


def assert_says_what_it_shows(handle: Locator) -> None:
    slider = handle.locator("xpath=ancestor::*[contains(@class, 'widget-slider')]")
    assert handle.get_attribute("aria-label") == slider.locator(".widget-label").inner_text() != ""
    assert handle.get_attribute("aria-valuetext") == slider.locator(".widget-readout").inner_text() != ""


def ends(handle: Locator) -> tuple[float, float, float, float]:
    """The handle's middle (x, y), and how far the track reaches on the side with more room."""
    handle.scroll_into_view_if_needed()
    track = handle.locator("xpath=ancestor::*[contains(@class, 'noUi-target')]").bounding_box()
    knob = handle.bounding_box()
    assert track
    assert knob
    x, y = knob["x"] + knob["width"] / 2, knob["y"] + knob["height"] / 2
    is_left = x < track["x"] + track["width"] / 2
    return x, y, track["x"] + track["width"] * (0.98 if is_left else 0.02), knob["width"]


def move_by_key(handle: Locator) -> None:
    before = state(handle)
    at_end = handle.get_attribute("aria-valuenow") == handle.get_attribute("aria-valuemax")
    handle.focus()
    handle.press("ArrowLeft" if at_end else "ArrowRight")
    assert_all_changed(handle, before, "by arrow key")


def move_by_mouse(handle: Locator) -> None:
    before = state(handle)
    x, y, end, _ = ends(handle)
    mouse = handle.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(end, y, steps=8)
    mouse.up()
    assert_all_changed(handle, before, "by mouse")


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_explorer_moves_by_key_and_by_mouse(browser: Browser, base: str, name: str) -> None:
    with visit(browser, base, name) as seen:
        handles = seen.page.locator(HANDLES)
        assert handles.count() > 0, "a chapter has at least one explorer"
        for index in range(handles.count()):
            assert_says_what_it_shows(handles.nth(index))
            move_by_key(handles.nth(index))
            assert_says_what_it_shows(handles.nth(index))
            move_by_mouse(handles.nth(index))
        assert seen.errors == []
        assert seen.elsewhere() == []


def drag_by_finger(handle: Locator) -> None:
    before = state(handle)
    x, y, end, width = ends(handle)
    assert round(width, 2) >= 24, f"a finger needs 24 pixels, the handle has {width}"
    touch = handle.page.context.new_cdp_session(handle.page)

    def send(kind: str, *points: float) -> None:
        at = [{"x": point, "y": y} for point in points]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    send("touchStart", x)
    for part in range(1, 9):
        send("touchMove", x + (end - x) * part / 8)
    send("touchEnd")
    assert_all_changed(handle, before, "by a finger that drags")


def tap_the_track(handle: Locator) -> None:
    before = state(handle)
    _, y, end, _ = ends(handle)
    handle.page.touchscreen.tap(end, y)
    assert_all_changed(handle, before, "by a finger that taps")


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_explorer_moves_by_a_finger_on_a_phone(browser: Browser, served: str, name: str) -> None:
    with visit(browser, served, name, viewport=PHONE, has_touch=True, is_mobile=True) as seen:
        handles = seen.page.locator(HANDLES)
        for index in range(handles.count()):
            drag_by_finger(handles.nth(index))
            tap_the_track(handles.nth(index))
        assert seen.errors == []
