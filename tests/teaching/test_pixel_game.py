from __future__ import annotations

import copy
import re

import numpy as np
import pytest
import torch

from sicgan_lite.arrays.resizing import shrink
from sicgan_lite.baselines import grey
from sicgan_lite.color import merge_ab, rgb_to_lab
from sicgan_lite.losses import equilibrium_losses
from sicgan_lite.metrics import colorfulness, delta_e
from sicgan_lite.pictures.samples import sample_image
from sicgan_lite.teaching.pixel_game import LEVELS, PixelGame, PixelRecord

COFFEE = shrink(sample_image("coffee"))
TINY = shrink(sample_image("coffee"), 12)


def game(rgb: np.ndarray = TINY, **settings) -> PixelGame:
    return PixelGame(rgb, dtype=torch.float64, **{"batch": 16, **settings})


def parameters(network: torch.nn.Module) -> list[torch.Tensor]:
    return [parameter.detach().clone() for parameter in network.parameters()]


def test_the_networks_are_those_of_the_reading_notes():
    shapes = [tuple(parameter.shape) for parameter in game().generator.parameters()]
    assert shapes == [(24, 1), (24,), (24, 24), (24,), (2, 24), (2,)]
    assert next(iter(game().discriminator.parameters())).shape == (24, 2)
    assert next(iter(game(conditional=True).discriminator.parameters())).shape == (24, 3)


def test_pixels_are_scaled_as_promised():
    lab = rgb_to_lab(TINY).reshape(-1, 3)
    playing = game()
    np.testing.assert_allclose(playing.lightness.numpy()[:, 0], lab[:, 0] / 50 - 1, atol=1e-6)
    np.testing.assert_allclose(playing.ab.numpy(), lab[:, 1:] / 37, atol=1e-6)


def numpy_mlp(weights: list[np.ndarray], x: np.ndarray, leak: float = 0.0) -> np.ndarray:
    w1, b1, w2, b2, w3, b3 = weights
    first = x @ w1.T + b1
    second = np.where(first > 0, first, leak * first) @ w2.T + b2
    return np.where(second > 0, second, leak * second) @ w3.T + b3


def cross_entropy(logits: np.ndarray, target: float) -> float:
    score = 1 / (1 + np.exp(-logits))
    return float(-(target * np.log(score) + (1 - target) * np.log(1 - score)).mean())


@pytest.mark.parametrize("conditional", [False, True])
@pytest.mark.parametrize("noise_in_generator_step", [False, True])
def test_a_step_is_the_algorithm_written_out_in_numpy(conditional, noise_in_generator_step):
    """Losses, scores and the first step of Adam, whose length is the learning rate (β cancel)."""
    settings = {
        "conditional": conditional,
        "noise_in_generator_step": noise_in_generator_step,
        "noise_std": 0.2,
        "fake_target": 0.1,
        "generator_target": 0.95,
        "lr_generator": 1e-3,
        "lr_discriminator": 1e-2,
    }
    playing = game(**settings)
    draw = playing.draw()
    pixels, real_noise, fake_noise, generator_noise, *_ = (part.numpy() for part in draw)
    light, real = playing.lightness.numpy()[pixels], playing.ab.numpy()[pixels]
    before_g = [p.numpy() for p in parameters(playing.generator)]
    before_d = [p.numpy() for p in parameters(playing.discriminator)]
    fake = numpy_mlp(before_g, light)

    def judged(weights: list[np.ndarray], ab: np.ndarray) -> np.ndarray:
        return numpy_mlp(weights, np.hstack([light, ab]) if conditional else ab)[:, 0]

    real_logits = judged(before_d, real + 0.2 * real_noise)
    fake_logits = judged(before_d, fake + 0.2 * fake_noise)
    record = playing.step(draw)
    after_d = [p.numpy() for p in parameters(playing.discriminator)]
    shown = fake + 0.2 * generator_noise if noise_in_generator_step else fake

    assert record.loss_d == pytest.approx(cross_entropy(real_logits, 0.9) + cross_entropy(fake_logits, 0.1))
    assert record.loss_g == pytest.approx(cross_entropy(judged(after_d, shown), 0.95))
    assert record.real_score == pytest.approx((1 / (1 + np.exp(-real_logits))).mean())
    assert record.fake_score == pytest.approx((1 / (1 + np.exp(-fake_logits))).mean())
    for network, before, rate in [("discriminator", before_d, 1e-2), ("generator", before_g, 1e-3)]:
        after = parameters(getattr(playing, network))
        moved = np.concatenate([np.abs(a.numpy() - b).ravel() for a, b in zip(after, before, strict=True)])
        assert moved.max() == pytest.approx(rate, rel=1e-3)


