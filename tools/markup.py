"""HTML as a tree: read, changed and written again as it was."""

from __future__ import annotations

from collections.abc import Iterable

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString
from bs4.filter import SoupStrainer
from bs4.formatter import HTMLFormatter


def parse(markup: str, only: str = "") -> BeautifulSoup:
    """A page as a tree; with ``only`` a tag's name, those tags alone, which is faster."""
    return BeautifulSoup(markup, "html.parser", parse_only=SoupStrainer(only) if only else None)


class _AsRead(HTMLFormatter):
    """Attributes keep their order; bs4 would sort them."""

    def attributes(self, tag: Tag) -> Iterable[tuple[str, str | None]]:
        return tag.attrs.items()  # pyright: ignore[reportReturnType]


def write(page: BeautifulSoup) -> str:
    """The page of a tree."""
    return page.decode(formatter=_AsRead(HTMLFormatter.REGISTRY["minimal"].entity_substitution))


def plain(markup: str | Tag) -> str:
    """The text of a piece of HTML, on one line."""
    tree = parse(markup) if isinstance(markup, str) else markup
    return " ".join(tree.get_text().split())


def cut(tag: Tag) -> Tag:
    """Take a tag out of its page, and the empty line behind it."""
    if isinstance(tag.next_sibling, NavigableString) and not tag.next_sibling.strip():
        tag.next_sibling.extract()
    return tag.extract()
