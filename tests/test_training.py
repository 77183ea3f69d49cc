from __future__ import annotations

import hashlib
import math
import pickle
import random
import re
from collections.abc import Callable
from itertools import islice
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from support.tiny import photo, tiny_state
from torch import Tensor, nn

from sicgan_lite import (
    Config,
    Generator,
    TrainState,
    colorize,
    delta_e,
    grey,
    history,
    predict_ab,
    rgb_to_lab,
    sample_image,
    train,
    train_step,
)
from sicgan_lite import training as module
from sicgan_lite.files import pixels_sha256
from sicgan_lite.studies.judging import judge
from sicgan_lite.training import NonFiniteLossError, StepRecord, draw_batch, rate_factor

CPU = torch.device("cpu")


def weights(state: TrainState) -> dict[str, Tensor]:
    networks = {"g": state.generator, "d": state.discriminator}
    return {f"{n}.{k}": v.clone() for n, network in networks.items() for k, v in network.state_dict().items()}


def same(first: dict[str, Tensor], second: dict[str, Tensor]) -> bool:
    return first.keys() == second.keys() and all(torch.equal(first[k], second[k]) for k in first)


# --- the algorithm, written out again -----------------------------------------------------------


class Adam:
    """Kingma and Ba (2015), algorithm 1."""

    def __init__(self, parameters: list[nn.Parameter], rate: float, betas: tuple[float, float]) -> None:
        self.parameters, self.rate, self.betas, self.t = parameters, rate, betas, 0
        self.m = [torch.zeros_like(p) for p in parameters]
        self.v = [torch.zeros_like(p) for p in parameters]

    @torch.no_grad()
    def step(self, gradients: tuple[Tensor, ...]) -> None:
        self.t += 1
        (b1, b2), t = self.betas, self.t
        for p, g, m, v in zip(self.parameters, gradients, self.m, self.v, strict=True):
            m.mul_(b1).add_((1 - b1) * g)
            v.mul_(b2).add_((1 - b2) * g * g)
            p.sub_(self.rate * (m / (1 - b1**t)) / ((v / (1 - b2**t)).sqrt() + 1e-8))


def cross_entropy(logits: Tensor, target: float) -> Tensor:
    score = logits.sigmoid()
    return -(target * score.log() + (1 - target) * (1 - score).log()).mean()


