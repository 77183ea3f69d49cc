"""The theme brings two thousand icons, 1.5 MB; the book ships those that its pages show."""

from __future__ import annotations

import re
from pathlib import Path

from bs4 import BeautifulSoup

# Where this theme and its elder, for Python 3.10, keep their icons.
ICON_FILES = ("scripts/fontawesome.js", "vendor/fontawesome/*/js/all.min.js")
# Names that only the theme's scripts put into a page: the cross that closes a search.
SCRIPTED_ICONS = {"xmark"}
ICON = re.compile(
    r'(?:(?<=[{,])"?(?P<name>[a-z0-9-]+)"?:)'
    r'\[\d+,\d+,\[[^\]]*\],"[0-9a-f]+",(?:"[^"]*"|\[(?:"[^"]*",?)+\])\],?'
)


def used_icons(page: BeautifulSoup) -> set[str]:
    """The names of the icons in a page's markup."""
    classes = [icon.get_attribute_list("class") for icon in page(class_=re.compile("^fa-"))]
    return {str(name)[3:] for names in classes for name in names if str(name).startswith("fa-")}


def keep_icons(script: str, names: set[str]) -> str:
    """The theme's two thousand icons without those that no page shows."""
    return ICON.sub(lambda found: found[0] if found["name"] in names else "", script)


def keep_used_icons(out: Path, names: set[str]) -> None:
    """Leave out the icons that no page shows."""
    names = names | SCRIPTED_ICONS
    for icons in (file for pattern in ICON_FILES for file in (out / "_static").glob(pattern)):
        icons.write_text(keep_icons(icons.read_text("utf-8"), names), encoding="utf-8")
