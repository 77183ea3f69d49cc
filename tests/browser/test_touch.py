"""Things to touch: they come alive, answer finger and key, and their numbers are the library's."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from math import comb
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Locator, Page
from scipy.ndimage import correlate
from scipy.spatial.distance import cdist, pdist
from support.chapters import BOOK, read
from support.pages import HTML, ROOT, visit
from support.touch import PAGE_OF, PLANE, PROBES, THINGS
from torch.nn.utils import vector_to_parameters

from sicgan_lite.arrays.resizing import shrink
from sicgan_lite.baselines import constant_color, grey, mean_color, median_by_lightness
from sicgan_lite.color import merge_ab, rgb_to_lab
from sicgan_lite.features import context_features, lightness_features
from sicgan_lite.losses import discriminator_loss, generator_loss
from sicgan_lite.metrics import delta_e, delta_e_map
from sicgan_lite.networks import Discriminator
from sicgan_lite.origins import safe_distance
from sicgan_lite.pictures.samples import sample_image
from sicgan_lite.studies.comparison import compare_seeds
from sicgan_lite.teaching import PixelGame, one_axis
from sicgan_lite.teaching.effects import late_mean, load_effects
from sicgan_lite.teaching.terms import gradient_penalty
from tools.draw_touch import small_photo
from tools.touch import FOLDER, read_thing


@contextmanager
def touched(browser: Browser, name: str, **options: Any) -> Iterator[tuple[Page, Locator, list[str]]]:
    """The page of a thing, when it has come alive; the thing; and what went wrong."""
    with visit(browser, HTML.as_uri(), PAGE_OF[name], reduced_motion="reduce", **options) as seen:
        seen.page.wait_for_selector(f'.touch-on[data-touch="{name}"]')
        yield seen.page, seen.page.locator(f'[data-touch="{name}"]'), seen.errors


def ask(page: Page, name: str, call: str, *given: Any) -> Any:
    """What a function of the thing answers."""
    return page.evaluate(f"given => sicganTouch.things['{name}'].{call}(...given)", given)


@dataclass
class Findings:
    """What one visit to a thing found."""

    answers: list[str]
    said: str
    violations: dict[str, list[tuple[str, str]]]
    still_is_seen: bool
    wide: dict[int, int]  # how wide the page is, by the screen's width
    grabbing: dict[int, list[float]]  # how wide canvases are that a finger cannot scroll on
    errors: list[str]


@pytest.fixture(scope="module")
def opened(browser: Browser, book: str) -> dict[str, Findings]:
    """What was found at each thing, so that several tests ask one visit."""
    return {}


def look(browser: Browser, name: str, opened: dict[str, Findings]) -> Findings:
    if name not in opened:
        with touched(browser, name) as (page, thing, errors):
            answers = use(page, thing, name)
            page.wait_for_function(SPOKEN, arg=name)
            said, seen = thing.locator(".touch-said").inner_text(), list(errors)
            violations = {scheme: audit(page, name, scheme) for scheme in ("light", "dark")}
            still = thing.locator(".touch-still").is_visible()
            wide, grabbing = narrow(page, thing)
            opened[name] = Findings(answers, said, violations, still, wide, grabbing, seen)
    return opened[name]


SPOKEN = "name => document.querySelector(`[data-touch='${name}'] .touch-said`).textContent.length > 5"
GRABS = "canvas => getComputedStyle(canvas).touchAction === 'none' ? canvas.clientWidth : 0"


def use(page: Page, thing: Locator, name: str) -> list[str]:
    """The number that answers: at first, after a key, and after the pointer."""
    number, control, key, (x, y) = PROBES[name]
    answer, field = thing.locator(f'[data-number="{number}"]'), thing.locator(control).first
    answers = [answer.inner_text()]
    field.focus()
    page.keyboard.press(key)
    answers.append(answer.inner_text())
    field.scroll_into_view_if_needed()
    box = field.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + x * box["width"] + 12, box["y"] + y * box["height"] + 9)
    page.mouse.up()
    return [*answers, answer.inner_text()]


def audit(page: Page, name: str, scheme: str) -> list[tuple[str, str]]:
    page.emulate_media(color_scheme=scheme)  # pyright: ignore[reportArgumentType]
    page.wait_for_function("scheme => document.documentElement.dataset.theme === scheme", arg=scheme)
    found = Axe().run(page, context=f'[data-touch="{name}"]').response["violations"]
    return [(rule["id"], rule["nodes"][0]["html"]) for rule in found]


def narrow(page: Page, thing: Locator) -> tuple[dict[int, int], dict[int, list[float]]]:
    wide, grabbing = {}, {}
    for width in (320, 390):
        page.set_viewport_size({"width": width, "height": 800})
        wide[width] = page.evaluate("document.documentElement.scrollWidth")
        grabbing[width] = [canvas.evaluate(GRABS) for canvas in thing.locator("canvas").all()]
    return wide, grabbing


@pytest.mark.parametrize("name", THINGS)
def test_it_answers_key_and_pointer_and_says_so(browser: Browser, name: str, opened: dict) -> None:
    found = look(browser, name, opened)
    assert len(set(found.answers)) == 3, found.answers
    assert len(found.said) > 5
    assert found.errors == []


@pytest.mark.parametrize("name", THINGS)
def test_it_is_open_to_everyone(browser: Browser, name: str, opened: dict) -> None:
    found = look(browser, name, opened)
    assert found.violations == {"light": [], "dark": []}
    assert not found.still_is_seen


@pytest.mark.parametrize("name", THINGS)
def test_a_finger_can_scroll_past_it_on_a_phone(browser: Browser, name: str, opened: dict) -> None:
    found = look(browser, name, opened)
    for width, page_width in found.wide.items():
        assert page_width <= width
        assert max([0, *found.grabbing[width]]) <= width - 60, "no strip is left beside it"


@pytest.mark.parametrize("name", THINGS)
def test_without_scripts_a_picture_and_a_sentence_stand_there(browser: Browser, book: str, name: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{HTML.as_uri()}/{PAGE_OF[name]}")
    thing = page.locator(f'[data-touch="{name}"]')
    still = thing.locator(".touch-still img")
    still.scroll_into_view_if_needed()
    assert len(still.get_attribute("alt") or "") > 80
    assert len(thing.locator("figcaption").inner_text()) > 40
    assert not thing.locator(".touch-board").is_visible()
    context.close()
    with Image.open(ROOT / "book" / "_web" / "touch" / f"{name}.webp") as picture:
        width, height = map(int, re.findall(r'(?:width|height)="(\d+)"', still_markup(name)))
        assert width / height == pytest.approx(picture.width / picture.height, rel=0.01)


def still_markup(name: str) -> str:
    return read_thing(FOLDER / f"{name}.html").markup.split("<img")[1].split(">")[0]


def test_scripts_are_small_and_loaded_where_they_are_used_alone(book: str) -> None:
    scripts = sorted((ROOT / "book" / "_web").glob("touch*.js"))
    assert {script.stem for script in scripts} >= {"touch", *(f"touch-{name}" for name in THINGS)}
    assert [script.name for script in scripts if script.stat().st_size > 12_000] == []
    using = {page.stem for page in HTML.rglob("book/*.html") if "touch.js" in page.read_text("utf-8")}
    assert using == {PAGE_OF[name][5:-5] for name in THINGS}


def test_the_brown_is_the_library_s(browser: Browser, book: str) -> None:
    rgb = small_photo("coffee")
    with touched(browser, "ab-plane") as (page, thing, _):
        assert page.evaluate("sicganTouch.things['ab-plane'].par") == pytest.approx(
            delta_e(mean_color(rgb), rgb), abs=1e-6
        )
        for ab in ([31, 40], [10, -35], [-60, 20], [75, 75]):
            wanted = delta_e(constant_color(rgb, np.array(ab)), rgb)
            assert ask(page, "ab-plane", "error", *ab) == pytest.approx(wanted, abs=1e-5)
        best = page.evaluate("sicganTouch.given.coffee.best")
        assert best["error"] == delta_e(constant_color(rgb, np.array(best["ab"])), rgb)
        around = [ask(page, "ab-plane", "error", best["ab"][0] + i, best["ab"][1] + j) for i, j in NEAR]
        assert min(around) > best["error"] - 0.01, "the best is not the best"
        thing.locator('[data-do="mean"]').click()
        assert thing.locator('[data-number="verdict"]').inner_text() == "That is par."


NEAR = [(i, j) for i in (-4, 0, 4) for j in (-4, 0, 4)]


def test_nine_pixels_give_the_library_s_features(browser: Browser, book: str) -> None:
    lightness = rgb_to_lab(sample_image("coffee"))[..., 0]
    features = lightness_features(lightness)
    with touched(browser, "kernel") as (page, thing, _):
        for row, column in [(91, 256), (120, 290), (148, 343), (111, 300)]:
            found = ask(page, "kernel", "at", row, column)
            assert found["sobel"] == pytest.approx(features[1, row, column], abs=1e-6)
            assert found["laplacian"] == pytest.approx(features[2, row, column], abs=1e-6)
            patch = lightness[row - 1 : row + 2, column - 1 : column + 2]
            assert found["dx"] == pytest.approx(correlate(patch, KERNEL)[1, 1], abs=1e-4)
            assert found["dy"] == pytest.approx(correlate(patch, KERNEL.T)[1, 1], abs=1e-4)
        thing.locator('[data-do="black"]').click()
        for cell in (2, 5, 7, 8):
            thing.locator("[data-cell]").nth(cell).click()
        wanted = max(np.hypot(*steepness(digits)) for digits in product((0, 100), repeat=9))
        assert page.evaluate("sicganTouch.things.kernel.state.record") == pytest.approx(wanted)
        assert thing.locator('[data-number="verdict"]').inner_text().startswith("447")


KERNEL = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], float)


def steepness(digits: tuple[int, ...]) -> tuple[float, float]:
    patch = np.reshape(digits, (3, 3))
    return float((patch * KERNEL).sum()), float((patch * KERNEL.T).sum())


@pytest.mark.parametrize("beta", [0, 0.1])
def test_the_best_d_and_its_losses_are_the_library_s(browser: Browser, book: str, beta: float) -> None:
    with touched(browser, "densities") as (page, _, _):
        for real, fake, sigma in [
            (-1, 1, 0.5),
            (-1, -1, 0.5),
            (2.35, -0.6, 0.2),
            (-3, 3, 1.6),
            (0, 0.05, 0.1),
        ]:
            pair = one_axis.blurred_box(real, sigma), one_axis.blurred_box(fake, sigma)
            side = one_axis._side(*pair, 0.9, beta)
            wanted = [*side.losses, side.pull, side.chance.loss_d]
            found = ask(page, "densities", "answer", real, fake, sigma, beta)
            assert found == pytest.approx(wanted, rel=1e-6, abs=1e-6)


GAMES = [(-1, 1, 0.5), (-1, -1, 0.5), (2.35, -0.6, 0.2), (-3, 3, 1.6), (0, 0.05, 0.1)]


def test_a_hump_follows_the_finger(browser: Browser, book: str) -> None:
    with touched(browser, "densities") as (page, thing, _):
        thing.locator(PLANE).scroll_into_view_if_needed()
        box = thing.locator(PLANE).bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 0.62 * box["width"], box["y"] + 0.4 * box["height"])
        page.mouse.down()
        page.mouse.move(box["x"] + 0.25 * box["width"], box["y"] + 0.4 * box["height"], steps=4)
        page.mouse.up()
        assert thing.locator('[data-set="fake"]').input_value() == "-2"
        assert thing.locator('[data-set="real"]').input_value() == "-1"


def test_the_dropped_patches_keep_the_library_s_bounds(browser: Browser, book: str) -> None:
    rows, columns = 400 - 128 + 1, 600 - 128 + 1
    places = np.argwhere(np.ones((rows, columns), bool))
    with touched(browser, "patches") as (page, thing, _):
        sure = page.evaluate("sicganTouch.things.patches.sure")
        assert (
            safe_distance(400, 600, size=128, count=sure)
            >= 64
            > safe_distance(400, 600, size=128, count=sure + 1)
        )
        comb = np.array(ask(page, "patches", "honeycomb"))
        assert pdist(comb).min() >= 64
        assert (comb >= 0).all()
        assert (comb < (rows, columns)).all()
        given = [[0, 0], [100, 400], [272, 200]]
        free = (cdist(places, given) >= 64).all(axis=1).sum()
        assert ask(page, "patches", "countFree", given) == free
        thrown = np.array(ask(page, "patches", "fillByDice", given, 5))
        assert pdist(thrown).min() >= 64
        assert (cdist(places, thrown) < 64).any(axis=1).all(), "a place is still free"
        dice = page.evaluate("sicganTouch.given.darts.dice")
        assert sure < min(dice) <= max(dice) < len(comb)
        assert abs(len(thrown) - np.median(dice)) <= 6
        for number, value in {"dice": np.median(dice), "comb": len(comb), "sure": sure}.items():
            assert float(thing.locator(f'[data-number="{number}"]').inner_text()) == pytest.approx(
                value, abs=0.5
            )


def test_a_patch_too_near_is_refused_and_one_is_taken_away(browser: Browser, book: str) -> None:
    with touched(browser, "patches") as (page, thing, _):
        plane, verdict = thing.locator(PLANE), thing.locator('[data-number="verdict"]')
        count = thing.locator('[data-number="count"]')
        plane.focus()
        page.keyboard.press("Enter")
        for _ in range(5):  # 20 pixels
            page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        assert (count.inner_text(), verdict.inner_text()) == ("1", "Too near: 20 pixels to the next.")
        page.keyboard.press("Shift+ArrowRight")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        assert count.inner_text() == "2", "64 pixels are far enough"
        page.keyboard.press("Enter")
        assert (count.inner_text(), verdict.inner_text()) == ("1", "Taken away.")


def descend(start: tuple[float, float], loss: str, in_turn: bool, r1: bool, fast: bool) -> list[float]:
    """The smallest game by the library's own losses and their gradients."""
    theta, psi = (torch.tensor(float(v), dtype=torch.float64, requires_grad=True) for v in start)
    objective = "minimax" if loss == "minimax" else "non-saturating"
    for _ in range(500):
        real = torch.zeros(1, 1, dtype=torch.float64, requires_grad=True)
        logits = psi * real[:, 0]
        cost = discriminator_loss(logits, (psi * theta.detach())[None], real_target=1.0)
        if r1:
            cost = cost + 0.3 / 2 * gradient_penalty(logits, real)
        (down,) = torch.autograd.grad(cost, psi)
        learned = (psi - (0.4 if fast else 0.1) * down).detach()
        judge = learned if in_turn else psi.detach()
        (up,) = torch.autograd.grad(generator_loss((judge * theta)[None], objective=objective), theta)
        theta, psi = (theta - 0.1 * up).detach().requires_grad_(), learned.requires_grad_()
    return [theta.item(), psi.item()]


