"""The training loop, written as the algorithm: draw a batch, train D, train G."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float32, Real, UInt8
from torch import Tensor, nn
from torch.nn.functional import l1_loss

from sicgan_lite.arrays.kinds import check_kind
from sicgan_lite.config import Config
from sicgan_lite.devices import Adam, Device, choose_device, uses_bfloat16
from sicgan_lite.files import pixels_sha256
from sicgan_lite.losses import add_instance_noise, discriminator_loss, generator_loss, smooth_targets
from sicgan_lite.networks import Discriminator, Generator
from sicgan_lite.patches import PatchSet


class StepRecord(NamedTuple):
    """What one step measured: ``step``, ``epoch`` and ``batch`` count from 1.

    ``loss_d`` is D's loss, ``loss_g`` the adversarial loss alone, so that it compares with the
    equilibrium whatever the weights are. ``real_score`` and ``fake_score`` are D's mean sigmoid on its
    own batch, 0.5 being a guess.
    """

    step: int
    epoch: int
    batch: int
    loss_d: float
    loss_g: float
    real_score: float
    fake_score: float


class NonFiniteLossError(ArithmeticError):
    """A loss became infinite or NaN; no weights from after that step are worth keeping."""


@dataclass
class TrainState:
    """Everything that training reads and changes, and all that a checkpoint must hold."""

    config: Config  #: the settings of the run
    patches: PatchSet  #: what it learns from
    rgb_sha256: str  #: the hash of the photograph's pixels
    generator: Generator  #: G, as the last step left it
    discriminator: Discriminator  #: D
    optimizer_g: torch.optim.Optimizer  #: Adam for G
    optimizer_d: torch.optim.Optimizer  #: Adam for D
    rng: torch.Generator  #: where noise and jitter come from
    device: torch.device  #: where the networks are
    autocast: bool  #: whether they compute in bfloat16
    average: Generator | None = None  #: the running mean of G's weights
    step: int = 0  #: steps taken so far

    @classmethod
    def create(cls, rgb: UInt8[np.ndarray, "h w 3"], config: Config, device: Device = "auto") -> TrainState:
        """A state before its first step, for the photograph ``rgb``; global random states are left alone.

        ``device`` is "auto", "cpu", "cuda" or "mps"; "auto" is the best that is here. Errors: ValueError
        for a photograph that the config's patches do not fit, and for a device that is not here.
        """
        check_kind(config, Config, "config")
        chosen = choose_device(device)
        patches = PatchSet(rgb, config, rng=np.random.default_rng(config.seed))
        generator, discriminator = _networks(config, chosen, patches)
        return cls(
            config=config,
            patches=patches,
            rgb_sha256=pixels_sha256(rgb),
            generator=generator,
            discriminator=discriminator,
            optimizer_g=_adam(generator, config.lr_generator, config),
            optimizer_d=_adam(discriminator, config.lr_discriminator, config),
            rng=torch.Generator(chosen).manual_seed(config.seed),
            device=chosen,
            autocast=uses_bfloat16(config.precision, chosen),
            average=copy.deepcopy(generator) if config.average_decay else None,
        )

    @property
    def final_generator(self) -> Generator:
        """The generator to keep and to colour with: the running mean where there is one."""
        return self.generator if self.average is None else self.average


def train(state: TrainState) -> Iterator[StepRecord]:
    """Train ``state`` to the last epoch, one record a step.

    Stop with ``break``, go on by calling it again. Errors: NonFiniteLossError names step and loss.
    """
    while state.step < state.config.total_steps:
        yield train_step(state)


def train_step(state: TrainState) -> StepRecord:
    """One step of the game, which changes ``state``: draw a batch, train D, train G against the new D.

    G's output is computed once for a batch; D's further steps have batches of their own, and the
    last is on G's. Errors: NonFiniteLossError.
    """
    epoch, batch = divmod(state.step, state.config.batches_per_epoch)
    _set_rates(state)
    for extra in reversed(range(state.config.discriminator_steps)):
        features, real = draw_batch(state, epoch, batch, extra)
        fake = paint_batch(state, features)
        loss_d, real_score, fake_score = _train_discriminator(state, features, real, fake.detach())
    loss_g = _train_generator(state, features, real, fake)
    state.step += 1
    _follow(state)
    record = StepRecord(state.step, epoch + 1, batch + 1, loss_d, loss_g, real_score, fake_score)
    _check_finite(record)
    return record


def history(records: Iterable[StepRecord]) -> dict[str, Real[np.ndarray, " steps"]]:
    """The ``records`` as columns: one array for each field of ``StepRecord``, under its name."""
    rows = list(records)
    return {name: np.array([getattr(row, name) for row in rows]) for name in StepRecord._fields}


def rate_factor(schedule: str, progress: float) -> float:
    """What both learning rates are multiplied by when a share ``progress`` of the steps is done.

    "constant" is 1; "falling" goes straight from 1 to 0; "one-cycle" rises from 1/25 to 1 over the
    first 30 %, then falls to 0, each along half a cosine (Smith and Topin 2019).
    """
    if schedule == "constant":
        return 1.0
    if schedule == "falling":
        return 1 - progress
    if progress < 0.3:
        return 1 - (1 - 1 / 25) * (1 + math.cos(math.pi * progress / 0.3)) / 2
    return (1 + math.cos(math.pi * (progress - 0.3) / 0.7)) / 2


def draw_batch(state: TrainState, epoch: int, batch: int, extra: int = 0) -> tuple[Tensor, Tensor]:
    """Features and targets of a batch; epochs and batches count from 0.

    The order of an epoch follows from the seed and the epoch's number alone, so that a resumed run
    needs no memory of it. ``extra`` counts the further batches of D, which stand in orders of their
    own.
    """
    config = state.config
    seeds = [config.seed, epoch, extra] if extra else [config.seed, epoch]
    order = np.random.default_rng(seeds).permutation(len(state.patches))
    chosen = order[batch * config.batch_size : (batch + 1) * config.batch_size]
    features, targets = state.patches[chosen]
    return _to_device(features, state.device), _to_device(targets, state.device)


def paint_batch(state: TrainState, features: Tensor) -> Tensor:
    """G's output for a training batch, with the noise that the config asks for."""
    config, z = state.config, None
    if config.feature_noise:
        shape = (len(features), features.shape[1] - 5, 1, 1)
        shift = config.feature_noise * torch.randn(shape, generator=state.rng, device=state.device)
        features = torch.cat([features[:, :5], features[:, 5:] + shift * state.generator.context_std], 1)
    if config.noise_channels:
        shape = (len(features), config.noise_channels)
        z = torch.randn(shape, generator=state.rng, device=state.device)
    return _compute(state, state.generator, features, z)


