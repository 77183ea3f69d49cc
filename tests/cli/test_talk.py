from __future__ import annotations

import io
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from sicgan_lite.cli import talk

PROGRAM = """
import sys
from sicgan_lite.cli import talk
talk.prepare_streams()
talk.say("ΔE \\u4e2d")
talk.warn("done ΔE")
"""


class Dead(io.StringIO):
    """A stream whose reader has gone away."""

    def write(self, text: str) -> int:
        raise BrokenPipeError

    def flush(self) -> None:
        raise BrokenPipeError


def test_what_an_encoding_lacks_is_escaped_and_no_error() -> None:
    environment = os.environ | {"PYTHONIOENCODING": "cp1252"}
    run = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, env=environment, check=False)
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip() == rb"\u0394E \u4e2d"
    assert b"sicgan-lite: done" in run.stderr


def test_a_reader_that_has_gone_away_is_no_error() -> None:
    code = f"{PROGRAM}\nfor _ in range(100_000): talk.say('x' * 100)"
    run = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert run.stdout is not None
    run.stdout.close()
    _, said = run.communicate(timeout=120)
    assert run.returncode == 0
    assert b"Traceback" not in said
    assert b"BrokenPipe" not in said


@pytest.mark.parametrize("stream", [Dead(), None])
def test_a_dead_stderr_stops_no_loop(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO | None) -> None:
    monkeypatch.setattr(sys, "stderr", stream)
    with talk.progress(3, "step") as bar:
        for _ in range(3):
            bar.set_postfix_str("ΔE 3.0")
            bar.update()
    talk.warn("nobody hears this")
    assert bar.n == 3


def test_what_a_terminal_would_obey_is_printed_as_text() -> None:
    assert talk.printable("a\x1b[31mb\u202ec\n d") == "a\\x1b[31mb\\u202ec d"
    assert talk.printable("Grüße 中 ΔE") == "Grüße 中 ΔE"


@pytest.mark.parametrize("name", ["two words.jpg", "it's.jpg", "$(reboot).jpg", "a&b.jpg"])
def test_a_command_can_be_pasted(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shlex.split(talk.quoted(["train", name])) == ["train", name]
    monkeypatch.setattr(talk, "WINDOWS", True)
    assert talk.quoted(["train", "two words.jpg"]) == 'train "two words.jpg"'


def test_a_name_with_a_dash_is_no_option() -> None:
    assert talk.as_argument("-x.jpg") == f".{os.sep}-x.jpg"
    assert talk.as_argument(Path("photos") / "-x.jpg") == str(Path("photos") / "-x.jpg")


def test_a_picture_is_not_written_to_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdout", Terminal())
    with pytest.raises(ValueError, match="a picture is not for a terminal"):
        talk.write_out(b"picture")


def test_a_strangers_text_turns_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    content = {"label": "a\x1b[31m\u202eb\U000e0001", "name": "Grüße ΔE"}
    talk.say_json(content)
    said = capsys.readouterr().out
    assert all(letter.isprintable() or letter == "\n" for letter in said)
    assert json.loads(said) == content
    assert "Grüße ΔE" in said
