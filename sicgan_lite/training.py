"""The training loop, written as the algorithm: draw a batch, train D, train G."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float32, UInt8
from torch import Tensor, nn
from torch.nn.functional import l1_loss

from sicgan_lite.config import Config
from sicgan_lite.devices import choose_device, uses_bfloat16
from sicgan_lite.files import pixels_sha256
from sicgan_lite.losses import add_instance_noise, discriminator_loss, generator_loss, smooth_targets
from sicgan_lite.networks import Discriminator, Generator
from sicgan_lite.patches import PatchSet


class StepRecord(NamedTuple):
    """What one step measured. Steps, epochs and batches count from 1.

    ``loss_g`` is the adversarial loss alone, so that it compares with the equilibrium whatever the
    weights are; the scores are D's mean sigmoid on its own batch, 0.5 being a guess.
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

    config: Config
    patches: PatchSet
    rgb_sha256: str
    generator: Generator
    discriminator: Discriminator
    optimizer_g: torch.optim.Optimizer
    optimizer_d: torch.optim.Optimizer
    rng: torch.Generator
    device: torch.device
    autocast: bool
    step: int = 0

    @classmethod
    def create(cls, rgb: UInt8[np.ndarray, "h w 3"], config: Config, device: str = "auto") -> TrainState:
        """A state before its first step; the global random states are left as they were.

        Errors: ValueError for a photograph that the config's patches do not fit.
        """
        place = choose_device(device)
        generator, discriminator = _build_networks(config, place)
        return cls(
            config=config,
            patches=PatchSet(rgb, config, rng=np.random.default_rng(config.seed)),
            rgb_sha256=pixels_sha256(rgb),
            generator=generator,
            discriminator=discriminator,
            optimizer_g=_adam(generator, config.lr_generator, config),
            optimizer_d=_adam(discriminator, config.lr_discriminator, config),
            rng=torch.Generator(place).manual_seed(config.seed),
            device=place,
            autocast=uses_bfloat16(config.precision, place),
        )


def train(state: TrainState) -> Iterator[StepRecord]:
    """Train to the last epoch, one record a step.

    Stop with ``break``, go on by calling it again. Errors: NonFiniteLossError names step and loss.
    """
    while state.step < state.config.total_steps:
        yield train_step(state)


def train_step(state: TrainState) -> StepRecord:
    """One step of the game: draw a batch, train D on it, train G against the new D.

    G's output is computed once. Errors: NonFiniteLossError.
    """
    epoch, batch = divmod(state.step, state.config.batches_per_epoch)
    features, real = draw_batch(state, epoch, batch)
    with torch.autocast(state.device.type, torch.bfloat16, enabled=state.autocast):
        fake = state.generator(features).float()
    loss_d, real_score, fake_score = _train_discriminator(state, features, real, fake.detach())
    loss_g = _train_generator(state, features, real, fake)
    state.step += 1
    record = StepRecord(state.step, epoch + 1, batch + 1, loss_d, loss_g, real_score, fake_score)
    _check_finite(record)
    return record


def history(records: Iterable[StepRecord]) -> dict[str, np.ndarray]:
    """Records as columns: one array (steps,) for each field of StepRecord, under its name."""
    rows = list(records)
    return {name: np.array([getattr(row, name) for row in rows]) for name in StepRecord._fields}


def draw_batch(state: TrainState, epoch: int, batch: int) -> tuple[Tensor, Tensor]:
    """Features and targets of a batch; epochs and batches count from 0.

    The order of an epoch follows from the seed and the epoch's number alone, so that a resumed run
    needs no memory of it.
    """
    config = state.config
    order = np.random.default_rng([config.seed, epoch]).permutation(len(state.patches))
    chosen = order[batch * config.batch_size : (batch + 1) * config.batch_size]
    features, targets = state.patches[chosen]
    return _to_device(features, state.device), _to_device(targets, state.device)


def _train_discriminator(
    state: TrainState, features: Tensor, real: Tensor, fake: Tensor
) -> tuple[float, float, float]:
    config, count = state.config, len(real)
    noisy = add_instance_noise(torch.cat([real, fake]), config.noise_std, rng=state.rng)
    logits = _judge(state, noisy, torch.cat([features, features]))  # one pass over both
    real_logits, fake_logits = logits[:count], logits[count:]
    loss = discriminator_loss(
        real_logits,
        fake_logits,
        real_target=smooth_targets(count, config.real_target, config.target_jitter, rng=state.rng),
        fake_target=smooth_targets(count, config.fake_target, config.target_jitter, rng=state.rng),
    )
    _descend(state.optimizer_d, loss)
    real_score, fake_score = (part.detach().sigmoid().mean().item() for part in (real_logits, fake_logits))
    return loss.item(), real_score, fake_score


def _train_generator(state: TrainState, features: Tensor, real: Tensor, fake: Tensor) -> float:
    config = state.config
    shown = (
        add_instance_noise(fake, config.noise_std, rng=state.rng) if config.noise_in_generator_step else fake
    )
    target = smooth_targets(len(fake), config.generator_target, config.target_jitter, rng=state.rng)
    state.discriminator.requires_grad_(requires_grad=False)  # only G learns here
    try:
        loss = generator_loss(_judge(state, shown, features), target=target)
        total = config.adversarial_weight * loss
        if config.l1_weight > 0:
            total = total + config.l1_weight * l1_loss(fake, real)
        _descend(state.optimizer_g, total)
    finally:  # a notebook's stop button must not leave D frozen
        state.discriminator.requires_grad_(requires_grad=True)
    return loss.item()


def _judge(state: TrainState, ab: Tensor, features: Tensor) -> Tensor:
    with torch.autocast(state.device.type, torch.bfloat16, enabled=state.autocast):
        return state.discriminator(ab, features).float()


def _descend(optimizer: torch.optim.Optimizer, loss: Tensor) -> None:
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def _check_finite(record: StepRecord) -> None:
    for name in ("loss_d", "loss_g"):
        value = getattr(record, name)
        if not math.isfinite(value):
            raise NonFiniteLossError(
                f"{name} is {value} at step {record.step} (epoch {record.epoch}, batch {record.batch}); "
                "lower the learning rates, or go back to the last checkpoint"
            )


def _build_networks(config: Config, place: torch.device) -> tuple[Generator, Discriminator]:
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(config.seed)  # the CPU's only: fork_rng restores it
        generator = Generator(config.generator_widths, config.size, config.features)
        discriminator = Discriminator(config.discriminator_widths, config.conditional)
    for network in (generator, discriminator):
        # torch's annotations leave out memory_format.
        network.to(place, memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
    return generator, discriminator


def _adam(network: nn.Module, rate: float, config: Config) -> torch.optim.Adam:
    fused = next(network.parameters()).device.type in ("cpu", "cuda")
    return torch.optim.Adam(network.parameters(), lr=rate, betas=config.betas, fused=fused)


def _to_device(batch: Float32[np.ndarray, "n c p p"], device: torch.device) -> Tensor:
    return torch.from_numpy(batch).to(device, memory_format=torch.channels_last)
