"""Every chapter on a phone, under a finger. A chapter is loaded once, and answers all of these tests."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator
from support.explorers import drag_by_finger, stuck, tap_the_track
from support.pages import CHAPTERS, PHONE, visit

UNVEIL = "() => document.querySelectorAll('.veiled[hidden]').forEach(part => part.removeAttribute('hidden'))"
DRAWINGS = """() => [...document.querySelectorAll('.cell_output img[src$=".png"]')].map(image => [
  image.getBoundingClientRect().width, parseFloat(image.style.width),
  image.parentElement.scrollWidth > image.parentElement.clientWidth])"""


@dataclass
class Findings:
    """What one visit to a chapter found. A drawing: its width, how wide it was drawn, whether it scrolls."""

    stuck: str
    errors: list[str]
    drawings: list[tuple[float, float, bool]]


@pytest.fixture(scope="module")
def opened() -> dict[str, Findings]:
    """What was found in each chapter, so that several tests ask one visit."""
    return {}


def look(browser: Browser, served: str, name: str, opened: dict[str, Findings]) -> Findings:
    if name not in opened:
        with visit(browser, served, name, viewport=PHONE, has_touch=True, is_mobile=True) as seen:
            moved = stuck(seen.page, move)
            seen.page.evaluate(UNVEIL)
            opened[name] = Findings(moved, seen.errors, seen.page.evaluate(DRAWINGS))
    return opened[name]


def move(handle: Locator) -> None:
    drag_by_finger(handle)
    tap_the_track(handle)


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_explorer_moves_by_a_finger(browser: Browser, served: str, name: str, opened: dict) -> None:
    found = look(browser, served, name, opened)
    assert found.stuck == ""
    assert found.errors == []


def test_a_wide_drawing_scrolls_and_keeps_its_text_readable(
    browser: Browser, served: str, opened: dict
) -> None:
    shown = 0
    for name in CHAPTERS:
        for width, wide, scrolls in look(browser, served, name, opened).drawings:
            assert width >= 0.7 * wide, f"a drawing of {name} shrinks to {width} of {wide} pixels"
            assert scrolls == (width > PHONE["width"])
            shown += 1
    assert shown > 3
