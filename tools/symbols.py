"""The search answers symbols: "L*" and "σ" are no words, so the front page's table of symbols says them.

The table is the only place that holds them. What it says is put into the search page.
"""

from __future__ import annotations

import json

from bs4 import BeautifulSoup, Tag

from tools.markup import plain


def read_symbols(page: BeautifulSoup, folder: str) -> list[dict]:
    """Each row of the page's table: its symbols, what they mean, where they stand in code and text.

    ``folder`` is the page's own, in front of every link. Errors: ValueError without such a table.
    """
    table = page.select_one("table.symbols")
    if table is None:
        raise ValueError("the front page has no table of symbols")
    rows = [row("td") for row in table("tr")]
    return [_read_row(*cells, folder=folder) for cells in rows if cells]


def _read_row(names: Tag, meaning: Tag, *where: Tag, folder: str) -> dict:
    links = [link for cell in where for link in cell("a", href=True)]
    return {
        "names": [name.strip() for name in plain(names).split(",")],
        "meaning": plain(meaning),
        "links": [[plain(link), f"{folder}{link['href']}"] for link in links],
    }


def add_symbols(page: BeautifulSoup, symbols: list[dict]) -> None:
    """Put the symbols into the search page, and the script that answers with them."""
    if page.find(id="symbols"):
        return
    data = page.new_tag("script", attrs={"type": "application/json", "id": "symbols"})
    data.string = json.dumps(symbols, ensure_ascii=False).replace("<", "\\u003c")
    script = page.new_tag("script", attrs={"defer": "", "src": "_static/search.js"})
    page.body.extend([data, script])  # pyright: ignore[reportOptionalMemberAccess]
