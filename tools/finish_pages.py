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

from tools.address import address, pages_url
from tools.missing_page import NAME as MISSING
from tools.missing_page import missing_page
from tools.symbols import add_symbols, plain, read_symbols

ROOT = Path(__file__).resolve().parent.parent
SITE = "Colour from a single image"
ABOUT = "One photograph, two small networks, a minute of training: a book on GANs, colour and honest tests."
CARD_ALT = "A cup of coffee, grey on the left, in generated colours on the right"
SHORTEST, LONGEST = 40, 200  # characters of a description
VIEWPORT = '<meta name="viewport" content="width=device-width, initial-scale=1" />'
# Inline scripts in the head read its options, so this one stays where it is.
FIRST_SCRIPT = "documentation_options.js"
# Where this theme and its elder, for Python 3.10, keep their icons.
ICON_FILES = ("scripts/fontawesome.js", "vendor/fontawesome/*/js/all.min.js")
ICON = re.compile(
    r'(?:(?<=[{,])"?(?P<name>[a-z0-9-]+)"?:)'
    r'\[\d+,\d+,\[[^\]]*\],"[0-9a-f]+",(?:"[^"]*"|\[(?:"[^"]*",?)+\])\],?'
)


def describe(body: str) -> str:
    """The page's first paragraph that says something, cut at a word; else what the book is about."""
    texts = (plain(found) for found in re.findall(r"<p>(.*?)</p>", body, flags=re.DOTALL))
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
    {VIEWPORT}
    <meta http-equiv="refresh" content="0; url={target}.html" />
    <title>{SITE}</title>
    <link rel="icon" href="_static/favicon.png" />
    {card_tags(target, SITE, ABOUT, base)}
  </head>
  <body><main><h1>{SITE}</h1><p><a href="{target}.html">To the book</a></p></main></body>
</html>
"""


def defer_scripts(page: str) -> str:
    """Scripts that the theme loads at once wait for the page; their order stays."""
    pattern = rf'<script(?![^>]*\b(?:defer|async)\b)(?=[^>]*\bsrc="(?![^"]*{FIRST_SCRIPT}))'
    return re.sub(pattern, "<script defer", page)


def move_widgets(page: str) -> str:
    """The pictures of the explorers, and the scripts that show them, come after all the text.

    Sphinx puts them into the head: hundreds of kilobytes before the first word.
    """
    pattern = r'<script type="application/vnd.jupyter.widget-state\+json">.*?</script>'
    pattern = rf'{pattern}|<script[^>]*src="[^"]*/(?:shim|html-manager/embed)\.js[^"]*"></script>'
    moved = "\n".join(re.findall(pattern, page, flags=re.DOTALL))
    before, end, after = re.sub(rf"(?:{pattern})\s*", "", page, flags=re.DOTALL).rpartition("</body>")
    return f"{before.rstrip()}\n{moved}\n{end}{after}" if moved else page


def name_regions(page: str) -> str:
    """The sidebar is a landmark; a reference is no item of a list that holds other things."""
    sidebar = '<div id="pst-primary-sidebar"'
    page = page.replace(f"{sidebar} class", f'{sidebar} role="complementary" aria-label="Book" class')
    page = page.replace('<div role="list" class="citation-list">', '<div class="citation-list">')
    return page.replace(' role="doc-biblioentry"', "")


def plain_signatures(page: str) -> str:
    """A signature of several lines is no list of definitions, though Sphinx writes it as one."""
    tags = {"<dl>": '<span class="sig-lines">', "<dd>": '<span class="sig-line">'}
    tags |= {"</dl>": "</span>", "</dd>": "</span>"}

    def plain(signature: re.Match[str]) -> str:
        return re.sub("</?d[ld]>", lambda tag: tags[tag[0]], signature[0])

    return re.sub(r'<dt class="sig .*?</dt>', plain, page, flags=re.DOTALL)


def mark_beats(page: str) -> str:
    """What every chapter has, named for the stylesheet: the guess before the run, the way to Colab."""
    page = page.replace("<p><em>Predict:</em>", '<p class="predict"><em>Predict:</em>')
    colab = r'<a class="reference external" (href="https://colab[^"]*">Open this chapter)'
    return re.sub(colab, r'<a class="reference external colab" \1', page)


def drop_repeats(page: str) -> str:
    """One viewport, one title, and MathJax only where there is an equation."""
    first, *rest = re.split(r'<meta name="viewport"[^>]*>', page)
    page = "".join([first, VIEWPORT if rest else "", *rest])
    page = page.replace(f"<title>{SITE} &#8212; {SITE}</title>", f"<title>{SITE}</title>")
    if 'class="math' not in page:
        page = re.sub(r'<script[^>]*src="[^"]*/mathjax/[^"]*"></script>', "", page)
    return page


def finish(page: str) -> str:
    """All of it on one page; a second time changes nothing more."""
    is_search = 'id="search-results"' in page  # its own scripts ask for one another while it loads
    page = plain_signatures(mark_beats(name_regions(page)))
    return drop_repeats(page if is_search else move_widgets(defer_scripts(page)))


def used_icons(pages: list[str]) -> set[str]:
    """The names of the icons in the pages' markup."""
    return {name for page in pages for name in re.findall(r"\bfa-([a-z0-9-]+)", page)}


def keep_icons(script: str, names: set[str]) -> str:
    """The theme's two thousand icons without those that no page shows."""
    return ICON.sub(lambda found: found[0] if found["name"] in names else "", script)


def add_card(_app: Any, page: str, _template: str, context: dict[str, Any], _doctree: Any) -> None:
    """Put the tags of its card into a page's head, and into its foot the way to tell a mistake."""
    context["theme_extra_footer"] = report_link(page) + (context.get("theme_extra_footer") or "")
    title = plain(context.get("title") or SITE)
    description = describe(context.get("body") or "")
    context["metatags"] = context.get("metatags", "") + card_tags(page, title, description, pages_url(ROOT))


def keep_used_icons(out: Path, pages: list[str]) -> None:
    """Leave out the icons that no page shows."""
    # Names that only the theme's scripts put into a page: the cross that closes a search.
    names = used_icons(pages) | {"xmark"}
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
    pages = []
    for path in sorted(out.rglob("*.html")):
        if path.is_relative_to(out / "_static"):
            continue
        pages.append(finish(path.read_text("utf-8")))
        path.write_text(pages[-1], encoding="utf-8")
    keep_used_icons(out, pages)
    front, search = out / f"{root_doc}.html", out / "search.html"
    symbols = read_symbols(front.read_text("utf-8"), f"{Path(root_doc).parent}/")
    search.write_text(add_symbols(search.read_text("utf-8"), symbols), encoding="utf-8")
    (out / "index.html").write_text(redirect(root_doc, pages_url(ROOT)), encoding="utf-8")
    write_missing_page(app)


def setup(app: Any) -> dict[str, Any]:
    """Tell Sphinx what to call."""
    app.connect("html-page-context", add_card)
    app.connect("build-finished", finish_all)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
