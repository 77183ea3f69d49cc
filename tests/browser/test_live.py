"""The page that learns a photograph: its crew, its board, and what leaves it, which is nothing."""

from __future__ import annotations

import base64
import hashlib
import subprocess
from collections.abc import Iterator
from datetime import datetime, timezone
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, Route
from support.exiftool import exiftool_or_skip
from support.live import CREW_SCRIPTS, open_scripts
from support.pages import HTML, ROOT, Visit, visit

from sicgan_lite import __version__
from sicgan_lite.arrays.resizing import shrink
from sicgan_lite.baselines import mean_color
from sicgan_lite.checkpoint import load_generator
from sicgan_lite.color import rgb_to_lab
from sicgan_lite.colorizing import colorize
from sicgan_lite.config import Config
from sicgan_lite.losses import equilibrium_losses
from sicgan_lite.metrics import delta_e
from sicgan_lite.pictures.images import read_image, read_provenance
from sicgan_lite.pictures.provenance import COMPOSITE
from sicgan_lite.pictures.samples import sample_image
from tools import draw_live

NAME = "book/your-photograph.html"
STILL: dict[str, Any] = {"reduced_motion": "reduce"}
SLIDERS = ("noise", "real", "fake", "rateD", "rateG")
READY = "() => /^Ready|no room|no colours/.test(document.getElementById('live-status').textContent)"
DONE = "() => / steps: /.test(document.getElementById('live-status').textContent)"

TRAIN = """async ({config, workers, bytes, width}) => {
  const crew = sicganCrew.createCrew(workers);
  const photograph = {bytes: Uint8ClampedArray.from(bytes), width, settings: config};
  const {inputs} = await crew.tell('photograph', photograph);
  const game = await sicganCrew.createGame(crew, config, {width, height: bytes.length / 4 / width, inputs});
  const records = [];
  for (let i = 0; i < 5; i++) records.push(Object.values(await game.step()));
  crew.dismiss();
  return [records, Array.from(game.g), Array.from(game.d)];
}"""


def picture(kind: str = "PNG", size: tuple[int, int] = (70, 60), seed: int = 0) -> bytes:
    """A file with a picture of four colours."""
    rng = np.random.default_rng(seed)
    colors = rng.integers(40, 216, (2, 2, 3), np.uint8)
    file = BytesIO()
    Image.fromarray(colors).resize(size, Image.Resampling.BICUBIC).save(file, kind)
    return file.getvalue()


def given(name: str, data: bytes, kind: str = "image/png") -> Any:
    return {"name": name, "mimeType": kind, "buffer": data}


def test_a_run_does_not_depend_on_the_number_of_workers(browser: Browser) -> None:
    config = Config.quick(size=16, batch_size=6, generator_widths=(4,), discriminator_widths=(3,)).to_dict()
    rgba = np.dstack([sample_image("coffee")[100:140, 200:250], np.full((40, 50), 255, np.uint8)])
    with open_scripts(browser, CREW_SCRIPTS) as page:
        handed = {"config": config, "bytes": rgba.ravel().tolist(), "width": 50}
        runs = [page.evaluate(TRAIN, handed | {"workers": workers}) for workers in (1, 2, 4)]
        other = page.evaluate(TRAIN, handed | {"workers": 1, "config": config | {"seed": 9}})
    for run in runs[1:]:
        for part, wanted in zip(run, runs[0], strict=True):
            np.testing.assert_allclose(part, wanted, rtol=0, atol=1e-12)
    assert np.abs(np.subtract(other[1], runs[0][1])).max() > 0.01


def test_the_predicted_lines_are_the_library_s(browser: Browser) -> None:
    games: list[dict[str, Any]] = [{}, {"fake_target": 0.3, "target_jitter": 0.0}, {"real_target": 1.0}]
    with open_scripts(browser, CREW_SCRIPTS) as page:
        for changes in games:
            config = Config.quick(**changes)
            got = page.evaluate("config => sicganCrew.equilibrium(config)", config.to_dict())
            wanted = equilibrium_losses(*config.mean_targets)
            assert [got["score"], got["lossD"], got["lossG"]] == pytest.approx(wanted)


