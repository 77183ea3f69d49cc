"""Every page is open to everyone: in light and in dark, by keyboard, on a phone.

A page is loaded once; what was found there answers many tests. axe-core looks at all of it, the
theme's parts included, and at every grade of severity.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize
from support.pages import CHAPTERS, PAGES, PHONE, visit

SCHEMES = ("light", "dark")
FOURFOLD: ViewportSize = {"width": 320, "height": 256}  # WCAG 1.4.10: 1280 pixels at 400 %
# What the scheme changes is ink, ground, and which of two pictures is shown.
RULES: dict[str, dict[str, Any]] = {
    "light": {"resultTypes": ["violations"]},
    "dark": {
        "resultTypes": ["violations"],
        "runOnly": ["cat.color", "cat.text-alternatives"],
        "rules": {"color-contrast-enhanced": {"enabled": False}},  # of grade AAA, as in light
    },
}
# What axe-core finds and we leave, as {page: {(rule, selector)}}: exactly this, no more and no less.
LEFT_BY_THE_THEME: dict[str, set[tuple[str, str]]] = {}
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
  return [...document.querySelectorAll('.widget-slider :is(.widget-label, .widget-readout)')].map(label => {
    const pair = [light(getComputedStyle(label).color), light(ground(label))].sort((a, b) => b - a);
    return [label.innerText, (pair[0] + 0.05) / (pair[1] + 0.05)];
  });
}"""
# Asked once. The bad icons are those that the theme's script did not know.
ONCE = {
    "headings": """() => [...document.querySelectorAll('main :is(h1, h2, h3, h4, h5)')]
      .filter(heading => heading.checkVisibility()).map(heading => Number(heading.tagName[1]))""",
    "tab indices": """() => [...document.querySelectorAll('[tabindex]')]
      .map(stop => Number(stop.getAttribute('tabindex')))""",
    "bad icons": """() => [...document.querySelectorAll(':is(i, span)[class*="fa-"], svg .missing')]
      .map(icon => icon.outerHTML)""",
}
# Every fold open; and of code one word of each kind, since axe takes a second for fifty.
PREPARE = """() => {
  document.querySelectorAll('details').forEach(fold => { fold.open = true; });
  const met = new Set();
  document.querySelectorAll('article pre span').forEach(word => {
    const kind = [word.className, word.closest('div[class*=highlight]')?.className].join();
    if (met.has(kind)) { word.replaceWith(word.textContent.replace(/\\S/g, ' ')); }
    met.add(kind);
  });
}"""


@pytest.fixture(scope="module")
def opened(browser: Browser) -> dict[str, dict[str, Any]]:
    """What was found on each page, so that several tests ask one visit."""
    return {}


def look(browser: Browser, served: str, name: str, opened: dict[str, dict[str, Any]]) -> dict[str, Any]:
    if name not in opened:
        with visit(browser, served, name, reduced_motion="reduce", color_scheme="light") as seen:
            opened[name] = audit(seen.page)
    return opened[name]


def audit(page: Page) -> dict[str, Any]:
    """Both colour schemes, then a phone, then four times the size."""
    found: dict[str, Any] = {name: page.evaluate(code) for name, code in ONCE.items()}
    page.evaluate(PREPARE)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function("scheme => document.documentElement.dataset.theme === scheme", arg=scheme)
        violations = Axe().run(page, options=RULES[scheme]).response["violations"]
        nodes = {(rule["id"], node["target"][0]) for rule in violations for node in rule["nodes"]}
        found[scheme] = {"violations": nodes, "labels": page.evaluate(LABELS)}
    page.set_viewport_size(PHONE)
    found["width on a phone"] = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size(FOURFOLD)
    found["width at four times the size"] = page.evaluate("document.documentElement.scrollWidth")
    return found


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_new(browser: Browser, served: str, name: str, scheme: str, opened: dict) -> None:
    violations = look(browser, served, name, opened)[scheme]["violations"]
    assert violations == LEFT_BY_THE_THEME.get(name, set())


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", CHAPTERS)
def test_sliders_are_named_in_ink_that_can_be_read(
    browser: Browser, served: str, name: str, scheme: str, opened: dict
) -> None:
    labels = look(browser, served, name, opened)[scheme]["labels"]
    assert labels, "no label was found"
    assert [label for label in labels if label[1] < 4.5] == []


@pytest.mark.parametrize("name", PAGES)
def test_headings_are_in_order(browser: Browser, served: str, name: str, opened: dict) -> None:
    levels = look(browser, served, name, opened)["headings"]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("name", PAGES)
def test_focus_follows_the_page_and_icons_are_known(
    browser: Browser, served: str, name: str, opened: dict
) -> None:
    found = look(browser, served, name, opened)
    assert [index for index in found["tab indices"] if index > 0] == []
    assert found["bad icons"] == []


@pytest.mark.parametrize("name", PAGES)
def test_a_phone_shows_the_page_without_scrolling_sideways(
    browser: Browser, served: str, name: str, opened: dict
) -> None:
    assert 0 < look(browser, served, name, opened)["width on a phone"] <= PHONE["width"]


@pytest.mark.parametrize("name", PAGES)
def test_four_times_as_large_a_page_still_needs_no_scrolling_sideways(
    browser: Browser, served: str, name: str, opened: dict
) -> None:
    assert 0 < look(browser, served, name, opened)["width at four times the size"] <= FOURFOLD["width"]