@pytest.mark.parametrize("loss", ["ours", "minimax"])
def test_the_circle_is_played_by_the_library_s_losses(browser: Browser, book: str, loss: str) -> None:
    with touched(browser, "circle") as (page, thing, _):
        for in_turn, r1, fast in product((False, True), repeat=3):
            settings = {"start": [1.0, -0.4], "loss": loss, "turn": in_turn, "r1": r1, "fast": fast}
            found = ask(page, "circle", "play", settings)[500][:2]
            assert found == pytest.approx(descend((1.0, -0.4), loss, in_turn, r1, fast), abs=1e-6)
        assert thing.locator('[data-number="radius"]').inner_text() == "0.37", "as chapter 6 has it"
        thing.locator('[data-do="r1"]').click()
        assert thing.locator('[data-number="verdict"]').inner_text().startswith("At rest")
        r1 = np.array(page.evaluate("sicganTouch.things.circle.play(sicganTouch.things.circle.state)"))
        assert np.hypot(*r1[-1, :2]) < 0.05


def test_a_hidden_part_is_judged_as_by_the_library(browser: Browser, book: str) -> None:
    rgb = np.ascontiguousarray(small_photo("coffee")[::2, ::2])
    rules = {"table": median_by_lightness, "mean": mean_color}
    with touched(browser, "holdout") as (page, _, _):
        for row, column, tall, wide in [(0, 0, 30, 40), (20, 55, 27, 40), (40, 10, 20, 20)]:
            held = np.zeros(rgb.shape[:2], bool)
            held[row : row + tall, column : column + wide] = True
            found = ask(page, "holdout", "errors", row, column, tall, wide)
            pictures = {name: rule(rgb, where=~held) for name, rule in rules.items()} | {"grey": grey(rgb)}
            for name, picture in pictures.items():
                wanted = [delta_e(picture, rgb, ~held), delta_e(picture, rgb, held)]
                # A pixel may round to the byte beside, where float32 and float64 differ.
                assert found[name] == pytest.approx(wanted, abs=1e-3), name


