"""The pixel-sized SICGAN: 1×1 patches and two tiny networks, the whole game in seconds.

Its twin runs in the page of the game (``book/_web/game-model.js``): the same networks, losses and steps.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import Any, Literal, get_args

import numpy as np
import torch
from jaxtyping import Float, Real, UInt8
from torch import Tensor

from sicgan_lite.arrays import check_rgb
from sicgan_lite.color import merge_ab, rgb_to_lab, scale_lightness
from sicgan_lite.losses import discriminator_loss, equilibrium_losses, generator_loss
from sicgan_lite.teaching.pixel_players import (
    Optimizer,
    PixelDraw,
    PixelRecord,
    mlp,
    optimizer_for,
    update,
)
from sicgan_lite.teaching.terms import diversity_term

Objective = Literal["non-saturating", "minimax"]
Lightness = Float[np.ndarray, "*shape"]
Noise = Real[np.ndarray, "*rolls"] | None

LEVELS = 256  # G sees lightness and z alone: for one z, a table of its colours is all of G


@dataclass(eq=False)
class PixelGame:
    """SICGAN with patches of one pixel, trained on the pixels of one small photograph, ``rgb``.

    G: lightness, and ``noise_channels`` numbers z, → ab/``scale``; D: ab/``scale``, after the lightness if
    ``conditional``, → a logit.
    Both have two hidden layers of 24 with ReLU; D's let ``leaky_slope`` of what is negative through.
    ``noise_std`` is in units of ab/``scale``, in G's step too with ``noise_in_generator_step``.
    ``real_target``, ``fake_target`` and ``generator_target`` are without jitter. A step sees ``batch``
    pixels; a player whose rate, ``lr_generator`` or ``lr_discriminator``, is 0 rests. With
    ``generator_objective="minimax"``, G raises D's loss on its pixels; ``loss_g`` is then minus that
    loss. ``diversity`` is the weight of the ``diversity_term`` in what G goes down; ``loss_g`` and ``pull``
    leave it out. D has Adam, and G ``generator_optimizer``. Every setting may be changed between steps
    except ``conditional``, ``leaky_slope``, ``noise_channels``, ``generator_optimizer``, ``scale``,
    ``seed`` and ``dtype``.
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
    noise_channels: int = 0
    diversity: float = 0.0
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
            self.generator = mlp(1 + self.noise_channels, 2).to(self.dtype)
            self.discriminator = mlp(3 if self.conditional else 2, 1, self.leaky_slope).to(self.dtype)
        self._optimizer_g = optimizer_for(self.generator, self.generator_optimizer)
        self._optimizer_d = optimizer_for(self.discriminator, "adam")
        self.steps = 0

    def _check(self) -> None:
        check_rgb(self.rgb)
        equilibrium_losses(self.real_target, self.fake_target, self.generator_target)  # checks the targets
        for name in ("batch", "scale"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be above 0, got {getattr(self, name)}")
        for name in ("lr_generator", "lr_discriminator", "noise_std", "noise_channels", "diversity"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name} must be at least 0, got {getattr(self, name)}")
        if not 0 <= self.leaky_slope < 1:
            raise ValueError(f"leaky_slope must be in [0, 1), got {self.leaky_slope}")
        self._check_choices()

    def _check_choices(self) -> None:
        if self.diversity and not self.noise_channels:
            raise ValueError(f"a diversity of {self.diversity} needs a z: set noise_channels to 1 or more")
        for name, known in (("generator_objective", Objective), ("generator_optimizer", Optimizer)):
            if getattr(self, name) not in get_args(known):
                raise ValueError(f"{name} must be one of {get_args(known)}, got {getattr(self, name)!r}")

    def draw(self) -> PixelDraw:
        """The randomness of a step, from the game's own generator of random numbers."""
        pixels = torch.randint(len(self.ab), (self.batch,), generator=self.rng)
        sizes = (2, 2, 2, self.noise_channels, self.noise_channels)
        noise = (torch.randn(self.batch, n, generator=self.rng, dtype=self.dtype) for n in sizes)
        return PixelDraw(pixels, *noise)

    def step(self, draw: PixelDraw | None = None) -> PixelRecord:
        """One step of D, then one of G against the new D, on one batch: ``draw``, or one drawn here."""
        pixels, real_noise, fake_noise, generator_noise, z, other_z = draw or self.draw()
        lightness, real = self.lightness[pixels], self.ab[pixels]
        fake = self._paint(lightness, z)

        real_logits = self.judge(lightness, real + self.noise_std * real_noise)
        fake_logits = self.judge(lightness, fake.detach() + self.noise_std * fake_noise)
        loss_d = discriminator_loss(
            real_logits, fake_logits, real_target=self.real_target, fake_target=self.fake_target
        )
        update(self._optimizer_d, loss_d, self.lr_discriminator)

        fake.retain_grad()
        shown = fake + self.noise_std * generator_noise if self.noise_in_generator_step else fake
        loss_g = self._answer(self.judge(lightness, shown))
        total = loss_g - self.diversity * self._moves(lightness, z, other_z) if self.diversity else loss_g
        update(self._optimizer_g, total, self.lr_generator)

        self.steps += 1
        scores = (logits.detach().sigmoid().mean() for logits in (real_logits, fake_logits))
        pull = fake.grad.norm(dim=1).sum()  # the loss is a mean: a slope holds 1/batch of a pixel's
        return PixelRecord(*(value.item() for value in (loss_d, loss_g, *scores, pull)))

    def _answer(self, fake_logits: Tensor) -> Tensor:
        if self.generator_objective == "minimax":
            return -generator_loss(fake_logits, target=self.fake_target)  # D's own loss on the fakes
        return generator_loss(fake_logits, target=self.generator_target)

    def _paint(self, lightness: Tensor, z: Tensor) -> Any:
        return self.generator(torch.cat([lightness, z], dim=1))

    def _moves(self, lightness: Tensor, z: Tensor, other_z: Tensor) -> Tensor:
        return diversity_term(self._paint(lightness, z), self._paint(lightness, other_z), z, other_z)

    def run(self, steps: int) -> PixelRecord:
        """Take that many steps; arrays (steps,)."""
        records = np.array([self.step() for _ in range(steps)])
        return PixelRecord(*records.reshape(-1, len(PixelRecord._fields)).T)

    def judge(self, lightness: Float[Tensor, "n 1"], ab: Float[Tensor, "n 2"]) -> Float[Tensor, " n"]:
        """D's logits for scaled lightness and scaled ab; lightness is ignored unless ``conditional``."""
        seen = torch.cat([lightness, ab], dim=1) if self.conditional else ab
        return self.discriminator(seen).squeeze(1)

    def table(self, z: Noise = None) -> Float[np.ndarray, "256 2"]:
        """G's ab, in CIE units, for 256 lightnesses from 0 to 100, at one ``z`` (k,); None is zeros.

        For this z, it is everything that G has learned.
        """
        return self._ab_of(np.linspace(0, 100, LEVELS), z)

    def predict_ab(self, lightness: Lightness, z: Noise = None) -> Float[np.ndarray, "*shape 2"]:
        """G's ab, in CIE units, for ``lightness`` in [0, 100].

        ``z`` is one roll (k,) for the whole array, for which G is looked up in ``table``, or one for
        each place (..., k); None is zeros. Errors: ValueError for a z of another shape.
        """
        if z is None or np.shape(z) == (self.noise_channels,):
            level = np.rint(np.clip(lightness, 0, 100) / 100 * (LEVELS - 1)).astype(int)
            return self.table(z)[level]
        return self._ab_of(lightness, z)

    def colorize(self, rgb: UInt8[np.ndarray, "h w 3"], z: Noise = None) -> UInt8[np.ndarray, "h w 3"]:
        """The photograph ``rgb`` with its own lightness and G's colours, with ``z`` as in ``predict_ab``."""
        lightness = rgb_to_lab(rgb)[..., 0]
        return merge_ab(lightness, self.predict_ab(lightness, z))

    def _ab_of(self, lightness: np.ndarray, z: Noise) -> np.ndarray:
        wanted, given = (*lightness.shape, self.noise_channels), np.zeros(1) if z is None else np.asarray(z)
        if z is not None and given.shape not in (wanted[-1:], wanted):
            raise ValueError(f"z must be of shape {wanted[-1:]} or {wanted}, got {given.shape}")
        rolls = np.broadcast_to(given, wanted).reshape(lightness.size, self.noise_channels)
        inputs = np.hstack([scale_lightness(lightness.reshape(-1, 1)), rolls])
        with torch.no_grad():
            ab = self.generator(torch.from_numpy(inputs).to(self.dtype)).numpy()
        return ab.reshape(*lightness.shape, 2) * self.scale
