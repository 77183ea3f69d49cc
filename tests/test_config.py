from __future__ import annotations

import dataclasses
import json
import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.typechecking import unchecked

from sicgan_lite import CONTEXT_FEATURES, PAPER_FEATURES, Config
from sicgan_lite.config import LIMITS
from sicgan_lite.files import shortly

PRESETS = [Config.paper, Config.laptop, Config.quick]
FEATURES = PAPER_FEATURES + CONTEXT_FEATURES
FIELDS = [field.name for field in dataclasses.fields(Config)]

fractions = st.floats(0, 1)
positive = st.floats(min_value=1e-12, max_value=1e6)
widths = st.lists(st.integers(1, 512), min_size=1, max_size=5).map(tuple)


@st.composite
def rectangles(draw: st.DrawFn) -> tuple[float, float, float, float]:
    top, bottom = sorted(draw(st.lists(fractions, min_size=2, max_size=2, unique=True)))
    left, right = sorted(draw(st.lists(fractions, min_size=2, max_size=2, unique=True)))
    return top, left, bottom, right


GOOD: dict[str, st.SearchStrategy[Any]] = {
    "size": st.integers(8, 1024),
    "num_patches": st.integers(1, 10**6),
    "epochs": st.integers(1, 10**4),
    "batch_size": st.integers(1, 10**4),
    "min_distance": st.none() | st.floats(0, 1e6) | st.integers(0, 1000),
    "transforms": st.sampled_from(["paper", "all"]),
    "generator_widths": widths,
    "discriminator_widths": widths,
    "lr_generator": positive,
    "lr_discriminator": positive,
    "betas": st.tuples(st.floats(0, 0.9999), st.floats(0, 0.9999)),
    "real_target": fractions,
    "fake_target": fractions,
    "generator_target": fractions,
    "target_jitter": fractions,
    "noise_std": st.floats(0, 4),
    "noise_in_generator_step": st.booleans(),
    "conditional": st.booleans(),
    "l1_weight": st.floats(0, 1e3),
    "adversarial_weight": positive,
    "features": st.sets(st.sampled_from(FEATURES), min_size=1).map(
        lambda chosen: tuple(sorted(chosen, key=FEATURES.index))
    ),
    "holdout": st.none() | rectangles(),
    "precision": st.sampled_from(["auto", "float32", "bfloat16"]),
    "seed": st.integers(0, 2**63 - 1),
    "noise_channels": st.integers(0, 64),
    "leaky_slope": st.floats(0, 0.999),
    "generator_objective": st.sampled_from(["non-saturating", "minimax"]),
    "average_decay": st.floats(0, 0.9999),
    "schedule": st.sampled_from(["constant", "falling", "one-cycle"]),
    "discriminator_steps": st.integers(1, 100),
    "width": st.none() | st.integers(8, 2**14),
    "kernel_sizes": st.lists(st.sampled_from([1, 3, 5]), min_size=1, max_size=2).map(tuple),
    "feature_noise": st.floats(0, 100),
}

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
anything = scalars | st.lists(scalars, max_size=5) | st.lists(scalars, max_size=5).map(tuple)


def config(field: str, value: Any) -> Config:
    settings: dict[str, Any] = {field: value}
    return Config(**settings)


def test_a_strategy_stands_for_every_field():
    assert list(GOOD) == FIELDS


@given(st.fixed_dictionaries({}, optional=GOOD))
def test_any_good_config_survives_json(settings):
    config = Config(**settings)
    assert Config.from_dict(json.loads(json.dumps(config.to_dict()))) == config


@given(st.sampled_from(FIELDS), anything)
def test_any_value_is_taken_as_it_is_or_refused_by_name(field, value):
    with unchecked():
        made = accepted(field, value)
    if made is not None:
        assert getattr(made, field) == value
        assert Config.from_dict(json.loads(json.dumps(made.to_dict()))) == made


def accepted(field: str, value: Any) -> Config | None:
    try:
        return config(field, value)
    except ValueError as error:
        if f"Config.{field} must be " in str(error) and f"got {value!r}" in str(error):
            return None
        raise


