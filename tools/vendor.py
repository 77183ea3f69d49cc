"""Bring the page's JavaScript into ``book/_web/vendor`` and hold it to its hashes.

``python -m tools.vendor fetch`` takes the named versions with ``npm pack``, refuses an archive that is not
the one of ``INTEGRITY``, and writes their files anew;
``python -m tools.vendor check`` compares every file with ``SHA256SUMS`` and needs no network.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from importlib.metadata import files
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "book" / "_web" / "vendor"
SUMS = VENDOR / "SHA256SUMS"

# package: (folder here, what of it is taken, and what the path loses in front)
PACKAGES = {
    "@jupyter-widgets/html-manager@1.0.15": (
        "html-manager",
        ["dist/embed.js", "dist/embed.js.LICENSE.txt", "dist/*.woff2"],
        "dist",
    ),
    "mathjax@3.2.2": (
        "mathjax",
        [
            "LICENSE",
            "es5/tex-mml-chtml.js",
            "es5/output/chtml/fonts/woff-v2/*.woff",
            "es5/input/tex/extensions/*.js",
        ],
        "es5",
    ),
}


# What the registry said of these archives when they were first taken.
INTEGRITY = {
    "@jupyter-widgets/html-manager@1.0.15": (
        "sha512-5thBIV6ymNgmPVOHvzx+gGy8ZSKmSazhtGw4/c4xJDVzRhG9PTeQsRjF3FUTopvFi//SABeNz1yp47bCrJ3CQA=="
    ),
    "mathjax@3.2.2": (
        "sha512-Bt+SSVU8eBG27zChVewOicYs7Xsdt40qm4+UpHyX7k0/O9NliPc+x77k1/FEsPsjKPZGJvtRZM1vO+geW0OhGw=="
    ),
}
# Fonts of both projects; each names its makers in itself.
FONT_LICENSE = VENDOR / "OFL-1.1.txt"
FONTS = ("html-manager", "mathjax/output/chtml/fonts/woff-v2")


def check_archive(spec: str, data: bytes) -> None:
    """Errors: ValueError for an archive that is not the one whose integrity is known."""
    digest = f"sha512-{base64.b64encode(hashlib.sha512(data).digest()).decode()}"
    if digest != INTEGRITY[spec]:
        raise ValueError(f"the archive of {spec} is {digest}, and not {INTEGRITY[spec]}")


def sums() -> str:
    """One line for each vendored file: its SHA-256 and its path."""
    found = sorted(file for file in VENDOR.rglob("*") if file.is_file() and file != SUMS)
    return "".join(
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.relative_to(VENDOR).as_posix()}\n"
        for file in found
    )


def _take(spec: str, folder: str, wanted: list[str], prefix: str) -> None:
    """Unpack the wanted files of one npm package."""
    with tempfile.TemporaryDirectory() as temporary:
        subprocess.run(["npm", "pack", "--silent", spec], cwd=temporary, check=True)
        archive = next(Path(temporary).glob("*.tgz"))
        check_archive(spec, archive.read_bytes())
        with tarfile.open(archive) as tar:
            for member in tar.getmembers():
                name = Path(member.name).relative_to("package")
                data = tar.extractfile(member)
                if data is None or not any(name.match(pattern) for pattern in wanted):
                    continue
                inside = name.relative_to(prefix) if name.parts[0] == prefix else name
                target = VENDOR / folder / inside
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data.read())


def _widget_license() -> None:
    """The npm package has no licence text; the Python package of the same project has it."""
    license_text = next(file for file in files("ipywidgets") or [] if file.name == "LICENSE")
    shutil.copyfile(str(license_text.locate()), VENDOR / "html-manager" / "LICENSE")


def fetch() -> None:
    """Take every package again and write the hashes."""
    for spec, (folder, wanted, prefix) in PACKAGES.items():
        shutil.rmtree(VENDOR / folder, ignore_errors=True)
        _take(spec, folder, wanted, prefix)
    _widget_license()
    for folder in FONTS:
        shutil.copyfile(FONT_LICENSE, VENDOR / folder / "OFL.txt")
    SUMS.write_text(sums(), encoding="utf-8", newline="\n")


def main() -> None:
    """Run the named action; ``check`` ends with a difference when a file is not as recorded."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("action", choices=["check", "fetch"])
    if parser.parse_args().action == "fetch":
        fetch()
    elif changed := set(sums().splitlines()) ^ set(SUMS.read_text("utf-8").splitlines()):
        sys.exit("not as recorded in SHA256SUMS:\n" + "\n".join(sorted(changed)))


if __name__ == "__main__":
    main()