def test_the_markup_holds_the_library_s_settings_and_photographs() -> None:
    text = draw_live.BOARD.read_text("utf-8")
    assert draw_live.fill(text) == text, "run tools/draw_live.py"


# ---------------------------------------------------------------------- board


@pytest.fixture(scope="module")
def opened(browser: Browser, book: str) -> Iterator[Visit]:
    """One page for many tests: each begins by opening it anew."""
    with visit(browser, HTML.as_uri(), NAME, **STILL) as seen:
        yield seen


@pytest.fixture
def board(opened: Visit) -> Page:
    """The page at rest, the coffee before its first step."""
    return start(opened.page)


def start(page: Page, settings: str = "") -> Page:
    page.goto("about:blank")
    page.goto(f"{HTML.as_uri()}/{NAME}{settings}")
    page.wait_for_function(READY)
    return page


def pixels_of(page: Page, canvas: str) -> str:
    return page.locator(f"#live-{canvas}").evaluate("canvas => canvas.toDataURL()")


def size_of(page: Page) -> list[int]:
    return page.locator("#live-picture").evaluate("canvas => [canvas.width, canvas.height]")


def press(page: Page, button: str) -> None:
    """Press a button that takes one step, and wait for it."""
    before = int(page.locator("#now-step").inner_text())
    page.locator(f"#live-{button}").press("Enter")
    page.wait_for_function(
        "step => document.getElementById('live-status').textContent.startsWith(`Step ${step}`)",
        arg=before + 1,
    )


def choose(page: Page, file: Any) -> str:
    """Give the page a file; what it says."""
    page.evaluate("document.getElementById('live-status').textContent = ''")
    page.locator("#live-file").set_input_files(file)
    page.wait_for_function("/[^…]$/.test(document.getElementById('live-status').textContent)")
    return page.locator("#live-status").inner_text()


def test_it_learns_when_asked_and_nothing_leaves_the_page(browser: Browser, base: str) -> None:
    with visit(browser, base, f"{NAME}#steps=3", **STILL) as seen:
        page = seen.page
        page.wait_for_function(READY)
        assert "usually loses to one colour" in page.locator(".live-truth").inner_text()
        loaded = len(seen.requests)
        before = {name: pixels_of(page, name) for name in ("picture", "losses", "scores")}
        page.locator("#live-play").click()
        page.wait_for_function(DONE)
        for name, image in before.items():
            assert pixels_of(page, name) != image, f"{name} stands still"
        assert page.locator("#live-league tbody tr").count() == 4
        assert "the paper's D, steps 3" in page.locator("#live-league").inner_text()
        assert choose(page, given("mine.png", picture())).startswith("Ready")
        press(page, "step-g")
        assert seen.errors == []
        assert seen.elsewhere() == []
        while_it_learned = [url for url in seen.requests[loaded:] if not url.startswith("blob:")]
        assert while_it_learned == []


def test_it_works_under_a_strict_policy(browser: Browser, served: str) -> None:
    policy = "default-src 'none'; script-src 'self'; worker-src blob:; style-src 'self'; img-src 'self' data:"

    def serve_strictly(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, headers=answer.headers | {"content-security-policy": policy})

    page = browser.new_page(**STILL)
    page.route("**/*.html*", serve_strictly)
    page.goto(f"{served}/{NAME}#steps=2")
    page.wait_for_function(READY)
    page.locator("#live-play").click()
    page.wait_for_function(DONE)
    page.close()


def test_one_step_of_a_player_trains_that_player_alone(board: Page) -> None:
    before = pixels_of(board, "picture")
    press(board, "step-d")
    assert pixels_of(board, "picture") == before, "G learned in a step of D"
    loss_d = board.locator("#now-lossD").inner_text()
    press(board, "step-g")
    assert pixels_of(board, "picture") != before, "G did not learn in its own step"
    assert board.locator("#now-lossD").inner_text() != loss_d


