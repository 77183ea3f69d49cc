"""Build the book, strictly, and serve it on this machine only.

``python -m tools.build_book build`` does nothing when the last build succeeded and nothing changed since.
Otherwise it builds from a clean folder: Sphinx reports a warning only for pages that it reads
anew, so a build on top of a failed one would pass.
"""

from __future__ import annotations

import argparse
import errno
import hashlib
import http.server
import os
import shutil
import subprocess
import sys
from functools import partial
from importlib.metadata import version
from pathlib import Path

from tools.address import is_placeholder

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "_build"
HTML = BUILD / "html"
STAMP = BUILD / "built-from.txt"
SOURCES = (
    *("_config.yml", "_toc.yml", ".test-record.json", "CHANGELOG.md"),
    *("benchmarks", "book", "sicgan_lite", "tools"),
)
# -W: a warning fails the build. -n: so does a reference to nothing.
STRICT = ("-W", "-n", "--keep-going")
TRIED = 10  # ports, one after another
HOMELESS = (
    "Links to Colab, Binder and issues lead to a placeholder. Your repository's address, everywhere:\n"
    "    {python} -m tools.address --set https://github.com/OWNER/NAME"
)


def _source_files() -> list[Path]:
    """Every file that the pages are made of."""
    files = [file for name in SOURCES for file in [ROOT / name, *(ROOT / name).rglob("*")]]
    skipped = {"__pycache__", ".ipynb_checkpoints"}
    return sorted(
        file for file in files if file.is_file() and not skipped & set(file.relative_to(ROOT).parts)
    )


def fingerprint() -> str:
    """One hash of the sources and of the program that turns them into pages."""
    digest = hashlib.sha256(" ".join([version("jupyter-book"), *STRICT]).encode())
    for file in _source_files():
        digest.update(file.relative_to(ROOT).as_posix().encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def build() -> Path:
    """Build when something changed; the folder of pages. Ends the program when the build fails."""
    wanted = fingerprint()
    if STAMP.exists() and STAMP.read_text("utf-8") == wanted:
        print(f"The book is up to date: {HTML / 'index.html'}")
        return HTML
    shutil.rmtree(BUILD, ignore_errors=True)
    program = shutil.which("jupyter-book", path=str(Path(sys.executable).parent))
    if program is None:
        sys.exit("jupyter-book is not in this environment: run `make book`")
    command = [program, "build", str(ROOT), "--quiet", *STRICT]
    print("Building the book ...", flush=True)
    # Jupyter Book says in four ways where the pages are; warnings and errors go to the other stream.
    if code := subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.DEVNULL).returncode:
        sys.exit(code)
    STAMP.write_text(wanted, encoding="utf-8")
    print(f"The book is built: {HTML / 'index.html'}")
    if is_placeholder():
        print(HOMELESS.format(python=os.path.relpath(sys.executable)))
    return HTML


class BookHandler(http.server.SimpleHTTPRequestHandler):
    """Serves the folder of pages; an address that is not there gets the book's page for it, as on a host."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer with the book's own page when nothing was found."""
        page = Path(self.directory) / "404.html"
        if code != http.HTTPStatus.NOT_FOUND or not page.exists():
            super().send_error(code, message, explain)
            return
        body = page.read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing of each file that was fetched."""


class BookServer(http.server.ThreadingHTTPServer):
    """A port that another program listens on is busy, on Windows too."""

    allow_reuse_address = os.name != "nt"


def open_server(port: int, folder: Path) -> BookServer:
    """A server of the folder at the port, or at the next that is free. Errors: SystemExit after ten."""
    handler = partial(BookHandler, directory=str(folder))
    for tried in range(port, port + TRIED if port else 1):
        try:
            return BookServer(("127.0.0.1", tried), handler)
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
            print(f"Port {tried} is taken.")
    sys.exit(f"No port from {port} to {port + TRIED - 1} is free: name another, make serve PORT=9000")


def serve(port: int) -> None:
    """Serve the pages on the loopback address until Ctrl-C."""
    with open_server(port, build()) as server:
        print(f"The book is at http://127.0.0.1:{server.server_port}/  (Ctrl-C ends it)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()


def main() -> None:
    """Run the named action."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("action", choices=["build", "serve"])
    parser.add_argument("--port", type=int, default=8000, help="0 takes any free one")
    arguments = parser.parse_args()
    if arguments.action == "build":
        build()
    else:
        serve(arguments.port)


if __name__ == "__main__":
    main()
