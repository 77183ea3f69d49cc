from __future__ import annotations

import numpy as np
import pytest
import torch
from support.tiny import photo, tiny_config

from sicgan_lite import CONTEXT_FEATURES, Generator, rgb_to_lab
from tools import photo_painters


@pytest.fixture
def line(monkeypatch) -> Generator:
    """A generator whose ab is a line in lightness, (0.3 L + 5, 8 − 0.1 L)."""
    monkeypatch.setattr(
        photo_painters,
        "predict_ab",
        lambda _, lightness: np.stack([0.3 * lightness + 5, 8 - 0.1 * lightness], -1).astype(np.float32),
    )
    with torch.random.fork_rng():
        return Generator.from_config(tiny_config(features=("lightness", *CONTEXT_FEATURES[:3]), width=20))


def test_a_line_in_lightness_is_what_guided_upsampling_keeps(line):
    lightness = rgb_to_lab(photo(48, 60))[..., 0]
    seen = np.ones(lightness.shape, bool)
    painted = photo_painters.guided(line, lightness, seen, radius=1, eps=1e-9)
    np.testing.assert_allclose(painted, photo_painters.own(line, lightness, seen), atol=0.05)


def test_what_is_near_keeps_its_color_and_what_is_far_loses_it(line):
    lightness = rgb_to_lab(photo(48, 60))[..., 0]
    seen = np.indices(lightness.shape)[1] < 40
    lightness[:, 50:] = 100 * (np.indices(lightness.shape).sum(0)[:, 50:] % 2)  # nothing like it was seen
    own = photo_painters.own(line, lightness, seen)
    np.testing.assert_array_equal(photo_painters.shrunk(line, lightness, seen, far=1e9), own)
    share = photo_painters.shrunk(line, lightness, seen, far=1.0)[..., 0] / own[..., 0]
    assert share[:, 56:].mean() < 0.6 * share[:, :36].mean()