def test_six_pairs_are_those_of_the_chapter_and_a_coin_is_a_coin(browser: Browser, book: str) -> None:
    chapter = read(BOOK / "11-honest-colour.ipynb")
    answers = re.search(r"^((?:[AB], ){5}[AB])\.$", "\n".join(c.source for c in chapter.cells), re.MULTILINE)
    assert answers is not None
    with touched(browser, "pairs") as (page, thing, _):
        for right in range(7):
            coin = sum(comb(6, k) for k in range(right, 7)) / 64
            assert ask(page, "pairs", "coin", right) == pytest.approx(coin)
        for letter in answers[1].lower().split(", "):
            thing.locator(f'[data-do="{letter}"]').click()
            verdict = thing.locator('[data-number="verdict"]').inner_text()
            assert verdict.startswith("Right.")
            if "You have" not in verdict:
                thing.locator('[data-do="next"]').click()
        assert "You have 6 of 6; so has a coin, or more, in 2 %" in verdict


def test_the_judges_are_the_chapter_s_networks(browser: Browser, book: str) -> None:
    small = cv2.resize(sample_image("coffee"), (288, 192), interpolation=cv2.INTER_AREA)
    lab = rgb_to_lab(small)
    maps = torch.from_numpy(lightness_features(lab[..., 0]))
    with touched(browser, "judges") as (page, _, _):
        given = page.evaluate("sicganTouch.given.judges.judges")
        networks = [Discriminator((8, 16), conditional) for conditional in (False, True)]
        for network, its in zip(networks, given, strict=True):
            weights = np.frombuffer(b64decode(its["weights"]), "<f4").copy()
            vector_to_parameters(torch.from_numpy(weights), network.parameters())
        for shift, hue in [((0, 0), 0), ((64, 0), 0), ((13, 170), 75)]:
            a, b = np.roll(lab[..., 1:], (shift[1], shift[0]), (0, 1)).transpose(2, 0, 1) / 110
            cos, sin = np.cos(np.deg2rad(hue)), np.sin(np.deg2rad(hue))
            seen = torch.from_numpy(np.array([cos * a - sin * b, sin * a + cos * b], np.float32))
            scores = [network(in_tiles(seen), in_tiles(maps)).sigmoid().mean().item() for network in networks]
            assert ask(page, "judges", "judge", shift, hue) == pytest.approx(scores, abs=1e-6)
            if shift == (64, 0):
                assert scores[0] == pytest.approx(0.65, abs=0.05), "as chapter 4 has it"
                assert scores[1] < 0.2
        for x, y in [(160, 118), (4, 4), (283, 187), (63, 32)]:
            seen = [*maps[:, y, x].tolist(), x % 32 / 32, y % 32 / 32]
            assert ask(page, "judges", "see", x, y) == pytest.approx(seen, abs=1e-6)