@pytest.mark.parametrize("objective", ["non-saturating", "minimax"])
@pytest.mark.parametrize("leak", [0.0, 0.2])
def test_g_s_loss_and_its_pull_are_those_of_the_new_d(objective, leak):
    """In NumPy: both losses of G by the formula of the score, the pull by central differences."""
    playing = game(leaky_slope=leak, generator_objective=objective, fake_target=0.1)
    playing.run(30)
    draw = playing.draw()
    light = playing.lightness.numpy()[draw.pixels]
    fake = numpy_mlp([p.numpy() for p in parameters(playing.generator)], light)
    playing.lr_generator = 0.0
    record = playing.step(draw)
    new_d = [p.numpy() for p in parameters(playing.discriminator)]
    shown = fake + 0.03 * draw.generator_noise.numpy()

    def each(shift: np.ndarray) -> np.ndarray:  # the loss of each pixel, moved by ab
        score = 1 / (1 + np.exp(-numpy_mlp(new_d, shown + shift, leak)[:, 0]))
        target, sign = (1.0, 1) if objective == "non-saturating" else (0.1, -1)
        return -sign * (target * np.log(score) + (1 - target) * np.log(1 - score))

    assert record.loss_g == pytest.approx(each(np.zeros(2)).mean())
    slopes = [(each(step) - each(-step)) / 2e-6 for step in 1e-6 * np.eye(2)]
    assert record.pull == pytest.approx(np.hypot(*slopes).mean(), rel=1e-4)
    assert record.pull > 1e-3


def test_plain_descent_takes_the_slope_times_the_rate():
    """G's last bias moves all of its colours alike: its slope is that of the mean loss by ab."""
    playing = game(generator_optimizer="sgd", lr_generator=0.5, lr_discriminator=0.0)
    draw = playing.draw()
    light = playing.lightness.numpy()[draw.pixels]
    d = [p.numpy() for p in parameters(playing.discriminator)]
    for _ in range(2):  # the second step must not remember the first
        g = [p.numpy() for p in parameters(playing.generator)]
        shown = numpy_mlp(g, light) + 0.03 * draw.generator_noise.numpy()
        slope = [
            np.mean([np.logaddexp(0, -numpy_mlp(d, shown + side * step)) * side for side in (1, -1)]) / 1e-5
            for step in 1e-5 * np.eye(2)
        ]
        playing.step(draw)
        moved = parameters(playing.generator)[-1].numpy() - g[-1]
        np.testing.assert_allclose(moved, -0.5 * np.array(slope), rtol=1e-5)


def test_a_player_whose_rate_is_zero_rests_and_remembers_nothing():
    playing, other = game(lr_generator=0.0), game()
    start = parameters(playing.generator)
    playing.run(50)
    assert all(torch.equal(old, new) for old, new in zip(start, parameters(playing.generator), strict=True))
    playing.lr_generator = 2e-3
    other.discriminator.load_state_dict(copy.deepcopy(playing.discriminator.state_dict()))
    other.lr_discriminator = playing.lr_discriminator = 0.0
    draw = playing.draw()
    playing.step(draw)
    other.step(draw)  # its G never took a step: Adam's first, as the rested one's
    for one, two in zip(parameters(playing.generator), parameters(other.generator), strict=True):
        torch.testing.assert_close(one, two, rtol=0, atol=0)


