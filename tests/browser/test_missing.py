"""An address that is not in the book gets a page that leads back, at any depth, on any host."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect
from support.pages import HTML, PHONE, toc_pages

ADDRESSES = ["nothing.html", "book/01-lab.html", "book/deep/er.html", "_modules/no/such.html"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_it_leads_back_into_the_book(browser: Browser, served: str, address: str) -> None:
    page = browser.new_page()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    answer = page.goto(f"{served}/{address}")
    assert answer
    assert answer.status == 404
    expect(page.locator("h1")).to_have_text("This page is not in the book")
    assert [url for url in requests if not url.startswith((served, "data:"))] == []
    links = [link.get_attribute("href") for link in page.locator("li a").all()]
    assert links == [f"/{name}" for name in toc_pages()]
    page.locator("li a").nth(1).click()
    page.wait_for_url(f"**/{toc_pages()[1]}")
    page.close()


def test_it_searches_for_what_was_asked(browser: Browser, served: str) -> None:
    page = browser.new_page()
    page.goto(f"{served}/book/patch_sampling.htm")
    assert page.get_by_label("Search the book").input_value() == "patch sampling"
    page.get_by_role("button", name="Search").click()
    page.wait_for_url("**/search.html?q=patch+sampling")
    expect(page.locator("#search-results a[href*='03-patch-sampling']").first).to_be_visible(timeout=20_000)
    page.close()


def test_it_finds_a_book_that_lies_in_a_folder(browser: Browser) -> None:
    page = browser.new_page()
    body = (HTML / "404.html").read_text("utf-8")
    page.route("**/*", lambda route: route.fulfill(status=404, content_type="text/html", body=body))
    page.goto("http://127.0.0.1/some/where/book/x.html")
    assert page.locator("li a").first.get_attribute("href") == f"/some/where/{toc_pages()[0]}"
    page.close()


@pytest.mark.parametrize(
    "path", ["//elsewhere.test/book/x.html", "/%2Felsewhere.test/x", "/book/100%.html", "///a//b"]
)
def test_it_never_leaves_the_host_and_bears_any_address(browser: Browser, path: str) -> None:
    page = browser.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    body = (HTML / "404.html").read_text("utf-8")
    page.route("**/*", lambda route: route.fulfill(status=404, content_type="text/html", body=body))
    page.goto(f"http://127.0.0.1{path}")
    found = (
        "[...document.querySelectorAll('[data-path]')].map(part => new URL(part.href || part.action).host)"
    )
    assert set(page.evaluate(found)) == {"127.0.0.1"}
    assert errors == []
    page.close()


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_it_is_accessible_and_fits_a_phone(browser: Browser, served: str, color_scheme: str) -> None:
    context = browser.new_context(color_scheme=color_scheme, viewport=PHONE)  # pyright: ignore[reportArgumentType]
    page = context.new_page()
    page.goto(f"{served}/nothing.html")
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    context.close()
