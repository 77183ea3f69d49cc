"""Where the colours come from: a file, or a photograph that is learned first."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path

import pytest
from support.commands import TINY, grey_photo, noise_photo
from support.tiny import tiny_state

from sicgan_lite.checkpoint import save_generator
from sicgan_lite.cli import main
from sicgan_lite.cli.models import model_of, silent


@pytest.mark.parametrize("profile", [None, "nineteen", [1, "two"], {"a": 1}])
def test_a_file_that_says_nothing_of_its_lightness_is_used_without_a_word(
    tmp_path: Path, profile: object
) -> None:
    state = tiny_state()
    path = tmp_path / "generator.safetensors"
    said = {} if profile is None else {"lightness_profile": profile}
    save_generator(path, state.generator, state.config, **said)
    generator, known = model_of(Namespace(like=None, model=path))
    assert known is None
    assert generator.size == state.config.size


def test_a_picture_on_standard_output_needs_a_place_for_its_model(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, teacher = grey_photo(tmp_path / "old.png"), noise_photo(tmp_path / "aunt.png")
    assert main(["colorize", str(old), "--like", str(teacher), "--out", "-", *TINY]) == 2
    assert "--out - needs --keep FOLDER" in capsys.readouterr().err


@pytest.mark.parametrize("out", ["-", "x.png"])
def test_only_one_thing_is_said_on_standard_output(out: str) -> None:
    assert silent(Namespace(quiet=False, json=False, out=Path(out))) == (out == "-")
    assert json.loads("true") is silent(Namespace(quiet=False, json=True, out=Path(out)))
