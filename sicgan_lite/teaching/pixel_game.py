"""The pixel-sized SICGAN: 1×1 patches and two tiny networks, the whole game in seconds.

Its twin runs in the page of the game (``book/_web/game.js``): the same networks, losses and steps.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn

from sicgan_lite.arrays import check_rgb
from sicgan_lite.color import merge_ab, rgb_to_lab, scale_lightness
from sicgan_lite.losses import discriminator_loss, equilibrium_losses, generator_loss

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
    """What one step measured, as numbers; or many steps, as arrays."""

    loss_d: Any
    loss_g: Any
    real_score: Any
    fake_score: Any


@dataclass(eq=False)
class PixelGame:
    """SICGAN with patches of one pixel, trained on the pixels of one small photograph.

    G: lightness → ab/``scale``; D: ab/``scale``, after the lightness if ``conditional``, → a logit.
    Both have two hidden layers of 24 with ReLU. ``noise_std`` is in units of ab/``scale``; targets
    are without jitter. Every setting may be changed between steps except ``conditional``, ``scale``,
    ``seed`` and ``dtype``. Errors: ValueError for a bad rgb or a setting out of range.
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
    seed: int = 0
    scale: float = 37.0
    dtype: torch.dtype = torch.float32

    def __post_init__(self) -> None:
        check_rgb(self.rgb)
        equilibrium_losses(self.real_target, self.fake_target, self.generator_target)  # checks the targets
        for name in ("lr_generator", "lr_discriminator", "batch", "scale"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be above 0, got {getattr(self, name)}")
        if not self.noise_std >= 0:
            raise ValueError(f"noise_std must be at least 0, got {self.noise_std}")
        lab = rgb_to_lab(self.rgb).reshape(-1, 3)
        self.lightness = torch.from_numpy(scale_lightness(lab[:, :1])).to(self.dtype)
        self.ab = torch.from_numpy(lab[:, 1:]).to(self.dtype) / self.scale
        self.rng = torch.Generator().manual_seed(self.seed)
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(self.seed)  # fork_rng restores it
            self.generator = _mlp(1, 2).to(self.dtype)
            self.discriminator = _mlp(3 if self.conditional else 2, 1).to(self.dtype)
        self._adam_g = torch.optim.Adam(self.generator.parameters(), betas=BETAS, fused=True)
        self._adam_d = torch.optim.Adam(self.discriminator.parameters(), betas=BETAS, fused=True)
        self.steps = 0

    def draw(self) -> PixelDraw:
        """The randomness of a step, from the game's own generator of random numbers."""
        pixels = torch.randint(len(self.ab), (self.batch,), generator=self.rng)
        noise = (torch.randn(self.batch, 2, generator=self.rng, dtype=self.dtype) for _ in range(3))
        return PixelDraw(pixels, *noise)

    def step(self, draw: PixelDraw | None = None) -> PixelRecord:
        """One step of D, then one of G against the new D, on one batch: drawn, or the one given."""
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
        _descend(self._adam_d, loss_d, self.lr_discriminator)

        shown = fake + self.noise_std * generator_noise if self.noise_in_generator_step else fake
        loss_g = generator_loss(self.judge(lightness, shown), target=self.generator_target)
        _descend(self._adam_g, loss_g, self.lr_generator)

        self.steps += 1
        scores = (logits.detach().sigmoid().mean() for logits in (real_logits, fake_logits))
        return PixelRecord(*(value.item() for value in (loss_d, loss_g, *scores)))

    def run(self, steps: int) -> PixelRecord:
        """Take that many steps; arrays (steps,)."""
        return PixelRecord(*np.array([self.step() for _ in range(steps)]).reshape(-1, 4).T)

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
        """A photograph with its own lightness and G's colours, looked up in ``table``."""
        lightness = rgb_to_lab(rgb)[..., 0]
        level = np.rint(np.clip(lightness, 0, 100) / 100 * (LEVELS - 1)).astype(int)
        return merge_ab(lightness, self.table()[level])


def _mlp(inputs: int, outputs: int) -> nn.Sequential:
    first, second = HIDDEN
    return nn.Sequential(
        nn.Linear(inputs, first),
        nn.ReLU(),
        nn.Linear(first, second),
        nn.ReLU(),
        nn.Linear(second, outputs),
    )


def _descend(optimizer: torch.optim.Optimizer, loss: Tensor, rate: float) -> None:
    optimizer.param_groups[0]["lr"] = rate
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
