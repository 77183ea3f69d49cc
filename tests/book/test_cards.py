"""A chapter's card is what its own page says, on the front page and at its neighbours' feet."""

from __future__ import annotations

from tools import cards
from tools.markup import parse

CHAPTER = """<h1><span>2. </span>Edges<a class="headerlink" href="#e">#</a></h1><p><em>Find   edges.</em></p>
<figure class="opening"><img alt="A" src="../_images/a.jpg"></figure><p>It takes about 25 minutes
to read and one to run.</p>"""
NEIGHBOUR = """<div class="prev-next-area">
<a href="02-edges.html"><div class="prev-next-info"><p>next</p></div></a>
<a href="game.html"><div class="prev-next-info"></div></a></div>"""
CARD = cards.Card("02-edges.html", "2. Edges", "Find edges.", "../_images/a.jpg", "25")


def test_a_card_is_read_from_its_chapter() -> None:
    assert cards.read_card(parse(CHAPTER), "02-edges.html") == CARD
    assert cards.read_card(parse("<h1>Game</h1><p>Text</p>"), "game.html") is None


def test_the_front_page_shows_it_once() -> None:
    page = parse('<div id="chapters"></div>')
    cards.add_cards(page, [CARD])
    cards.add_cards(page, [CARD])
    (link,) = page("a")
    assert link["href"] == "02-edges.html"
    assert [part.get_text() for part in link(["strong", "span", "small"])] == [
        "2. Edges",
        "Find edges.",
        "25 minutes",
    ]
    assert [(image["src"], image["alt"]) for image in link("img")] == [("../_images/a.jpg", "")]


def test_a_neighbour_shows_its_promise_once_and_other_pages_keep_their_titles() -> None:
    page = parse(NEIGHBOUR)
    cards.add_promises(page, [CARD])
    cards.add_promises(page, [CARD])
    assert [promise.get_text() for promise in page("p", class_="prev-next-promise")] == ["Find edges."]
    assert len(page("img")) == 1
