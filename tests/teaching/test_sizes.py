from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from sicgan_lite import Discriminator, Generator
from sicgan_lite.teaching import count_parameters, receptive_field


def seen_by_center(network: nn.Module, channels: int) -> Tensor:
    """Where the centre of 31×31 pixels looks, by its gradient; absolute weights, so that nothing cancels."""
    convolutions = nn.Sequential(*[layer for layer in network.modules() if isinstance(layer, nn.Conv2d)])
    for parameter in convolutions.parameters():
        parameter.data.abs_()
    image = torch.ones(1, channels, 31, 31, requires_grad=True)
    out = convolutions(image)
    out[..., out.shape[-2] // 2, out.shape[-1] // 2].sum().backward()
    assert image.grad is not None
    return image.grad.abs().sum((0, 1)) > 0


@pytest.mark.parametrize("widths", [(4,), (4, 4), (4, 4, 4)])
def test_the_receptive_field_is_what_a_pixel_depends_on(widths):
    for network, channels in ((Generator(widths), 5), (Discriminator(widths), 2)):
        seen = seen_by_center(network, channels)
        field = receptive_field(network)
        assert seen.sum() == field**2
        margin = (31 - field) // 2
        assert seen[margin : margin + field, margin : margin + field].all()


def test_strides_and_dilations_widen_the_field():
    network = nn.Sequential(nn.Conv2d(1, 1, 3, stride=2), nn.Conv2d(1, 1, 3, dilation=2), nn.Conv2d(1, 1, 5))
    assert receptive_field(network) == 3 + 2 * 4 + 2 * 4 == seen_by_center(network, 1).any(0).sum()


def test_only_trainable_parameters_are_counted():
    network = nn.Linear(3, 2)
    assert count_parameters(network) == 8
    network.bias.requires_grad = False
    assert count_parameters(network) == 6