def written_out(state: TrainState, steps: int) -> list[tuple[float, float, float, float]]:
    """The game as the paper has it, without noise or jitter; changes the state's networks."""
    config = state.config
    generator, discriminator = state.generator, state.discriminator
    adam_g = Adam(list(generator.parameters()), config.lr_generator, config.betas)
    adam_d = Adam(list(discriminator.parameters()), config.lr_discriminator, config.betas)
    measured = []
    for step in range(steps):
        epoch, batch = step // config.batches_per_epoch, step % config.batches_per_epoch
        falling = 1 - step / config.total_steps
        one_cycle = [0.04, 0.04 + 0.96 * (1 - math.cos(math.pi / 1.8)) / 2]  # at 0 and 1/6 of the run
        one_cycle += [(1 + math.cos(math.pi * (k / 6 - 0.3) / 0.7)) / 2 for k in range(2, 6)]
        factor = {"constant": 1, "falling": falling, "one-cycle": one_cycle[step]}[config.schedule]
        adam_g.rate, adam_d.rate = config.lr_generator * factor, config.lr_discriminator * factor
        fake = features = real = torch.empty(0)
        for extra in range(config.discriminator_steps - 1, -1, -1):
            seeds = [config.seed, epoch, extra] if extra else [config.seed, epoch]
            order = np.random.default_rng(seeds).permutation(config.num_patches)
            chosen = order[batch * config.batch_size :][: config.batch_size]
            features, real = map(torch.from_numpy, state.patches[chosen])
            fake = generator(features)
            real_logits, fake_logits = discriminator(real, features), discriminator(fake.detach(), features)
            loss_d = cross_entropy(real_logits, config.real_target) + cross_entropy(
                fake_logits, config.fake_target
            )
            adam_d.step(torch.autograd.grad(loss_d, adam_d.parameters))
        logits = discriminator(fake, features)
        loss_g = cross_entropy(logits, config.generator_target)
        if config.generator_objective == "minimax":
            loss_g = -cross_entropy(logits, 1 - config.generator_target)
        total = config.adversarial_weight * loss_g + config.l1_weight * (fake - real).abs().mean()
        adam_g.step(torch.autograd.grad(total, adam_g.parameters))
        scores = (part.sigmoid().mean().item() for part in (real_logits, fake_logits))
        measured.append((loss_d.item(), loss_g.item(), *scores))
    return measured


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"conditional": True, "seed": 3},
        {"l1_weight": 2.0, "adversarial_weight": 0.5},
        {"l1_weight": 1.0, "adversarial_weight": 0.0},
        {"real_target": 1.0, "fake_target": 0.1, "generator_target": 0.9, "betas": (0.9, 0.99)},
        {"features": ("lightness", "x")},
        {"generator_objective": "minimax", "leaky_slope": 0.2, "kernel_sizes": (3, 1)},
        {"schedule": "falling", "discriminator_steps": 3},
        {"schedule": "one-cycle", "features": ("lightness", "blur_2", "spread_1"), "width": 20},
    ],
    ids=str,
)
def test_a_step_is_the_algorithm_written_out(changes):
    quiet: dict[str, Any] = {
        "noise_std": 0.0,
        "target_jitter": 0.0,
        "lr_generator": 1e-2,
        "lr_discriminator": 2e-2,
    }
    ours, theirs = (tiny_state(**quiet | changes) for _ in range(2))
    measured = [record[3:] for record in islice(train(ours), 5)]
    expected = written_out(theirs, 5)
    np.testing.assert_allclose(measured, expected, atol=2e-5)
    for name, value in weights(theirs).items():
        torch.testing.assert_close(weights(ours)[name], value, atol=2e-4, rtol=0)


def test_records_count_from_one_to_the_last_epoch():
    state = tiny_state()
    records = list(train(state))
    assert [record[:3] for record in records] == [
        (1 + 3 * e + b, 1 + e, 1 + b) for e in range(2) for b in range(3)
    ]
    assert state.step == state.config.total_steps == 6
    assert list(train(state)) == []


def test_a_history_has_a_column_for_each_field_of_its_records():
    records = [StepRecord(1, 1, 1, 1.5, 0.5, 0.25, 0.75), StepRecord(2, 1, 2, 1.25, 0.625, 0.5, 0.125)]
    columns = {name: values.tolist() for name, values in history(iter(records)).items()}
    assert columns == {
        "step": [1, 2],
        "epoch": [1, 1],
        "batch": [1, 2],
        "loss_d": [1.5, 1.25],
        "loss_g": [0.5, 0.625],
        "real_score": [0.25, 0.5],
        "fake_score": [0.75, 0.125],
    }
    assert [values.dtype.kind for values in history(records).values()] == ["i"] * 3 + ["f"] * 4
    assert {len(values) for values in history([]).values()} == {0}


def test_stopping_is_a_break_and_going_on_is_calling_again():
    whole, stopped = tiny_state(), tiny_state()
    records = list(train(whole))
    first = list(islice(train(stopped), 2))
    assert first + list(train(stopped)) == records
    assert same(weights(whole), weights(stopped))


def test_an_epoch_takes_every_patch_once_in_an_order_of_its_own():
    state = tiny_state(num_patches=10)
    alone = [state.patches[[k]][0].tobytes() for k in range(10)]
    orders = []
    for epoch in range(2):
        batches = [draw_batch(state, epoch, batch)[0] for batch in range(3)]
        assert [len(batch) for batch in batches] == [4, 4, 2]
        orders.append([alone.index(patch.contiguous().numpy().tobytes()) for patch in torch.cat(batches)])
        assert sorted(orders[-1]) == list(range(10))
    assert orders[0] != orders[1]


def test_features_and_targets_of_a_batch_belong_together():
    state = tiny_state()
    features, targets = draw_batch(state, 0, 1)
    chosen = np.random.default_rng([state.config.seed, 0]).permutation(10)[4:8]
    expected = state.patches[chosen]
    assert np.array_equal(features.numpy(), expected[0])
    assert np.array_equal(targets.numpy(), expected[1])


