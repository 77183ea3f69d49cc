"""A question in the page: it hides what answers it, takes an answer, and keeps it on the device."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from support.pages import HTML, visit

from sicgan_lite.teaching import exercises
from sicgan_lite.teaching.exercises.answers import WrongAnswer

CHAPTER = "book/01-lab-space.html"
ANSWERS = {
    "book/02-edge-features.html": {
        "check_scharr_scale": ["1600", "1887", "18.868", "1500", "3000", "1886.8"],
        "check_noise_gain": ["4.47", "20", "0", "3", "5", "0.01118"],
    },
    "book/03-patch-sampling.html": {"check_sure_fit": ["104", "103", "105", "230", "104.5", "90", "400"]},
    "book/04-networks.html": {"check_conditional_size": ["232577", "230849", "232576", "5", "232577.5"]},
    "book/08-ablations.html": {"check_luck": ["0.0286", "0.1", "2.857", "0.5", "0.001"]},
    "book/11-honest-colour.html": {"check_blind_test": ["9", "8", "10", "0", "11", "8.5"]},
}


def box(page: Page, question: str) -> tuple:
    """A question's box, and what it hides, by the words that a reader sees."""
    found = page.locator(".predict").filter(has_text=question)
    return found, found.get_by_role("status")


def test_a_choice_shows_what_was_hidden_and_is_kept(browser: Browser, served: str) -> None:
    with visit(browser, served, CHAPTER) as seen:
        page = seen.page
        found, status = box(page, "will L be the same afterwards")
        answer = page.get_by_text("Look at the dark end of the second strip")
        expect(answer).to_be_hidden()
        found.get_by_role("button", name="yes", exact=True).press("Enter")
        expect(answer).to_be_visible()
        expect(status).to_have_text("You said: yes. It is: no.")
        page.reload()
        expect(answer).to_be_visible()
        expect(found.get_by_role("button", name="yes", exact=True)).to_have_attribute("aria-pressed", "true")
        found.get_by_role("button", name="Ask me again").click()
        expect(answer).to_be_hidden()
        expect(status).to_have_text("")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("50", "You said 50 %; it is 22 %. Half is what most people expect."),
        ("20 %", "You said 20 %; it is 22 %. Close."),
        ("1,5", "You said 1.5 %; it is 22 %."),
        ("much", "You said: much. Compare it with what follows."),
    ],
)
def test_a_number_is_compared_with_the_cell_s_own(
    browser: Browser, served: str, typed: str, said: str
) -> None:
    with visit(browser, served, CHAPTER) as seen:
        found, status = box(seen.page, "what share of the light of white")
        found.get_by_role("textbox").fill(typed)
        found.get_by_role("textbox").press("Enter")
        expect(status).to_have_text(said)
        expect(seen.page.get_by_text("128 gives 22%")).to_be_visible()


def test_who_only_reads_is_asked_no_more(browser: Browser, served: str) -> None:
    with visit(browser, served, CHAPTER) as seen:
        page = seen.page
        assert page.locator(".veiled[hidden]").count() > 5
        page.get_by_role("button", name="Just show me").first.click()
        page.get_by_role("button", name="Show all, in every chapter").first.click()
        expect(page.locator(".veiled[hidden]")).to_have_count(0)
        page.goto(f"{served}/book/02-edge-features.html")
        expect(page.locator("[data-ask] .ask").first).to_be_visible()
        expect(page.locator(".veiled[hidden]")).to_have_count(0)
        page.get_by_role("button", name="Let me guess first again").first.click()
        assert page.locator(".veiled[hidden]").count() > 5


def test_without_scripts_and_on_paper_nothing_is_hidden(browser: Browser, served: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{served}/{CHAPTER}")
    expect(page.get_by_text("22 %, and not the half")).to_be_visible()
    context.close()
    with visit(browser, served, CHAPTER) as seen:
        expect(seen.page.get_by_text("22 %, and not the half")).to_be_hidden()
        seen.page.emulate_media(media="print")
        expect(seen.page.get_by_text("22 %, and not the half")).to_be_visible()


def test_a_browser_that_keeps_nothing_still_answers(browser: Browser, served: str) -> None:
    context = browser.new_context()
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('no') }})"
    )
    page = context.new_page()
    page.goto(f"{served}/{CHAPTER}")
    found, status = box(page, "will L be the same afterwards")
    found.get_by_role("button", name="no", exact=True).click()
    expect(status).to_have_text("You said: no. So it is.")
    context.close()


@pytest.mark.parametrize("name", ANSWERS)
def test_the_page_checks_a_number_as_python_does(browser: Browser, book: str, name: str) -> None:
    with visit(browser, HTML.as_uri(), name) as seen:
        for check, answers in ANSWERS[name].items():
            found = seen.page.locator(f'.answer[data-ask*="{check}"]')
            for answer in answers:
                found.get_by_role("textbox").fill(answer)
                found.get_by_role("button", name="Check").click()
                expect(found.get_by_role("status")).to_have_text(told(check, answer))


def told(check: str, answer: str) -> str:
    try:
        return getattr(exercises, check)(float(answer))
    except WrongAnswer as wrong:
        return f"Not yet: {re.sub(' +', ' ', str(wrong))}"
