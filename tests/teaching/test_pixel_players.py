from __future__ import annotations

import pytest
import torch
from torch import nn

from sicgan_lite.teaching.pixel_players import mlp, optimizer_for, update


@pytest.mark.parametrize(("leak", "kept"), [(0.0, 0.0), (0.2, 0.2)])
def test_a_unit_lets_its_share_of_what_is_negative_through(leak, kept):
    network = mlp(1, 1, leak)
    assert [tuple(p.shape) for p in network.parameters()] == [(24, 1), (24,), (24, 24), (24,), (1, 24), (1,)]
    for unit in (network[1], network[3]):
        assert unit(torch.tensor([-3.0, 2.0])).tolist() == pytest.approx([-3 * kept, 2])


@pytest.mark.parametrize(("kind", "moved"), [("sgd", 0.1 * 6), ("adam", 0.1)])
def test_an_update_goes_down_the_loss_and_a_rate_of_zero_rests(kind, moved):
    """The slope of w² at 3 is 6; the first step of Adam is its rate, if it has not counted the rest."""
    number = nn.Linear(1, 1, bias=False)
    number.weight.data.fill_(3.0)
    player = optimizer_for(number, kind)
    for rate in (0.0, 0.1):
        update(player, number.weight.square().sum(), rate)
    assert number.weight.item() == pytest.approx(3 - moved, rel=1e-5)
