"""Hold every link to the published repository to the one address in ``_config.yml``.

``python -m tools.address`` names each link that differs; ``--set URL`` changes the address
everywhere. Colab opens notebooks from GitHub, so the address is one of GitHub's.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONFIG = "_config.yml"
PATTERNS = (
    CONFIG,
    "pyproject.toml",
    "*.md",
    "CITATION.cff",
    "book/*.md",
    "book/*.ipynb",
    ".github/**/*.yml",
    ".devcontainer/*",
)
ADDRESS = re.compile(r"https://github\.com/(?P<slug>[\w.-]+/[\w.-]+?)(?:\.git)?/?")
# Where a repository of ours is named: on GitHub itself, for Colab, for Binder, for pip.
LINK = re.compile(
    r"(?:colab\.research\.google\.com/github|mybinder\.org/v2/gh|git\+https://github\.com)"
    r"/(?P<slug>[\w.-]+/[\w.-]*\w)"
)


def files(root: Path = ROOT) -> list[Path]:
    """Every file that may name the repository."""
    return sorted({file for pattern in PATTERNS for file in root.glob(pattern)})


def address(root: Path = ROOT) -> str:
    """The address that ``_config.yml`` holds."""
    text = (root / CONFIG).read_text("utf-8")
    found = re.search(r"^repository:\n  url: (?:&\w+ )?(\S+)$", text, flags=re.MULTILINE)
    if found is None:
        raise ValueError(f"{CONFIG} holds no `repository: url:`")
    return found[1]


def slug(url: str) -> str:
    """``owner/name`` of a GitHub address."""
    found = ADDRESS.fullmatch(url)
    if found is None:
        raise ValueError(f"{url!r} is not of the form https://github.com/OWNER/NAME")
    return found["slug"]


def pages_url(root: Path = ROOT) -> str:
    """Where GitHub publishes the repository's pages, with a slash at the end."""
    owner, name = slug(address(root)).split("/")
    return f"https://{owner}.github.io/{name}/"


def colab_link(chapter: str, root: Path = ROOT) -> str:
    """Where Colab opens a chapter, given its file name without the ending."""
    base = "https://colab.research.google.com/github"
    return f"{base}/{slug(address(root))}/blob/main/book/{chapter}.ipynb"


def wrong_links(root: Path = ROOT) -> list[str]:
    """One line for each link that names another repository, or another chapter than its own."""
    wanted, wrong = slug(address(root)), []
    for file in files(root):
        text = file.read_text("utf-8")
        wrong += [f"{file}: {found[0]}" for found in LINK.finditer(text) if found["slug"] != wanted]
        if file.suffix == ".ipynb" and colab_link(file.stem, root) not in text:
            wrong.append(f"{file}: no link to {colab_link(file.stem, root)}")
    return wrong


def change(url: str, root: Path = ROOT) -> list[Path]:
    """Write a new address wherever the old one stands; the files that changed."""
    old, new, changed = slug(address(root)), slug(url), []
    pattern = re.compile(rf"(github\.com/|/github/|/gh/){re.escape(old)}(?![\w-])")
    for file in files(root):
        text = file.read_text("utf-8")
        replaced = pattern.sub(lambda found: found[1] + new, text)
        if replaced != text:
            file.write_text(replaced, encoding="utf-8", newline="\n")
            changed.append(file)
    return changed


def main() -> None:
    """Check, or change."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", metavar="URL", help="the new address")
    new = parser.parse_args().set
    try:
        if new:
            print("\n".join(f"changed {file}" for file in change(new)))
        if wrong := wrong_links():
            sys.exit(f"not {address()}:\n" + "\n".join(wrong))
    except ValueError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
