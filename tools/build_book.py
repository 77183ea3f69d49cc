"""Build the book, strictly, and serve it on this machine only.

``python -m tools.build_book build`` does nothing when the last build succeeded and nothing changed since.
Otherwise it builds from a clean folder: Sphinx reports a warning only for pages that it reads
anew, so a build on top of a failed one would pass.
"""

from __future__ import annotations

import argparse
import hashlib
import http.server
import shutil
import subprocess
import sys
from functools import partial
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "_build"
HTML = BUILD / "html"
STAMP = BUILD / "built-from.txt"
SOURCES = ("_config.yml", "_toc.yml", ".test-record.json", "benchmarks", "book", "sicgan_lite", "tools")
# -W: a warning fails the build. -n: so does a reference to nothing.
STRICT = ("-W", "-n", "--keep-going")


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
    if code := subprocess.run(command, cwd=ROOT, check=False).returncode:
        sys.exit(code)
    STAMP.write_text(wanted, encoding="utf-8")
    print(f"The book is built: {HTML / 'index.html'}")
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


def serve(port: int) -> None:
    """Serve the pages on the loopback address until Ctrl-C."""
    handler = partial(BookHandler, directory=str(build()))
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        print(f"The book is at http://127.0.0.1:{server.server_port}/  (Ctrl-C ends it)")
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
