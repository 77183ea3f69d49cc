"""Words of the glossary become links with their meaning, each once, where prose uses them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import terms
from tools.markup import parse, plain

GLOSSARY = """<dl class="simple glossary">
<dt id="term-Effect-size">Effect size<a class="headerlink" href="#x">#</a></dt>
<dd><p>How large. <a class="reference internal" href="08-ablations.html"><span>Chapter 8</span></a></p></dd>
<dt id="term-BCE">BCE, binary cross-entropy<a class="headerlink" href="#x">#</a></dt>
<dd><p>A price. <a class="reference internal" href="05-gan-losses.html"><span>Chapter 5</span></a></p></dd>
<dt id="term-Die">Die<a class="headerlink" href="#x">#</a></dt><dd><p>A number.</p></dd>
<dt id="term-G">Generator, G<a class="headerlink" href="#x">#</a></dt><dd><p>A network.</p></dd></dl>"""
KNOWN = terms.read_terms(parse(GLOSSARY))


def marked(body: str, name: str = "07-results") -> list[tuple[str, str, str]]:
    page = parse(f"<section>{body}</section>")
    terms.mark_terms(page, name, KNOWN)
    assert plain(page) == plain(body), "no word is lost or added"
    return [(link.get_text(), str(link["href"]), str(link["data-card"])) for link in page("a", class_="term")]


def test_a_word_leads_to_its_meaning_and_brings_it_along() -> None:
    assert marked("<p>An effect size is a number.</p>") == [
        ("effect size", "glossary.html#term-Effect-size", "How large. Chapter 8")
    ]


def test_each_word_once_in_any_of_its_forms_and_several_in_one_sentence() -> None:
    found = marked("<p>Generators pay BCE.</p><ul><li>Binary cross-entropy, a generator, BCE.</li></ul>")
    assert [word for word, *_ in found] == ["Generators", "BCE"]


@pytest.mark.parametrize(
    "body",
    [
        "<p>Units die; G and D.</p>",  # an everyday word, and letters that are everywhere
        "<p>A regenerator, BCEs-like.</p>",
        "<h2>BCE</h2>",
        "<p><em>Predict:</em> what is BCE?</p>",
        "<p><code>BCE</code> <a>BCE</a> <em>BCE</em> <strong>BCE</strong></p>",
        '<div class="cell"><p>BCE</p></div><div class="predict"><p>BCE</p></div>',
        "<table><tr><td><p>BCE</p></td></tr></table>",
    ],
)
def test_what_is_no_prose_or_another_word_stays_as_it_is(body: str) -> None:
    assert marked(body) == []


def test_the_chapter_that_explains_a_word_and_other_pages_have_no_link() -> None:
    assert marked("<p>BCE</p>", "05-gan-losses") == []
    assert marked("<p>BCE</p>", "glossary") == []
    assert [word for word, *_ in marked("<p>BCE</p>", "clinic")] == ["BCE"]


def test_a_second_time_changes_nothing() -> None:
    page = parse("<section><p>BCE and BCE, generator.</p></section>")
    terms.mark_terms(page, "07-results", KNOWN)
    once = str(page)
    terms.mark_terms(page, "07-results", KNOWN)
    assert str(page) == once
    assert once.count("term") > 0


def test_the_number_of_an_equation_elsewhere_brings_it_along(tmp_path: Path) -> None:
    number = '<span class="eqno">(5.3)<a class="headerlink" href="#equation-best">#</a></span>'
    (tmp_path / "05-x.html").write_text(
        f'<div><div class="math" id="equation-best">{number}\\[ D^* = a &lt; b \\]</div></div>'
    )
    page = parse('<p><a href="05-x.html#equation-best">(5.3)</a> <a href="05-x.html#top">top</a></p>')
    terms.mark_equations(page, tmp_path)
    assert [link.get("data-card") for link in page("a")] == ["\\[ D^* = a < b \\]", None]
