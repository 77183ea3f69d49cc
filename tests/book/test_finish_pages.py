"""What is done on a page after Sphinx, on small pages."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from docutils import nodes

from tools import finish_pages, icons, shared_links
from tools.address import address, pages_url
from tools.markup import parse, write

SYMBOLS = '<table class="symbols"><tr><td>σ</td><td>noise</td></tr></table>'
STATE = '<script type="application/vnd.jupyter.widget-state+json">{"a": "<b>\\n"}</script>'
PAGE = f"""<html><head><meta name="viewport" content="a" /><title>T</title><meta name="viewport" content="b">
<script src="_static/documentation_options.js?v=1"></script>
<script>DOCUMENTATION_OPTIONS.pagename = 'x';</script>
<script src="_static/doctools.js?v=1"></script>
<script data-x="y" src="searchindex.js"></script>
<script defer="defer" src="../_static/vendor/mathjax/tex-mml-chtml.js?v=1"></script>
{STATE}
<script defer="defer" src="_static/shim.js?v=1"></script>
<script defer="defer" src="_static/vendor/html-manager/embed.js?v=1"></script>
</head><body><div id="pst-primary-sidebar" class="bd-sidebar"></div><h1>Text</h1>
<div role="list" class="citation-list"><div class="citation" role="doc-biblioentry">R</div></div>
</body></html>
"""


def finished(page: str) -> str:
    tree = parse(page)
    finish_pages.finish(tree)
    return write(tree)


def test_the_page_is_finished_once_and_for_all() -> None:
    page = finished(PAGE)
    assert finished(page) == page


def test_scripts_wait_in_their_order() -> None:
    page = finished(PAGE)
    assert '<script src="_static/documentation_options.js?v=1">' in page
    assert "<script>DOCUMENTATION_OPTIONS" in page
    assert '<script src="_static/doctools.js?v=1" defer="">' in page
    assert '<script data-x="y" src="searchindex.js" defer="">' in page
    assert page.index("doctools") < page.index("searchindex")


def test_the_search_page_keeps_its_own() -> None:
    page = PAGE.replace("<h1>", '<div id="search-results"></div><h1>')
    assert '<script src="_static/doctools.js?v=1">' in finished(page)


def test_widgets_come_after_the_text() -> None:
    page = finished(PAGE)
    places = [page.index(mark) for mark in ("<h1>", STATE, "shim.js", "embed.js", "</body>")]
    assert places == sorted(places)
    assert page.count(STATE) == 1


def test_the_first_picture_is_loaded_at_once_and_others_when_a_reader_comes_near() -> None:
    page = parse(
        "<html><head></head><body><img src='logo.svg'><article><img src='1.png' alt=''>"
        "<img src='data:image/webp;base64,AA' alt=''><p><img src='2.png' alt=''></p></article></body></html>"
    )
    finish_pages.finish(page)
    late = {str(picture["src"]) for picture in page("img", loading="lazy")}
    assert late == {"2.png"}


def test_mathjax_is_loaded_for_equations_alone() -> None:
    assert "mathjax" not in finished(PAGE)
    assert "mathjax" in finished(PAGE.replace("<h1>", '<span class="math notranslate">x</span><h1>'))


def test_regions_have_roles_and_nothing_stands_twice() -> None:
    page = finished(PAGE)
    assert '<div id="pst-primary-sidebar" class="bd-sidebar" role="complementary" aria-label="Book">' in page
    assert 'role="list"' not in page
    assert "doc-biblioentry" not in page
    assert page.count('name="viewport"') == 1


def test_icons_that_no_page_shows_are_left_out() -> None:
    sun, moon = '[512,512,[9728],"f185","M1 2"]', '[384,512,["m"],"f186",["M3","M4"]]'
    script = f'var a={{sun:{sun},"moon-up":{moon},x:{sun}}};b={{"moon-up":{moon}}}'
    assert icons.keep_icons(script, {"moon-up"}) == f'var a={{"moon-up":{moon},}};b={{"moon-up":{moon}}}'
    assert icons.keep_icons(script, {"sun", "x", "moon-up"}) == script
    assert icons.used_icons(parse("""<i class="fas fa-sun fa-lg"><b class='fa-moon-up'>""")) == {
        "sun",
        "lg",
        "moon-up",
    }


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("<p>Short.</p><p>A <em>longer</em>\nparagraph &amp; its entities, long enough.</p>", None),
        ("", shared_links.ABOUT),
    ],
)
def test_a_page_is_described_by_its_first_paragraph(body: str, wanted: str | None) -> None:
    expected = wanted or "A longer paragraph & its entities, long enough."
    assert shared_links.describe(body) == expected


def test_a_long_description_ends_at_a_word() -> None:
    text = shared_links.describe(f"<p>{'word ' * 100}</p>")
    assert len(text) <= shared_links.LONGEST
    assert text.endswith("word…")


def test_the_card_is_at_the_address_of_the_config_and_escapes_its_text() -> None:
    context = {
        "title": "<em>A</em> &amp; B",
        "body": '<p>Says "much" of the page, and it is long enough.</p>',
    }
    finish_pages.add_card(None, "book/x", "page.html", context, None)
    tags = context["metatags"]
    assert f'<meta property="og:image" content="{pages_url()}_static/card.jpg" />' in tags
    assert f'content="{pages_url()}book/x.html"' in tags
    assert 'property="og:title" content="A &amp; B"' in tags
    assert "Says &quot;much&quot;" in tags


def test_a_page_s_foot_says_where_to_report_a_mistake_on_it() -> None:
    context = {"theme_extra_footer": "The licence."}
    finish_pages.add_card(None, "book/x", "page.html", context, None)
    link = f'<a href="{address()}/issues/new?title=Mistake%20on%20page%20book/x">'
    assert link in context["theme_extra_footer"]
    assert context["theme_extra_footer"].endswith("The licence.")


def test_the_beats_of_a_chapter_are_named_once() -> None:
    href = "https://colab.research.google.com/x"
    colab = f'<a class="reference external" href="{href}">Open this chapter in Colab</a>'
    page = PAGE.replace("<h1>", f"<p>{colab}</p><p><em>Predict:</em> which?</p><p><em>Seen:</em></p><h1>")
    page = finished(page)
    assert page.count('class="predict"') == 1
    assert page.count('class="reference external colab"') == 1
    assert finished(page) == page


def test_a_chapter_opens_with_its_first_picture() -> None:
    figure = '<div class="cell"><div class="cell_output"><img alt="A" src="a.jpg"/></div></div>'
    colab = '<a class="reference external" href="https://colab.x">Open this chapter in Colab</a>'
    page = parse(PAGE.replace("</h1>", f"</h1><p>{colab}</p><h2>In this chapter</h2>{figure}"))
    finish_pages.finish(page, "03-sampling")
    assert [image["src"] for image in page.select("p:has(.colab) + figure.opening img")] == ["a.jpg"]


def test_the_address_of_the_pages_follows_that_of_the_repository(tmp_path: Path) -> None:
    (tmp_path / "_config.yml").write_text("repository:\n  url: &r https://github.com/some/thing\n", "utf-8")
    assert pages_url(tmp_path) == "https://some.github.io/thing/"


def test_all_pages_are_finished_and_the_root_leads_to_the_book(tmp_path: Path) -> None:
    script = tmp_path / "_static" / "scripts" / "fontawesome.js"
    script.parent.mkdir(parents=True)
    script.write_text('a={sun:[1,1,[],"f1","M"],bars:[1,1,[],"f2","M"]}', "utf-8")
    (tmp_path / "page.html").write_text(PAGE.replace("<h1>", '<i class="fas fa-bars"></i><h1>'), "utf-8")
    untouched = tmp_path / "_static" / "macros.html"
    untouched.write_text(PAGE, "utf-8")
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "index.html").write_text(PAGE.replace("<h1>", SYMBOLS + "<h1>"), "utf-8")
    (tmp_path / "search.html").write_text(PAGE, "utf-8")
    (tmp_path / "_static" / "logo.svg").write_text("<svg></svg>", "utf-8")
    config, builder = SimpleNamespace(root_doc="book/index"), SimpleNamespace(format="html")
    titles = {"book/index": nodes.title(text="Front"), "book/1": nodes.title(text="A & B")}
    env = SimpleNamespace(titles=titles, toctree_includes={"book/index": ["book/1"]})
    app = SimpleNamespace(outdir=tmp_path, config=config, builder=builder, env=env)
    finish_pages.finish_all(app, ValueError("the build failed"))
    assert "sun" in script.read_text("utf-8")
    finish_pages.finish_all(app, None)
    assert script.read_text("utf-8") == 'a={bars:[1,1,[],"f2","M"]}'
    assert 'doctools.js?v=1" defer=""' in (tmp_path / "page.html").read_text("utf-8")
    assert untouched.read_text("utf-8") == PAGE
    assert 'content="0; url=book/index.html"' in (tmp_path / "index.html").read_text("utf-8")
    assert '"names": ["σ"]' in (tmp_path / "search.html").read_text("utf-8")
    missing = (tmp_path / "404.html").read_text("utf-8")
    assert 'data-path="book/1.html" href="/sicgan-lite/book/1.html">A &amp; B</a>' in missing
    assert "@" not in missing.replace("@media", "")


def test_a_signature_of_several_lines_is_no_list_of_definitions() -> None:
    page = (
        '<dl class="py"><dt class="sig x" id="f">f(<dl>\n<dd><em>a</em>,</dd>\n</dl>)</dt><dd>Text.</dd></dl>'
    )
    lines = '<span class="sig-lines">\n<span class="sig-line"><em>a</em>,</span>\n</span>'
    done = finished(page)
    assert done == f'<dl class="py"><dt class="sig x" id="f">f({lines})</dt><dd>Text.</dd></dl>'
    assert finished(done) == done
