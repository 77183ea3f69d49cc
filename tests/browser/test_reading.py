"""Other ways to read a page: on paper, with the keyboard alone, without motion."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser
from support.pages import CHAPTERS, HTML, PHONE, visit

CHAPTER = CHAPTERS[0]
STILL: dict[str, Any] = {"reduced_motion": "reduce"}
# Whether what lies in a closed fold is laid out, and so printed.
FOLDS = """() => [...document.querySelectorAll('.bd-article details:not([open])')]
  .map(fold => fold.lastElementChild)
  .map(inside => inside.getBoundingClientRect().height > 0 && inside.checkVisibility())"""
SHOWN = """() => ['.bd-header-article', '#pst-primary-sidebar', '#pst-secondary-sidebar', '.prev-next-footer',
  'h1'].map(name => [...document.querySelectorAll(name)]
  .some(element => element.checkVisibility()))"""
FRAMES = """() => [...document.querySelectorAll('.sicgan-explorer')].map(explorer => [
  [...explorer.querySelectorAll('img')].filter(frame => frame.checkVisibility()).length,
  [...explorer.querySelectorAll('.widget-slider > *')].every(text => text.checkVisibility())])"""
INK = """() => [...document.querySelectorAll('.bd-article :is(p, pre span, h1, h2, li, td, .widget-label)')]
  .map(text => getComputedStyle(text).color)"""
MOTION = """() => [...document.querySelectorAll('*')].filter(element => {
  const style = getComputedStyle(element);
  return style.animationName !== 'none' || style.transitionDuration.split(', ').some(time => time !== '0s')
    || style.scrollBehavior !== 'auto';
}).map(element => element.outerHTML.slice(0, 80))"""


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_a_chapter_prints(browser: Browser, book: str, color_scheme: str) -> None:
    with visit(browser, HTML.as_uri(), CHAPTER, color_scheme=color_scheme) as seen:
        page = seen.page
        assert not any(page.evaluate(FOLDS)), "folds are closed on the screen"
        page.emulate_media(media="print")
        folds, frames = page.evaluate(FOLDS), page.evaluate(FRAMES)
        assert folds
        assert all(folds), "nobody can open a fold on paper"
        assert frames
        assert frames == [[1, True]] * len(frames), "one frame, with its settings"
        assert page.evaluate(SHOWN) == [False, False, False, False, True]
        if color_scheme == "dark":
            assert set(page.evaluate(INK)) == {"rgb(34, 40, 50)"}, "pale ink on white paper"
        assert len(page.pdf(format="A4")) > 100_000


def test_the_first_stop_of_the_keyboard_skips_to_the_text(browser: Browser, book: str) -> None:
    with visit(browser, HTML.as_uri(), CHAPTER, **STILL) as seen:
        page = seen.page
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.innerText") == "Skip to main content"
        page.keyboard.press("Enter")
        assert page.url.endswith("#main-content")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main') !== null")


def test_a_handle_with_the_focus_shows_it(browser: Browser, book: str) -> None:
    with visit(browser, HTML.as_uri(), CHAPTER, **STILL) as seen:
        handle = seen.page.locator(".widget-slider .noUi-handle").first
        width = "element => parseFloat(getComputedStyle(element).outlineWidth)"
        style = "element => getComputedStyle(element).outlineStyle"
        assert handle.evaluate(style) == "none"
        handle.focus()
        handle.press("ArrowRight")
        assert handle.evaluate(style) == "solid"
        assert handle.evaluate(width) >= 2


@pytest.mark.parametrize("name", [CHAPTER, "book/game.html"])
def test_nothing_moves_where_motion_is_not_wanted(browser: Browser, book: str, name: str) -> None:
    with visit(browser, HTML.as_uri(), name, **STILL) as seen:
        assert seen.page.evaluate(MOTION) == []


def test_every_code_cell_has_a_copy_button_with_a_name_and_no_output_has(browser: Browser, book: str) -> None:
    with visit(browser, HTML.as_uri(), CHAPTER, **STILL) as seen:
        page = seen.page
        page.evaluate("document.querySelectorAll('details.code').forEach(fold => { fold.open = true; })")
        buttons = page.get_by_role("button", name="Copy to clipboard")
        assert buttons.count() == page.locator(".cell_input pre, .highlight-bash pre").count() > 0
        assert page.locator(".cell_output .copybtn").count() == 0
        button = buttons.first
        page.mouse.move(0, 0)
        assert button.evaluate("element => getComputedStyle(element).opacity") == "0"
        button.focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        assert button.evaluate("element => document.activeElement === element")
        assert button.evaluate("element => getComputedStyle(element).opacity") == "1"


def test_a_finger_sees_the_copy_buttons(browser: Browser, book: str) -> None:
    with visit(browser, HTML.as_uri(), CHAPTER, viewport=PHONE, has_touch=True, is_mobile=True) as seen:
        button = seen.page.locator(".copybtn").first
        assert button.evaluate("element => getComputedStyle(element).opacity") == "1"
