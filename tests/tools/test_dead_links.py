"""What linkcheck heard, told apart: gone for certain, or no clear answer; from a host that says each."""

from __future__ import annotations

import http.server
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import dead_links


def line(status: str, info: str = "", uri: str = "https://a.example/x") -> str:
    entry = {"filename": "book/x.md", "lineno": 3, "status": status, "code": 0, "uri": uri, "info": info}
    return json.dumps(entry)


@pytest.mark.parametrize(
    ("status", "info", "gone", "unclear"),
    [
        ("working", "", 0, 0),
        ("redirected", "https://b.example", 0, 0),
        ("broken", "404 Client Error: Not Found for url: https://a.example/x", 1, 0),
        ("broken", "410 Client Error: Gone for url", 1, 0),
        ("broken", "Failed to resolve 'a.example' ([Errno -2] Name or service not known)", 1, 0),
        ("broken", "Anchor 'there' not found", 1, 0),
        ("broken", "403 Client Error: Forbidden for url: https://a.example/404", 0, 1),
        ("broken", "429 Client Error: Too Many Requests", 0, 1),
        ("timeout", "HTTPSConnectionPool: Read timed out. (read timeout=30)", 0, 1),
    ],
)
def test_only_what_is_certainly_gone_is_called_gone(status: str, info: str, gone: int, unclear: int) -> None:
    found = dead_links.judge([line(status, info)])
    assert [len(found[0]), len(found[1]), found[2]] == [gone, unclear, 1]


def test_a_link_on_two_pages_is_one_link_and_files_are_none() -> None:
    lines = [
        line("broken", "404 Client Error"),
        line("broken", "404 Client Error"),
        line("broken", uri="x.html"),
    ]
    gone, unclear, asked = dead_links.judge(lines)
    assert (len(gone), len(unclear), asked) == (1, 0, 1)
    assert gone[0].startswith("book/x.md:3: https://a.example/x: 404")


class Host(http.server.BaseHTTPRequestHandler):
    """Answers with the number that stands in the path; /301 leads on to /200, /0 takes too long."""

    def do_GET(self) -> None:
        code = int(self.path.strip("/"))
        if code == 0:
            time.sleep(4)
        self.send_response(code or 200)
        if code == 301:
            self.send_header("Location", "/200")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(b"<!doctype html><h1 id='there'>Here</h1>")

    do_HEAD = do_GET  # noqa: N815 (the base class's names)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
        pass


@pytest.fixture
def host() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Host) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_book_is_asked_and_each_answer_is_told(host: str, tmp_path: Path) -> None:
    good, gone, unclear = ("200", "301", "200#there"), ("404", "410", "200#nowhere"), ("403", "500", "0")
    links = [f"{host}/{end}" for end in (*good, *gone, *unclear)]
    (tmp_path / "page.md").write_text("# Page\n\n" + "\n\n".join(f"[x]({link})" for link in links))
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: page\n")
    (tmp_path / "_config.yml").write_text("title: A book\nsphinx: {config: {linkcheck_timeout: 1}}\n")
    found = dead_links.judge(dead_links.ask(tmp_path, tmp_path / "out"))
    assert found[2] == len(links)
    for told, ends in zip(found[:2], (gone, unclear), strict=True):
        assert sorted(sentence.split(": ")[1] for sentence in told) == sorted(f"{host}/{end}" for end in ends)
        assert all(sentence.startswith("page.md:") for sentence in told)
