"""The single changes that are asked about."""

from __future__ import annotations

from sicgan_lite.config import Config
from sicgan_lite.teaching.changes import CHANGES, QUESTIONS, SMALL, UNCHANGED


def test_what_is_asked_is_asked_once_and_among_the_changes() -> None:
    asked = [name for names in QUESTIONS.values() for name in names]
    assert len(set(asked)) == len(asked)
    assert set(asked) < set(CHANGES) - {UNCHANGED}


def test_a_change_is_a_setting_and_no_two_are_the_same() -> None:
    configs = {Config.quick(**SMALL | change) for change in CHANGES.values()}
    assert len(configs) == len(CHANGES)
    assert Config.quick(**SMALL) in configs
