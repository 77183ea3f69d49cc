"""The search answers symbols: "L*" and "σ" are no words, so the front page's table of symbols says them.

The table is the only place that holds them. What it says is put into the search page.
"""

from __future__ import annotations

import html
import json
import re

TABLE = re.compile(r'<table class="symbols[ "].*?</table>', flags=re.DOTALL)
ROW = re.compile(r"<tr[^>]*>(.*?)</tr>", flags=re.DOTALL)
CELL = re.compile(r"<td[^>]*>(.*?)</td>", flags=re.DOTALL)
LINK = re.compile(r'<a [^>]*href="(?P<href>[^"]+)"[^>]*>(?P<text>.*?)</a>', flags=re.DOTALL)


def plain(markup: str) -> str:
    """The text of a piece of HTML, on one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", markup)).split())


def read_symbols(page: str, folder: str) -> list[dict]:
    """Each row of the page's table: its symbols, what they mean, where they stand in code and text.

    ``folder`` is the page's own, in front of every link. Errors: ValueError without such a table.
    """
    table = TABLE.search(page)
    if table is None:
        raise ValueError("the front page has no table of symbols")
    rows = [CELL.findall(row) for row in ROW.findall(table[0])]
    return [_read_row(*cells, folder=folder) for cells in rows if cells]


def _read_row(names: str, meaning: str, *where: str, folder: str) -> dict:
    links = [found for cell in where for found in LINK.finditer(cell)]
    return {
        "names": [name.strip() for name in plain(names).split(",")],
        "meaning": plain(meaning),
        "links": [[plain(link["text"]), folder + link["href"]] for link in links],
    }


def add_symbols(search_page: str, symbols: list[dict]) -> str:
    """The search page with the symbols in it, and the script that answers with them."""
    data = json.dumps(symbols, ensure_ascii=False).replace("<", "\\u003c")
    if 'id="symbols"' in search_page:
        return search_page
    tags = f'<script type="application/json" id="symbols">{data}</script>\n'
    tags += '<script defer src="_static/search.js"></script>\n'
    return search_page.replace("</body>", f"{tags}</body>")
