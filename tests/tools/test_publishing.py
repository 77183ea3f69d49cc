"""What a host and a search engine find beside the pages."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml

from tools import address, publishing

SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def test_a_sitemap_has_absolute_addresses_of_the_pages_and_of_no_others() -> None:
    text = publishing.sitemap(
        ["book/b&b", "book/a", "search", "_modules/x", "genindex"], "https://o.example/n/"
    )
    found = [loc.text for loc in ET.fromstring(text).iter(f"{SPACE}loc")]
    assert found == ["https://o.example/n/book/a.html", "https://o.example/n/book/b&b.html"]


@pytest.mark.parametrize(
    ("repository", "pages"),
    [
        ("some/thing", "https://some.github.io/thing/"),
        ("Some/Thing", "https://some.github.io/Thing/"),
        ("Ann/ann.github.io", "https://ann.github.io/"),
    ],
)
def test_pages_are_where_github_puts_them(repository: str, pages: str) -> None:
    assert address.pages_of(repository) == pages


def test_the_book_loads_the_extension_that_writes_them() -> None:
    root = Path(publishing.__file__).parent.parent
    sphinx = yaml.safe_load((root / "_config.yml").read_text("utf-8"))["sphinx"]
    assert "tools.publishing" in sphinx["config"]["extensions"]
