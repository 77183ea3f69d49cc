"""Hold every link to the published repository to the one address and the one branch in ``_config.yml``.

``python -m tools.address`` names each link that differs; ``--set URL`` changes the address everywhere,
``--branch NAME`` the branch or tag. Colab opens notebooks from GitHub, so the address is one of GitHub's.
Needs nothing but Python.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONFIG = "_config.yml"
DEFAULT_BRANCH = "main"
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
# Nobody's: what this repository says of itself before it has a home.
PLACEHOLDER = "example/sicgan-lite"
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


def is_placeholder(root: Path = ROOT) -> bool:
    """Whether the links lead nowhere, since nobody has set the address."""
    return slug(address(root)) == PLACEHOLDER


def branch(root: Path = ROOT) -> str:
    """The branch that links lead to and chapters install; in a release its tag."""
    found = re.search(r"^  branch: (?:&\w+ )?(\S+)$", (root / CONFIG).read_text("utf-8"), flags=re.MULTILINE)
    return found[1] if found else DEFAULT_BRANCH


def pages_of(repository: str) -> str:
    """Where GitHub publishes the pages of ``owner/name``, with a slash at the end."""
    owner, name = repository.split("/")
    host = f"{owner.lower()}.github.io"
    return f"https://{host}/" if name.lower() == host else f"https://{host}/{name}/"


def pages_url(root: Path = ROOT) -> str:
    """Where GitHub publishes this repository's pages."""
    return pages_of(slug(address(root)))


def colab_link(chapter: str, root: Path = ROOT) -> str:
    """Where Colab opens a chapter, given its file name without the ending."""
    base = "https://colab.research.google.com/github"
    return f"{base}/{slug(address(root))}/blob/{branch(root)}/book/{chapter}.ipynb"


def pip_link(root: Path = ROOT) -> str:
    """What a chapter's first cell installs: the newest state, or in a release the release."""
    name = branch(root)
    return f"git+{address(root)}" + ("" if name == DEFAULT_BRANCH else f"@{name}")


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
    old, new = slug(address(root)), slug(url)
    link = re.compile(rf"(github\.com/|/github/|/gh/){re.escape(old)}(?![\w-])")
    pages = re.compile(re.escape(pages_of(old)))
    return _replace(lambda text: pages.sub(pages_of(new), link.sub(lambda found: found[1] + new, text)), root)


def change_branch(new: str, root: Path = ROOT) -> list[Path]:
    """Let links lead to another branch or tag, and chapters install it; the files that changed."""
    old_install, old_blob = pip_link(root), f"/blob/{branch(root)}/book/"
    config = root / CONFIG
    text = re.sub(r"(?m)^(  branch: (?:&\w+ )?)\S+$", rf"\g<1>{new}", config.read_text("utf-8"))
    config.write_text(text, encoding="utf-8", newline="\n")
    install = re.compile(re.escape(old_install) + r"(?![\w@.-])")
    blob = f"/blob/{new}/book/"
    return [config, *_replace(lambda text: install.sub(pip_link(root), text).replace(old_blob, blob), root)]


def _replace(rewrite: Callable[[str], str], root: Path) -> list[Path]:
    """Rewrite every file that may name the repository; those that changed."""
    changed = []
    for file in files(root):
        text = file.read_text("utf-8")
        replaced = rewrite(text)
        if replaced != text:
            file.write_text(replaced, encoding="utf-8", newline="\n")
            changed.append(file)
    return changed


def main() -> None:
    """Check, or change."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", metavar="URL", help="the new address")
    parser.add_argument("--branch", metavar="NAME", help="the new branch or tag")
    new = parser.parse_args()
    try:
        changed = change(new.set) if new.set else []
        changed += change_branch(new.branch) if new.branch else []
        if changed:
            print("\n".join(f"changed {file}" for file in changed))
        if wrong := wrong_links():
            sys.exit(f"not {address()}:\n" + "\n".join(wrong))
    except ValueError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
