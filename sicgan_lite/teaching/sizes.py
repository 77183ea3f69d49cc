"""How large a network is: what one of its output pixels sees, and how many weights it has."""

from torch import nn


def receptive_field(network: nn.Module) -> int:
    """The width in pixels of what one output pixel of the convolutions of ``network`` depends on."""
    field, jump = 1, 1
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d):
            field += (layer.kernel_size[0] - 1) * layer.dilation[0] * jump
            jump *= layer.stride[0]
    return field


def count_parameters(network: nn.Module) -> int:
    """The number of trainable parameters of ``network``."""
    return sum(parameter.numel() for parameter in network.parameters() if parameter.requires_grad)