# --- repeatable ---------------------------------------------------------------------------------


def test_the_same_seed_is_bitwise_the_same_run():
    first, again, other = tiny_state(seed=1), tiny_state(seed=1), tiny_state(seed=2)
    assert list(train(first)) == list(train(again)) != list(train(other))
    assert same(weights(first), weights(again))
    assert torch.equal(first.rng.get_state(), again.rng.get_state())
    assert np.array_equal(first.patches.origins, again.patches.origins)
    assert not np.array_equal(first.patches.origins, other.patches.origins)


@pytest.mark.usefixtures("unchecked")  # the type checker draws from the random module
@pytest.mark.parametrize("global_seed", [0, 1])
def test_global_random_states_neither_matter_nor_move(global_seed, plain_run):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(global_seed)
        np.random.seed(global_seed)  # noqa: NPY002
        random.seed(global_seed)
        before = torch.get_rng_state(), repr(np.random.get_state()), random.getstate()  # noqa: NPY002
        state = tiny_state()
        records = list(train(state))
        after = torch.get_rng_state(), repr(np.random.get_state()), random.getstate()  # noqa: NPY002
    assert torch.equal(before[0], after[0])
    assert before[1:] == after[1:]
    assert records == plain_run[0]
    assert same(weights(state), plain_run[1])


@pytest.fixture(scope="module")
def plain_run() -> tuple[list[StepRecord], dict[str, Tensor]]:
    state = tiny_state()
    return list(train(state)), weights(state)


# --- what is computed, and how often ------------------------------------------------------------


def test_the_generator_runs_once_a_step():
    state = tiny_state()
    calls = []
    state.generator.register_forward_hook(lambda *_: calls.append(state.step))
    list(train(state))
    assert calls == list(range(6))


def test_each_network_is_given_gradients_once_a_step_and_in_its_own_turn():
    state = tiny_state()
    turns = []
    for name, network in (("D", state.discriminator), ("G", state.generator)):
        for parameter in network.parameters():
            parameter.register_post_accumulate_grad_hook(lambda _, name=name: turns.append(name))
    train_step(state)
    sizes = len(list(state.discriminator.parameters())), len(list(state.generator.parameters()))
    assert turns == ["D"] * sizes[0] + ["G"] * sizes[1]
    assert all(parameter.requires_grad for parameter in state.discriminator.parameters())


def inputs_of(state: TrainState) -> list[tuple[Tensor, Tensor]]:
    """What D is shown in a step: both sides in its own turn, then fakes in the generator's."""
    shown: list[tuple[Tensor, Tensor]] = []
    fakes: list[Tensor] = []
    state.discriminator.register_forward_pre_hook(
        lambda _, given: shown.append((given[0].detach(), given[1]))
    )
    state.generator.register_forward_hook(lambda _network, _given, fake: fakes.append(fake.detach()))
    train_step(state)
    return [*shown, (fakes[0], fakes[0])]


@pytest.mark.parametrize("in_both", [False, True])
def test_noise_is_where_the_config_wants_it(in_both):
    state = tiny_state(
        noise_std=0.25, noise_in_generator_step=in_both, num_patches=200, batch_size=200, min_distance=0
    )
    features, real = draw_batch(state, 0, 0)
    (both, seen_features), (in_g_step, _), (fake, _) = inputs_of(state)
    assert torch.equal(seen_features, torch.cat([features, features]))
    for side, clean in zip(both.split(200), (real, fake), strict=True):
        assert (side - clean).std().item() == pytest.approx(0.25, rel=0.05)
        assert (side - clean).mean().item() == pytest.approx(0, abs=0.01)
    difference = (in_g_step - fake).std().item()
    assert difference == pytest.approx(0.25 if in_both else 0, rel=0.05)


def test_l1_measures_what_g_painted_and_not_what_d_was_shown():
    """With L1 alone G's step does not depend on the noise that D sees."""
    learned = []
    for in_both in (False, True):
        state = tiny_state(
            noise_std=0.5, noise_in_generator_step=in_both, l1_weight=1.0, adversarial_weight=0.0
        )
        train_step(state)
        learned.append(state.generator.state_dict())
    assert same(*learned)


