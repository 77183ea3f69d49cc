"""The table of symbols, read from a small page."""

from __future__ import annotations

import json
import re

import pytest

from tools import symbols
from tools.markup import parse

TABLE = """<table class="symbols docutils"><thead><tr><th>symbol</th></tr></thead><tbody>
<tr class="row-even"><td><p>L*, L</p></td><td><p>lightness &amp; more, <code>x</code></p></td>
<td><a class="reference" href="api.html#f" title="f"><code>f()</code></a></td>
<td><a href="01.html">One</a></td></tr>
<tr><td>σ</td><td>noise</td><td>no link</td><td><a href="05.html">Five</a></td></tr></tbody></table>"""


def test_a_row_becomes_names_meaning_and_links() -> None:
    assert symbols.read_symbols(parse(f"<p>a</p><table><tr><td>b</td></tr></table>{TABLE}"), "book/") == [
        {
            "names": ["L*", "L"],
            "meaning": "lightness & more, x",
            "links": [["f()", "book/api.html#f"], ["One", "book/01.html"]],
        },
        {"names": ["σ"], "meaning": "noise", "links": [["Five", "book/05.html"]]},
    ]


def test_a_page_without_the_table_is_refused() -> None:
    with pytest.raises(ValueError, match="no table of symbols"):
        symbols.read_symbols(parse('<table class="other"></table>'), "")


def test_the_search_page_gets_them_once_and_no_markup_escapes() -> None:
    rows = [{"names": ["</script>"], "meaning": "Δ", "links": []}]
    page = parse("<body></body>")
    symbols.add_symbols(page, rows)
    text = str(page)
    found = re.search(r'id="symbols" type="application/json">(.*?)</script>', text)
    assert found
    assert json.loads(found[1]) == rows
    symbols.add_symbols(page, rows)
    assert str(page) == text
