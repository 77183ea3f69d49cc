"""Every page of the book in a real browser: quiet, offline, typeset, alive, and open to everyone.

A page is loaded once for each way to reach it; what was found there answers many tests.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page
from support.pages import HANDLES, HTML, toc_pages, visit

MADE_BY_SPHINX = {"genindex.html", "search.html", "index.html", "py-modindex.html"}
SOURCE = "_modules/sicgan_lite/color.html"
PAGES = [*toc_pages(), "genindex.html", "py-modindex.html", "search.html", SOURCE]
CHAPTERS = [page for page in toc_pages() if page[5:7].isdigit()]
SCHEMES = ("light", "dark")
PHONE = {"width": 390, "height": 844}
# What axe-core finds and we leave, as {page: {(rule, selector)}}: exactly this, no more and no less.
LEFT_BY_THE_THEME: dict[str, set[tuple[str, str]]] = {}
# The frame that a reader sees: others are in the page, hidden.
PICTURE = """handle => {
  const seen = [...handle.closest('.cell_output').querySelectorAll('.widget-html-content img')]
    .filter(img => img.checkVisibility());
  return seen.map(img => [img.alt, img.src.length, img.src.slice(-200)]);
}"""
HEADINGS = "() => [...document.querySelectorAll('main h1, main h2, main h3, main h4, main h5')]\
.filter(heading => heading.checkVisibility()).map(heading => [Number(heading.tagName[1]), heading.innerText])"
# axe leaves out the labels of the sliders, so their contrast is computed here as WCAG defines it.
LABELS = """() => {
  const channels = color => color.match(/[\\d.]+/g).map(Number);
  const light = color => channels(color).slice(0, 3).map(value => value / 255)
    .map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
    .reduce((sum, value, i) => sum + value * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = element => {
    const color = getComputedStyle(element).backgroundColor;
    return channels(color)[3] === 0 ? ground(element.parentElement) : color;
  };
  return [...document.querySelectorAll('.widget-label, .widget-readout')].map(label => {
    const pair = [light(getComputedStyle(label).color), light(ground(label))].sort((a, b) => b - a);
    return [label.innerText, (pair[0] + 0.05) / (pair[1] + 0.05)];
  });
}"""
# Icons of the theme's script that it did not know, and so drew as a question mark.
BAD_ICONS = """() => [...document.querySelectorAll(':is(i, span)[class*="fa-"], svg .missing')]
  .map(icon => icon.outerHTML)"""


@dataclass
class Findings:
    """What one visit to a page found."""

    requests: list[str]
    elsewhere: list[str]
    errors: list[str]
    equations: dict[str, int]
    headings: list[list[Any]]
    violations: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    labels: dict[str, list[list[Any]]] = field(default_factory=dict)
    tab_indices: list[str] = field(default_factory=list)
    bad_icons: list[str] = field(default_factory=list)
    width_on_a_phone: int = 0


@pytest.fixture(scope="module")
def opened(browser: Browser) -> dict[tuple[str, str], Findings]:
    """What was found on each page, so that several tests ask one visit."""
    return {}


def look(browser: Browser, base: str, name: str, opened: dict[tuple[str, str], Findings]) -> Findings:
    if (base, name) not in opened:
        with visit(browser, base, name, reduced_motion="reduce", color_scheme="light") as seen:
            page = seen.page
            quiet = (list(seen.requests), seen.elsewhere(), list(seen.errors))
            found = Findings(*quiet, equations(page), page.evaluate(HEADINGS))
            if base.startswith("http"):  # the same page over file://: axe would ask for its stylesheets
                audit(page, found)
            opened[base, name] = found
    return opened[base, name]


def equations(page: Page) -> dict[str, int]:
    return {
        "equations": page.locator(".math").count(),
        "typeset": page.locator(".math:has(mjx-container)").count(),
        "broken": page.locator("mjx-merror, [data-mjx-error]").count(),
    }


def audit(page: Page, found: Findings) -> None:
    """Both colour schemes, then a phone."""
    tab_indices = "() => [...document.querySelectorAll('[tabindex]')].map(e => e.getAttribute('tabindex'))"
    found.tab_indices = page.evaluate(tab_indices)
    found.bad_icons = page.evaluate(BAD_ICONS)
    page.evaluate("() => document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function("scheme => document.documentElement.dataset.theme === scheme", arg=scheme)
        violations = Axe().run(page).response["violations"]
        found.violations[scheme] = {
            (rule["id"], node["target"][0]) for rule in violations for node in rule["nodes"]
        }
        found.labels[scheme] = page.evaluate(LABELS)
    page.set_viewport_size(PHONE)
    found.width_on_a_phone = page.evaluate("document.documentElement.scrollWidth")


def test_the_pages_are_those_of_the_table_of_contents(book: str) -> None:
    built = {page.relative_to(HTML).as_posix() for page in HTML.rglob("*.html")}
    ours = {page for page in built if not page.startswith(("_modules/", "_static/"))}
    assert ours - MADE_BY_SPHINX == set(toc_pages())


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


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_new(browser: Browser, served: str, name: str, scheme: str, opened: dict) -> None:
    violations = look(browser, served, name, opened).violations[scheme]
    assert violations == LEFT_BY_THE_THEME.get(name, set())


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", CHAPTERS)
def test_sliders_are_named_in_ink_that_can_be_read(
    browser: Browser, served: str, name: str, scheme: str, opened: dict
) -> None:
    labels = look(browser, served, name, opened).labels[scheme]
    assert labels, "no label was found"
    assert [label for label in labels if label[1] < 4.5] == []


@pytest.mark.parametrize("name", PAGES)
def test_headings_are_in_order(browser: Browser, served: str, name: str, opened: dict) -> None:
    levels = [level for level, _ in look(browser, served, name, opened).headings]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("name", PAGES)
def test_focus_follows_the_page_and_icons_are_known(
    browser: Browser, served: str, name: str, opened: dict
) -> None:
    found = look(browser, served, name, opened)
    assert [index for index in found.tab_indices if int(index) > 0] == []
    assert found.bad_icons == []


@pytest.mark.parametrize("name", PAGES)
def test_a_phone_shows_the_page_without_scrolling_sideways(
    browser: Browser, served: str, name: str, opened: dict
) -> None:
    assert 0 < look(browser, served, name, opened).width_on_a_phone <= PHONE["width"]


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
    assert width >= 24, f"a finger needs 24 pixels, the handle has {width}"
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