def test_the_field_of_g_follows_the_pointer_and_the_keys(browser: Browser, book: str) -> None:
    with touched(browser, "judges") as (page, thing, errors):
        picture, field = thing.locator('[data-view="picture"]'), thing.locator('[data-view="field"]')
        picture.scroll_into_view_if_needed()
        box = picture.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 0.2505 * box["width"], box["y"] + 0.5005 * box["height"])
        assert ask_state(page) == ([72, 96], [0, 0]), "pointing moves no colour"
        field.press("ArrowRight")
        field.press("Shift+ArrowUp")
        assert ask_state(page) == ([73, 86], [0, 0])
        assert "column 73, row 86" in (field.get_attribute("aria-valuetext") or "")
        assert thing.locator('[data-number="x"]').inner_text() == "0.28"  # 73 is column 9 of its tile
        for _ in range(20):
            field.press("Shift+ArrowLeft")
        assert ask_state(page)[0] == [4, 86], "the field stays in the picture"
        assert errors == []


def ask_state(page: Page) -> tuple[list[int], list[int]]:
    state = page.evaluate("sicganTouch.things.judges.state")
    return state["pixel"], state["shift"]


def in_tiles(maps: torch.Tensor) -> torch.Tensor:
    return maps.unfold(1, 32, 32).unfold(2, 32, 32).permute(1, 2, 0, 3, 4).flatten(0, 1)


