"""What the theme leaves undone, done on every page: a Sphinx extension, named in ``_config.yml``.

Nothing holds up the first paint, every region has its role, and a link to a page that is shown
elsewhere shows what it leads to.
"""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bs4 import BeautifulSoup, Tag

from tools.address import address, pages_url
from tools.beats import mark_beats
from tools.markup import cut, parse, plain, write
from tools.missing_page import NAME as MISSING
from tools.missing_page import missing_page
from tools.symbols import add_symbols, read_symbols

ROOT = Path(__file__).resolve().parent.parent
SITE = "Colour from a single image"
ABOUT = "One photograph, two small networks, a minute of training: a book on GANs, colour and honest tests."
CARD_ALT = "A cup of coffee, grey on the left, in generated colours on the right"
SHORTEST, LONGEST = 40, 200  # characters of a description
VIEWPORT = "width=device-width, initial-scale=1"
# Inline scripts in the head read its options, so this one stays where it is.
FIRST_SCRIPT = "documentation_options.js"
STATE = "application/vnd.jupyter.widget-state+json"
WIDGET_SCRIPTS = ("/shim.js", "/html-manager/embed.js")
# Where this theme and its elder, for Python 3.10, keep their icons.
ICON_FILES = ("scripts/fontawesome.js", "vendor/fontawesome/*/js/all.min.js")
# Names that only the theme's scripts put into a page: the cross that closes a search.
SCRIPTED_ICONS = {"xmark"}
ICON = re.compile(
    r'(?:(?<=[{,])"?(?P<name>[a-z0-9-]+)"?:)'
    r'\[\d+,\d+,\[[^\]]*\],"[0-9a-f]+",(?:"[^"]*"|\[(?:"[^"]*",?)+\])\],?'
)


def describe(body: str) -> str:
    """The page's first paragraph that says something, cut at a word; else what the book is about."""
    texts = (plain(found) for found in parse(body, only="p")("p", class_=False))
    text = next((text for text in texts if len(text) >= SHORTEST), ABOUT)
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rsplit(" ", 1)[0] + "…"


def card_tags(page: str, title: str, description: str, base: str) -> str:
    """What a link to the page shows elsewhere (Open Graph): addresses are absolute."""
    properties = {
        "og:type": "article",
        "og:site_name": SITE,
        "og:title": title,
        "og:description": description,
        "og:url": f"{base}{page}.html",
        "og:image": f"{base}_static/card.jpg",
        "og:image:width": "1200",
        "og:image:height": "630",
        "og:image:alt": CARD_ALT,
    }
    tags = [f'<meta property="{name}" content="{html.escape(text)}" />' for name, text in properties.items()]
    names = {"description": description, "twitter:card": "summary_large_image"}
    tags += [f'<meta name="{name}" content="{html.escape(text)}" />' for name, text in names.items()]
    return "\n    ".join(tags)


def report_link(page: str) -> str:
    """The way to tell a mistake, with the page's name in it."""
    title = quote(f"Mistake on page {page}")
    link = f"{address(ROOT)}/issues/new?title={title}"
    return f'<p class="footer-report"><a href="{link}">Report a mistake on this page</a></p>'


def redirect(target: str, base: str) -> str:
    """The page at the root, which is the address that people pass on."""
    return f"""<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="{VIEWPORT}" />
    <meta http-equiv="refresh" content="0; url={target}.html" />
    <title>{SITE}</title>
    <link rel="icon" href="_static/favicon.png" />
    {card_tags(target, SITE, ABOUT, base)}
  </head>
  <body><main><h1>{SITE}</h1><p><a href="{target}.html">To the book</a></p></main></body>
</html>
"""


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


def finish(page: BeautifulSoup) -> None:
    """All of it on one page; a second time changes nothing more."""
    for work in (name_regions, mark_beats, plain_signatures, drop_repeats):
        work(page)
    if not page.find("div", id="search-results"):  # its own scripts ask for one another while it loads
        defer_scripts(page)
        move_widgets(page)


def used_icons(page: BeautifulSoup) -> set[str]:
    """The names of the icons in a page's markup."""
    classes = [icon.get_attribute_list("class") for icon in page(class_=re.compile("^fa-"))]
    return {str(name)[3:] for names in classes for name in names if str(name).startswith("fa-")}


def keep_icons(script: str, names: set[str]) -> str:
    """The theme's two thousand icons without those that no page shows."""
    return ICON.sub(lambda found: found[0] if found["name"] in names else "", script)


def add_card(_app: Any, page: str, _template: str, context: dict[str, Any], _doctree: Any) -> None:
    """Put the tags of its card into a page's head, and into its foot the way to tell a mistake."""
    context["theme_extra_footer"] = report_link(page) + (context.get("theme_extra_footer") or "")
    title = plain(context.get("title") or SITE)
    description = describe(context.get("body") or "")
    context["metatags"] = context.get("metatags", "") + card_tags(page, title, description, pages_url(ROOT))


def keep_used_icons(out: Path, names: set[str]) -> None:
    """Leave out the icons that no page shows."""
    names = names | SCRIPTED_ICONS
    for icons in (file for pattern in ICON_FILES for file in (out / "_static").glob(pattern)):
        icons.write_text(keep_icons(icons.read_text("utf-8"), names), encoding="utf-8")


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
    icons = set()
    symbols = read_symbols(parse((out / f"{root_doc}.html").read_text("utf-8")), f"{Path(root_doc).parent}/")
    for path in [path for path in out.rglob("*.html") if not path.is_relative_to(out / "_static")]:
        page = parse(path.read_text("utf-8"))
        finish(page)
        if path.name == "search.html":
            add_symbols(page, symbols)
        icons |= used_icons(page)
        path.write_text(write(page), encoding="utf-8")
    keep_used_icons(out, icons)
    (out / "index.html").write_text(redirect(root_doc, pages_url(ROOT)), encoding="utf-8")
    write_missing_page(app)


def setup(app: Any) -> dict[str, Any]:
    """Tell Sphinx what to call."""
    app.connect("html-page-context", add_card)
    app.connect("build-finished", finish_all)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
