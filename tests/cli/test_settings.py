from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path
from typing import Any

import pytest
from support.typechecking import unchecked

from sicgan_lite.cli.settings import MEANINGS, PRESETS, a_path, config_of, settings_table
from sicgan_lite.config import LIMITS, Config

FIELDS = [field.name for field in dataclasses.fields(Config)]


def asked(*settings: str, preset: str | None = None, seed: int | None = None) -> Config:
    return config_of(argparse.Namespace(preset=preset, seed=seed, set=list(settings)))


def test_photo_is_the_default() -> None:
    assert asked() == Config.photo()
    assert {name: preset() for name, preset in PRESETS.items()} == {
        "photo": Config.photo(),
        "quick": Config.quick(),
        "laptop": Config.laptop(),
        "paper": Config.paper(),
    }


def test_settings_and_seed_change_the_preset() -> None:
    config = asked("noise_std=0.2", "generator_widths=(4, 8)", "precision=float32", preset="quick", seed=7)
    changes: Any = {"noise_std": 0.2, "generator_widths": (4, 8), "precision": "float32", "seed": 7}
    assert config == Config.quick(**changes)


@pytest.mark.parametrize(
    "setting", ["betas={[]:1}", "betas=" + "(" * 5000, "noise_std=1e", "size=__import__('os')"]
)
def test_a_value_that_is_none_is_a_value_error(setting: str) -> None:
    with unchecked(), pytest.raises(ValueError, match=setting.partition("=")[0]):
        asked(setting)


def test_every_field_is_listed_with_its_meaning_its_default_and_its_limit() -> None:
    table = settings_table()
    assert list(MEANINGS) == FIELDS
    for field in FIELDS:
        assert (
            f"  {field} = {getattr(Config.photo(), field)!r}\n      {MEANINGS[field]}; {LIMITS[field].words}"
            in table
        )


def test_an_empty_word_is_no_path() -> None:
    assert a_path("a b") == Path("a b")
    with pytest.raises(argparse.ArgumentTypeError, match="a name is wanted"):
        a_path("")
