from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
import torch

from sicgan_lite.arrays.resizing import shrink
from sicgan_lite.color import rgb_to_lab
from sicgan_lite.colorizing import colorize
from sicgan_lite.config import Config
from sicgan_lite.metrics import delta_e
from sicgan_lite.pictures.samples import sample_image
from sicgan_lite.studies.runs import RecordError
from sicgan_lite.teaching.dice import (
    best_rolls,
    die_chart,
    load_dice,
    recorded_dice,
    rolled_generator,
    train_with_reader,
    variety_over_rolls,
)
from sicgan_lite.teaching.pixel_game import PixelGame
from sicgan_lite.training import TrainState, train

COFFEE = shrink(sample_image("coffee"), 24)
SMALL = Config(
    size=8,
    num_patches=480,
    epochs=1,
    batch_size=8,
    generator_widths=(8,),
    discriminator_widths=(4,),
    conditional=True,
    noise_channels=1,
    lr_generator=3e-3,
    lr_discriminator=3e-3,
    precision="float32",
)


@pytest.fixture(scope="module")
def rolled() -> PixelGame:
    game = PixelGame(COFFEE, conditional=True, leaky_slope=0.2, noise_channels=1, dtype=torch.float64)
    game.run(300)
    return game


def test_the_variety_is_the_distance_from_the_mean_over_rolls():
    middle = np.random.default_rng(0).normal(size=(7, 2))
    two = middle + np.array([[[3, 4]], [[-3, -4]]])
    assert variety_over_rolls(two) == pytest.approx(5)
    half = two.copy()
    half[:, :3] = middle[:3]  # three of seven pixels that ignore the die
    assert variety_over_rolls(half) == pytest.approx(5 * 4 / 7)
    assert variety_over_rolls(np.stack([middle] * 4)) == pytest.approx(0)


def test_the_best_roll_is_found_by_trying_all_of_them(rolled):
    rolls = np.linspace(-2, 2, 9)
    chosen, lab = best_rolls(rolled, COFFEE, rolls), rgb_to_lab(COFFEE)
    assert chosen.shape == (*lab.shape[:2], 1)
    assert len(np.unique(chosen)) > 3
    for row, column in [(0, 0), (3, 17), (15, 9)]:
        light, truth = lab[row, column, 0], lab[row, column, 1:]
        gaps = [np.linalg.norm(rolled.predict_ab(np.array(light), np.array([z])) - truth) for z in rolls]
        assert chosen[row, column, 0] == rolls[int(np.argmin(gaps))]
    errors = [delta_e(rolled.colorize(COFFEE, np.array([z])), COFFEE) for z in rolls]
    assert delta_e(rolled.colorize(COFFEE, chosen), COFFEE) < min(errors)


def test_a_chart_has_lightness_upwards_and_z_to_the_right(rolled):
    chart = die_chart(rolled)
    assert chart.shape == (101, 121, 3)
    light = rgb_to_lab(chart)[..., 0].mean(axis=1)
    np.testing.assert_allclose(light, np.arange(100, -1, -1), atol=0.6)
    half = np.full((1, 1, 3), 119, np.uint8)  # the grey of lightness 50
    for column, z in [(0, -2.5), (60, 0.0), (120, 2.5)]:
        assert delta_e(chart[50:51, column : column + 1], rolled.colorize(half, np.array([z]))) < 1
    assert delta_e(chart[50:51, :1], chart[50:51, -1:]) > 3
    assert delta_e(die_chart(rolled, ends=0.1)[50:51, :1], chart[50:51, 60:61]) < 2


def test_the_chart_of_a_g_without_a_die_has_one_colour_a_row():
    game = PixelGame(COFFEE, conditional=True)
    game.run(100)
    chart = die_chart(game)
    np.testing.assert_array_equal(chart, chart[:, :1].repeat(121, axis=1))
    assert delta_e(chart[50:51, :1], game.colorize(np.full((1, 1, 3), 119, np.uint8))) < 1


def moved(state: TrainState) -> float:
    pictures = [colorize(state.generator, COFFEE, z=np.array([z], np.float32)) for z in (-1, 1)]
    return delta_e(*pictures)


def test_reading_back_makes_z_heard_and_leaves_the_game_s_own_draws_alone():
    alone, read = (TrainState.create(COFFEE, SMALL, "cpu") for _ in range(2))
    before = torch.get_rng_state()
    games = list(train(alone)), list(train_with_reader(read))
    assert torch.equal(before, torch.get_rng_state())
    assert [len(game) for game in games] == [SMALL.total_steps] * 2
    assert games[0][0] == games[1][0], "the first step comes before the first reading"
    assert games[0][1] != games[1][1]
    assert moved(read) > 2 * moved(alone)


def test_a_reader_needs_something_to_read():
    state = TrainState.create(COFFEE, dataclasses.replace(SMALL, noise_channels=0), "cpu")
    with pytest.raises(ValueError, match="no z to read: set noise_channels to 1 or more"):
        next(train_with_reader(state))


def test_the_record_is_read_from_its_folder(tmp_path):
    with pytest.raises(RecordError, match=r"there is no .*dice.json; `make recorded-games` makes it"):
        load_dice(tmp_path)
    rows = [{"kind": "a", "image": i, "step": s} for i in ("coffee", "chelsea") for s in (1, 2)]
    patches = [{"kind": "b", "image": "coffee"}]
    (tmp_path / "dice").mkdir()
    content = json.dumps({"games": rows, "patch_games": patches})
    (tmp_path / "dice" / "dice.json").write_text(content, "utf-8")
    assert load_dice(tmp_path) == {"games": rows, "patch_games": patches}
    assert recorded_dice("a", folder=tmp_path) == [rows[1], rows[3]]
    assert recorded_dice("a", "coffee", step=1, folder=tmp_path) == [rows[0]]
    assert recorded_dice("b", folder=tmp_path) == patches
    for kind, image, step in [("c", "", 0), ("b", "chelsea", 0), ("a", "", 3)]:
        with pytest.raises(KeyError, match=r"no game of .* the kinds are"):
            recorded_dice(kind, image, step=step, folder=tmp_path)


def test_the_recorded_generators_have_a_die():
    assert all(rolled_generator(kind).noise_channels == 1 for kind in ("z alone", "z read back"))
