"""The generator and the discriminator of the paper."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.autograd.function import FunctionCtx
from torch.nn.functional import adaptive_avg_pool2d

from sicgan_lite.config import PAPER_FEATURES

POOLED_SIZE = 8  # the discriminator averages any patch down to 8×8


class Generator(nn.Module):
    """G: (lightness, sobel, laplacian, x, y) → scaled ab, a stack of 3×3 convolutions with ReLU.

    ``size`` (pixels of a training patch) and ``features`` (those in use) are kept with the weights;
    a feature that is off is zeroed inside ``forward``. Errors: ValueError for an unknown feature.
    """

    in_use: Tensor

    def __init__(
        self,
        widths: Sequence[int] = (64, 128, 128),
        size: int = 128,
        features: Sequence[str] = PAPER_FEATURES,
    ) -> None:
        super().__init__()
        if unknown := [name for name in features if name not in PAPER_FEATURES]:
            raise ValueError(f"features are {PAPER_FEATURES}, got {unknown[0]!r}")
        self.widths, self.size, self.features = tuple(widths), size, tuple(features)
        self.layers = nn.Sequential(
            *_convolutions(len(PAPER_FEATURES), widths), nn.Conv2d(widths[-1], 2, 3, padding=1)
        )
        in_use = torch.tensor([float(name in features) for name in PAPER_FEATURES])
        self.register_buffer("in_use", in_use.view(-1, 1, 1), persistent=False)

    def forward(self, features: Float[Tensor, "n 5 h w"]) -> Float[Tensor, "n 2 h w"]:
        """Scaled ab, not bounded by any function."""
        if len(self.features) < len(PAPER_FEATURES):
            features = features * self.in_use
        return self.layers(features)


class Discriminator(nn.Module):
    """D: scaled ab → one logit a patch (no sigmoid inside).

    The paper's D never sees lightness. With ``conditional`` it also sees the three lightness
    feature maps, concatenated with ab.
    """

    def __init__(self, widths: Sequence[int] = (64, 128, 128), conditional: bool = False) -> None:
        super().__init__()
        self.conditional = conditional
        self.layers = nn.Sequential(
            *_convolutions(5 if conditional else 2, widths),
            _AveragePool(POOLED_SIZE),
            nn.Flatten(),
            nn.Linear(widths[-1] * POOLED_SIZE**2, 1),
        )

    def forward(
        self, ab: Float[Tensor, "n 2 h w"], features: Float[Tensor, "n 5 h w"]
    ) -> Float[Tensor, " n"]:
        """Logits; ``features`` are looked at only when ``conditional``."""
        seen = torch.cat([features[:, :3], ab], dim=1) if self.conditional else ab
        return self.layers(seen).squeeze(1)


class _AveragePool(nn.AdaptiveAvgPool2d):
    """PyTorch's layer, with a gradient that costs a twentieth of a training step less.

    Its own gradient is copied twice on the way to a channels_last input. The values are the same.
    """

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 - the name that nn.Module gives it
        height, width = input.shape[-2:]
        whole = height % POOLED_SIZE == 0 and width % POOLED_SIZE == 0
        return _BlockAverage.apply(input) if whole else super().forward(input)


class _BlockAverage(torch.autograd.Function):
    """The mean of each of 8×8 equal blocks."""

    @staticmethod
    def forward(ctx: FunctionCtx, maps: Tensor) -> Tensor:
        ctx.shape = maps.shape
        return adaptive_avg_pool2d(maps, POOLED_SIZE)

    @staticmethod
    def backward(ctx: FunctionCtx, gradient: Tensor) -> Tensor:
        n, channels, height, width = ctx.shape
        rows, columns = height // POOLED_SIZE, width // POOLED_SIZE
        blocks = (gradient / (rows * columns)).permute(0, 2, 3, 1)[:, :, None, :, None]
        spread = blocks.expand(n, POOLED_SIZE, rows, POOLED_SIZE, columns, channels)
        return spread.reshape(n, height, width, channels).permute(0, 3, 1, 2)


def receptive_field(network: nn.Module) -> int:
    """The width in pixels of what one output pixel of the network's convolutions depends on."""
    field, jump = 1, 1
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d):
            field += (layer.kernel_size[0] - 1) * layer.dilation[0] * jump
            jump *= layer.stride[0]
    return field


def count_parameters(network: nn.Module) -> int:
    """The number of trainable parameters."""
    return sum(parameter.numel() for parameter in network.parameters() if parameter.requires_grad)


def _convolutions(channels: int, widths: Sequence[int]) -> list[nn.Module]:
    layers: list[nn.Module] = []
    for width in widths:
        layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU(inplace=True)]
        channels = width
    return layers