def test_each_player_moves_against_its_own_loss():
    """The direction of Adam's first step, by the slope of the loss along it."""
    playing, other = game(noise_std=0.0), game(noise_std=0.0)
    draw = playing.draw()
    playing.step(draw)
    other.lr_generator = other.lr_discriminator = 1e-12
    still = other.step(draw)
    other.discriminator.load_state_dict(playing.discriminator.state_dict())
    assert other.step(draw).loss_d < still.loss_d
    against_new_d = other.step(draw).loss_g
    other.generator.load_state_dict(playing.generator.state_dict())
    assert other.step(draw).loss_g < against_new_d


@pytest.mark.parametrize("targets", [(0.9, 0.0, 1.0), (0.7, 0.2, 1.0)])
def test_losses_come_to_the_predicted_equilibrium(targets):
    names = ("real_target", "fake_target", "generator_target")
    playing = PixelGame(COFFEE, seed=1, noise_std=0.1, **dict(zip(names, targets, strict=True)))
    last = PixelRecord(*(series[-200:].mean() for series in playing.run(1000)))
    score, loss_d, loss_g = equilibrium_losses(*targets)
    assert last.loss_d == pytest.approx(loss_d, abs=0.03)
    assert last.loss_g == pytest.approx(loss_g, abs=0.05)
    assert last.real_score == pytest.approx(score, abs=0.02)
    assert last.fake_score == pytest.approx(score, abs=0.02)


def test_the_game_colours_the_photograph():
    playing = PixelGame(COFFEE, conditional=True)
    playing.run(600)
    picture = playing.colorize(COFFEE)
    assert delta_e(picture, COFFEE) < delta_e(grey(COFFEE), COFFEE) / 2
    assert colorfulness(picture) > 20


def test_one_seed_is_one_game_and_global_randomness_stays():
    torch.default_generator.manual_seed(123)
    before = torch.get_rng_state()
    first, again, other = (game(seed=seed).run(20) for seed in (4, 4, 5))
    assert torch.equal(torch.get_rng_state(), before)
    for one, two, three in zip(first, again, other, strict=True):
        np.testing.assert_array_equal(one, two)
        assert not np.array_equal(one, three)


def test_a_given_draw_replaces_the_game_s_own():
    playing, other = game(seed=1), game(seed=2)
    other.generator.load_state_dict(copy.deepcopy(playing.generator.state_dict()))
    other.discriminator.load_state_dict(copy.deepcopy(playing.discriminator.state_dict()))
    draws = [playing.draw() for _ in range(5)]
    assert [playing.step(draw) for draw in draws] == [other.step(draw) for draw in draws]


def test_a_draw_is_uniform_pixels_and_three_independent_standard_normals():
    pixels, *noises = game(batch=500).draw()
    assert set(pixels.tolist()) <= set(range(len(TINY) * 12))
    assert len(set(pixels.tolist())) > 90
    stacked = torch.cat(noises, dim=1)
    np.testing.assert_allclose(np.cov(stacked.numpy().T), np.eye(6), atol=0.2)


def test_a_draw_holds_two_independent_rolls_and_leaves_the_rest_as_it_was():
    plain, rolled = game(batch=500).draw(), game(batch=500, noise_channels=2).draw()
    assert all(torch.equal(one, two) for one, two in zip(plain[:4], rolled[:4], strict=True))
    assert [part.shape for part in plain[4:]] == [(500, 0)] * 2
    stacked = torch.cat(rolled[3:], dim=1).numpy()
    np.testing.assert_allclose(np.cov(stacked.T), np.eye(6), atol=0.2)


def test_g_paints_with_the_roll_of_the_step():
    """L_G of a G that hears z alone, by hand: its first layer's slope by lightness is 0."""
    playing = game(noise_channels=1, conditional=True, lr_discriminator=0.0, noise_std=0.0)
    with torch.no_grad():
        next(playing.generator.parameters())[:, 0] = 0
    draw = playing.draw()
    g = [p.numpy() for p in parameters(playing.generator)]
    d = [p.numpy() for p in parameters(playing.discriminator)]
    light = playing.lightness.numpy()[draw.pixels]
    fake = numpy_mlp(g, np.hstack([light, draw.z.numpy()]))
    np.testing.assert_allclose(fake, numpy_mlp([g[0][:, 1:], *g[1:]], draw.z.numpy()))
    wanted = np.logaddexp(0, -numpy_mlp(d, np.hstack([light, fake]))).mean()
    assert playing.step(draw).loss_g == pytest.approx(wanted)


