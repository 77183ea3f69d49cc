"""Turn the current state into a release, and hold a release to itself. Needs nothing but Python.

``prepare 1.0.0`` writes the version, dates the change log and the citation, and lets the chapters install
and link the tag; ``reopen`` lets them follow the branch again. ``notes`` prints what the change log says of
the version; ``check v1.0.0`` says where a tag and the files disagree.
"""

from __future__ import annotations

import argparse
import re
import sys
from datetime import date
from pathlib import Path

from tools import address

ROOT = Path(__file__).resolve().parent.parent
VERSION = re.compile(r'^__version__ = "(.*)"$', re.MULTILINE)
OPEN = "## [Unreleased]\n"
NEXT = """\
Look at the changes, draw the pages that name the version, test, and send:
    .venv/bin/python -m tools.draw_live
    make test
    git commit -am "Release {version}" && git tag v{version}
    .venv/bin/python -m tools.release reopen
    git commit -am "After {version}, chapters follow the branch"
    git push && git push --tags
"""


def version(root: Path = ROOT) -> str:
    """The version that the library says it has."""
    found = VERSION.search((root / "sicgan_lite" / "__init__.py").read_text("utf-8"))
    if found is None:
        raise ValueError("sicgan_lite/__init__.py holds no __version__")
    return found[1]


def notes(wanted: str, root: Path = ROOT) -> str:
    """What the change log says of a version. Errors: ValueError when it says nothing."""
    log = (root / "CHANGELOG.md").read_text("utf-8")
    section = re.search(
        rf"^## \[{re.escape(wanted)}\][^\n]*\n(.*?)(?=^## \[|\Z)", log, re.DOTALL | re.MULTILINE
    )
    if section is None or not section[1].strip():
        raise ValueError(f"CHANGELOG.md says nothing of {wanted}")
    return section[1].strip() + "\n"


def prepare(wanted: str, day: date, root: Path = ROOT) -> None:
    """Make all files those of the release. Errors: ValueError, and nothing is written."""
    if not re.fullmatch(r"\d+\.\d+\.\d+", wanted):
        raise ValueError(f"{wanted!r} is not of the form 1.0.0")
    notes("Unreleased", root)
    if f"## [{wanted}]" in (root / "CHANGELOG.md").read_text("utf-8"):
        raise ValueError(f"CHANGELOG.md has {wanted} already")
    _rewrite(root / "sicgan_lite" / "__init__.py", VERSION.pattern, f'__version__ = "{wanted}"')
    _rewrite(root / "CHANGELOG.md", re.escape(OPEN), f"{OPEN}\n## [{wanted}] - {day.isoformat()}\n")
    _rewrite(root / "CITATION.cff", r"\n(?:version|date-released): .*", "")
    cited = f"\nversion: {wanted}\ndate-released: {day.isoformat()}\nrepository-code:"
    _rewrite(root / "CITATION.cff", r"\nrepository-code:", cited)
    address.change_branch(f"v{wanted}", root)


def disagreements(tag: str, root: Path = ROOT) -> list[str]:
    """One sentence for each thing that is not the tag's."""
    told, wanted = [], tag.removeprefix("v")
    if version(root) != wanted:
        told.append(f"sicgan_lite/__init__.py says {version(root)}")
    if address.branch(root) != tag:
        told.append(f"_config.yml leads to {address.branch(root)}")
    if f"\nversion: {wanted}\n" not in (root / "CITATION.cff").read_text("utf-8"):
        told.append("CITATION.cff cites another version")
    install = address.pip_link(root)
    chapters = sorted((root / "book").glob("[0-9][0-9]-*.ipynb"))
    told += [f"{path.name} installs another" for path in chapters if install not in path.read_text("utf-8")]
    try:
        notes(wanted, root)
    except ValueError as error:
        told.append(str(error))
    return told + address.wrong_links(root)


def _rewrite(file: Path, pattern: str, new: str) -> None:
    text = re.sub(pattern, lambda _: new, file.read_text("utf-8"), flags=re.MULTILINE)
    file.write_text(text, encoding="utf-8", newline="\n")


def main() -> None:
    """Run the named action."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("action", choices=["prepare", "reopen", "notes", "check"])
    parser.add_argument("name", nargs="?", default="", help="a version (prepare) or a tag (check)")
    asked = parser.parse_args()
    try:
        if asked.action == "prepare":
            prepare(asked.name, date.today())
            print(NEXT.format(version=asked.name), end="")
        elif asked.action == "reopen":
            address.change_branch(address.DEFAULT_BRANCH)
        elif asked.action == "notes":
            print(notes(version()), end="")
        elif told := disagreements(asked.name):
            raise ValueError(f"{asked.name} is no release:\n" + "\n".join(told))
    except ValueError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
