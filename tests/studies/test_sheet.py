from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from sicgan_lite.config import Config
from sicgan_lite.studies.sheet import contact_sheet
from sicgan_lite.studies.sweep import SweepRun


class Seen(HTMLParser):
    """What a browser would find: pictures, and the text."""

    def __init__(self) -> None:
        super().__init__()
        self.pictures: list[dict[str, Any]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.pictures.append(dict(attrs))

    def handle_data(self, data: str) -> None:
        self.text += data


def sheet(name: str, **results: Any) -> Seen:
    page = SweepRun(Config.quick(), {"delta_e": 3.14} | results, Path("album") / f"{name}.safetensors")
    seen = Seen()
    seen.feed(contact_sheet([page], [(Path("raw.nef"), ".nef is not read here")]))
    return seen


def test_a_sheet_shows_each_picture_with_its_verdict_and_what_was_left_out() -> None:
    seen = sheet("cat.jpg", verdict="closer than grey: ΔE 3.1 against 9.0")
    assert [unquote(picture["src"]) for picture in seen.pictures] == ["cat.jpg.before-after.png"]
    assert "closer than grey: ΔE 3.1 against 9.0" in seen.text
    assert "raw.nef: .nef is not read here" in seen.text
    assert "ΔE 3.1" in sheet("cat.jpg").text  # a model that was made before there were verdicts


def test_a_name_is_text_and_no_markup() -> None:
    seen = sheet('<b onload="x">&#50%.jpg')
    assert [unquote(picture["src"]) for picture in seen.pictures] == [
        '<b onload="x">&#50%.jpg.before-after.png'
    ]
    assert len(seen.pictures) == 1
    assert '<b onload="x">&#50%.jpg' in seen.text