def test_reset_and_the_same_seed_give_the_same_run(board: Page) -> None:
    def opening() -> list[str]:
        press(board, "step-d")
        press(board, "step-g")
        return [board.locator(f"#{name}").inner_text() for name in ("now-lossD", "now-lossG", "live-now")]

    first = opening()
    board.locator("#live-reset").click()
    board.wait_for_function(READY)
    assert board.locator("#now-step").inner_text() == "0"
    assert opening() == first
    board.locator("#set-seed").fill("2")
    board.locator("#set-seed").press("Tab")
    board.wait_for_function(READY)
    assert opening() != first


def test_it_starts_pauses_and_goes_on(board: Page) -> None:
    board.locator("#live-play").click()
    board.wait_for_function("Number(document.getElementById('now-step').textContent) >= 1")
    board.locator("#live-play").click()
    board.wait_for_function("/^Paused at step/.test(document.getElementById('live-status').textContent)")
    stopped = board.locator("#now-step").inner_text()
    board.wait_for_timeout(300)
    assert board.locator("#now-step").inner_text() == stopped
    board.locator("#live-play").click()
    hide = """() => {
      Object.defineProperty(document, 'hidden', {value: true, configurable: true});
      document.dispatchEvent(new Event('visibilitychange'));
    }"""
    board.evaluate(hide)
    board.wait_for_function("/^Paused at step/.test(document.getElementById('live-status').textContent)")
    assert board.locator("#live-play").inner_text() == "Play"


def test_ten_seeds_give_ten_runs_and_a_median(opened: Visit) -> None:
    page = start(opened.page, "#steps=1&judge=l1")
    choose(page, given("mine.png", picture()))
    page.locator("#live-ten").click()
    page.wait_for_function("/their median/.test(document.getElementById('live-status').textContent)")
    row = page.locator("#live-league tbody tr", has_text="L1 alone").inner_text().split("\t")
    assert row[1] == "10"
    low, high = (float(end) for end in row[3].split(" – "))
    assert low <= float(row[2]) <= high
    assert low < high, "ten seeds gave one run"


@pytest.mark.parametrize("name", SLIDERS)
def test_every_slider_moves_by_key_and_says_its_value(board: Page, name: str) -> None:
    slider, said = board.locator(f"#set-{name}"), board.locator(f'output[for="set-{name}"]')
    before = said.inner_text()
    slider.press("ArrowRight")
    assert said.inner_text() != before
    assert slider.get_attribute("aria-valuetext") == said.inner_text()
    assert f"{name}=" in board.url
    slider.press("ArrowLeft")
    assert said.inner_text() == before
    assert f"{name}=" not in board.url


def test_settings_act_on_the_run_and_the_address_brings_them_back(opened: Visit) -> None:
    page = start(opened.page, "#judge=conditional&fake=0.3&seed=9&photo=chelsea&hold=0-70-100-100&nonsense=1")
    assert page.locator('input[value="chelsea"]').is_checked()
    assert page.locator('input[value="conditional"]').is_checked()
    values = [page.locator(f"#set-{name}").input_value() for name in ("fake", "seed")]
    assert values == ["0.3", "9"]
    config = Config.quick(fake_target=0.3)
    predicted = f"{equilibrium_losses(*config.mean_targets).loss_d:.3f}"
    assert page.locator("#predicted-lossD").inner_text() == predicted
    assert "in the held-out part" in page.locator("#error-one").inner_text()
    page.locator("#set-fake").press("Home")
    page.wait_for_function(
        "before => document.getElementById('predicted-lossD').textContent !== before", arg=predicted
    )
    page.locator('input[value="l1"]').press("Space")
    page.wait_for_function(READY)
    assert page.url.split("#")[1] == "photo=chelsea&judge=l1&seed=9&hold=0-70-100-100"


def test_a_photograph_of_the_reader_s_is_measured_as_the_library_measures_it(board: Page) -> None:
    data = picture(size=(90, 61))
    assert choose(board, given("mine.png", data)).startswith("Ready")
    assert size_of(board) == [90, 61]
    rgb = np.asarray(Image.open(BytesIO(data)).convert("RGB"))
    shown = float(board.locator("#error-one").inner_text())
    assert shown == pytest.approx(delta_e(mean_color(rgb), rgb), abs=0.1)
    assert choose(board, given("large.jpg", picture("JPEG", (500, 300)), "image/jpeg")).startswith("Ready")
    assert size_of(board) == [240, 144]
    assert "photo=" not in board.url


