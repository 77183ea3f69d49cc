"""Things to touch come into their chapters, in place of the line that stands for them there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.chapters import BOOK, CHAPTERS, markdown

from tools.address import pages_url
from tools.touch import ROOT, Thing, add_touch, read_thing, read_things, stand_in

LINE = '<p class="to-touch"><a href="https://a.github.io/b/book/01-one.html#touch-it">'
LINE += '<img src="_web/touch/it.webp" width="652" alt=""><br>To touch, in the rendered book: It</a></p>'
PAGE = f"""<html><head><title>One</title></head><body><article>
<section id="first"><h2>First</h2><p>1</p>
{LINE}
<p>2</p></section></article></body></html>"""


def thing(**changes: Any) -> Thing:
    markup = '<div><h3 id="touch-it">It</h3></div>\n'
    return Thing("it", "01-one", ["color.js", "touch-it.js"], markup)._replace(**changes)


def test_a_thing_takes_the_place_of_its_line() -> None:
    page = add_touch(PAGE, "01-one", [thing()])
    assert f"<p>1</p>\n{thing().markup}\n<p>2</p>" in page
    assert "to-touch" not in page


def test_a_line_shows_the_still_and_leads_to_the_thing_in_the_page() -> None:
    assert stand_in(thing(), "https://a.github.io/b/") == LINE


@pytest.mark.parametrize("its", read_things(), ids=lambda its: its.name)
def test_its_chapter_has_its_line_and_the_still_is_there(its: Thing) -> None:
    line = stand_in(its, pages_url(ROOT))
    assert markdown(BOOK / f"{its.page}.ipynb").count(line) == 1
    assert (BOOK / "_web" / "touch" / f"{its.name}.webp").is_file()


def test_every_chapter_has_a_thing_to_touch() -> None:
    assert sorted(its.page for its in read_things()) == [path.stem for path in CHAPTERS]


def test_scripts_come_once_and_what_others_rest_on_first() -> None:
    other = thing(name="other", scripts=["color.js", "touch-other.js"])
    page = PAGE.replace(LINE, LINE + LINE.replace("touch-it", "touch-other"))
    head = add_touch(page, "01-one", [thing(), other]).split("</head>")[0]
    order = [head.index(f'defer src="../_static/{name}.js"') for name in ("drawing", "touch", "color")]
    assert order == sorted(order)
    assert head.count("color.js") == head.count("touch.js") == head.count("touch.css") == 1
    assert head.index("touch.js") < head.index("touch-it.js") < head.index("touch-other.js")


def test_other_pages_stay_as_they_are() -> None:
    assert add_touch(PAGE, "02-two", [thing()]) == PAGE


@pytest.mark.parametrize("page", [PAGE.replace("touch-it", "touch-no"), PAGE.replace(LINE, LINE * 2)])
def test_a_place_that_is_not_there_once_is_an_error(page: str) -> None:
    with pytest.raises(ValueError, match="one line for 'it'"):
        add_touch(page, "01-one", [thing()])


def test_the_first_line_is_read_or_refused(tmp_path: Path) -> None:
    file = tmp_path / "it.html"
    file.write_text("<!-- in 01-one; with a.js, b/c.js -->\n<p>It</p>\n")
    assert read_thing(file) == Thing("it", "01-one", ["a.js", "b/c.js"], "<p>It</p>\n")
    file.write_text("<p>It</p>\n")
    with pytest.raises(ValueError, match="must begin like"):
        read_thing(file)
