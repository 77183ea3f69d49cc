"""What linkcheck heard, told apart: gone for certain, or no clear answer."""

from __future__ import annotations

import json

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