HUGE = 10**400  # no float holds it
NAN, INF = math.nan, math.inf
BAD: dict[str, list[Any]] = {
    "size": [7, 0, -64, 64.0, "64", True, None, 1025, 10**9],
    "num_patches": [0, -1, 2.5],
    "epochs": [0, 1.0],
    "batch_size": [0, None],
    "min_distance": [-0.1, 1_000_001, NAN, INF, HUGE, "None", True],
    "transforms": ["", "eight", "Paper", None, ("paper",), np.array(["paper", "all"])],
    "generator_widths": [(), (16, 0), (16, 2.5), [16, 32], 16, (True,), (16, 1025), (1,) * 17],
    "discriminator_widths": [(), (-1,), "16", (10**9,)],
    "lr_generator": [0, 0.0, -1e-4, NAN, INF, HUGE, "1e-4", True],
    "lr_discriminator": [0, -1.0, NAN],
    "betas": [(0.5,), (0.5, 1.0), (-0.1, 0.9), (0.5, NAN), 0.5, (0.5, 0.9, 0.9), [0.5, 0.9]],
    "real_target": [-0.01, 1.01, NAN, True],
    "fake_target": [-1e-9, 2],
    "generator_target": [1.0001, "1"],
    "target_jitter": [-0.05, 1.5, NAN],
    "noise_std": [-0.1, 4.01, 25.0, INF, NAN],
    "noise_in_generator_step": [0, 1, "no", None],
    "conditional": [0, 1, None],
    "l1_weight": [-1, NAN, HUGE],
    "adversarial_weight": [-1, 0, INF],
    "features": [
        (),
        ("lightness", "lightness"),
        ("sobel", "lightness"),
        ("hue",),
        ("blur_3",),
        ("blur_1", "lightness"),
        ("blur_2", "blur_1"),
        "lightness",
        ["x"],
        (np.zeros(2), "x"),
    ],
    "holdout": [
        (0, 0, 1),
        (0.5, 0, 0.5, 1),
        (0, 0.8, 1, 0.2),
        (0, 0, 1.1, 1),
        (0, NAN, 1, 1),
        [0, 0, 1, 1],
        "left",
        0.5,
    ],
    "precision": ["float16", "", None],
    "seed": [-1, 0.5, 2**63, HUGE, None],
    "noise_channels": [-1, 65, 1.0, True, None],
    "leaky_slope": [-0.1, 1, NAN],
    "generator_objective": ["", "hinge", None],
    "average_decay": [-0.1, 1.0, "0.9"],
    "schedule": ["cosine", None],
    "discriminator_steps": [0, 101, 1.5],
    "width": [7, 2**14 + 1, 240.0, True],
    "kernel_sizes": [(), (2,), (3, 13), (True,), (1.0,), [3], 3, (3, 3, 3, 3, 3)],
    "feature_noise": [-0.1, INF],
}


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    ("field", "value"), [(field, value) for field, values in BAD.items() for value in values]
)
def test_a_bad_value_is_refused_with_field_value_and_limit(field, value):
    with pytest.raises(ValueError, match=rf"^Config\.{field} must be .+, got ") as error:
        config(field, value)
    assert str(error.value).endswith(shortly(value))


def test_every_field_has_a_bad_value_and_a_limit_in_words():
    assert list(BAD) == list(LIMITS) == FIELDS
    assert all(limit.words for limit in LIMITS.values())


EDGES = {
    "size": 8,
    "generator_widths": (1024,) * 16,
    "min_distance": 0,
    "target_jitter": 1,
    "real_target": 1,
    "fake_target": 1,
    "noise_std": 0,
    "betas": (0, 0),
    "holdout": (0, 0, 1, 1),
    "seed": 2**63 - 1,
    "noise_channels": 64,
    "kernel_sizes": (11, 1, 1, 3),
    "width": 8,
    "features": FEATURES,
}


UPPER_EDGES = {
    "size": 1024,
    "num_patches": 1,
    "epochs": 1,
    "batch_size": 1,
    "min_distance": 1e6,
    "discriminator_widths": (1,) * 16,
    "noise_std": 4,
    "discriminator_steps": 100,
    "width": 2**14,
    "kernel_sizes": (1, 3, 5, 7),
    "features": ("lightness",),
}


@pytest.mark.parametrize(("field", "value"), [*EDGES.items(), *UPPER_EDGES.items()])
def test_a_limit_that_is_said_to_be_inside_is_inside(field, value):
    assert getattr(config(field, value), field) == value


def test_l1_alone_is_a_game_without_an_opponent():
    assert Config(adversarial_weight=0, l1_weight=1).adversarial_weight == 0
    with pytest.raises(ValueError, match="adversarial_weight must be above 0 when l1_weight is 0"):
        Config(adversarial_weight=0, l1_weight=0)


