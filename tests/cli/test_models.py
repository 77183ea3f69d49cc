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
    generator, known = model_of(model_words(path))
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


@pytest.mark.parametrize("profile", [[float("nan")] * 19, [1e308] * 19, [10**400] * 19, [True] * 19, [-1.0]])
def test_a_strangers_lightness_is_numbers_in_its_range_or_none(tmp_path: Path, profile: list[float]) -> None:
    state = tiny_state()
    path = tmp_path / "generator.safetensors"
    save_generator(path, state.generator, state.config, lightness_profile=profile)
    assert model_of(model_words(path))[1] is None
    save_generator(path, state.generator, state.config, lightness_profile=[0.0, 99.5])
    assert model_of(model_words(path))[1] == [0.0, 99.5]


@pytest.mark.parametrize("words", [["--set", "size=9"], ["--preset", "quick"], ["--keep", "there"]])
def test_what_belongs_to_a_training_is_not_passed_over(
    tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    state, photo = tiny_state(), noise_photo(tmp_path / "a.png")
    save_generator(tmp_path / "g.safetensors", state.generator, state.config)
    command = ["colorize", str(photo), "--model", str(tmp_path / "g.safetensors"), *words]
    assert main([*command, "--out", str(tmp_path / "b.png")]) == 2
    assert "belong to --like" in capsys.readouterr().err


def test_a_kept_model_is_not_replaced_without_a_word(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, teacher = grey_photo(tmp_path / "old.png"), noise_photo(tmp_path / "aunt.png")
    words = [
        "colorize",
        str(old),
        "--like",
        str(teacher),
        "--out",
        str(tmp_path / "new.png"),
        *TINY,
        "--quiet",
    ]
    assert main(words) == 0
    model = tmp_path / "new.model" / "generator.safetensors"
    before = model.read_bytes()
    (tmp_path / "new.png").unlink()
    capsys.readouterr()
    assert main([*words, "--set", "seed=1"]) == 2
    assert f"--model {model} colours with it, --force learns anew" in capsys.readouterr().err
    assert model.read_bytes() == before
    assert main([*words, "--set", "seed=1", "--force"]) == 0
    assert model.read_bytes() != before


def test_a_long_name_leaves_room_for_its_model(tmp_path: Path) -> None:
    old, teacher = grey_photo(tmp_path / "old.png"), noise_photo(tmp_path / "aunt.png")
    out = tmp_path / f"{'x' * 251}.png"
    assert main(["colorize", str(old), "--like", str(teacher), "--out", str(out), *TINY, "--quiet"]) == 0
    assert out.is_file()


def model_words(path: Path) -> Namespace:
    return Namespace(like=None, model=path, preset=None, set=[], keep=None, device="auto")
