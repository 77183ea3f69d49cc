"""Which versions ran: ``requirements-lock.txt`` names every package of the environment that CI was green in.

``python -m tools.lock`` says what is different here, which is no error; ``--write`` writes the file anew.
``pip install -r requirements-lock.txt`` makes that environment again, where those versions can still be had.
"""

from __future__ import annotations

import argparse
import platform
import re
from importlib.metadata import distributions
from pathlib import Path

LOCK = Path(__file__).resolve().parent.parent / "requirements-lock.txt"
OURS = {"sicgan-lite", "pip", "setuptools", "wheel"}
HEADER = "# What CI ran, on Python {python}. `make lock` writes this; nothing else reads it.\n"


def installed() -> dict[str, str]:
    """Each package of this environment with its version, without the kind of its build (``+cpu``)."""
    found: dict[str, str] = {}
    for one in distributions():  # the first of a name is the one that is imported
        found.setdefault(canonical(one.metadata["Name"]), one.version.partition("+")[0])
    return {name: found[name] for name in sorted(found) if name not in OURS}


def canonical(name: str) -> str:
    """A package's name as PEP 503 writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(text: str) -> dict[str, str]:
    """The packages and versions of a lock."""
    lines = [line.split("==") for line in text.splitlines() if line and not line.startswith("#")]
    return dict(lines)


def text_of(packages: dict[str, str]) -> str:
    """The lock of these packages."""
    lines = [f"{name}=={version}\n" for name, version in packages.items()]
    return HEADER.format(python=platform.python_version()) + "".join(lines)


def differences(ours: dict[str, str], wanted: dict[str, str]) -> list[str]:
    """A line for each package that is another here, or is on one side alone."""
    return [
        f"{name}: {wanted.get(name, 'none')} locked, {ours.get(name, 'none')} here"
        for name in sorted({*ours, *wanted})
        if ours.get(name) != wanted.get(name)
    ]


def main() -> None:
    """Write the lock, or say what is different here."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--write", action="store_true", help="take this environment's versions")
    if parser.parse_args().write:
        LOCK.write_text(text_of(installed()), encoding="utf-8", newline="\n")
        return
    found = differences(installed(), locked(LOCK.read_text("utf-8")))
    print(f"{len(found)} packages differ from {LOCK.name}", *found, sep="\n  ")


if __name__ == "__main__":
    main()
