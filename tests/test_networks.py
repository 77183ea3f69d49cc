from __future__ import annotations

from itertools import pairwise

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d, conv2d, linear

from sicgan_lite import PAPER_FEATURES, Config, Discriminator, Generator
from sicgan_lite.teaching import count_parameters, receptive_field


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
    with pytest.raises(ValueError, match=r"unknown feature 'sobal' \(did you mean 'sobel'\?\)"):
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


# --- options ------------------------------------------------------------------------------------


def plain_layers(generator: Generator, seen: Tensor) -> Tensor:
    """The layers of a generator, written out for kernels of any size."""
    weights = [(w, b) for (_, w), (_, b) in pairwise(generator.layers.named_parameters()) if w.ndim == 4]
    for number, (weight, bias) in enumerate(weights):
        seen = conv2d(seen, weight, bias, padding=weight.shape[-1] // 2)
        seen = seen if number == len(weights) - 1 else seen.clamp(min=0)
    return seen


@pytest.mark.parametrize(
    ("kernels", "sides", "field"),
    [((3,), [3, 3, 3], 7), ((3, 1), [3, 1, 1], 3), ((1,), [1, 1, 1], 1), ((5, 1, 3), [5, 1, 3], 7)],
)
def test_the_last_kernel_stands_for_all_that_follow(kernels, sides, field):
    generator = Generator((4, 3), kernel_sizes=kernels)
    assert [w.shape[-1] for w in generator.parameters() if w.ndim == 4] == sides
    assert receptive_field(generator) == field
    features = noise(2, 5, 9, 11)
    torch.testing.assert_close(generator(features), plain_layers(generator, features))


CONTEXT = ("blur_4", "spread_1")


def test_context_is_standardized_by_numbers_that_are_kept():
    generator = Generator((4,), features=("lightness", "sobel", "laplacian", "x", "y", *CONTEXT))
    mean, std = torch.tensor([0.3, -0.1]), torch.tensor([0.5, 1e-9])
    generator.standardize(mean, std)
    features = 3 * noise(2, 7, 8, 8)
    standard = (features[:, 5:] - mean.view(2, 1, 1)) / torch.tensor([0.5, 1e-3]).view(2, 1, 1)
    expected = torch.cat([features[:, :5], standard.clamp(-4, 4)], dim=1)
    torch.testing.assert_close(generator(features), plain_layers(generator, expected))
    again = Generator((4,), features=generator.features)
    again.load_state_dict(generator.state_dict())
    assert torch.equal(again(features), generator(features))


def test_of_the_papers_five_those_that_are_off_are_zero_beside_context():
    generator = Generator((4,), features=("lightness", *CONTEXT))
    features, other = noise(1, 7, 8, 8), noise(1, 7, 8, 8, seed=1)
    seen = []
    for place in range(7):
        changed = features.clone()
        changed[:, place] = other[:, place]
        seen.append(not torch.equal(generator(changed), generator(features)))
    assert seen == [True, False, False, False, False, True, True]


def test_z_is_a_number_for_each_patch_or_each_pixel():
    generator = Generator((4,), noise_channels=2)
    features, z = noise(3, 5, 8, 6), noise(3, 2, seed=1)
    at_pixels = z[:, :, None, None].expand(3, 2, 8, 6)
    expected = plain_layers(generator, torch.cat([features, at_pixels], dim=1))
    torch.testing.assert_close(generator(features, z), expected)
    torch.testing.assert_close(generator(features, at_pixels), expected)
    torch.testing.assert_close(generator(features), generator(features, torch.zeros(3, 2)))
    other = at_pixels.clone()
    other[0, 0, 0, 0] += 1
    assert not torch.equal(generator(features, other)[0], generator(features, z)[0])
    assert torch.equal(generator(features, other)[1:], generator(features, z)[1:])


@pytest.mark.parametrize(("channels", "shape"), [(2, (3, 1)), (2, (1, 2)), (2, (3, 2, 8, 8)), (0, (3, 1))])
def test_a_z_of_another_shape_is_refused(channels, shape):
    with pytest.raises(ValueError, match=rf"z must be of shape \(3, {channels}\) or .*, got \({shape[0]}, "):
        Generator((4,), noise_channels=channels)(noise(3, 5, 8, 6), torch.zeros(shape))


def test_units_leak_below_zero_where_they_are_asked_to():
    torch.manual_seed(0)
    leaky = Discriminator((3,), leaky_slope=0.2)
    torch.manual_seed(0)
    plain = Discriminator((3,))
    ab, features = noise(2, 2, 8, 8), noise(2, 5, 8, 8)
    weight, bias, dense, last = leaky.parameters()
    hidden = conv2d(ab, weight, bias, padding=1)
    expected = linear(torch.maximum(hidden, 0.2 * hidden).flatten(1), dense, last)[:, 0]
    torch.testing.assert_close(leaky(ab, features), expected)
    torch.testing.assert_close(plain(ab, features), linear(hidden.clamp(min=0).flatten(1), dense, last)[:, 0])


def test_networks_are_those_of_the_config():
    config = Config(
        size=24,
        generator_widths=(4, 6),
        discriminator_widths=(5,),
        features=("x", "blur_1"),
        noise_channels=3,
        kernel_sizes=(5, 1),
        width=240,
        leaky_slope=0.1,
        conditional=True,
    )
    generator, discriminator = Generator.from_config(config), Discriminator.from_config(config)
    for name in ("size", "features", "noise_channels", "kernel_sizes", "width"):
        assert getattr(generator, name) == getattr(config, name)
    assert (generator.widths, discriminator.conditional, discriminator.leaky_slope) == ((4, 6), True, 0.1)
    assert generator.context == ("blur_1",)
    assert next(generator.parameters()).shape == (4, 5 + 1 + 3, 5, 5)