def _train_discriminator(
    state: TrainState, features: Tensor, real: Tensor, fake: Tensor
) -> tuple[float, float, float]:
    config, count = state.config, len(real)
    noisy = add_instance_noise(torch.cat([real, fake]), config.noise_std, rng=state.rng)
    logits = _compute(state, state.discriminator, noisy, torch.cat([features, features]))
    real_logits, fake_logits = logits.split(count)  # one pass was enough for both
    real_target, fake_target = (
        smooth_targets(count, target, config.target_jitter, rng=state.rng)
        for target in (config.real_target, config.fake_target)
    )
    loss = discriminator_loss(real_logits, fake_logits, real_target=real_target, fake_target=fake_target)
    _update(state.optimizer_d, loss)
    real_score, fake_score = (part.detach().sigmoid().mean().item() for part in (real_logits, fake_logits))
    return loss.item(), real_score, fake_score


def adversarial_loss(state: TrainState, features: Tensor, fake: Tensor) -> Tensor:
    """G's loss of the game for its ``fake`` batch, against D as it is now."""
    config = state.config
    if config.noise_in_generator_step:
        fake = add_instance_noise(fake, config.noise_std, rng=state.rng)
    target = smooth_targets(len(fake), config.generator_target, config.target_jitter, rng=state.rng)
    logits = _compute(state, state.discriminator, fake, features)
    return generator_loss(logits, target=target, objective=config.generator_objective)


def _train_generator(state: TrainState, features: Tensor, real: Tensor, fake: Tensor) -> float:
    config = state.config
    state.discriminator.requires_grad_(requires_grad=False)  # only G learns here
    try:
        loss = adversarial_loss(state, features, fake)
        total = config.adversarial_weight * loss
        if config.l1_weight > 0:
            total = total + config.l1_weight * l1_loss(fake, real)
        _update(state.optimizer_g, total)
    finally:  # a notebook's stop button must not leave D frozen
        state.discriminator.requires_grad_(requires_grad=True)
    return loss.item()


def _compute(state: TrainState, network: nn.Module, *inputs: Tensor | None) -> Tensor:
    with torch.autocast(state.device.type, torch.bfloat16, enabled=state.autocast):
        return network(*inputs).float()


def _update(optimizer: torch.optim.Optimizer, loss: Tensor) -> None:
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def _set_rates(state: TrainState) -> None:
    config = state.config
    factor = rate_factor(config.schedule, state.step / config.total_steps)
    state.optimizer_g.param_groups[0]["lr"] = config.lr_generator * factor
    state.optimizer_d.param_groups[0]["lr"] = config.lr_discriminator * factor


def _follow(state: TrainState) -> None:
    """Move the running mean: a plain mean of all steps while they are few, then an exponential one."""
    if state.average is None:
        return
    share = max(1 - state.config.average_decay, 1 / state.step)
    with torch.no_grad():
        for mean, now in zip(state.average.parameters(), state.generator.parameters(), strict=True):
            mean.lerp_(now, share)


def _check_finite(record: StepRecord) -> None:
    for name in ("loss_d", "loss_g"):
        if not math.isfinite(value := getattr(record, name)):
            raise NonFiniteLossError(
                f"{name} is {value} at step {record.step} (epoch {record.epoch}, batch {record.batch}); "
                "lower the learning rates, or go back to the last checkpoint"
            )


def _networks(config: Config, device: torch.device, patches: PatchSet) -> tuple[Generator, Discriminator]:
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(config.seed)  # the CPU's only: fork_rng restores it
        generator, discriminator = Generator.from_config(config), Discriminator.from_config(config)
    if generator.context:
        generator.standardize(*map(torch.from_numpy, patches.context_statistics()))
    for network in (generator, discriminator):
        # torch's annotations leave out memory_format.
        network.to(device, memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
    return generator, discriminator


def _adam(network: nn.Module, rate: float, config: Config) -> Adam:
    fused = next(network.parameters()).device.type in ("cpu", "cuda")
    return Adam(network.parameters(), lr=rate, betas=config.betas, fused=fused)


def _to_device(batch: Float32[np.ndarray, "n c p p"], device: torch.device) -> Tensor:
    return torch.from_numpy(batch).to(device, memory_format=torch.channels_last)
