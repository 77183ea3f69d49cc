"""What a reader's hands meet on every page: drawers, the Tab key, a finger, larger text, a download."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect
from support.pages import HANDLES, HTML, PHONE, visit

CHAPTER = "book/05-gan-losses.html"
MOST_STOPS = 140  # 151 before, 60 of them equations; now each question and fold is one
# What the eye can tell from the same thing without focus.
LOOK = """() => {
  const stop = document.activeElement, shown = stop.matches('input[type=radio], input[type=checkbox]')
    ? stop.parentElement : stop;
  const style = element => { const s = getComputedStyle(element);
    return [s.outlineStyle + s.outlineWidth, s.boxShadow, s.borderColor, s.backgroundColor]; };
  const focused = [style(stop), style(shown)].join();
  const name = stop.tagName + ' ' + (stop.className || '') + ' ' + (stop.innerText || '').slice(0, 30);
  stop.blur();
  const plain = [style(stop), style(shown)].join();
  stop.focus({preventScroll: true});
  return {name, seen: focused !== plain, first: stop === window.firstStop};
}"""


def test_every_stop_of_the_tab_key_shows_its_focus_and_equations_are_none(
    browser: Browser, book: str
) -> None:
    with visit(browser, HTML.as_uri(), CHAPTER, viewport={"width": 1280, "height": 800}) as seen:
        page = seen.page
        assert page.locator("mjx-container[tabindex='0']").count() == 0
        assert page.locator("mjx-container mjx-assistive-mml").count() > 20, "equations are not read out"
        page.keyboard.press("Tab")
        page.evaluate("window.firstStop = document.activeElement")
        unseen, stops = [], 0
        for _ in range(MOST_STOPS + 50):
            found = page.evaluate(LOOK)
            unseen += [] if found["seen"] else [found["name"]]
            stops += 1
            page.keyboard.press("Tab")
            if page.evaluate(
                "document.activeElement === window.firstStop || document.activeElement === document.body"
            ):
                break
        assert unseen == []
        assert 20 < stops <= MOST_STOPS


@pytest.fixture
def phone(browser: Browser, book: str):
    options = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
    with visit(browser, HTML.as_uri(), CHAPTER, **options) as seen:
        yield seen.page


def test_a_drawer_closes_when_a_heading_was_chosen(phone: Page) -> None:
    phone.locator(".secondary-toggle:visible").first.tap()
    drawer = phone.locator("dialog[open]")
    expect(drawer).to_be_visible()
    drawer.locator("a[href^='#']").nth(3).tap()
    expect(phone.locator("dialog[open]")).to_have_count(0)
    assert phone.evaluate("scrollY") > 500


def test_escape_gives_the_focus_back(phone: Page) -> None:
    toggle = phone.locator(".primary-toggle:visible").first
    toggle.focus()
    toggle.press("Enter")
    expect(phone.locator("dialog[open]")).to_be_visible()
    phone.keyboard.press("Escape")
    expect(phone.locator("dialog[open]")).to_have_count(0)
    expect(toggle).to_be_focused()


def test_a_finger_that_goes_up_scrolls_and_leaves_the_slider_alone(phone: Page) -> None:
    handle = phone.locator(HANDLES).first
    handle.scroll_into_view_if_needed()
    value, start = handle.get_attribute("aria-valuetext"), phone.evaluate("scrollY")
    box = handle.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = phone.context.new_cdp_session(phone)
    for moved in range(11):
        kind = "touchMove" if moved else "touchStart"
        points = [{"x": x, "y": y - 20 * moved}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    phone.wait_for_timeout(500)
    assert phone.evaluate("scrollY") > start + 100
    assert handle.get_attribute("aria-valuetext") == value


def test_labels_grow_with_the_text(browser: Browser, book: str) -> None:
    with visit(browser, HTML.as_uri(), CHAPTER) as seen:
        cut = seen.page.evaluate("""() => { document.documentElement.style.fontSize = '32px';
          return [...document.querySelectorAll('.widget-slider :is(.widget-label, .widget-readout)')]
            .filter(label => label.scrollHeight > label.clientHeight + 1).map(label => label.innerText); }""")
        assert cut == []


def test_sliders_stay_in_sight_on_a_laptop(browser: Browser, book: str) -> None:
    with visit(browser, HTML.as_uri(), CHAPTER, viewport={"width": 1280, "height": 720}) as seen:
        explorer = seen.page.locator(".sicgan-explorer").first
        explorer.evaluate("""explorer => window.scrollTo({behavior: 'instant',
          top: explorer.getBoundingClientRect().bottom + scrollY - innerHeight + 20})""")
        assert seen.page.evaluate("document.querySelector('.sicgan-explorer').offsetHeight") > 600
        for slider in explorer.locator("> .widget-slider").all():
            box = slider.bounding_box()
            assert box
            assert 0 <= box["y"] <= 720 - box["height"]


def test_a_notebook_is_saved_and_not_shown(browser: Browser, served: str) -> None:
    with visit(browser, served, CHAPTER) as seen:
        link = seen.page.locator("a.btn-download-source-button")
        assert link.get_attribute("download") is not None
        assert (link.get_attribute("href") or "").endswith("05-gan-losses.ipynb")


def test_excerpts_of_a_search_have_no_tex(browser: Browser, served: str) -> None:
    with visit(browser, served, "search.html?q=saturation") as seen:
        excerpts = seen.page.locator("#search-results p.context")
        expect(excerpts.first).to_be_visible(timeout=20_000)
        seen.page.wait_for_timeout(300)
        texts = excerpts.all_inner_texts()
        assert texts
        assert not [text for text in texts if "\\" in text or "$" in text]


def test_the_page_for_a_missing_address_never_leaves_the_host(browser: Browser) -> None:
    page = browser.new_page()
    body = (HTML / "404.html").read_text("utf-8")
    page.route("**/*", lambda route: route.fulfill(status=404, content_type="text/html", body=body))
    page.goto("http://127.0.0.1//elsewhere.example/x")
    hosts = page.evaluate(
        "[...document.querySelectorAll('a, form')].map(part => new URL(part.href || part.action).host)"
    )
    assert set(hosts) == {"127.0.0.1"}
    page.close()
