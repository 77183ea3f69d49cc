"""Forced colours and paper: what the boxes of a chapter show there."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect
from support.pages import HTML, visit

CHAPTER = "book/05-gan-losses.html"
NUMBER = "book/08-ablations.html"  # it has a number exercise
# The grounds and borders of a part and of what a stylesheet draws into it.
STYLE = """(part, pseudo) => { const style = getComputedStyle(part, pseudo || undefined); return {
  ground: style.backgroundColor, border: parseFloat(style.borderTopWidth) + parseFloat(style.borderLeftWidth),
  page: getComputedStyle(document.body).backgroundColor }; }"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forced_colours_leave_every_box_and_every_track(browser: Browser, book: str, scheme: str) -> None:
    options: dict = {"forced_colors": "active", "color_scheme": scheme, "reduced_motion": "reduce"}
    with visit(browser, HTML.as_uri(), CHAPTER, **options) as seen:
        page = seen.page
        page.wait_for_selector(".touch-on")
        for box in (
            ".predict",
            ".touch",
            ".sicgan-explorer",
            ":is(.ask > button, .ask-choices button)",
            ".ask input",
            ".touch button",
        ):
            for found in page.locator(f"{box}:visible").all()[:2]:
                assert found.evaluate(STYLE)["border"] >= 1, box
        track = page.locator(".noUi-connects").first.evaluate(STYLE)
        filled = page.locator(".noUi-base").first.evaluate(STYLE, "::before")
        assert track["ground"] != track["page"]
        assert filled["ground"] not in (track["ground"], track["page"])
        pressed = page.locator(".touch button[aria-pressed]").first
        before = pressed.evaluate(STYLE)["border"]
        pressed.click()
        assert pressed.evaluate(STYLE)["border"] > before
        page.locator("a.term").first.hover()
        expect(page.locator(".hover-card")).to_be_visible()
        assert page.locator(".hover-card").evaluate(STYLE)["border"] >= 1


@pytest.mark.parametrize("name", [CHAPTER, NUMBER])
def test_paper_has_the_text_and_the_pictures_and_nothing_to_press(
    browser: Browser, book: str, name: str
) -> None:
    with visit(browser, HTML.as_uri(), name, answered=True, viewport={"width": 794, "height": 1123}) as seen:
        page = seen.page
        page.wait_for_selector(".touch-on")
        page.emulate_media(media="print")
        for pressed in (
            ".ask",
            ".ask-said",
            ".touch-buttons",
            ".touch-hint",
            ".hover-card",
            ".show-code",
            ".to-touch",
        ):
            assert page.locator(f"{pressed}:visible").count() == 0, pressed
        assert (
            page.locator(".predict > p:visible").count()
            == page.locator(".predict > p:not(.ask-said)").count()
        )
        for view in page.locator(".touch canvas").all():
            box = view.bounding_box()
            assert box
            assert 50 < box["width"] <= 794
        assert page.evaluate("document.documentElement.scrollWidth") <= 794