def test_targets_are_drawn_for_each_patch_around_the_configs(monkeypatch):
    seen: dict[str, Tensor] = {}

    def note(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
        def noting(*logits: Tensor, **named: Any) -> Tensor:
            seen.update({name: value for name, value in named.items() if name.endswith("target")})
            return function(*logits, **named)

        return noting

    for name in ("discriminator_loss", "generator_loss"):
        monkeypatch.setattr(module, name, note(getattr(module, name)))
    train_step(tiny_state(real_target=0.8, fake_target=0.3, generator_target=0.6, target_jitter=0.1))
    middles = {"real_target": 0.8, "fake_target": 0.3, "target": 0.6}
    assert seen.keys() == middles.keys()
    for name, middle in middles.items():
        assert len(set(seen[name].tolist())) == 4
        assert (seen[name] - middle).abs().max() <= 0.1


def test_scores_are_mean_sigmoids_of_the_sides():
    state = tiny_state()
    logits = []
    state.discriminator.register_forward_hook(lambda _network, _given, out: logits.append(out.detach()))
    record = train_step(state)
    real, fake = logits[0][:4], logits[0][4:]
    assert record.real_score == pytest.approx(real.sigmoid().mean().item())
    assert record.fake_score == pytest.approx(fake.sigmoid().mean().item())


# --- trouble ------------------------------------------------------------------------------------


def test_a_discriminator_that_breaks_is_named_with_its_step():
    state = tiny_state()
    list(islice(train(state), 3))
    with torch.no_grad():
        next(state.discriminator.parameters()).fill_(math.nan)
    with pytest.raises(NonFiniteLossError, match=r"loss_d is nan at step 4 \(epoch 2, batch 1\); lower the"):
        next(train(state))


def test_a_generator_that_breaks_is_named_with_its_step(monkeypatch):
    state = tiny_state()
    monkeypatch.setattr(module, "generator_loss", lambda logits, **_: logits.sum() * math.inf)
    with pytest.raises(NonFiniteLossError, match=r"loss_g is -?inf at step 1 \(epoch 1, batch 1\)"):
        next(train(state))


def test_a_photograph_that_is_too_small_is_refused():
    with pytest.raises(ValueError, match=r"patches of 8×8 pixels do not fit an image of 7×30"):
        tiny_state(photo(7, 30))


# --- precision --------------------------------------------------------------------------------


def test_bfloat16_computes_coarsely_and_keeps_full_weights():
    full, half = tiny_state(), tiny_state(precision="bfloat16")
    inside = []
    for network in (half.generator, half.discriminator):
        first = next(layer for layer in network.modules() if isinstance(layer, nn.Conv2d))
        first.register_forward_hook(lambda _layer, _given, out: inside.append(out.dtype))
    records = [next(train(full)), next(train(half))]
    assert inside == [torch.bfloat16] * 3  # G once, D in its own step and in G's
    assert records[0] != records[1]
    assert records[0][3:] == pytest.approx(records[1][3:], rel=0.05)
    assert all(value.dtype == torch.float32 for value in weights(half).values())


# --- and it learns ------------------------------------------------------------------------------


def test_l1_alone_learns_colors_that_follow_lightness():
    rgb = photo()
    state = tiny_state(
        rgb,
        l1_weight=1.0,
        adversarial_weight=0.0,
        num_patches=240,
        epochs=4,
        lr_generator=2e-2,
        min_distance=0,
    )
    lab = rgb_to_lab(rgb)

    def error(generator: Generator) -> float:
        ab = predict_ab(generator, lab[..., 0])
        return delta_e(np.dstack([lab[..., 0], ab]), lab)

    before = error(state.generator)
    list(train(state))
    assert error(state.generator) < before / 2


# --- the photograph's hash ----------------------------------------------------------------------


def test_a_photograph_is_known_by_its_pixels_and_shape():
    rgb = photo(6, 8)
    assert re.fullmatch("[0-9a-f]{64}", pixels_sha256(rgb))
    assert pixels_sha256(rgb) == pixels_sha256(np.asfortranarray(rgb))
    changed = rgb.copy()
    changed[3, 4, 2] ^= 1
    others = [changed, rgb.reshape(8, 6, 3), rgb[::-1], rgb[:, ::-1]]
    assert pixels_sha256(rgb) not in {pixels_sha256(other) for other in others}
    assert tiny_state(photo()).rgb_sha256 == pixels_sha256(photo())


def test_a_stop_in_the_middle_of_a_step_does_not_freeze_d(monkeypatch):
    state = tiny_state()

    def stop(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("sicgan_lite.training.generator_loss", stop)
        with pytest.raises(KeyboardInterrupt):
            train_step(state)
    assert all(parameter.requires_grad for parameter in state.discriminator.parameters())
    train_step(state)


# --- what the paper does not have ---------------------------------------------------------------

# Written by the library before it had any option: the losses and scores of the last of so many steps,
# and the SHA-256 of the random state after it, which tells of any draw more or less.
BEFORE = {
    "paper": (3, (1.3593907, 0.7448671, 0.5003676, 0.4859405), "6e9435c1a6b9aec0"),
    "laptop": (4, (1.3726032, 0.7371182, 0.4867737, 0.4819717), "3db9f39c33c1ef35"),
    "quick": (3, (1.3756561, 0.6866072, 0.5205348, 0.5115915), "6e9435c1a6b9aec0"),
}


@pytest.mark.parametrize("preset", BEFORE)
def test_the_papers_game_is_what_it_was_before_there_were_options(preset):
    steps, expected, random_state = BEFORE[preset]
    small: dict[str, Any] = {"size": 16, "num_patches": 12, "batch_size": 4, "precision": "float32"}
    state = TrainState.create(photo(40, 60), getattr(Config, preset)(**small), "cpu")
    *_, last = islice(train(state), steps)
    assert last[3:] == pytest.approx(expected, abs=1e-5)
    drawn = hashlib.sha256(state.rng.get_state().numpy().tobytes()).hexdigest()
    assert drawn.startswith(random_state)


@given(st.sampled_from(["constant", "falling", "one-cycle"]), st.floats(0, 1))
def test_a_rate_is_multiplied_by_a_share(schedule, progress):
    assert 0 <= rate_factor(schedule, progress) <= 1


def test_schedules_are_the_textbooks():
    at = [0, 0.15, 0.3, 0.65, 1]
    assert [rate_factor("constant", x) for x in at] == [1] * 5
    assert [rate_factor("falling", x) for x in at] == pytest.approx([1, 0.85, 0.7, 0.35, 0])
    # One cycle: halfway along each half cosine lies the middle of its ends.
    assert [rate_factor("one-cycle", x) for x in at] == pytest.approx([0.04, 0.52, 1, 0.5, 0], abs=1e-12)


def test_one_cycle_is_torchs_own():
    steps = 1000
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=1.0)
    theirs = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1.0, total_steps=steps, cycle_momentum=False)
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        theirs.step()
    ours = [rate_factor("one-cycle", step / steps) for step in range(steps)]
    np.testing.assert_allclose(ours, rates, atol=0.006)  # torch counts to the last step, not beyond it