@pytest.mark.parametrize("how", ["drop", "paste"])
def test_a_photograph_is_dropped_or_pasted(board: Page, how: str) -> None:
    call = """([data, how]) => {
      const bytes = Uint8Array.from(atob(data), letter => letter.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([bytes], 'mine.png', {type: 'image/png'}));
      document.getElementById('live-status').textContent = '';
      document.body.dispatchEvent(how === 'drop'
        ? new DragEvent('drop', {dataTransfer: transfer, bubbles: true, cancelable: true})
        : new ClipboardEvent('paste', {clipboardData: transfer, bubbles: true, cancelable: true}));
    }"""
    board.evaluate(call, [base64.b64encode(picture()).decode(), how])
    board.wait_for_function(READY)
    assert size_of(board) == [70, 60]


def test_what_it_cannot_use_it_says_in_words(board: Page) -> None:
    said = choose(board, given("IMG_1.HEIC", b"\0\0\0\x18ftypheic", "image/heic"))
    assert "IMG_1.HEIC" in said
    assert "JPEG" in said
    assert "no picture" in choose(board, given("notes.png", b"not a picture"))
    assert "48" in choose(board, given("tiny.png", picture(size=(60, 30))))
    assert size_of(board) == [240, 160], "a file that was refused took the photograph's place"
    assert "no colours" in choose(board, given("grey.png", grey_picture()))


def test_what_is_too_large_it_says_in_words(board: Page, tmp_path: Path) -> None:
    heavy, wide = tmp_path / "heavy.jpg", tmp_path / "wide.png"
    with heavy.open("wb") as file:
        file.truncate(61_000_000)
    Image.new("1", (10_100, 10_000)).save(wide)
    assert "61 MB" in choose(board, heavy)
    assert "10100 × 10000 pixels" in choose(board, wide)
    assert size_of(board) == [240, 160], "a file that was refused took the photograph's place"


def test_a_saved_picture_says_what_it_is(board: Page, tmp_path: Path) -> None:
    data = picture("JPEG", (400, 300))
    choose(board, given("mine.jpg", data, "image/jpeg"))
    press(board, "step-g")
    saved = save(board, "picture", tmp_path / "coloured.png")
    found = read_provenance(saved)
    assert found is not None
    assert (found.system, found.version) == ("sicgan-lite", __version__)
    assert found.source_sha256 == hashlib.sha256(data).hexdigest()
    assert found.source_type == COMPOSITE
    assert found.when[:10] == datetime.now(timezone.utc).isoformat()[:10]
    told = subprocess.check_output([exiftool_or_skip(), "-s3", "-XMP:DigitalSourceType", saved], text=True)
    assert told.strip() == COMPOSITE
    rgb, photo = read_image(saved).rgb, read_image(BytesIO(data)).rgb
    assert rgb.shape == (300, 400, 3)
    unmarked = slice(0, 250)
    assert np.abs(rgb_to_lab(rgb)[unmarked, :, 0] - rgb_to_lab(photo)[unmarked, :, 0]).mean() < 0.5
    plate = rgb[-5:, -5:].reshape(-1, 3)
    assert plate.max() == 0, "the visible mark is not there"


def test_a_generator_goes_to_python_and_comes_back(opened: Visit, tmp_path: Path) -> None:
    page = start(opened.page, "#z=1&context=1&judge=l1")
    press(page, "step-g")
    painted = page.locator("#live-now").inner_text().split()[0]
    saved = save(page, "generator", tmp_path / "generator.safetensors")
    generator, rgb = load_generator(saved), shrink(sample_image("coffee"), 240)
    assert delta_e(colorize(generator, rgb), rgb) == pytest.approx(float(painted), abs=0.11)
    page.locator("#live-reset").click()
    page.wait_for_function(READY)
    page.locator("#live-load").set_input_files(saved)
    page.wait_for_function("/Painted by/.test(document.getElementById('live-status').textContent)")
    assert page.locator("#live-now").inner_text().split()[0] == painted
    assert page.locator("#live-play").is_disabled()
    choose(page, given("grey.png", grey_picture()))
    assert size_of(page) == [70, 60], "the kept generator did not take the next photograph"
    assert page.locator("#live-keep").is_checked()
    page.locator("#live-load").set_input_files(given("bad.safetensors", b"not a generator"))
    page.wait_for_function("/no generator/.test(document.getElementById('live-status').textContent)")


