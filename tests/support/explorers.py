"""Explorers in a real browser, operated by key, by mouse and by finger: each time all must follow."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Error, Locator, Page

from support.pages import HANDLES

# The frame that a reader sees: others are in the page, hidden.
PICTURE = """handle => {
  const seen = [...handle.closest('.cell_output').querySelectorAll('.widget-html-content img')]
    .filter(img => img.checkVisibility());
  return seen.map(img => [img.alt, img.src.length, img.src.slice(-200)]);
}"""


def stuck(page: Page, move: Callable[[Locator], None]) -> str:
    """Move every slider of a page; what the first that does not follow did instead, or nothing."""
    handles = page.locator(HANDLES)
    try:
        for index in range(handles.count()):
            move(handles.nth(index))
    except (AssertionError, Error) as fault:
        return f"slider {index}: {fault}"
    return ""


def picture(handle: Locator) -> list:
    seen = handle.evaluate(PICTURE)
    assert len(seen) == 1, f"{len(seen)} pictures are visible beside one slider"
    assert len(seen[0][0]) >= 20, f"the alternative text says too little: {seen[0][0]!r}"
    return seen[0]


def state(handle: Locator) -> tuple[str | None, list]:
    return handle.get_attribute("aria-valuetext"), picture(handle)


def assert_all_changed(handle: Locator, before: tuple[str | None, list], how: str) -> None:
    name = handle.get_attribute("aria-label")
    # The picture follows the handle after a moment; waiting is bounded.
    for _ in range(50):
        if state(handle)[1][0] != before[1][0]:
            break
        handle.page.wait_for_timeout(50)
    value, (alt, *pixels) = state(handle)
    assert value != before[0], f"{name}: the value stays {value!r} {how}"
    assert alt != before[1][0], f"{name}: the alternative text stays {how}"
    assert pixels != before[1][1:], f"{name}: the picture stays {how}"


def assert_says_what_it_shows(handle: Locator) -> None:
    slider = handle.locator("xpath=ancestor::*[contains(@class, 'widget-slider')]")
    assert handle.get_attribute("aria-label") == slider.locator(".widget-label").inner_text() != ""
    assert handle.get_attribute("aria-valuetext") == slider.locator(".widget-readout").inner_text() != ""


def ends(handle: Locator) -> tuple[float, float, float, float]:
    """The handle's middle (x, y), and how far the track reaches on the side with more room."""
    handle.scroll_into_view_if_needed()
    track = handle.locator("xpath=ancestor::*[contains(@class, 'noUi-target')]").bounding_box()
    knob = handle.bounding_box()
    assert track
    assert knob
    x, y = knob["x"] + knob["width"] / 2, knob["y"] + knob["height"] / 2
    is_left = x < track["x"] + track["width"] / 2
    return x, y, track["x"] + track["width"] * (0.98 if is_left else 0.02), knob["width"]


def move_by_key(handle: Locator) -> None:
    before = state(handle)
    at_end = handle.get_attribute("aria-valuenow") == handle.get_attribute("aria-valuemax")
    handle.focus()
    handle.press("ArrowLeft" if at_end else "ArrowRight")
    assert_all_changed(handle, before, "by arrow key")


def move_by_mouse(handle: Locator) -> None:
    before = state(handle)
    x, y, end, _ = ends(handle)
    mouse = handle.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(end, y, steps=8)
    mouse.up()
    assert_all_changed(handle, before, "by mouse")


def drag_by_finger(handle: Locator) -> None:
    before = state(handle)
    x, y, end, width = ends(handle)
    assert round(width, 2) >= 24, f"a finger needs 24 pixels, the handle has {width}"
    touch = handle.page.context.new_cdp_session(handle.page)

    def send(kind: str, *points: float) -> None:
        at = [{"x": point, "y": y} for point in points]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    send("touchStart", x)
    for part in range(1, 9):
        send("touchMove", x + (end - x) * part / 8)
    send("touchEnd")
    assert_all_changed(handle, before, "by a finger that drags")


def tap_the_track(handle: Locator) -> None:
    before = state(handle)
    _, y, end, _ = ends(handle)
    handle.page.touchscreen.tap(end, y)
    assert_all_changed(handle, before, "by a finger that taps")
