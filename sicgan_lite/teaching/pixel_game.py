"""The pixel-sized SICGAN: 1×1 patches and two tiny networks, the whole game in seconds.

Its twin runs in the page of the game (``book/_web/game-model.js``): the same networks, losses and steps.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn

from sicgan_lite.arrays import check_rgb
from sicgan_lite.color import merge_ab, rgb_to_lab, scale_lightness
from sicgan_lite.losses import discriminator_loss, equilibrium_losses, generator_loss

Objective = Literal["non-saturating", "minimax"]
Optimizer = Literal["adam", "sgd"]

HIDDEN = (24, 24)
BETAS = (0.5, 0.999)
LEVELS = 256  # G sees lightness alone, so a table of its colours is all of G


class PixelDraw(NamedTuple):
    """All that is random in a step: which pixels, and standard normal noise, each (batch, 2)."""

    pixels: Tensor
    real_noise: Tensor
    fake_noise: Tensor
    generator_noise: Tensor


class PixelRecord(NamedTuple):
    """What one step measured, as numbers; or many steps, as arrays.

    ``pull`` is the length of the slope of G's loss by a pixel's scaled ab, on average over the
    batch: all that G hears of D.
    """

    loss_d: Any
    loss_g: Any
    real_score: Any
    fake_score: Any
    pull: Any


@dataclass(eq=False)
class PixelGame:
    """SICGAN with patches of one pixel, trained on the pixels of one small photograph, ``rgb``.

    G: lightness → ab/``scale``; D: ab/``scale``, after the lightness if ``conditional``, → a logit.
    Both have two hidden layers of 24 with ReLU; D's let ``leaky_slope`` of what is negative through.
    ``noise_std`` is in units of ab/``scale``, in G's step too with ``noise_in_generator_step``.
    ``real_target``, ``fake_target`` and ``generator_target`` are without jitter. A step sees ``batch``
    pixels; a player whose rate, ``lr_generator`` or ``lr_discriminator``, is 0 rests. With
    ``generator_objective="minimax"``, G raises D's loss on its pixels; ``loss_g`` is then minus that
    loss. D has Adam, and G ``generator_optimizer``. Every setting may be changed between steps except
    ``conditional``, ``leaky_slope``, ``generator_optimizer``, ``scale``, ``seed`` and ``dtype``.
    Errors: ValueError for a bad rgb or a setting out of range.
    """

    rgb: UInt8[np.ndarray, "h w 3"]
    _: KW_ONLY
    conditional: bool = False
    noise_std: float = 0.03
    real_target: float = 0.9
    fake_target: float = 0.0
    generator_target: float = 1.0
    lr_generator: float = 2e-3
    lr_discriminator: float = 4e-3
    batch: int = 256
    noise_in_generator_step: bool = True
    leaky_slope: float = 0.0
    generator_objective: Objective = "non-saturating"
    generator_optimizer: Optimizer = "adam"
    seed: int = 0
    scale: float = 37.0
    dtype: torch.dtype = torch.float32

    def __post_init__(self) -> None:
        self._check()
        lab = rgb_to_lab(self.rgb).reshape(-1, 3)
        self.lightness = torch.from_numpy(scale_lightness(lab[:, :1])).to(self.dtype)
        self.ab = torch.from_numpy(lab[:, 1:]).to(self.dtype) / self.scale
        self.rng = torch.Generator().manual_seed(self.seed)
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(self.seed)  # fork_rng restores it
            self.generator = _mlp(1, 2).to(self.dtype)
            self.discriminator = _mlp(3 if self.conditional else 2, 1, self.leaky_slope).to(self.dtype)
        self._optimizer_g = _optimizer(self.generator, self.generator_optimizer)
        self._optimizer_d = _optimizer(self.discriminator, "adam")
        self.steps = 0

    def _check(self) -> None:
        check_rgb(self.rgb)
        equilibrium_losses(self.real_target, self.fake_target, self.generator_target)  # checks the targets
        for name in ("batch", "scale"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be above 0, got {getattr(self, name)}")
        for name in ("lr_generator", "lr_discriminator", "noise_std"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name} must be at least 0, got {getattr(self, name)}")
        if not 0 <= self.leaky_slope < 1:
            raise ValueError(f"leaky_slope must be in [0, 1), got {self.leaky_slope}")
        for name, known in (("generator_objective", Objective), ("generator_optimizer", Optimizer)):
            if getattr(self, name) not in get_args(known):
                raise ValueError(f"{name} must be one of {get_args(known)}, got {getattr(self, name)!r}")

    def draw(self) -> PixelDraw:
        """The randomness of a step, from the game's own generator of random numbers."""
        pixels = torch.randint(len(self.ab), (self.batch,), generator=self.rng)
        noise = (torch.randn(self.batch, 2, generator=self.rng, dtype=self.dtype) for _ in range(3))
        return PixelDraw(pixels, *noise)

    def step(self, draw: PixelDraw | None = None) -> PixelRecord:
        """One step of D, then one of G against the new D, on one batch: ``draw``, or one drawn here."""
        pixels, real_noise, fake_noise, generator_noise = draw or self.draw()
        lightness, real, fake = (
            self.lightness[pixels],
            self.ab[pixels],
            self.generator(self.lightness[pixels]),
        )

        real_logits = self.judge(lightness, real + self.noise_std * real_noise)
        fake_logits = self.judge(lightness, fake.detach() + self.noise_std * fake_noise)
        loss_d = discriminator_loss(
            real_logits, fake_logits, real_target=self.real_target, fake_target=self.fake_target
        )
        _descend(self._optimizer_d, loss_d, self.lr_discriminator)

        fake.retain_grad()
        shown = fake + self.noise_std * generator_noise if self.noise_in_generator_step else fake
        loss_g = self._answer(self.judge(lightness, shown))
        _descend(self._optimizer_g, loss_g, self.lr_generator)

        self.steps += 1
        scores = (logits.detach().sigmoid().mean() for logits in (real_logits, fake_logits))
        pull = fake.grad.norm(dim=1).sum()  # the loss is a mean: a slope holds 1/batch of a pixel's
        return PixelRecord(*(value.item() for value in (loss_d, loss_g, *scores, pull)))

    def _answer(self, fake_logits: Tensor) -> Tensor:
        if self.generator_objective == "minimax":
            return -generator_loss(fake_logits, target=self.fake_target)  # D's own loss on the fakes
        return generator_loss(fake_logits, target=self.generator_target)

    def run(self, steps: int) -> PixelRecord:
        """Take that many steps; arrays (steps,)."""
        records = np.array([self.step() for _ in range(steps)])
        return PixelRecord(*records.reshape(-1, len(PixelRecord._fields)).T)

    def judge(self, lightness: Float[Tensor, "n 1"], ab: Float[Tensor, "n 2"]) -> Float[Tensor, " n"]:
        """D's logits for scaled lightness and scaled ab; lightness is ignored unless ``conditional``."""
        seen = torch.cat([lightness, ab], dim=1) if self.conditional else ab
        return self.discriminator(seen).squeeze(1)

    def table(self) -> Float[np.ndarray, "256 2"]:
        """G's ab, in CIE units, for 256 lightnesses from 0 to 100: everything G has learned."""
        levels = torch.linspace(-1, 1, LEVELS, dtype=self.dtype).unsqueeze(1)
        with torch.no_grad():
            return self.generator(levels).numpy() * self.scale

    def colorize(self, rgb: UInt8[np.ndarray, "h w 3"]) -> UInt8[np.ndarray, "h w 3"]:
        """The photograph ``rgb`` with its own lightness and G's colours, looked up in ``table``."""
        lightness = rgb_to_lab(rgb)[..., 0]
        level = np.rint(np.clip(lightness, 0, 100) / 100 * (LEVELS - 1)).astype(int)
        return merge_ab(lightness, self.table()[level])


def _mlp(inputs: int, outputs: int, leaky_slope: float = 0.0) -> nn.Sequential:
    first, second = HIDDEN
    return nn.Sequential(
        nn.Linear(inputs, first),
        _unit(leaky_slope),
        nn.Linear(first, second),
        _unit(leaky_slope),
        nn.Linear(second, outputs),
    )


def _unit(leaky_slope: float) -> nn.Module:
    return nn.LeakyReLU(leaky_slope) if leaky_slope else nn.ReLU()


def _optimizer(network: nn.Module, kind: Optimizer) -> torch.optim.Optimizer:
    if kind == "sgd":
        return torch.optim.SGD(network.parameters(), fused=True)
    return torch.optim.Adam(network.parameters(), betas=BETAS, fused=True)


def _descend(optimizer: torch.optim.Optimizer, loss: Tensor, rate: float) -> None:
    optimizer.zero_grad()
    loss.backward()
    if rate:  # a player that rests must not fill its optimiser's memory
        optimizer.param_groups[0]["lr"] = rate
        optimizer.step()
