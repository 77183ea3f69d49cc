"""What the built pages hold, read as files: their weight, their scripts, their cards, their front."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise
from urllib.parse import quote, urlparse

import pytest
from PIL import Image
from support.pages import CHAPTERS, HTML, toc_pages

from tools import address
from tools.icons import ICON_FILES

HEAVIEST = 2_000_000  # bytes of a chapter's own HTML
HEADS = 40_000  # bytes before the first word of the text
SHARED = ("mathjax/tex-mml-chtml.js", "html-manager/embed.js", "shim.js")
WIDGETS = ("html-manager/embed.js", "shim.js")
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
CARD = ("og:title", "og:description", "og:image", "og:url", "og:type", "og:image:alt")


class Markup(HTMLParser):
    """The tags of a page, in order, each with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed((HTML / page).read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def scripts(self) -> list[dict[str, str]]:
        return [script for script in self.all("script") if "src" in script]

    def metas(self, key: str) -> dict[str, str]:
        return {meta[key]: meta["content"] for meta in self.all("meta") if key in meta}


@pytest.fixture(scope="module")
def pages(book: str) -> dict[str, Markup]:
    """Every page that a reader can open."""
    paths = [path for path in HTML.rglob("*.html") if "_static" not in path.relative_to(HTML).parts]
    names = [path.relative_to(HTML).as_posix() for path in paths]
    return {name: Markup(name) for name in names if name != "404.html"}  # that one has no links of its own


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_is_light_enough(book: str, name: str) -> None:
    assert (HTML / name).stat().st_size <= HEAVIEST


@pytest.mark.parametrize("name", CHAPTERS)
def test_the_text_comes_before_the_pictures_of_the_explorers(book: str, name: str) -> None:
    page = (HTML / name).read_text("utf-8")
    assert page.index("<h1") < HEADS
    assert page.count(WIDGET_STATE) == 1
    assert page.index(WIDGET_STATE) > page.index("</article>")


def test_no_script_holds_up_the_first_paint(pages: dict[str, Markup]) -> None:
    for name, page in pages.items():
        if name == "search.html":  # it is nothing without its scripts
            continue
        at_once = [script["src"] for script in page.scripts() if not {"defer", "async"} & script.keys()]
        assert [src for src in at_once if "documentation_options.js" not in src] == [], name


def test_shared_scripts_have_one_address_and_no_page_has_one_twice(pages: dict[str, Markup]) -> None:
    used: dict[str, set[str]] = {}
    for name, page in pages.items():
        sources = [script["src"] for script in page.scripts()]
        plain = [src.split("?")[0] for src in sources]
        assert len(plain) == len(set(plain)), f"{name} loads a script twice"
        for src in sources:
            assert not urlparse(src).netloc, f"{name} loads {src}"
            path = src.removeprefix("../").removeprefix("../")
            used.setdefault(path.split("?")[0], set()).add(path)
    assert {path: found for path, found in used.items() if len(found) > 1} == {}
    for script in SHARED:
        assert [path for path in used if path.endswith(script)], f"no page loads {script}"


def test_only_pages_that_need_them_load_equations_and_widgets(pages: dict[str, Markup]) -> None:
    for name, page in pages.items():
        sources = " ".join(script["src"] for script in page.scripts())
        has_math = any("math" in attributes.get("class", "").split() for _, attributes in page.tags)
        assert ("/mathjax/" in sources) == has_math, name
        has_widgets = any(script.get("type") == WIDGET_STATE for script in page.all("script"))
        assert all((script in sources) == has_widgets for script in WIDGETS), name


def test_every_page_has_its_card(pages: dict[str, Markup]) -> None:
    base = address.pages_url()
    titles = set()
    for name, page in pages.items():
        card = page.metas("property")
        assert set(CARD) <= card.keys(), name
        assert all(card[key].strip() for key in CARD), name
        assert card["og:image"] == f"{base}_static/card.jpg"
        assert card["og:url"] == base + ("book/index.html" if name == "index.html" else name)
        assert 40 <= len(card["og:description"]) <= 200, name
        assert page.metas("name")["description"] == card["og:description"]
        titles.add(card["og:title"])
    assert len(titles) >= len(toc_pages())


def test_the_card_s_picture_has_the_size_that_is_told(pages: dict[str, Markup]) -> None:
    card = pages["book/index.html"].metas("property")
    with Image.open(HTML / "_static" / "card.jpg") as picture:
        assert picture.size == (1200, 630)
        assert picture.size == (int(card["og:image:width"]), int(card["og:image:height"]))
    assert (HTML / "_static" / "card.jpg").stat().st_size < 300_000


def test_every_page_has_a_favicon_and_one_viewport(pages: dict[str, Markup]) -> None:
    for name, page in pages.items():
        icons = [link["href"] for link in page.all("link") if link.get("rel") == "icon"]
        assert len(icons) == 1, name
        assert (HTML / name).parent.joinpath(icons[0]).resolve().exists(), name
        assert len([meta for meta in page.all("meta") if meta.get("name") == "viewport"]) == 1, name


def test_the_front_page_says_why_and_shows_the_result_and_the_three_ways_before_more_prose(book: str) -> None:
    page = (HTML / "book" / "index.html").read_text("utf-8")
    article = page[page.index('<article class="bd-article"') :]
    ways = [f">\n{way}</div>" for way in ("Read", "Run", "Check")]
    order = [article.index(mark) for mark in ("<h1", 'id="front"', "paper-200.webp", *ways)]
    assert order == sorted(order)
    between = re.findall(r"<p>(.*?)</p>", article[: order[3]], flags=re.DOTALL)
    said = [text for text in (re.sub(r"<[^>]+>", "", part).strip() for part in between) if text]
    assert len(said) == 1
    assert len(said[0].split()) <= 40


def test_no_icon_is_shipped_that_no_page_shows(book: str) -> None:
    files = [file for name in ICON_FILES for file in (HTML / "_static").glob(name)]
    assert files, "the theme keeps its icons elsewhere"
    size = sum(file.stat().st_size for file in files)
    assert size < 150_000, "the theme's script has two thousand icons, 1.5 MB"


def test_each_page_leads_to_the_next_and_back(pages: dict[str, Markup]) -> None:
    order = toc_pages()
    for before, after in pairwise(order):
        for name, kind, wanted in ((before, "right-next", after), (after, "left-prev", before)):
            links = [link for link in pages[name].all("a") if kind in link.get("class", "").split()]
            assert len(links) == 1, f"{kind} of {name}"
            target = (HTML / name).parent.joinpath(links[0]["href"]).resolve()
            assert target == HTML / wanted, f"{kind} of {name}"


def test_every_page_says_how_to_report_a_mistake_on_it(pages: dict[str, Markup]) -> None:
    start = f"{address.address()}/issues/new?title="
    for name in toc_pages():
        links = [link["href"] for link in pages[name].all("a") if link.get("href", "").startswith(start)]
        assert f"{start}{quote('Mistake on page ' + name.removesuffix('.html'))}" in links