def noticed(state: TrainState) -> list[tuple[Tensor, Tensor | None]]:
    """What G is given in a step: features and z of each call."""
    given: list[tuple[Tensor, Tensor | None]] = []
    state.generator.register_forward_pre_hook(lambda _, inputs: given.append((inputs[0], inputs[1])))
    train_step(state)
    return given


def test_z_is_drawn_for_each_patch_from_the_states_own_random_numbers():
    state = tiny_state(noise_channels=3, num_patches=400, batch_size=400, min_distance=0)
    before = state.rng.get_state()
    ((_, z),) = noticed(state)
    assert z is not None
    assert z.shape == (400, 3)
    assert z.mean().item() == pytest.approx(0, abs=0.1)
    assert z.std().item() == pytest.approx(1, abs=0.06)
    expected = torch.randn(400, 3, generator=torch.Generator().manual_seed(0).set_state(before))
    assert torch.equal(z, expected)


def test_without_noise_channels_nothing_is_drawn_for_z():
    ((_, z),) = noticed(tiny_state())
    assert z is None


def test_feature_noise_shifts_context_alone_by_one_number_a_patch():
    names = ("lightness", "sobel", "laplacian", "x", "y", "blur_2", "spread_1")
    options: dict[str, Any] = {"num_patches": 300, "batch_size": 300, "min_distance": 0, "features": names}
    state = tiny_state(feature_noise=0.5, **options)
    clean, _ = draw_batch(state, 0, 0)
    ((features, _),) = noticed(state)
    assert torch.equal(features[:, :5], clean[:, :5])
    shift = features[:, 5:] - clean[:, 5:]
    assert shift.std((2, 3)).max() < 1e-6  # the same at every pixel
    shift = shift.mean((2, 3))
    spread = clean[:, 5:].std((0, 2, 3))  # of the channel over the training patches
    torch.testing.assert_close(shift.std(0) / spread, torch.tensor([0.5, 0.5]), rtol=0.15, atol=0)
    assert torch.stack([shift[:, 0], shift[:, 1]]).corrcoef()[0, 1].abs() < 0.2
    ((features, _),) = noticed(tiny_state(**options))
    assert torch.equal(features, clean)


