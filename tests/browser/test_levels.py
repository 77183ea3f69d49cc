"""The two levels of a chapter, measured in the browser: a picture first, little code, nothing cut off.

On a phone rows of pictures stand one below the other; on a laptop what moves fits the screen.
"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, ViewportSize
from support.pages import CHAPTERS, HANDLES, PHONE, visit

LAPTOP: ViewportSize = {"width": 1280, "height": 800}
CHOSEN = "() => [...document.querySelectorAll('picture img')].every(part => part.currentSrc)"
MOST_CODE = 0.15  # of the page's height
OPEN_LINES = 12
MEASURE = """() => {
  const article = document.querySelector('article');
  const seen = part => part.checkVisibility({contentVisibilityAuto: true});
  const parts = name => [...article.querySelectorAll(name)].filter(seen);
  const height = part => part.getBoundingClientRect().height;
  const width = part => part.getBoundingClientRect().width;
  const image = parts('img')[0].getBoundingClientRect();
  const code = parts('.cell_input');
  return {
    top: image.top + scrollY, bottom: image.bottom + scrollY,
    code: code.reduce((sum, part) => sum + height(part), 0) / height(article),
    lines: code.map(part => part.innerText.trim().split('\\n').length),
    cut: parts('.cell_output .output, .cell_output pre')
      .filter(part => part.scrollWidth > part.clientWidth + 1).map(part => part.innerText.slice(0, 60)),
    captions: parts('.figure-caption').length,
    images: parts('.cell_output img').filter(part => !part.closest('.sicgan-explorer, .touch')).length,
    rows: parts('.cell_output picture img').map(part => [
      part.currentSrc.includes('-phone.jpg'), width(part)]),
    captions_seen: parts('.figure-caption').every(part => height(part) > 10
      && parseFloat(getComputedStyle(part).fontSize) >= 12),
    moving: parts('.sicgan-explorer, .touch').map(part => [part.className, height(part), width(part)]),
    header: document.querySelector('.bd-header-article').getBoundingClientRect().height,
    prose: width(parts('section > p')[0]),
    page: document.documentElement.scrollWidth,
  };
}"""


def measure(browser: Browser, served: str, name: str, viewport: ViewportSize) -> dict[str, Any]:
    """The page as one sees it who asked for all answers."""
    with visit(browser, served, name, answered=True, viewport=viewport) as seen:
        for ready in (HANDLES, ".touch-on"):
            seen.page.wait_for_selector(ready)
        for part in seen.page.locator("picture img").all():
            part.scroll_into_view_if_needed()
        seen.page.wait_for_function(CHOSEN)
        return seen.page.evaluate(MEASURE)


@pytest.mark.parametrize("name", CHAPTERS)
def test_on_a_laptop_a_chapter_is_pictures_and_prose(browser: Browser, served: str, name: str) -> None:
    found = measure(browser, served, name, LAPTOP)
    assert found["bottom"] <= LAPTOP["height"]
    assert found["code"] <= MOST_CODE
    assert max(found["lines"]) <= OPEN_LINES
    assert found["cut"] == []
    assert found["captions"] == found["images"] > 0
    assert found["captions_seen"]
    assert not any(is_phone for is_phone, _ in found["rows"])
    for what, height, width in found["moving"]:
        assert height <= LAPTOP["height"] - found["header"], f"{what} is {height} pixels high"
        assert width > found["prose"] + 100, "wider than the text"
    assert found["page"] <= LAPTOP["width"]


@pytest.mark.parametrize("name", CHAPTERS)
def test_on_a_phone_the_first_picture_is_on_the_first_screen_and_rows_are_stacked(
    browser: Browser, served: str, name: str
) -> None:
    found = measure(browser, served, name, PHONE)
    assert found["top"] <= PHONE["height"] * 0.75
    assert found["captions"] == found["images"] > 0
    assert found["captions_seen"]
    for is_phone, width in found["rows"]:
        assert is_phone
        assert width >= 0.75 * PHONE["width"]
    assert found["page"] <= PHONE["width"]


@pytest.mark.parametrize("name", CHAPTERS)
def test_without_scripts_every_explorer_is_a_picture(browser: Browser, served: str, name: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{served}/{name}")
    stills = page.locator("img.still")
    assert stills.count() > 0
    for still in stills.all():
        assert still.is_visible()
        assert len(still.get_attribute("alt") or "") >= 20
    context.close()


def test_all_code_opens_at_once_and_stays_open_in_the_next_chapter(browser: Browser, served: str) -> None:
    with visit(browser, served, CHAPTERS[0]) as seen:
        page = seen.page
        folds, button = page.locator("details.code"), page.locator(".show-code")
        assert folds.count() > 5
        assert page.locator("details.code[open]").count() == 0
        button.press("Enter")
        assert page.locator("details.code[open]").count() == folds.count()
        page.goto(f"{served}/{CHAPTERS[1]}")
        assert page.locator("details.code[open]").count() == folds.count()
        button.click()
        assert page.locator("details.code[open]").count() == 0