@pytest.mark.parametrize("field", FIELDS)
def test_nothing_can_be_changed_afterwards(field):
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(Config(), field, getattr(Config(), field))
    assert not hasattr(Config(), "__dict__")


def test_g_has_at_most_sixteen_layers_and_as_many_kernels_as_convolutions():
    assert Config(generator_widths=(8,) * 16, kernel_sizes=(1,) * 17).kernel_sizes == (1,) * 17
    with pytest.raises(ValueError, match="kernel_sizes must be a tuple of 1 to 17, each one of"):
        Config(generator_widths=(8,) * 16, kernel_sizes=(1,) * 18)


def test_only_keywords_are_taken(unchecked):
    with pytest.raises(TypeError):
        Config(128)  # pyright: ignore[reportCallIssue]


@pytest.mark.parametrize("preset", [*PRESETS, Config.photo])
def test_a_preset_can_be_changed_by_keyword(preset):
    assert preset(seed=7) == dataclasses.replace(preset(), seed=7)
    assert preset(size=96, generator_widths=(5,)).generator_widths == (5,)


def test_the_papers_settings_are_the_papers():
    paper = Config.paper()
    assert paper == Config()
    assert (paper.size, paper.num_patches, paper.epochs) == (128, 5000, 20)
    assert (paper.lr_generator, paper.lr_discriminator, paper.betas) == (1e-4, 4e-4, (0.5, 0.999))
    assert (paper.real_target, paper.fake_target, paper.generator_target) == (0.9, 0.0, 1.0)
    assert not paper.conditional
    assert not paper.noise_in_generator_step
    assert paper.l1_weight == 0
    # Table 1 counts 157 batches in each of 20 epochs.
    assert paper.batches_per_epoch == 157
    assert paper.total_steps == 3140


def test_smaller_presets_play_the_same_game():
    game = FIELDS[FIELDS.index("betas") :]
    paper, laptop, quick = (make() for make in PRESETS)
    for field in game:
        assert getattr(paper, field) == getattr(laptop, field) == getattr(quick, field)
    assert laptop.generator_widths == (16, 32, 32)
    assert (
        dataclasses.replace(paper, generator_widths=(16, 32, 32), discriminator_widths=(16, 32, 32)) == laptop
    )
    # What the book's recorded runs of "quick" were made with: another number would be another experiment.
    recorded = {"size": 64, "num_patches": 6400, "epochs": 1, "lr_generator": 3e-3, "lr_discriminator": 3e-3}
    recorded |= {"generator_widths": (16, 16), "discriminator_widths": (8, 16)}
    assert quick == dataclasses.replace(paper, **recorded)


@given(st.integers(1, 10**4), st.integers(1, 500), st.integers(1, 50))
def test_batches_cover_every_patch_once_an_epoch(patches, batch, epochs):
    config = Config(num_patches=patches, batch_size=batch, epochs=epochs)
    sizes = [len(range(patches)[start : start + batch]) for start in range(0, patches, batch)]
    assert config.batches_per_epoch == len(sizes)
    assert config.total_steps == epochs * len(sizes)


@pytest.mark.parametrize(
    ("targets", "jitter", "means"),
    [
        ((0.9, 0.0, 1.0), 0.05, (0.9, 0.025, 0.975)),
        ((0.9, 0.0, 1.0), 0.0, (0.9, 0.0, 1.0)),
        ((0.5, 0.5, 0.5), 1.0, (0.5, 0.5, 0.5)),
        ((0.9, 0.1, 1.0), 0.3, (0.8, 0.2, 0.85)),
    ],
)
def test_mean_targets_are_the_middles_of_what_is_drawn(targets, jitter, means):
    real, fake, generator = targets
    config = Config(real_target=real, fake_target=fake, generator_target=generator, target_jitter=jitter)
    assert config.mean_targets == pytest.approx(means, abs=1e-12)


@given(fractions, st.lists(fractions, min_size=2, max_size=4))
def test_mean_targets_rise_with_the_target(jitter, targets):
    means = [Config(real_target=t, target_jitter=jitter).mean_targets[0] for t in sorted(targets)]
    assert all(low <= high for low, high in pairwise(means))


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"sizes": 64}, r"unknown Config field 'sizes' \(did you mean 'size'\?\); the fields are .*'size'"),
        ({1: 2, "sizes": 3}, "unknown Config field 1"),
        ([("size", 64)], "a dict of Config fields is wanted, got list"),
        (3, "got int"),
        ({"size": "64"}, "Config.size must be"),
    ],
)
def test_another_dict_is_refused(settings, says):
    with pytest.raises(ValueError, match=says):
        Config.from_dict(settings)


