"""The clinic is a sheet to pin above the desk."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser
from support.pages import HTML


@pytest.mark.usefixtures("book")
def test_it_prints_on_one_sheet_with_all_its_curves(browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{HTML.as_uri()}/book/clinic.html")
    assert page.locator("article td img").evaluate_all("all => all.every(image => image.naturalWidth > 0)")
    assert page.locator("article td img").count() == 9
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type /Page\b", printed)) == 1
    page.close()
