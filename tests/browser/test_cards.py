"""The card at a word of the glossary and at an equation's number, for pointer and keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect
from support.pages import CHAPTERS, HTML, ROOT, visit

from tools.markup import parse

CHAPTER = "book/05-gan-losses.html"
LAPTOP: dict[str, int] = {"width": 1280, "height": 800}


def card(page: Page) -> Locator:
    return page.locator(".hover-card")


def test_a_pointer_shows_it_may_enter_it_and_leaves(browser: Browser, book: str) -> None:
    with visit(browser, HTML.as_uri(), CHAPTER, viewport=LAPTOP) as seen:
        page = seen.page
        word = page.locator("a.term").first
        expect(card(page)).to_be_hidden()
        word.hover()
        expect(card(page)).to_be_visible()
        assert card(page).inner_text().split()[0] in (word.get_attribute("data-card") or "")
        card(page).hover()
        page.wait_for_timeout(500)
        expect(card(page)).to_be_visible()
        page.mouse.move(5, 5)
        expect(card(page)).to_be_hidden()
        assert seen.errors == []


def test_the_keyboard_shows_it_and_escape_closes_it(browser: Browser, book: str) -> None:
    with visit(browser, HTML.as_uri(), CHAPTER, viewport=LAPTOP) as seen:
        page = seen.page
        page.evaluate(
            """() => { const word = document.querySelector('a.term');
            const stop = document.createElement('button'); word.before(stop); stop.focus(); }"""
        )
        page.keyboard.press("Tab")
        word = page.locator("a.term").first
        expect(word).to_be_focused()
        expect(card(page)).to_be_visible()
        expect(word).to_have_attribute("aria-describedby", "hover-card")
        page.keyboard.press("Escape")
        expect(card(page)).to_be_hidden()
        expect(word).to_be_focused()
        assert word.get_attribute("aria-describedby") is None


def test_the_number_of_an_equation_shows_the_equation(browser: Browser, book: str) -> None:
    with visit(browser, HTML.as_uri(), CHAPTER, viewport=LAPTOP) as seen:
        page = seen.page
        page.evaluate(
            """() => document.querySelector('a.term').insertAdjacentHTML('beforebegin',
            '<a id="number" href="#equation-best-discriminator">(5.3)</a> ')"""
        )
        page.locator("#number").hover()
        expect(card(page).locator("mjx-container")).to_be_visible()
        assert page.evaluate("document.querySelectorAll('#equation-best-discriminator').length") == 1
        assert page.evaluate("document.querySelectorAll('.hover-card a, .hover-card [tabindex]').length") == 0


def test_the_glossary_s_numbers_show_equations_of_the_chapters(browser: Browser, book: str) -> None:
    with visit(browser, HTML.as_uri(), "book/glossary.html", viewport=LAPTOP) as seen:
        numbers = seen.page.locator("article a[href*='.html#equation-']")
        assert numbers.count() >= 8
        for number in numbers.all():
            number.scroll_into_view_if_needed()
            number.hover()
            expect(card(seen.page).locator("mjx-container")).to_be_visible()
            seen.page.mouse.move(2, 2)
            expect(card(seen.page)).to_be_hidden()
        assert seen.errors == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_open_card_is_readable_and_in_the_screen(browser: Browser, book: str, scheme: str) -> None:
    for width in (1280, 320):
        options: dict[str, Any] = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
        with visit(browser, HTML.as_uri(), CHAPTER, **options) as seen:
            page = seen.page
            for word in page.locator("a.term").all():
                word.scroll_into_view_if_needed()
                word.hover()
                expect(card(page)).to_be_visible()
                box = card(page).bounding_box()
                assert box
                assert box["x"] >= 0
                assert box["x"] + box["width"] <= width
                assert 0 <= box["y"] <= 800 - box["height"]
                page.mouse.move(2, 2)
                expect(card(page)).to_be_hidden()
            word.hover()
            expect(card(page)).to_be_visible()
            assert Axe().run(page, context=".hover-card").response["violations"] == []
            assert Axe().run(page, context="a.term").response["violations"] == []


def test_a_finger_follows_the_link(browser: Browser, book: str) -> None:
    options: dict[str, Any] = {
        "viewport": {"width": 390, "height": 844},
        "has_touch": True,
        "is_mobile": True,
    }
    with visit(browser, HTML.as_uri(), CHAPTER, **options) as seen:
        seen.page.locator("a.term").first.tap()
        seen.page.wait_for_url("**/glossary.html#term-*")


def test_every_word_leads_to_its_place_and_most_chapters_have_some(book: str) -> None:
    places = {
        str(name["id"])
        for name in parse((HTML / "book" / "glossary.html").read_text("utf-8")).select("dt[id]")
    }
    counts = []
    for name in CHAPTERS:
        words = parse((HTML / name).read_text("utf-8")).select("a.term")
        assert {str(word["href"]).partition("#")[2] for word in words} <= places
        counts.append(len(words))
    assert min(counts) >= 1
    assert sum(counts) > 40
    assert max(counts) <= 15, "each is a stop of the keyboard"
    assert (ROOT / "book" / "_web" / "cards.js").stat().st_size <= 12_000