def test_a_deal_is_judged_by_the_library_s_rule(browser: Browser, book: str) -> None:
    rows = load_effects()
    with touched(browser, "deal") as (page, thing, _):
        given = page.evaluate("sicganTouch.given.effects")
        for name, by_photo in given["runs"].items():
            errors = {(r.image, r.config.seed): late_mean(r, "delta_e") for r in rows[name]}
            for photo, its in by_photo.items():
                assert its == pytest.approx([errors[photo, seed] for seed in given["seeds"]], abs=1e-4)
                wanted = compare_seeds(its, given["runs"][given["unchanged"]][photo])
                found = ask(page, "deal", "compare", its, given["runs"][given["unchanged"]][photo])
                assert found["effect"] == pytest.approx(wanted.effect, abs=1e-6)
                assert found["spread"] == pytest.approx(wanted.spread, abs=1e-6)
                assert found["verdict"] == wanted.verdict
        thing.locator('[data-do="many"]').click()
        tally = [int(thing.locator(f'[data-number="{name}"]').inner_text()) for name in VERDICTS]
        assert sum(tally) == int(thing.locator('[data-number="deals"]').inner_text()) == 101
        assert [len(set(side)) for side in page.evaluate("sicganTouch.things.deal.state.dealt")] == [3, 3]


