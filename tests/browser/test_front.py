"""The front page's slider: two recorded trainings, moved together, by key, by mouse, by finger, by itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from support.pages import HTML, PHONE, Visit, visit

from sicgan_lite.checkpoint import load_generator
from sicgan_lite.colorizing import colorize
from sicgan_lite.metrics import delta_e
from sicgan_lite.pictures.images import read_provenance
from sicgan_lite.pictures.samples import sample_image
from sicgan_lite.studies.runs import load_run

NAME = "book/index.html"
FRAMES = HTML / "_static" / "front"
RUNS = {"paper": "coffee-quick-seed0", "conditional": "coffee-quick-conditional-seed0"}


@pytest.fixture(scope="module")
def data(book: str) -> dict[str, Any]:
    page = (HTML / NAME).read_text("utf-8")
    found = re.search(r'<script type="application/json" id="front-data">(.*?)</script>', page)
    assert found
    return json.loads(found[1])


@pytest.fixture
def front(browser: Browser, served: str) -> Iterator[Visit]:
    with visit(browser, served, NAME) as seen:
        seen.settle()
        yield seen
        assert seen.errors == []


def shown(page: Page) -> list[tuple[str, str, str]]:
    """File, text and error of the two large pictures."""
    figures = page.locator(".front-large").all()
    return [
        (
            (figure.locator("img").get_attribute("src") or "").rpartition("/")[2],
            figure.locator("img").get_attribute("alt") or "",
            figure.locator("output").inner_text().replace("\xa0", " "),
        )
        for figure in figures
    ]


def test_the_frames_are_those_of_the_recorded_runs(data: dict[str, Any]) -> None:
    photo = sample_image("coffee")
    assert list(data) == list(RUNS)
    for name, run in RUNS.items():
        recorded = load_run(run)
        assert data[name]["steps"] == recorded.snapshot_steps
        last = colorize(load_generator(recorded.generator_path), photo)
        assert data[name]["errors"][-1] == round(float(delta_e(last, photo)), 1)
    assert data["paper"]["errors"][-1] > data["conditional"]["errors"][-1]


def test_each_number_is_the_error_of_the_picture_above_it(data: dict[str, Any]) -> None:
    photo = Image.fromarray(sample_image("coffee"))
    for name, run in data.items():
        for step, error in list(zip(run["steps"], run["errors"], strict=True))[::9]:
            drawn = np.asarray(Image.open(FRAMES / f"{name}-{step}.webp").convert("RGB"))
            small = np.asarray(photo.resize(drawn.shape[1::-1], Image.Resampling.LANCZOS))
            # Compression and the smaller size cost a little; another frame is off by far more.
            assert abs(float(delta_e(drawn, small)) - error) < 0.12 * error + 0.5, f"{name} at step {step}"


def test_generated_frames_are_labelled_and_light(data: dict[str, Any]) -> None:
    sizes = []
    for name, run in data.items():
        for step in run["steps"]:
            file = FRAMES / f"{name}-{step}.webp"
            label = read_provenance(file)
            assert label is not None, file.name
            assert label.system == "sicgan-lite"
            sizes.append(file.stat().st_size)
    assert sum(sizes) / len(sizes) <= 18_000
    assert read_provenance(FRAMES / "photo.webp") is None
    assert len(list(FRAMES.iterdir())) == len(sizes) + 3, "a frame that no page shows"


def test_it_starts_with_the_results_and_fetches_no_other_frame(front: Visit, data: dict[str, Any]) -> None:
    fetched = [url for url in front.requests if "/front/" in url]
    assert sorted(url.rpartition("/")[2] for url in fetched) == [
        "brown.webp",
        "conditional-200.webp",
        "grey.webp",
        "paper-200.webp",
        "photo.webp",
    ]
    errors = [f"error {run['errors'][-1]}" for run in data.values()]
    assert [error for _, _, error in shown(front.page)] == errors


def test_one_key_moves_both_pictures(front: Visit, data: dict[str, Any]) -> None:
    slider = front.page.get_by_role("slider", name="Training step")
    before = shown(front.page)
    slider.focus()
    slider.press("ArrowLeft")
    step = data["paper"]["steps"][-2]
    assert slider.get_attribute("aria-valuetext") == f"step {step}"
    expect(front.page.locator("#front-now")).to_have_text(str(step))
    for name, old, (file, alt, error) in zip(RUNS, before, shown(front.page), strict=True):
        assert file == f"{name}-{step}.webp"
        assert error == f"error {data[name]['errors'][-2]:.1f}"
        assert alt == f"The colouring at step {step}: {error.replace(' ', chr(160))}."
        assert alt != old[1]
    for mark in front.page.locator(".front-at").all():
        assert (mark.get_attribute("d") or "").startswith(f"M{step} ")
    front.page.wait_for_function("() => [...document.images].every(image => image.naturalWidth > 0)")
    slider.press("End")
    assert shown(front.page) == [(old[0], old[1], old[2]) for old in before]


def test_a_mouse_and_a_finger_move_it(browser: Browser, base: str) -> None:
    for options in ({}, {"viewport": PHONE, "has_touch": True, "is_mobile": True}):
        with visit(browser, base, NAME, **options) as seen:
            slider = seen.page.get_by_role("slider", name="Training step")
            slider.scroll_into_view_if_needed()
            box = slider.bounding_box()
            assert box
            assert box["height"] >= 40
            at = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
            (seen.page.touchscreen.tap if options else seen.page.mouse.click)(*at)
            expect(slider).not_to_have_value("27")
            assert all(not file.endswith("-200.webp") for file, _, _ in shown(seen.page))
            assert seen.errors == []
            assert seen.elsewhere() == []


def test_play_runs_to_the_end_and_can_be_stopped(front: Visit) -> None:
    page = front.page
    play, slider = page.get_by_role("button", name="Play"), page.get_by_role("slider", name="Training step")
    play.click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(slider).to_have_value("2", timeout=10_000)
    page.get_by_role("button", name="Pause").click()
    stopped = slider.input_value()
    page.wait_for_timeout(800)
    assert slider.input_value() == stopped
    slider.fill("25")
    play.click()
    expect(slider).to_have_value("27", timeout=10_000)
    expect(play).to_be_visible()


def test_without_scripts_the_results_stand_there_and_no_dead_slider(browser: Browser, served: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{served}/{NAME}")
    assert page.locator(".front-large img:visible").count() == 2
    assert page.locator(".front-losses svg:visible").count() == 2
    assert page.locator(".front-controls :visible").count() == 0
    context.close()


@pytest.mark.parametrize("width", [1280, 1024])
def test_result_and_losses_are_seen_without_scrolling(browser: Browser, served: str, width: int) -> None:
    with visit(browser, served, NAME, viewport={"width": width, "height": 800}) as seen:
        for selector in (".front-large img", ".front-brown img", ".front-losses svg", "#front-step"):
            for part in seen.page.locator(selector).all():
                box = part.bounding_box()
                assert box
                assert box["y"] + box["height"] <= 800
