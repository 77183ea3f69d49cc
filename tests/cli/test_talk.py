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


def test_what_is_no_number_is_null_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    talk.say_json({"a": [float("nan"), 1.5], "b": {"c": float("-inf")}, "d": (2, "NaN")})
    said = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert said == {"a": [None, 1.5], "b": {"c": None}, "d": [2, "NaN"]}


def test_a_command_keeps_its_spaces_and_loses_its_escapes(capsys: pytest.CaptureFixture[str]) -> None:
    talk.say("go on with: sicgan-lite train 'two  spaces.jpg' \x1b[31m")
    assert capsys.readouterr().out == "go on with: sicgan-lite train 'two  spaces.jpg' \\x1b[31m\n"


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["settings"], ["train", "--help"], []])
def test_help_without_a_reader_is_no_error(words: list[str]) -> None:
    """As in `sicgan-lite --help | true`: nothing is said on stderr, even by Python as it ends."""
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "sicgan_lite", *words]
    run = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)
    assert (run.returncode, run.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_full_stdout_is_said_once() -> None:
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "sicgan_lite", "settings"]
        run = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    assert run.returncode == 0
    assert run.stderr.decode().splitlines() == [
        "sicgan-lite: the result could not be printed; the files are written"
    ]


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (FileNotFoundError(2, "No such file or directory", "a.png"), "a.png: No such file or directory"),
        (FileNotFoundError("there is no file a"), "there is no file a"),
        (ValueError(), "ValueError"),
    ],
)
def test_an_error_is_told_with_its_file(error: Exception, says: str) -> None:
    assert talk.said_of(error) == says


def test_a_picture_without_a_reader_is_told_in_words() -> None:
    read, write = os.pipe()
    os.close(read)
    code = """
import sys
from sicgan_lite.cli import talk
try:
    talk.write_out(b"picture" * 100_000)
except OSError as error:
    talk.warn(talk.said_of(error))
talk.close_streams()
"""
    run = subprocess.run([sys.executable, "-c", code], stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)
    said = b"sicgan-lite: nobody reads standard output any more; the picture went nowhere\n"
    assert (run.returncode, run.stderr) == (0, said)
