"""The generator and the discriminator of the paper."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from sicgan_lite.arrays import check_names
from sicgan_lite.config import CONTEXT_FEATURES, PAPER_FEATURES, Config
from sicgan_lite.devices import AveragePool

POOLED_SIZE = 8  # the discriminator averages any patch down to 8×8


class Generator(nn.Module):
    """G: (lightness, sobel, laplacian, x, y) → scaled ab, a stack of 3×3 convolutions with ReLU.

    ``widths`` are the channels of its layers; one more gives ab. ``size`` (pixels of a training patch),
    ``width`` (of the photograph in training) and ``features`` (those in use) are kept with the weights;
    one of the paper's five that is off is zeroed inside ``forward``, context features follow the five.
    ``noise_channels`` is the length of z. Of ``kernel_sizes``, one a layer, the last stands for all
    that follow. Errors: ValueError for an unknown feature.
    """

    in_use: Tensor
    context_mean: Tensor
    context_std: Tensor

    def __init__(
        self,
        widths: Sequence[int] = (64, 128, 128),
        size: int = 128,
        features: Sequence[str] = PAPER_FEATURES,
        noise_channels: int = 0,
        kernel_sizes: Sequence[int] = (3,),
        width: int | None = None,
    ) -> None:
        super().__init__()
        check_names(features, PAPER_FEATURES + CONTEXT_FEATURES, "feature")
        self.widths, self.size, self.features = tuple(widths), size, tuple(features)
        self.noise_channels, self.kernel_sizes, self.width = noise_channels, tuple(kernel_sizes), width
        self.context = tuple(name for name in features if name in CONTEXT_FEATURES)
        names = PAPER_FEATURES + self.context
        kernels = (*kernel_sizes, *[kernel_sizes[-1]] * len(widths))
        # Nothing bounds ab: the last unit is left out.
        self.layers = nn.Sequential(*_convolutions(len(names) + noise_channels, (*widths, 2), kernels)[:-1])
        in_use = torch.tensor([float(name in features) for name in names])
        self.register_buffer("in_use", in_use.view(-1, 1, 1), persistent=False)
        if self.context:
            self.register_buffer("context_mean", torch.zeros(len(self.context), 1, 1))
            self.register_buffer("context_std", torch.ones(len(self.context), 1, 1))

    @classmethod
    def from_config(cls, config: Config) -> Generator:
        """The generator that the config describes, with new weights."""
        kept = ("size", "features", "noise_channels", "kernel_sizes", "width")
        return cls(config.generator_widths, **{name: getattr(config, name) for name in kept})

    def forward(
        self, features: Float[Tensor, "n c h w"], z: Float[Tensor, "*shape"] | None = None
    ) -> Float[Tensor, "n 2 h w"]:
        """Scaled ab of ``features``, not bounded by any function; c is 5 and the number of context features.

        z holds ``noise_channels`` numbers for each patch (n, k) or each pixel (n, k, h, w), and None
        is zeros. Errors: ValueError for another shape.
        """
        if len(self.features) < len(self.in_use):
            features = features * self.in_use
        if self.context:
            standard = (features[:, 5:] - self.context_mean) / self.context_std
            features = torch.cat([features[:, :5], standard.clamp(-4, 4)], dim=1)
        noise = self._noise(features, z)
        if self.noise_channels:
            features = torch.cat([features, noise], dim=1)
        return self.layers(features)

    def standardize(self, mean: Float[Tensor, " c"], std: Float[Tensor, " c"]) -> None:
        """Let G see each context feature less its ``mean``, divided by its ``std``, within ±4.

        These are the training photograph's; they are kept with the weights, and no other picture
        changes them. A feature that hardly varies (less than 0.001) is not stretched further.
        """
        self.context_mean.copy_(mean.view(-1, 1, 1))
        self.context_std.copy_(std.clamp(min=1e-3).view(-1, 1, 1))

    def _noise(self, features: Tensor, z: Tensor | None) -> Tensor:
        count, _, height, width = features.shape
        of_patches, of_pixels = (count, self.noise_channels), (count, self.noise_channels, height, width)
        z = features.new_zeros(of_patches) if z is None else z
        if z.shape not in (of_patches, of_pixels):
            raise ValueError(f"z must be of shape {of_patches} or {of_pixels}, got {tuple(z.shape)}")
        return z.view(*of_patches, *z.shape[2:] or (1, 1)).expand(of_pixels)


class Discriminator(nn.Module):
    """D: scaled ab → one logit a patch (no sigmoid inside).

    ``widths`` are the channels of its convolutions; their maps are averaged to 8×8. The paper's D never
    sees lightness. With ``conditional`` it also sees the three lightness feature maps, concatenated
    with ab. ``leaky_slope`` is that of its units below 0.
    """

    def __init__(
        self, widths: Sequence[int] = (64, 128, 128), conditional: bool = False, leaky_slope: float = 0.0
    ) -> None:
        super().__init__()
        self.conditional, self.leaky_slope = conditional, leaky_slope
        self.layers = nn.Sequential(
            *_convolutions(5 if conditional else 2, widths, leaky_slope=leaky_slope),
            AveragePool(POOLED_SIZE),
            nn.Flatten(),
            nn.Linear(widths[-1] * POOLED_SIZE**2, 1),
        )

    @classmethod
    def from_config(cls, config: Config) -> Discriminator:
        """The discriminator that the config describes, with new weights."""
        return cls(config.discriminator_widths, config.conditional, config.leaky_slope)

    def forward(
        self, ab: Float[Tensor, "n 2 h w"], features: Float[Tensor, "n c h w"]
    ) -> Float[Tensor, " n"]:
        """Logits of a scaled ``ab``; ``features`` are looked at only when ``conditional``."""
        seen = torch.cat([features[:, :3], ab], dim=1) if self.conditional else ab
        return self.layers(seen).squeeze(1)


def _convolutions(
    channels: int, widths: Sequence[int], kernels: Sequence[int] = (), leaky_slope: float = 0.0
) -> list[nn.Module]:
    layers: list[nn.Module] = []
    for width, kernel in zip(widths, kernels or [3] * len(widths), strict=False):
        unit = nn.LeakyReLU(leaky_slope, inplace=True) if leaky_slope else nn.ReLU(inplace=True)
        layers += [nn.Conv2d(channels, width, kernel, padding=kernel // 2), unit]
        channels = width
    return layers
