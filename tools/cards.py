"""A card for each chapter: its picture, its promise and its minutes, taken from the chapter's own page.

The front page shows them all; a chapter's foot shows the one before and the one after.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag

from tools.markup import plain

MINUTES = re.compile(r"takes about ([\w-]+) minutes to read")


@dataclass(frozen=True)
class Card:
    """What a reader is told of a chapter who has not opened it."""

    file: str
    title: str
    promise: str
    picture: str
    minutes: str


def read_card(page: BeautifulSoup, file: str) -> Card | None:
    """The card of a finished chapter; None for a page without a promise."""
    promise = page.select_one("h1 + p > em:only-child")
    title = page.h1
    if not (promise and title):
        return None
    image = page.select_one("figure.opening img")
    found = MINUTES.search(" ".join(page.get_text().split()))
    return Card(
        file=file,
        title=plain(title).removesuffix("#").strip(),
        promise=plain(promise),
        picture=str(image["src"]) if image else "",
        minutes=found[1] if found else "",
    )


def add_cards(page: BeautifulSoup, cards: list[Card]) -> None:
    """All cards, where the front page has a place for them."""
    place = page.find("div", id="chapters")
    if isinstance(place, Tag) and not place.find("a"):
        place.extend([_full_card(page, card) for card in cards])


def _full_card(page: BeautifulSoup, card: Card) -> Tag:
    link = page.new_tag("a", attrs={"class": "chapter-card", "href": card.file})
    if card.picture:
        link.append(page.new_tag("img", attrs={"src": card.picture, "alt": "", "loading": "lazy"}))
    minutes = f"{card.minutes} minutes" if card.minutes else ""
    for name, text in (("strong", card.title), ("span", card.promise), ("small", minutes)):
        part = page.new_tag(name)
        part.string = text
        link.extend([part] if text else [])
    return link


def add_promises(page: BeautifulSoup, cards: list[Card]) -> None:
    """Before and after a chapter: the neighbour's promise and picture beside its title."""
    by_file = {card.file: card for card in cards}
    for link in page.select(".prev-next-area a"):
        card = by_file.get(str(link["href"]))
        info = link.find("div", class_="prev-next-info")
        if card is None or info is None or info.find("p", class_="prev-next-promise"):
            continue
        promise = page.new_tag("p", attrs={"class": "prev-next-promise"})
        promise.string = card.promise
        info.append(promise)
        if card.picture:
            info.insert(0, page.new_tag("img", attrs={"src": card.picture, "alt": "", "loading": "lazy"}))
