"""The page that a reader gets for an address that is not in the book.

A host shows it for any address, so no link in it can be relative. A script in it finds the folder of
the book from the address; without scripts the published address is taken.
"""

from __future__ import annotations

import html
from pathlib import Path
from urllib.parse import urlparse

NAME = "404.html"
TEMPLATE = Path(__file__).resolve().parent / "missing_page.html"


def missing_page(title: str, published: str, logo: str, pages: dict[str, str]) -> str:
    """The whole page: ``pages`` are titles by path, ``published`` is the address of the book's folder."""
    root = urlparse(published).path
    safe = {html.escape(path): html.escape(name) for path, name in pages.items()}
    items = [f'<li><a data-path="{path}" href="{root}{path}">{name}</a></li>' for path, name in safe.items()]
    links = "\n".join(f"        {item}" for item in items)
    filled = {"TITLE": html.escape(title), "ROOT": root, "LOGO": logo, "LINKS": links}
    text = TEMPLATE.read_text("utf-8")
    for key, value in filled.items():
        text = text.replace(f"@{key}@", value)
    return text
