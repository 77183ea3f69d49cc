"""The loop that this library is compared with: what public PyTorch GAN examples do, in their order.

Everything is float32 and contiguous. A ``DataLoader`` shuffles patches that lie in memory. D sees real
and generated patches in two passes. In G's step D's own gradients are computed too, and thrown away.
The networks, targets, noise and learning rates are ours, so that only the way of computing differs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from sicgan_lite import Config, PatchSet, smooth_targets
from sicgan_lite.networks import POOLED_SIZE


def generator(widths: Sequence[int]) -> nn.Sequential:
    """G of layers as PyTorch has them."""
    return nn.Sequential(*_convolutions(5, widths), nn.Conv2d(widths[-1], 2, 3, padding=1))


def discriminator(widths: Sequence[int]) -> nn.Sequential:
    """D of layers as PyTorch has them."""
    pool, dense = nn.AdaptiveAvgPool2d(POOLED_SIZE), nn.Linear(widths[-1] * POOLED_SIZE**2, 1)
    return nn.Sequential(*_convolutions(2, widths), pool, nn.Flatten(), dense)


def load(patches: PatchSet, batch_size: int) -> DataLoader[tuple[Tensor, ...]]:
    """Shuffled batches of patches that have all been cut beforehand."""
    features, targets = patches[:]
    data = TensorDataset(torch.from_numpy(features), torch.from_numpy(targets))
    return DataLoader(data, batch_size, shuffle=True, drop_last=True)


def train(
    net_g: nn.Module, net_d: nn.Module, loader: Iterable[Sequence[Tensor]], config: Config
) -> Iterator[tuple[float, float]]:
    """The losses of D and of G, step after step, for ever."""
    criterion = nn.BCEWithLogitsLoss()
    optimizer_g = torch.optim.Adam(net_g.parameters(), lr=config.lr_generator, betas=config.betas)
    optimizer_d = torch.optim.Adam(net_d.parameters(), lr=config.lr_discriminator, betas=config.betas)
    rng = torch.Generator().manual_seed(config.seed)

    def label(target: float) -> Tensor:
        return smooth_targets(config.batch_size, target, config.target_jitter, rng=rng)

    def noisy(ab: Tensor) -> Tensor:
        return ab + config.noise_std * torch.randn(ab.shape, generator=rng)

    while True:
        for features, real in loader:
            # D: on real patches, then on generated ones.
            optimizer_d.zero_grad()
            loss_real = criterion(net_d(noisy(real)).squeeze(1), label(config.real_target))
            loss_real.backward()
            fake = net_g(features)
            loss_fake = criterion(net_d(noisy(fake.detach())).squeeze(1), label(config.fake_target))
            loss_fake.backward()
            optimizer_d.step()

            # G: against the new D.
            optimizer_g.zero_grad()
            loss_g = criterion(net_d(fake).squeeze(1), label(config.generator_target))
            loss_g.backward()
            optimizer_g.step()
            yield loss_real.item() + loss_fake.item(), loss_g.item()


def _convolutions(channels: int, widths: Sequence[int]) -> list[nn.Module]:
    layers: list[nn.Module] = []
    for width in widths:
        layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU(inplace=True)]
        channels = width
    return layers
