from __future__ import annotations

import numpy as np
import pytest
from support.tiny import photo, tiny_config, tiny_state

from sicgan_lite import TrainState, colorize, predict_ab
from sicgan_lite.arrays.kinds import check_kind
from sicgan_lite.config import Config

GENERATOR = "generator must be a Generator, got a value of type {}: load_generator"


def test_a_value_of_its_kind_passes():
    check_kind(tiny_config(), Config, "config")


@pytest.mark.usefixtures("unchecked")
def test_a_state_or_a_path_is_no_generator():
    state = tiny_state()
    with pytest.raises(ValueError, match=GENERATOR.format("TrainState")):
        colorize(state, photo())  # pyright: ignore[reportArgumentType]
    with pytest.raises(ValueError, match=GENERATOR.format("str")):
        predict_ab("model.safetensors", np.zeros((3, 3), np.float32))  # pyright: ignore[reportArgumentType]


@pytest.mark.usefixtures("unchecked")
def test_a_dict_is_no_config():
    with pytest.raises(ValueError, match=r"config must be a Config, .* dict: .*from_dict\(settings\) makes"):
        TrainState.create(photo(), {"size": 8}, "cpu")  # pyright: ignore[reportArgumentType]


@pytest.mark.usefixtures("unchecked")
def test_a_whole_number_of_numpy_is_a_size():
    state = tiny_state()
    expected = colorize(state.generator, photo(), size=8)
    assert np.array_equal(colorize(state.generator, photo(), size=np.int64(8)), expected)  # pyright: ignore[reportArgumentType]