def test_context_is_standardized_by_the_training_photograph():
    state = tiny_state(features=("blur_2", "spread_1"))
    mean, std = state.patches.context_statistics()
    assert state.generator.context_mean.flatten().numpy() == pytest.approx(mean)
    assert state.generator.context_std.flatten().numpy() == pytest.approx(std)


def test_the_running_mean_is_the_sum_that_its_name_says():
    decay, state = 0.75, tiny_state(average_decay=0.75)
    assert state.average is not None
    steps = []
    for _ in train(state):
        steps.append([p.detach().clone() for p in state.generator.parameters()])
        means = [p.detach().clone() for p in state.average.parameters()]
        # A plain mean of the first four (1 / (1 − 0.75)), then a quarter of each new one.
        shares = [1 / 4] * 4 if len(steps) >= 4 else [1 / len(steps)] * len(steps)
        for _ in range(4, len(steps)):
            shares = [decay * share for share in shares] + [1 - decay]
        for place, mean in enumerate(means):
            expected = sum(share * step[place] for share, step in zip(shares, steps, strict=True))
            torch.testing.assert_close(mean, expected)
    assert state.final_generator is state.average


def test_the_running_mean_changes_nothing_in_the_game():
    plain, averaged = tiny_state(), tiny_state(average_decay=0.9)
    assert list(train(plain)) == list(train(averaged))
    assert same(weights(plain), weights(averaged))
    assert plain.final_generator is plain.generator


def test_ds_further_steps_have_batches_of_their_own():
    state = tiny_state(discriminator_steps=3)
    shown = []
    state.discriminator.register_forward_pre_hook(lambda _, given: shown.append(given[1][:4]))
    train_step(state)
    assert len(shown) == 4  # D three times, then G
    assert len({batch.numpy().tobytes() for batch in shown}) == 3
    assert torch.equal(shown[2], shown[3])
    assert torch.equal(shown[3], draw_batch(state, 0, 0)[0])


def test_a_state_comes_back_from_a_pickle_and_goes_on():
    whole = tiny_state(average_decay=0.5, noise_channels=1, schedule="falling")
    list(islice(train(whole), 2))
    again = pickle.loads(pickle.dumps(whole))
    assert list(train(again)) == list(train(whole))
    assert same(weights(again), weights(whole))


@pytest.mark.slow
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize("sample", ["coffee", "astronaut", "chelsea"])
def test_the_photo_preset_beats_grey_and_the_best_constant_on_every_sample(sample, precision):
    """So do README's commands: their preset, in the precision of whatever processor."""
    rgb = sample_image(sample)
    state = TrainState.create(rgb, Config.photo(precision=precision), "cpu")
    list(train(state))
    verdict = judge(colorize(state.final_generator, grey(rgb)), rgb)
    assert not verdict.lost
    assert verdict.delta_e < 0.9 * min(verdict.grey, verdict.one_color)
    assert verdict.delta_e < verdict.table