VERDICTS = ("stands apart", "a hint", "nothing")


def test_what_a_pixel_cannot_tell_from_itself(browser: Browser, book: str) -> None:
    lab = rgb_to_lab(small_photo("astronaut"))
    sigmas, (row, column) = (1, 2, 4, 8, 16), (120, 40)
    maps = {
        kind: context_features(lab[..., 0], [f"{kind}_{s}" for s in sigmas]) for kind in ("blur", "spread")
    }
    with touched(browser, "view") as (page, _, _):
        place = row * lab.shape[1] + column
        for level, sigma in enumerate(sigmas):
            both = [maps[kind][level, row, column] for kind in ("blur", "spread")]
            assert ask(page, "view", "context", sigma, place) == pytest.approx(both, abs=1e-5)
        for level in (0, 1, 3, 5):
            alike = np.abs(lab[..., 0] - lab[row, column, 0]) <= 3
            for kind, scale in {"blur": 50, "spread": 20}.items():
                off = np.abs(maps[kind][:level] - maps[kind][:level, row, column][:, None, None])
                alike &= (scale * off <= 4).all(axis=0)
            assert ask(page, "view", "twins", row, column, level) == pytest.approx(alike.sum(), abs=2)
            apart = delta_e_map(lab, np.broadcast_to(lab[row, column], lab.shape))[alike].mean()
            assert ask(page, "view", "apart", row, column, level) == pytest.approx(apart, abs=0.02)


def test_the_die_is_that_of_the_recorded_generator(browser: Browser, book: str) -> None:
    lab = rgb_to_lab(small_photo("astronaut"))
    with touched(browser, "die") as (page, thing, _):
        given = page.evaluate("sicganTouch.given.die")
        game = PixelGame(
            shrink(sample_image("astronaut")), conditional=True, noise_channels=1, dtype=torch.float64
        )
        weights = np.frombuffer(b64decode(given["weights"]), "<f4").astype(float)
        vector_to_parameters(torch.from_numpy(weights), game.generator.parameters())
        assert given["scale"] == game.scale
        for lightness, z in [(0.0, 0.0), (52.5, -2.5), (71.3, 1.1), (100.0, 2.5)]:
            wanted = game.predict_ab(np.array([lightness]), np.array([[z]]))[0]
            assert ask(page, "die", "predict", lightness, z) == pytest.approx(wanted, abs=1e-6)
        thing.locator('[data-set="z"]').fill("1.2")
        thing.locator('[data-view="picture"]').click()
        rolls = np.reshape(
            list(page.evaluate("Array.from(sicganTouch.things.die.state.rolls)")), lab.shape[:2]
        )
        assert set(np.unique(rolls)) == {0, 1.2}
        painted = merge_ab(lab[..., 0], game.predict_ab(lab[..., 0], rolls[..., None]))
        wanted = delta_e(painted, small_photo("astronaut"))
        assert page.evaluate("sicganTouch.things.die.error()") == pytest.approx(wanted, abs=1e-3)