def test_a_recorded_generator_paints_as_in_python(opened: Visit) -> None:
    page, rgb = start(opened.page), shrink(sample_image("coffee"), 240)
    file = ROOT / "book" / "runs" / "coffee-quick-seed0" / "generator.safetensors"
    page.locator("#live-load").set_input_files(file)
    page.wait_for_function("/Painted by/.test(document.getElementById('live-status').textContent)")
    painted = float(page.locator("#live-now").inner_text().split()[0])
    assert painted == pytest.approx(delta_e(colorize(load_generator(file), rgb), rgb), abs=0.11)


def test_z_is_rolled_and_painted_with(opened: Visit) -> None:
    page = start(opened.page, "#z=1")
    assert page.locator("#live-dice").is_visible()
    images = [pixels_of(page, "picture")]

    def look() -> None:
        page.wait_for_function(
            "before => document.getElementById('live-picture').toDataURL() !== before", arg=images[-1]
        )
        images.append(pixels_of(page, "picture"))

    page.locator("#live-roll").click()
    look()
    page.locator("#live-z1").press("End")
    page.locator("#live-picture").click()
    look()
    page.locator("#live-picture").press("ArrowLeft")
    assert "47 % from the left" in page.locator("#live-brush").inner_text()
    for _ in range(5):
        page.locator("#live-picture").press("ArrowUp")
    page.locator("#live-picture").press("Enter")
    look()


def save(page: Page, what: str, path: Path) -> Path:
    with page.expect_download() as waiting:
        page.locator(f"#live-save-{what}").click()
    waiting.value.save_as(path)
    return path


def grey_picture() -> bytes:
    file = BytesIO()
    Image.open(BytesIO(picture())).convert("L").save(file, "PNG")
    return file.getvalue()


def test_a_rectangle_is_held_out_by_dragging_and_by_number(board: Page) -> None:
    board.locator("#live-photo").scroll_into_view_if_needed()
    box = board.locator("#live-photo").bounding_box()
    assert box
    board.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.1 * box["height"])
    board.mouse.down()
    board.mouse.move(box["x"] + box["width"] - 1, box["y"] + 0.5 * box["height"], steps=3)
    board.mouse.up()
    board.wait_for_function("/held-out/.test(document.getElementById('error-one').textContent)")
    edges = {name: board.locator(f'input[name="{name}"]') for name in ("top", "left", "bottom", "right")}
    assert [edge.input_value() for edge in edges.values()] == ["10", "70", "50", "100"]
    edges["top"].fill("0")
    for name, value in (("left", "0"), ("bottom", "100")):
        edges[name].fill(value)
        edges[name].press("Tab")
    board.wait_for_function("/no room/.test(document.getElementById('live-status').textContent)")
    assert edges["left"].input_value() == ""
    assert "hold" not in board.url


def test_every_control_has_a_label_and_a_sentence(board: Page) -> None:
    fields = board.locator("#live-settings > div :is(input, select)")
    assert fields.count() >= 7
    for index in range(fields.count()):
        field = fields.nth(index)
        assert field.evaluate("field => field.labels[0].textContent").strip()
        described = field.get_attribute("aria-describedby")
        assert len(board.locator(f"#{described}").inner_text()) > 30


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_board_is_accessible_and_fits(browser: Browser, book: str, color_scheme: str, width: int) -> None:
    options = {"color_scheme": color_scheme, "viewport": {"width": width, "height": 844}, **STILL}
    with visit(browser, HTML.as_uri(), NAME, **options) as seen:
        seen.page.wait_for_function(READY)
        found = Axe().run(seen.page, context="article").response["violations"]
        assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found] == []
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
