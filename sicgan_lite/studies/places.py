"""Where records lie. It needs nothing, so that chapters without torch can read numbers."""

from pathlib import Path


def runs_folder() -> Path:
    """Where records are read from: inside the package in a wheel, ``book/runs`` in a checkout."""
    package = Path(__file__).parent.parent
    packed = package / "_runs"
    return packed if packed.is_dir() else package.parent / "book" / "runs"
