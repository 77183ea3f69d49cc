"""What the theme leaves undone, done on every page: a Sphinx extension, named in ``_config.yml``.

Nothing holds up the first paint, every region has its role, and a link to a page that is shown
elsewhere shows what it leads to.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bs4 import BeautifulSoup, Tag

from tools.address import address, pages_url
from tools.beats import mark_beats
from tools.cards import add_cards, add_promises, read_card
from tools.icons import keep_used_icons, used_icons
from tools.levels import STATE, two_levels
from tools.markup import cut, parse, plain, write
from tools.missing_page import NAME as MISSING
from tools.missing_page import missing_page
from tools.shared_links import SITE, VIEWPORT, card_tags, describe, redirect
from tools.stacking import stack_pictures
from tools.symbols import add_symbols, read_symbols
from tools.terms import PAGE as GLOSSARY
from tools.terms import mark_equations, mark_terms, read_terms
from tools.touch import add_touch

ROOT = Path(__file__).resolve().parent.parent
# Inline scripts in the head read its options, so this one stays where it is.
FIRST_SCRIPT = "documentation_options.js"
# Our scripts, each with what it is for.
SCRIPTS = {"ask.js": "[data-ask]", "cards.js": "[data-card], a[href^='#equation-']:not(.headerlink)"}
WIDGET_SCRIPTS = ("/shim.js", "/html-manager/embed.js")


def report_link(page: str) -> str:
    """The way to tell a mistake, with the page's name in it."""
    title = quote(f"Mistake on page {page}")
    link = f"{address(ROOT)}/issues/new?title={title}"
    return f'<p class="footer-report"><a href="{link}">Report a mistake on this page</a></p>'


def source(script: Tag) -> str:
    """A script's address; empty for one that stands in the page."""
    return str(script.get("src", ""))


def defer_scripts(page: BeautifulSoup) -> None:
    """Scripts that the theme loads at once wait for the page; their order stays."""
    for script in page("script", src=True):
        if not {"defer", "async"} & script.attrs.keys() and FIRST_SCRIPT not in source(script):
            script["defer"] = ""


def is_for_widgets(script: Tag) -> bool:
    """Whether a script is the state of the sliders, or one of those that bring them to life."""
    return script.get("type") == STATE or any(name in source(script) for name in WIDGET_SCRIPTS)


def move_widgets(page: BeautifulSoup) -> None:
    """The pictures of the explorers, and the scripts that show them, come after all the text.

    Sphinx puts them into the head: hundreds of kilobytes before the first word.
    """
    if page.head and page.body:
        page.body.extend([cut(script) for script in page.head("script") if is_for_widgets(script)])


def load_late(page: BeautifulSoup) -> None:
    """A picture below the first is loaded when a reader comes near.

    The widget scripts begin when everything that a page asks for is there. In chapter 1 that is 0.34 MB less.
    """
    for picture in page.select("article img[src]:not([src^='data:'])")[1:]:
        picture["loading"] = "lazy"


def save_downloads(page: BeautifulSoup) -> None:
    """A source is saved, and not shown as text where a host knows its type."""
    for link in page("a", class_="btn-download-source-button"):
        link["download"] = ""


def name_regions(page: BeautifulSoup) -> None:
    """The sidebar is a landmark; a reference is no item of a list that holds other things."""
    for sidebar in page("div", id="pst-primary-sidebar"):
        sidebar.attrs |= {"role": "complementary", "aria-label": "Book"}
    for citations in page("div", class_="citation-list"):
        for part in (citations, *citations(role="doc-biblioentry")):
            del part["role"]


def plain_signatures(page: BeautifulSoup) -> None:
    """A signature of several lines is no list of definitions, though Sphinx writes it as one."""
    for signature in page("dt", class_="sig"):
        for tag in signature(["dl", "dd"]):
            tag["class"] = "sig-lines" if tag.name == "dl" else "sig-line"
            tag.name = "span"