def test_numpys_values_are_stored_as_pythons() -> None:
    """Or a checkpoint that holds them could be written and never read."""
    config = Config(
        noise_std=np.float64(0.3),
        betas=(np.float64(0.5), np.float64(0.9)),
        holdout=tuple(np.linspace(0.1, 0.9, 4)[[0, 1, 2, 3]]),
        precision=np.str_("float32"),
    )
    values = [config.noise_std, *config.betas, *(config.holdout or ()), config.precision]
    assert {type(value) for value in values} == {float, str}


@pytest.mark.usefixtures("unchecked")
def test_whole_numbers_of_numpy_are_taken() -> None:
    numbers: dict[str, Any] = {"epochs": np.int64(2), "generator_widths": (np.int32(4),), "seed": np.uint8(3)}
    whole = Config(**numbers)
    assert {type(value) for value in (whole.epochs, *whole.generator_widths, whole.seed)} == {int}
    assert whole == Config(epochs=2, generator_widths=(4,), seed=3)
    real: dict[str, Any] = {
        "l1_weight": np.float32(0.5),
        "conditional": np.True_,
        "betas": (np.float16(0), 0.5),
    }
    assert Config(**real) == Config(l1_weight=0.5, conditional=True, betas=(0.0, 0.5))
    assert {type(value) for value in (Config(**real).l1_weight, *Config(**real).betas)} == {float}


@pytest.mark.parametrize("make", [Config, *PRESETS, lambda **wrong: dataclasses.replace(Config(), **wrong)])
def test_a_name_that_is_no_field_is_told_which_was_meant(make):
    with pytest.raises(ValueError, match=r"unknown Config field 'epoch' \(did you mean 'epochs'\?\)"):
        make(epoch=3)


def test_the_beginning_of_names_is_told_all_of_them():
    meant = r"unknown Config field 'lr' \(did you mean 'lr_discriminator' or 'lr_generator'\?\)"
    with pytest.raises(ValueError, match=meant):
        Config.quick(lr=1e-3)  # pyright: ignore[reportCallIssue]
    with pytest.raises(ValueError, match="unknown Config field ''; the fields are"):
        Config.from_dict({"": 1})


def test_a_type_checker_knows_the_arguments_of_a_preset() -> None:
    """Pyright fails where an ignore is not needed: these lines are its test."""
    with pytest.raises(ValueError, match="unknown Config field"):
        Config.quick(epoch=3)  # pyright: ignore[reportCallIssue]
    with unchecked(), pytest.raises(ValueError, match=r"Config\.seed must be"):
        Config.laptop(seed="3")  # pyright: ignore[reportArgumentType]


OFF = {
    "noise_channels": 0,
    "leaky_slope": 0.0,
    "generator_objective": "non-saturating",
    "average_decay": 0.0,
    "schedule": "constant",
    "discriminator_steps": 1,
    "width": None,
    "kernel_sizes": (3,),
    "feature_noise": 0.0,
}


@pytest.mark.parametrize("preset", PRESETS)
def test_what_leaves_the_paper_is_off_in_the_papers_presets(preset):
    config = preset()
    assert {name: getattr(config, name) for name in OFF} == OFF
    assert config.features == PAPER_FEATURES
    assert FIELDS[24:] == list(OFF)


def test_settings_that_were_written_before_an_option_still_load():
    old = {k: v for k, v in Config.quick(seed=5).to_dict().items() if k not in OFF}
    assert Config.from_dict(old) == Config.quick(seed=5)


def test_context_reaches_from_one_pixel_to_thirty_two():
    powers = ("1", "2", "4", "8", "16", "32")
    assert [name.split("_") for name in CONTEXT_FEATURES] == [
        [kind, sigma] for kind in ("blur", "spread") for sigma in powers
    ]


def test_photo_is_a_game_with_a_conditional_discriminator():
    photo = Config.photo()
    assert (photo.conditional, photo.width, photo.features[3:]) == (True, 240, CONTEXT_FEATURES)
    assert photo.adversarial_weight > 0
    assert photo.total_steps == 300
