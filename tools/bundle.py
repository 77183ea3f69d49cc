"""What is handed on: the book in a zip and as one PDF, the library as a wheel, and the site with all three.

``python -m tools.bundle`` builds the book when it has to and writes ``dist/`` and ``_build/site/``. The zip
is for a USB stick: unpacked, ``index.html`` opens in any browser, without a network and without a server.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tools.build_book import BUILD, build

ROOT = Path(__file__).resolve().parent.parent
DIST, SITE = ROOT / "dist", BUILD / "site"
NAME = "colour-from-a-single-image"
DOWNLOADS = "downloads"


def write_zip(pages: Path, out: Path) -> Path:
    """The folder of pages under one name, so that unpacking makes one folder."""
    parent = out.parent / "zip"
    shutil.rmtree(parent, ignore_errors=True)
    shutil.copytree(pages, parent / NAME)
    packed = shutil.make_archive(str(out / NAME), "zip", parent, NAME)
    shutil.rmtree(parent)
    return Path(packed)


def write_wheel(out: Path) -> Path:
    """The library, as a chapter's first cell installs it."""
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return max(out.glob("*.whl"), key=lambda file: file.stat().st_mtime)


def write_site(pages: Path, downloads: list[Path], site: Path) -> Path:
    """What a host serves: the pages, and beside them what can be fetched."""
    shutil.rmtree(site, ignore_errors=True)
    shutil.copytree(pages, site)
    (site / DOWNLOADS).mkdir()
    for file in downloads:
        shutil.copy2(file, site / DOWNLOADS)
    return site


def main() -> None:
    """Make all four, and say where they are."""
    from tools.book_pdf import write_pdf  # needs the development packages

    pages = build()
    DIST.mkdir(exist_ok=True)
    pdf = DIST / f"{NAME}.pdf"
    sheets = write_pdf(pages, pdf)
    made = [pdf, write_zip(pages, DIST), write_wheel(DIST)]
    for file in made:
        print(f"{file}: {file.stat().st_size / 1e6:.1f} MB" + (f", {sheets} sheets" if file == pdf else ""))
    print(f"{write_site(pages, made, SITE)}: what a host serves")


if __name__ == "__main__":
    main()
