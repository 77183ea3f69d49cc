"""The search finds the symbols of the book, over http and in the files themselves."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect
from support.pages import visit

# What a reader types: the page that has to be among the answers.
WANTED = {
    "sample_origins": "book/api.html#sicgan_lite.origins.sample_origins",
    "delta_e": "book/api.html#sicgan_lite.metrics.delta_e",
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
