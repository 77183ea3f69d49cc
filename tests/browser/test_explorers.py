"""Every explorer of the built book: its frames within their budget, and what the ear gets."""

from __future__ import annotations

import base64
import io
import json
import re
from dataclasses import dataclass
from statistics import mean
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect
from support.pages import CHAPTERS, HANDLES, HTML, visit

MOST_FRAMES = 36
FRAME = 15_000  # bytes on average
LARGEST = 45_000
STATE = re.compile(r'<script type="application/vnd.jupyter.widget-state\+json">(.*?)</script>', re.DOTALL)
FRAME_TAG = re.compile(r'<img alt="([^"]+)" width="(\d+)" height="(\d+)".*data:image/webp;base64,([^"]+)">')


@dataclass
class Explorer:
    """What the page holds of one explorer: sliders as (label, readouts), frames as (alt, bytes)."""

    sliders: list[tuple[str, list[str]]]
    frames: list[tuple[str, bytes]]
    sizes: set[tuple[int, int]]


def read_explorers(name: str) -> list[Explorer]:
    """Read from the built page alone, without the library that drew them."""
    found = STATE.search((HTML / name).read_text("utf-8"))
    models = json.loads(found[1])["state"] if found else {}
    classes = {key: model["state"].get("_dom_classes", []) for key, model in models.items()}
    return [read_explorer(models, key) for key, names in classes.items() if "sicgan-explorer" in names]


def read_explorer(models: dict[str, Any], box: str) -> Explorer:
    explorer = Explorer([], [], set())
    waiting = [box]
    while waiting:
        state = models[waiting.pop(0).removeprefix("IPY_MODEL_")]["state"]
        waiting = [*state.get("children", []), *waiting]
        if "_options_labels" in state:
            explorer.sliders.append((state["description"], state["_options_labels"]))
        if tag := FRAME_TAG.search(str(state.get("value", ""))):
            explorer.frames.append((tag[1], base64.b64decode(tag[4])))
            explorer.sizes.add((int(tag[2]), int(tag[3])))
    return explorer


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_explorer_keeps_to_its_budget(book: str, name: str) -> None:
    explorers = read_explorers(name)
    assert explorers, "no explorer was found"
    for explorer in explorers:
        sizes = [len(file) for _, file in explorer.frames]
        assert 2 <= len(sizes) <= MOST_FRAMES
        assert mean(sizes) <= FRAME
        assert max(sizes) <= LARGEST


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_setting_has_a_readout_and_a_picture_with_its_own_text(book: str, name: str) -> None:
    for explorer in read_explorers(name):
        assert 1 <= len(explorer.sliders) <= 2
        count = 1
        for label, readouts in explorer.sliders:
            assert label.strip()
            assert len(set(readouts)) == len(readouts) >= 2
            count *= len(readouts)
        assert len(explorer.frames) == count, "a combination has no picture"
        assert len({alt for alt, _ in explorer.frames}) == count, "two settings share a text"
        assert len(explorer.sizes) == 1, "the page would jump under the slider"
        for _, file in explorer.frames:
            with Image.open(io.BytesIO(file)) as frame:
                assert frame.format == "WEBP"


def test_a_new_picture_is_read_out_once_the_slider_rests(browser: Browser, served: str) -> None:
    with visit(browser, served, CHAPTERS[0]) as seen:
        group = seen.page.locator(".sicgan-explorer").first
        status = group.get_by_role("status")
        expect(status).to_have_text("")
        handle = group.locator(HANDLES).first
        handle.focus()
        handle.press("ArrowRight")
        alt = group.locator("img:visible").get_attribute("alt")
        expect(status).to_have_text(alt or "no text")
        assert status.evaluate("element => element.getBoundingClientRect().width") <= 1, "it is for the ear"


def test_the_track_is_filled_up_to_the_handle(browser: Browser, served: str) -> None:
    with visit(browser, served, CHAPTERS[0]) as seen:
        slider = seen.page.locator(".widget-slider").first
        handle = slider.locator(".noUi-handle")
        meets = """slider => {
          const base = slider.querySelector('.noUi-base');
          const { left, width } = getComputedStyle(base, '::before');
          const end = base.getBoundingClientRect().left + parseFloat(left) + parseFloat(width);
          const knob = slider.querySelector('.noUi-handle').getBoundingClientRect();
          return Math.abs(end - knob.left - knob.width / 2) <= 1.5;
        }"""
        for key in ("Home", "ArrowRight", "End"):
            handle.press(key)
            seen.page.wait_for_timeout(600)  # the handle glides to its place
            assert slider.evaluate(meets)
