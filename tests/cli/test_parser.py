from __future__ import annotations

import subprocess
import sys

import pytest

from sicgan_lite.cli import main
from sicgan_lite.cli.parser import build_parser, parse


def test_a_bare_call_shows_the_help_with_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([])
    assert stopped.value.code == 0
    said = capsys.readouterr().out
    for words in (
        "train",
        "colorize",
        "album",
        "info",
        "settings",
        "--like",
        "sicgan-lite train coffee --out run",
    ):
        assert words in said


@pytest.mark.parametrize("command", ["train", "colorize", "album"])
def test_each_command_explains_presets_and_shows_an_example(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parse([command, "--help"])
    said = " ".join(capsys.readouterr().out.split())
    for words in (f"sicgan-lite {command} ", "photo (default)", "quick: the paper's game", "example"):
        assert words in said


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (["trian", "coffee"], "train"),
        (["train", "coffee", "--out", "x", "--presett", "quick"], "--preset"),
        (["train", "coffee", "--out", "x", "--preset", "qick"], "quick"),
    ],
)
def test_a_misspelt_word_is_told_the_nearest(
    arguments: list[str], meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        parse(arguments)
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert f"did you mean {meant}?" in said
    assert said.count("\n") == 1


def test_model_or_like_but_not_both(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--model", "m", "--like", "p"], []):
        with pytest.raises(SystemExit):
            parse(["colorize", "coffee", "--out", "x.png", *arguments])
        assert "--like" in capsys.readouterr().err


def test_asking_for_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from sicgan_lite.cli.parser import build_parser\n"
        "build_parser().format_help()\n"
        "heavy = {'torch', 'cv2', 'scipy', 'matplotlib', 'skimage', 'ipywidgets'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_commands_are_those_of_the_parser() -> None:
    assert {"train", "colorize", "album", "info", "settings"} <= set(build_parser().format_help().split())


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_a_shell_completes_commands_options_and_files(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("shtab")
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    for word in ("colorize", "preset", "laptop", "like"):
        assert word in script


def test_bash_completes_what_the_script_says(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("shtab")
    main(["completion", "bash"])
    asked = """
COMP_WORDS=(sicgan-lite colorize --ov)
COMP_CWORD=2; COMP_LINE="${COMP_WORDS[*]}"; COMP_POINT=${#COMP_LINE}
_shtab_sicgan_lite sicgan-lite --ov colorize; echo "${COMPREPLY[@]}"
"""
    script = capsys.readouterr().out + asked
    ran = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "--overlap"


def test_without_shtab_its_name_is_said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "shtab", None)
    assert main(["completion", "bash"]) == 2
    assert 'pip install "sicgan-lite[shell]"' in capsys.readouterr().err