def add_scripts(page: BeautifulSoup) -> None:
    """The book's own scripts, where they have something to do."""
    first = page.find("script", src=re.compile("_static/"))
    if first is None or page.body is None:
        return
    folder = source(first).partition("_static/")[0]
    wanted = ["page.js", *(script for script, part in SCRIPTS.items() if page.select_one(part))]
    for script in wanted:
        if not page.find("script", src=f"{folder}_static/{script}"):
            page.body.append(page.new_tag("script", attrs={"defer": "", "src": f"{folder}_static/{script}"}))


def drop_repeats(page: BeautifulSoup) -> None:
    """One viewport, one title, and MathJax only where there is an equation."""
    viewports = page("meta", attrs={"name": "viewport"})
    for viewport in viewports[:1]:
        viewport["content"] = VIEWPORT
    mathjax = [] if page.find(class_="math") else page("script", src=re.compile("/mathjax/"))
    for tag in (*viewports[1:], *mathjax):
        cut(tag)
    if page.title and page.title.get_text() == f"{SITE} — {SITE}":
        page.title.string = SITE


def finish(page: BeautifulSoup, name: str = "") -> None:
    """All of it on one page of that name; a second time changes nothing more."""
    for work in (name_regions, plain_signatures, load_late, save_downloads, drop_repeats):
        work(page)
    mark_beats(page, name)
    if name[:2].isdigit():
        two_levels(page)
    add_scripts(page)
    if not page.find("div", id="search-results"):  # its own scripts ask for one another while it loads
        defer_scripts(page)
        move_widgets(page)


def add_card(_app: Any, page: str, _template: str, context: dict[str, Any], _doctree: Any) -> None:
    """Put the tags of its card into a page's head, and into its foot the way to tell a mistake."""
    context["theme_extra_footer"] = report_link(page) + (context.get("theme_extra_footer") or "")
    title = plain(context.get("title") or SITE)
    description = describe(context.get("body") or "")
    context["metatags"] = context.get("metatags", "") + card_tags(page, title, description, pages_url(ROOT))


def write_missing_page(app: Any) -> None:
    """The page for addresses that are not in the book, with a link to every page that is."""
    env, out = app.env, Path(app.outdir)
    order = [app.config.root_doc, *env.toctree_includes.get(app.config.root_doc, [])]
    pages = {f"{name}.html": plain(str(env.titles[name].astext())) for name in order}
    logo = (out / "_static" / "logo.svg").read_text("utf-8")
    (out / MISSING).write_text(missing_page(SITE, pages_url(ROOT), logo, pages), encoding="utf-8")


def finish_all(app: Any, failure: Exception | None) -> None:
    """Finish every page that was written."""
    out, root_doc = Path(app.outdir), app.config.root_doc
    if failure or app.builder.format != "html":
        return
    icons, cards = set(), []
    symbols = read_symbols(parse((out / f"{root_doc}.html").read_text("utf-8")), f"{Path(root_doc).parent}/")
    glossary = (out / root_doc).with_name(f"{GLOSSARY}.html")
    terms = read_terms(parse(glossary.read_text("utf-8"))) if glossary.is_file() else []
    paths = [path for path in out.rglob("*.html") if not path.is_relative_to(out / "_static")]
    # Chapters come first: other pages show their cards. And one tree at a time is in memory.
    for path in sorted(paths, key=lambda path: (not path.name[:2].isdigit(), path.name)):
        page = parse(add_touch(path.read_text("utf-8"), path.stem))
        mark_terms(page, path.stem, terms)
        mark_equations(page, path.parent)
        finish(page, path.stem)
        stack_pictures(page, path.parent)
        cards += [card] if (card := read_card(page, path.name)) else []
        if path.name == "search.html":
            add_symbols(page, symbols)
        if path == out / f"{root_doc}.html":
            add_cards(page, cards)
        icons |= used_icons(page)
        path.write_text(write(page), encoding="utf-8")
    for path in [out / "book" / card.file for card in cards]:
        page = parse(path.read_text("utf-8"))
        add_promises(page, cards)
        path.write_text(write(page), encoding="utf-8")
    keep_used_icons(out, icons)
    (out / "index.html").write_text(redirect(root_doc, pages_url(ROOT)), encoding="utf-8")
    write_missing_page(app)


def setup(app: Any) -> dict[str, Any]:
    """Tell Sphinx what to call."""
    app.connect("html-page-context", add_card)
    app.connect("build-finished", finish_all)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
