from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d, conv2d, linear

from sicgan_lite import PAPER_FEATURES, Discriminator, Generator, count_parameters, receptive_field


def noise(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@pytest.fixture(autouse=True)
def same_weights():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        yield


def stack(network: nn.Module, seen: Tensor, *, last: int) -> Tensor:
    """Convolutions in the order of the weights, ReLU after all but number ``last``."""
    for number, (name, weight) in enumerate((n, w) for n, w in network.state_dict().items() if w.ndim == 4):
        seen = conv2d(seen, weight, network.state_dict()[name.replace("weight", "bias")], padding=1)
        seen = seen if number == last else seen.clamp(min=0)
    return seen


def test_sizes_are_those_of_the_published_experiment():
    assert count_parameters(Generator()) == 226_690
    assert count_parameters(Discriminator()) == 230_849
    assert receptive_field(Generator()) == 9
    assert receptive_field(Discriminator()) == 7


@pytest.mark.parametrize("size", [(1, 1), (5, 9), (16, 16), (33, 20)])
def test_the_generator_is_a_stack_of_convolutions_with_relu(size):
    generator = Generator((6, 4))
    features = noise(2, 5, *size)
    ab = generator(features)
    assert ab.shape == (2, 2, *size)
    torch.testing.assert_close(ab, stack(generator, features, last=2))


@pytest.mark.parametrize("conditional", [False, True])
@pytest.mark.parametrize("size", [8, 24])
def test_the_discriminator_is_convolutions_averages_and_one_sum(conditional, size):
    discriminator = Discriminator((6, 4), conditional)
    ab, features = noise(3, 2, size, size), noise(3, 5, size, size, seed=1)
    seen = torch.cat([features[:, :3], ab], dim=1) if conditional else ab
    blocks = stack(discriminator, seen, last=99).reshape(3, 4, 8, size // 8, 8, size // 8).mean((3, 5))
    weights = discriminator.state_dict()
    name = next(n for n, w in weights.items() if w.ndim == 2)
    expected = linear(blocks.reshape(3, -1), weights[name], weights[name.replace("weight", "bias")])[:, 0]
    logits = discriminator(ab, features)
    assert logits.shape == (3,)
    torch.testing.assert_close(logits, expected)


@pytest.mark.parametrize("width", [1, 7, 8, 64, 100])
def test_the_discriminator_takes_any_size(width):
    assert Discriminator((4,))(noise(1, 2, width, 8), noise(1, 5, width, 8)).shape == (1,)


def test_no_output_is_squashed():
    generator, discriminator = Generator((4,)), Discriminator((4,))
    ab, features = 1e4 * noise(8, 2, 8, 8), 1e4 * noise(8, 5, 8, 8)
    assert generator(features).abs().max() > 100
    logits = discriminator(ab, features)
    assert logits.abs().max() > 100
    assert logits.min() < 0 < logits.max()


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


@pytest.mark.parametrize("off", PAPER_FEATURES)
def test_a_feature_that_is_off_is_not_looked_at(off):
    kept = tuple(name for name in PAPER_FEATURES if name != off)
    generator = Generator((6,), features=kept)
    features, other = noise(1, 5, 8, 8), noise(1, 5, 8, 8, seed=1)
    for place, name in enumerate(PAPER_FEATURES):
        changed = features.clone()
        changed[:, place] = other[:, place]
        same = torch.equal(generator(changed), generator(features))
        assert same == (name == off)


def test_an_unknown_feature_is_refused():
    with pytest.raises(ValueError, match=r"features are \('lightness', .*got 'sobal'"):
        Generator((2,), features=("lightness", "sobal"))


def test_a_feature_that_is_off_counts_as_zero():
    whole, ablated = Generator((6,)), Generator((6,), features=("lightness", "x"))
    ablated.load_state_dict(whole.state_dict())
    features = noise(1, 5, 8, 8)
    zeroed = features * torch.tensor([1.0, 0, 0, 1, 0]).view(-1, 1, 1)
    torch.testing.assert_close(ablated(features), whole(zeroed))


def test_the_argument_is_left_alone():
    features, ab = noise(1, 5, 8, 8), noise(1, 2, 8, 8)
    before = features.clone(), ab.clone()
    Generator((4,), features=("x",))(features)
    Discriminator((4,))(ab, features)
    assert torch.equal(features, before[0])
    assert torch.equal(ab, before[1])


def test_the_papers_discriminator_never_sees_lightness():
    ab, features, other = noise(2, 2, 8, 8), noise(2, 5, 8, 8), noise(2, 5, 8, 8, seed=1)
    plain, conditional = Discriminator((4,)), Discriminator((4,), conditional=True)
    assert torch.equal(plain(ab, features), plain(ab, other))
    assert not torch.equal(conditional(ab, features), conditional(ab, other))
    lightness_alike = torch.cat([features[:, :3], other[:, 3:]], dim=1)  # coordinates are not for D
    assert torch.equal(conditional(ab, features), conditional(ab, lightness_alike))


def test_a_generator_knows_how_it_was_trained():
    generator = Generator([4, 6], 24, ["x", "y"])
    assert (generator.widths, generator.size, generator.features) == ((4, 6), 24, ("x", "y"))
    assert all(name.endswith(("weight", "bias")) for name in generator.state_dict())


@pytest.mark.parametrize("size", [(8, 8), (16, 64), (24, 40), (9, 16), (33, 20)])
def test_the_gradient_of_the_averages_is_that_of_adaptive_pooling(size):
    pool = next(m for m in Discriminator((6, 4)).modules() if isinstance(m, nn.AdaptiveAvgPool2d))
    maps, weights = noise(2, 3, *size).double(), noise(2, 3, 8, 8, seed=1).double()
    ours, theirs = maps.clone().requires_grad_(), maps.clone().requires_grad_()
    (pool(ours) * weights).sum().backward()
    (adaptive_avg_pool2d(theirs, 8) * weights).sum().backward()
    assert torch.equal(pool(maps), adaptive_avg_pool2d(maps, 8))
    torch.testing.assert_close(ours.grad, theirs.grad)


def test_the_gradient_of_the_averages_keeps_the_layout():
    # Were it contiguous, every layer below would copy it: a twentieth of a training step.
    pool = next(m for m in Discriminator((6, 4)).modules() if isinstance(m, nn.AdaptiveAvgPool2d))
    maps = noise(2, 3, 16, 16).to(memory_format=torch.channels_last).requires_grad_()
    gradients: list[Tensor] = []
    maps.register_hook(gradients.append)
    pool(maps).sum().backward()
    assert gradients[0].is_contiguous(memory_format=torch.channels_last)