def test_diversity_is_taken_off_what_g_goes_down():
    """Plain descent: the last bias feels the game alone, the last weights the term too."""
    how = {"noise_channels": 1, "generator_optimizer": "sgd", "lr_generator": 1e-4, "lr_discriminator": 0.0}
    plain, paid = game(**how), game(**how, diversity=0.3)
    draw = plain.draw()
    light = plain.lightness.numpy()[draw.pixels]
    z, other = draw.z.numpy(), draw.other_z.numpy()

    def moves(weights: list[np.ndarray]) -> float:
        ab, other_ab = (numpy_mlp(weights, np.hstack([light, roll])) for roll in (z, other))
        return np.minimum(np.abs(ab - other_ab).mean(1) / (np.abs(z - other).mean(1) + 1e-5), 3).mean()

    start = [p.numpy() for p in parameters(plain.generator)]
    records = [playing.step(draw) for playing in (plain, paid)]
    assert records[0] == records[1], "the losses and the pull leave the term out"
    ends = [[p.numpy() for p in parameters(playing.generator)] for playing in (plain, paid)]
    shift = [two - one for one, two in zip(*ends, strict=True)]
    for place in (0, 2, 4, 5):
        step = [np.zeros_like(part) for part in start]
        step[place].flat[0] = 1e-6
        up, down = (moves([w + s * d for w, d in zip(start, step, strict=True)]) for s in (1, -1))
        assert shift[place].flat[0] == pytest.approx(0.3 * 1e-4 * (up - down) / 2e-6, rel=1e-3, abs=1e-12)
    assert np.abs(shift[4]).max() > 1e-7


def test_a_roll_for_the_picture_is_the_same_roll_for_every_pixel():
    playing = game(COFFEE, noise_channels=2, conditional=True)
    playing.run(100)
    lightness = rgb_to_lab(COFFEE)[..., 0]
    roll = np.array([1.5, -0.5])
    everywhere = np.broadcast_to(roll, (*lightness.shape, 2))
    one, each = playing.predict_ab(lightness, roll), playing.predict_ab(lightness, everywhere)
    assert np.abs(one - each).max() < 1
    assert np.abs(one - playing.predict_ab(lightness)).max() > 5
    np.testing.assert_array_equal(playing.predict_ab(lightness), playing.predict_ab(lightness, np.zeros(2)))
    np.testing.assert_array_equal(playing.table(roll)[128], playing.predict_ab(np.array(128 / 2.55), roll))


def test_a_map_of_z_gives_each_pixel_its_own_roll():
    playing = game(COFFEE, noise_channels=1, conditional=True)
    playing.run(100)
    lightness = rgb_to_lab(COFFEE)[..., 0]
    rolls = np.random.default_rng(0).standard_normal((*lightness.shape, 1))
    weights = [p.numpy() for p in parameters(playing.generator)]
    inputs = np.hstack([lightness.reshape(-1, 1) / 50 - 1, rolls.reshape(-1, 1)])
    wanted = numpy_mlp(weights, inputs).reshape(*lightness.shape, 2) * 37
    np.testing.assert_allclose(playing.predict_ab(lightness, rolls), wanted, atol=1e-5)
    np.testing.assert_array_equal(playing.colorize(COFFEE, rolls), merge_ab(lightness, wanted))


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("shape", [(1,), (3,), (12, 2), (2, 12)])
def test_a_roll_of_another_shape_is_refused(shape):
    playing = game(noise_channels=2)
    says = rf"z must be of shape \(2,\) or \(8, 12, 2\), got {re.escape(str(shape))}"
    with pytest.raises(ValueError, match=says):
        playing.colorize(TINY, np.zeros(shape))


