"""The search finds the symbols of the book, over http and in the files themselves."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect
from support.pages import HTML, visit

# What a reader types: the page that has to be among the answers.
WANTED = {
    "sample_origins": "book/api.html#sicgan_lite.sample_origins",
    "delta_e": "book/api.html#sicgan_lite.delta_e",
    "ΔE": "book/01-lab-space.html",
    "CIEDE2000": "book/api.html",
}


def answers(page: Page) -> list[str]:
    links = page.locator("#search-results ul.search a")
    expect(links.first).to_be_visible(timeout=20_000)
    return [link.get_attribute("href") or "" for link in links.all()]


@pytest.mark.parametrize("query", WANTED)
def test_a_symbol_is_found(browser: Browser, base: str, query: str) -> None:
    with visit(browser, base, f"search.html?q={quote(query)}") as seen:
        found = answers(seen.page)
        assert any(address.startswith(WANTED[query]) for address in found), found
        assert seen.elsewhere() == []
        if base.startswith("http"):  # from a file, the browser lets no page read the text around an answer
            assert seen.errors == []


# A symbol, what the book says it means, and the chapter that it leads to.
SYMBOLS = {
    "L*": ("lightness", "book/01-lab-space.html"),
    "σ": ("instance noise", "book/05-gan-losses.html"),
    "ΔE": ("colour difference", "book/01-lab-space.html"),
    "D*": ("best discriminator", "book/05-gan-losses.html"),
    "LD": ("loss of D", "book/05-gan-losses.html"),
    "a*": ("green to red", "book/01-lab-space.html"),
}


@pytest.mark.parametrize("query", SYMBOLS)
def test_a_symbol_is_answered_before_any_page(browser: Browser, base: str, query: str) -> None:
    meaning, chapter = SYMBOLS[query]
    with visit(browser, base, f"search.html?q={quote(query)}") as seen:
        box = seen.page.get_by_role("region", name="Symbols")
        expect(box).to_contain_text(meaning)
        assert box.locator("p").count() == 1
        is_latin_letter = query.isascii() and len(query.strip("*")) == 1
        if is_latin_letter:  # it stands on every page
            assert seen.page.locator("#search-results a").count() == 0
        else:
            answers(seen.page)
        box.locator(f"a[href^='{chapter}']").click()
        seen.page.wait_for_url(f"**/{chapter}*")


def test_a_word_is_no_symbol_and_an_empty_search_says_what_is_found(browser: Browser, served: str) -> None:
    with visit(browser, served, "search.html?q=chroma") as seen:
        answers(seen.page)
        assert seen.page.locator(".symbol-answers").count() == 0
    with visit(browser, served, "search.html") as seen:
        expect(seen.page.get_by_role("region", name="Symbols")).to_contain_text("σ")


def test_every_link_of_a_symbol_leads_somewhere(book: str) -> None:
    page = (HTML / "search.html").read_text("utf-8")
    found = re.search(r'id="symbols">(.*?)</script>', page)
    assert found
    rows = json.loads(found[1])
    assert len(rows) >= 12
    for row in rows:
        assert row["links"], row
        for _, href in row["links"]:
            path, _, anchor = href.partition("#")
            assert not anchor or f'id="{anchor}"' in (HTML / path).read_text("utf-8"), href


def test_what_is_nowhere_is_not_found(browser: Browser, served: str) -> None:
    with visit(browser, served, "search.html?q=xyzzyplugh") as seen:
        expect(seen.page.locator("#search-results")).to_contain_text("did not match any documents")


def test_the_search_opens_by_key_on_a_page(browser: Browser, base: str) -> None:
    with visit(browser, base, "book/references.html") as seen:
        page = seen.page
        page.keyboard.press("Control+k")
        field = page.locator("#pst-search-dialog input[type=search]")
        expect(field).to_be_focused()
        field.fill("sample_origins")
        field.press("Enter")
        page.wait_for_url("**/search.html?q=sample_origins")
        assert WANTED["sample_origins"] in answers(page)
