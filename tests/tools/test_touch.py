"""Things to touch come into their chapters, where their first line says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tools.touch import Thing, add_touch, read_thing

PAGE = """<html><head><title>One</title></head><body><article>
<section id="first"><h2>First</h2><p>1</p></section>
<section id="second"><h2>Second</h2><p>2</p></section></article></body></html>"""


def thing(**changes: Any) -> Thing:
    usual = Thing("01-one", "before", "second", ["color.js", "touch-it.js"], "<p>It</p>\n")
    return usual._replace(**changes)


def test_a_thing_stands_before_its_section_or_opens_it() -> None:
    for name in ("second", "sec-ond"):
        page = PAGE.replace("second", name)
        before = add_touch(page, "01-one", [thing(section=name.split("-")[0])])
        assert f'1</p></section>\n\n<p>It</p>\n<section id="{name}">' in before
    opened = add_touch(PAGE, "01-one", [thing(where="opening")])
    assert "<h2>Second</h2>\n<p>It</p>\n<p>2</p>" in opened


def test_scripts_come_once_and_what_others_rest_on_first() -> None:
    both = [thing(), thing(scripts=["color.js", "touch-other.js"])]
    head = add_touch(PAGE, "01-one", both).split("</head>")[0]
    order = [head.index(f'defer src="../_static/{name}.js"') for name in ("drawing", "touch", "color")]
    assert order == sorted(order)
    assert head.count("color.js") == head.count("touch.js") == head.count("touch.css") == 1
    assert head.index("touch.js") < head.index("touch-it.js") < head.index("touch-other.js")


def test_other_pages_stay_as_they_are() -> None:
    assert add_touch(PAGE, "02-two", [thing()]) == PAGE


@pytest.mark.parametrize("page", [PAGE.replace("second", "third"), PAGE.replace("first", "second")])
def test_a_place_that_is_not_there_once_is_an_error(page: str) -> None:
    with pytest.raises(ValueError, match="one section 'second'"):
        add_touch(page, "01-one", [thing()])


def test_the_first_line_is_read_or_refused(tmp_path: Path) -> None:
    file = tmp_path / "it.html"
    file.write_text("<!-- in 01-one, opening a-place; with a.js, b/c.js -->\n<p>It</p>\n")
    assert read_thing(file) == Thing("01-one", "opening", "a-place", ["a.js", "b/c.js"], "<p>It</p>\n")
    file.write_text("<p>It</p>\n")
    with pytest.raises(ValueError, match="must begin like"):
        read_thing(file)