def test_settings_may_change_between_steps():
    playing = game()
    playing.step()
    before = parameters(playing.generator)
    playing.lr_generator = 1e-15
    playing.step()
    for old, new in zip(before, parameters(playing.generator), strict=True):
        torch.testing.assert_close(old, new, rtol=0, atol=1e-12)


def test_run_returns_arrays_and_counts_steps():
    playing = game()
    history = playing.run(7)
    assert [series.shape for series in history] == [(7,)] * 5
    assert playing.steps == 7
    assert playing.run(0).loss_d.shape == (0,)


def test_the_table_is_the_generator_at_every_lightness():
    playing = game()
    weights = [p.numpy() for p in parameters(playing.generator)]
    levels = np.linspace(0, 100, LEVELS)[:, None]
    np.testing.assert_allclose(playing.table(), numpy_mlp(weights, levels / 50 - 1) * 37)


def test_colorize_looks_each_lightness_up():
    playing = PixelGame(COFFEE, conditional=True)
    playing.run(200)
    lightness = rgb_to_lab(COFFEE)[..., 0]
    exact = playing.generator(torch.from_numpy(lightness.reshape(-1, 1) / 50 - 1)).detach().numpy() * 37
    wanted = merge_ab(lightness, exact.reshape(*lightness.shape, 2))
    assert delta_e(playing.colorize(COFFEE), wanted) < 0.5
    assert np.ptp(exact, axis=0).max() > 10, "G gives all lightnesses one colour"


def test_colorize_keeps_lightness_and_uses_lightness_alone():
    playing = game()
    playing.run(20)
    picture = playing.colorize(COFFEE)
    difference = np.abs(rgb_to_lab(picture) - rgb_to_lab(COFFEE))[..., 0]
    assert difference.mean() < 0.5
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    painted = rgb_to_lab(playing.colorize(np.vstack([ramp, ramp])))
    np.testing.assert_array_equal(painted[0], painted[1])


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"noise_std": -0.1}, "noise_std must be at least 0, got -0.1"),
        ({"noise_std": float("nan")}, "noise_std must be at least 0, got nan"),
        ({"real_target": 1.1}, r"real_target must be a number in \[0, 1\], got 1.1"),
        ({"fake_target": -0.1}, r"fake_target must be a number in \[0, 1\], got -0.1"),
        ({"lr_generator": float("nan")}, "lr_generator must be at least 0, got nan"),
        ({"lr_discriminator": -1.0}, "lr_discriminator must be at least 0, got -1.0"),
        ({"leaky_slope": -0.2}, r"leaky_slope must be in \[0, 1\), got -0.2"),
        ({"leaky_slope": 1.0}, r"leaky_slope must be in \[0, 1\), got 1.0"),
        ({"batch": 0}, "batch must be above 0, got 0"),
        ({"noise_channels": -1}, "noise_channels must be at least 0, got -1"),
        ({"diversity": -0.1}, "diversity must be at least 0, got -0.1"),
        ({"diversity": 0.1}, "a diversity of 0.1 needs a z: set noise_channels to 1 or more"),
        ({"scale": 0.0}, "scale must be above 0, got 0.0"),
    ],
)
def test_a_setting_out_of_range_is_refused_with_name_value_and_limit(settings, says):
    with pytest.raises(ValueError, match=says):
        game(**settings)


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"generator_objective": "wgan"}, "generator_objective must be one of .*'minimax'.*, got 'wgan'"),
        ({"generator_optimizer": "rmsprop"}, "generator_optimizer must be one of .*'sgd'.*, got 'rmsprop'"),
    ],
)
def test_a_word_that_is_no_setting_is_refused_with_those_that_are(settings, says):
    with pytest.raises(ValueError, match=says):
        game(**settings)


@pytest.mark.usefixtures("unchecked")
def test_a_picture_of_floats_is_refused():
    with pytest.raises(ValueError, match="rgb must be a uint8 array"):
        PixelGame(TINY / 255)
