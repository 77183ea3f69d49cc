"""Words of the glossary say what they mean where a chapter uses them: a card at the pointer or the focus.

So does the number of an equation that stands in another page.

In each page the first place of a word becomes a link to the glossary, unless this very chapter explains it.
The link brings the meaning along, which ``book/_web/cards.js`` shows; without scripts it is a link.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

from tools.markup import parse, plain

PAGE = "glossary"
OTHERS = ("claims", "clinic", "game", "your-photograph")  # beside the chapters
# The forms that are meant, or none: everyday words have other meanings too, and each link is a stop of
# the keyboard.
FORMS = {
    "Baseline": ["baseline"],
    "Chance": ["at chance"],
    "Die": [],
    "Effect": [],
    "Explorer": [],
    "Hint": [],
    "Held-out region": ["held out", "held-out region"],
    "Jitter": [],
    "LAB": [],
    "Lightness": [],
    "Origin": ["origins"],
    "Pull": ["the pull", "its pull"],
    "Score": [],
    "Smoothing": ["label smoothing", "one-sided smoothing"],
    "Spread": [],
    "Swing": [],
    "Window": [],
}
SHORTEST = 3  # letters: G, D, L and z are everywhere
PLACES = "section > p, section li, section > div > p"
CLOSED = ("a", "button", "code", "dt", "em", "figure", "math", "mjx-container", "strong", "summary", "table")
CLOSED_CLASSES = {"cell", "math", "touch", "predict", "game", "live", "to-touch", "figure-caption"}


@dataclass(frozen=True)
class Term:
    """A word of the glossary: its place there, its forms, its meaning, and the pages that explain it."""

    place: str
    forms: tuple[str, ...]
    meaning: str
    explained_in: frozenset[str]


def read_terms(page: BeautifulSoup) -> list[Term]:
    """The words of the glossary's page, as Sphinx wrote it, that have a form to be found by."""
    found = [_read(name) for name in page.select("dl.glossary dt[id]")]
    return [term for term in found if term.forms]


def _read(name: Tag) -> Term:
    meaning = name.find_next_sibling("dd")
    heading = plain(name).removesuffix("#").strip()
    first, *others = re.split(r", (?:and )?", heading)
    forms = FORMS.get(first, [first, *others])
    links = meaning("a", class_="internal") if isinstance(meaning, Tag) else []
    pages = frozenset(str(link["href"]).partition(".")[0] for link in links)
    text = plain(meaning) if isinstance(meaning, Tag) else ""
    long = tuple(form for form in forms if len(form) >= SHORTEST and form[0].isalpha())
    return Term(str(name["id"]), long, text, pages)


def mark_terms(page: BeautifulSoup, name: str, terms: list[Term]) -> None:
    """Links from the words of a page, each once. A second time changes nothing more."""
    if not (name[:2].isdigit() or name in OTHERS) or page.find("a", class_="term"):
        return
    waiting = {form.lower(): term for term in terms if name not in term.explained_in for form in term.forms}
    for place in page.select(PLACES):
        if place.find("em", string="Predict:"):
            continue  # a question is no place to be told
        for text in [text for text in place.find_all(string=True) if _is_open(text)]:
            _mark(page, text, waiting)


def _is_open(text: NavigableString) -> bool:
    """Whether a text is plain prose: no link, no code, no equation, no control."""
    for around in text.parents:
        if around.name in CLOSED or CLOSED_CLASSES & set(around.get_attribute_list("class")):
            return False
        if around.name == "section":
            return True
    return False


def _mark(page: BeautifulSoup, text: NavigableString, waiting: dict[str, Term]) -> None:
    if not waiting:
        return
    # The longest comes first: "effect size" is not an effect.
    words = "|".join(re.escape(form) for form in sorted(waiting, key=len, reverse=True))
    found = re.search(rf"(?<![\w-])(?:{words})(?:e?s)?(?![\w-])", text, flags=re.IGNORECASE)
    if found is None:
        return
    form = next(form for form in sorted(waiting, key=len, reverse=True) if found[0].lower().startswith(form))
    term = waiting[form]
    for known in [known for known, its in waiting.items() if its is term]:
        del waiting[known]
    link = page.new_tag(
        "a", attrs={"class": "term", "href": f"{PAGE}.html#{term.place}", "data-card": term.meaning}
    )
    link.string = found[0]
    before, after = NavigableString(text[: found.start()]), NavigableString(text[found.end() :])
    text.replace_with(before, link, after)
    _mark(page, after, waiting)


def mark_equations(page: BeautifulSoup, folder: Path) -> None:
    """Links to equations of other pages bring them along, as TeX. ``folder`` is where the page lies."""
    for link in page.select("a[href*='.html#equation-']:not(.headerlink)"):
        file, _, place = str(link["href"]).partition("#")
        equation = parse((folder / file).read_text("utf-8"), "div").find(id=place)
        if isinstance(equation, Tag):
            for number in equation("span", class_="eqno"):
                number.decompose()
            link["data-card"] = plain(equation)
