"""The clinic is a sheet to pin above the desk."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser
from support.pages import HTML

from tools.book_pdf import PICTURES, print_page


@pytest.mark.usefixtures("book")
def test_it_prints_on_one_sheet_with_all_its_curves(browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{HTML.as_uri()}/book/clinic.html")
    page.evaluate(PICTURES)
    assert page.locator("article td img").evaluate_all("all => all.every(image => image.naturalWidth > 0)")
    assert page.locator("article td img").count() == 9
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type /Page\b", printed)) == 1
    page.close()


@pytest.mark.usefixtures("book")
def test_as_a_sheet_it_has_its_own_size(browser: Browser) -> None:
    (sheet,) = print_page(browser, HTML / "book" / "clinic.html").reader.pages
    at: list[float] = []
    sheet.extract_text(
        visitor_text=lambda text, cm, tm, *_: at.append(cm[0] * tm[4] + cm[4]) if text.strip() else None
    )
    assert max(at) > 0.75 * sheet.mediabox.width
