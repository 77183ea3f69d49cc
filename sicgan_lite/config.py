"""Every setting of an experiment, in one frozen value that travels with the weights."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import sicgan_lite.arrays as must_be
from sicgan_lite.arrays import Limit, check_names, plain, preset, require

#: The five numbers that the paper's generator sees of a pixel, in their order.
PAPER_FEATURES = ("lightness", "sobel", "laplacian", "x", "y")
#: Blurs and local spreads of lightness; the number is the standard deviation of the Gaussian in pixels.
CONTEXT_FEATURES = tuple(f"{kind}_{sigma}" for kind in ("blur", "spread") for sigma in (1, 2, 4, 8, 16, 32))
OBJECTIVES = ("non-saturating", "minimax")
MAX_SEED = 2**63 - 1  # the largest that both NumPy and torch take
# A generator may come from a stranger: what its settings ask for must fit a laptop's memory.
MAX_SIZE, MAX_LAYERS, MAX_WIDTH, MAX_NOISE, MAX_PIXELS = 1024, 16, 1024, 64, 2**14
WIDTHS = must_be.several(must_be.whole(1, MAX_WIDTH), 1, MAX_LAYERS)
KERNELS = must_be.several(must_be.one_of((1, 3, 5, 7, 9, 11)), 1, MAX_LAYERS + 1)
FEATURES = must_be.in_order(PAPER_FEATURES + CONTEXT_FEATURES)

# What each preset changes in the paper's settings.
LAPTOP: dict[str, Any] = {"generator_widths": (16, 32, 32), "discriminator_widths": (16, 32, 32)}
QUICK: dict[str, Any] = {
    "size": 64,
    "num_patches": 6400,  # each seen once: a quarter as many, seen four times, does much worse
    "epochs": 1,
    "generator_widths": (16, 16),
    "discriminator_widths": (8, 16),
    "lr_generator": 3e-3,
    "lr_discriminator": 3e-3,
}
# Chosen on three photographs and measured on others: tools/measure_photo.py.
PHOTO: dict[str, Any] = {
    "size": 32,
    "num_patches": 4800,
    "epochs": 1,
    "batch_size": 16,
    "min_distance": 0.0,
    "transforms": "all",
    "generator_widths": (32, 32),
    "kernel_sizes": (3, 1),
    "discriminator_widths": (8, 16),
    "lr_generator": 2e-2,
    "lr_discriminator": 1e-3,
    "betas": (0.9, 0.999),
    "conditional": True,
    "leaky_slope": 0.2,
    "l1_weight": 30.0,
    "features": ("lightness", "sobel", "laplacian", *CONTEXT_FEATURES),
    "feature_noise": 0.3,
    "average_decay": 0.98,
    "schedule": "one-cycle",
    "width": 240,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The settings of one training run; the defaults are the paper's.

    The fields after ``seed`` are not the paper's: their defaults leave it as it is. Errors: ValueError
    that names the field, its value and the limit, or a name that is no field.
    """

    size: Annotated[int, must_be.whole(8, MAX_SIZE)] = 128  #: side of a patch in pixels
    num_patches: Annotated[int, must_be.whole(1)] = 5000  #: patches of the photograph, after augmentation
    epochs: Annotated[int, must_be.whole(1)] = 20  #: times that each patch is seen
    batch_size: Annotated[int, must_be.whole(1)] = 32  #: patches in a step
    #: least distance of two origins in pixels; None: as far as surely fits
    min_distance: Annotated[float | None, must_be.or_none(must_be.up_to(1e6))] = None
    #: "paper" (six) or "all" (eight symmetries)
    transforms: Annotated[str, must_be.one_of(("paper", "all"))] = "paper"
    generator_widths: Annotated[tuple[int, ...], WIDTHS] = (64, 128, 128)  #: channels of G's layers
    discriminator_widths: Annotated[tuple[int, ...], WIDTHS] = (64, 128, 128)  #: channels of D's layers
    lr_generator: Annotated[float, must_be.POSITIVE] = 1e-4  #: G's learning rate
    lr_discriminator: Annotated[float, must_be.POSITIVE] = 4e-4  #: D's learning rate
    #: Adam's, of both
    betas: Annotated[tuple[float, float], must_be.several(must_be.BELOW_1, 2, 2)] = (0.5, 0.999)
    #: what D is told of real patches; below 1: one-sided label smoothing
    real_target: Annotated[float, must_be.SHARE] = 0.9
    fake_target: Annotated[float, must_be.SHARE] = 0.0  #: what D is told of generated patches
    generator_target: Annotated[float, must_be.SHARE] = 1.0  #: what G wants D to say
    target_jitter: Annotated[float, must_be.SHARE] = 0.05  #: targets are drawn as far as this from the above
    #: instance noise on what D sees, in units of ab / 110
    noise_std: Annotated[float, must_be.up_to(4)] = 0.1
    noise_in_generator_step: Annotated[bool, must_be.FLAG] = False  #: whether G's step has that noise too
    conditional: Annotated[bool, must_be.FLAG] = False  #: whether D sees lightness
    #: weight in G's loss of the mean absolute error of its ab
    l1_weight: Annotated[float, must_be.AT_LEAST_0] = 0.0
    adversarial_weight: Annotated[float, must_be.AT_LEAST_0] = 1.0  #: weight of the game in G's loss
    #: the paper's five or some, then any of ``CONTEXT_FEATURES``
    features: Annotated[tuple[str, ...], FEATURES] = PAPER_FEATURES
    #: (top, left, bottom, right) in fractions: no patch touches it
    holdout: Annotated[tuple[float, float, float, float] | None, must_be.or_none(must_be.RECTANGLE)] = None
    #: "auto", "float32" or "bfloat16"
    precision: Annotated[str, must_be.one_of(("auto", "float32", "bfloat16"))] = "auto"
    seed: Annotated[int, must_be.whole(0, MAX_SEED)] = 0  #: of every random number
    noise_channels: Annotated[int, must_be.whole(0, MAX_NOISE)] = 0  #: numbers in z
    leaky_slope: Annotated[float, must_be.BELOW_1] = 0.0  #: of D's units below 0
    #: "non-saturating" or "minimax"
    generator_objective: Annotated[str, must_be.one_of(OBJECTIVES)] = "non-saturating"
    #: of a running mean of G's weights, which is then kept; 0: none
    average_decay: Annotated[float, must_be.BELOW_1] = 0.0
    #: "constant", "falling" or "one-cycle": multiplies both rates
    schedule: Annotated[str, must_be.one_of(("constant", "falling", "one-cycle"))] = "constant"
    discriminator_steps: Annotated[int, must_be.whole(1, 100)] = 1  #: steps of D before each of G
    #: pixels at which a larger photograph is learned; None: its own
    width: Annotated[int | None, must_be.or_none(must_be.whole(8, MAX_PIXELS))] = None
    #: of G's layers; the last stands for all that follow
    kernel_sizes: Annotated[tuple[int, ...], KERNELS] = (3,)
    #: shifts each context feature of a patch, in units of its spread
    feature_noise: Annotated[float, must_be.AT_LEAST_0] = 0.0

    if not TYPE_CHECKING:  # a type checker reads __init__, where every field has its name

        def __new__(cls, *_: Any, **settings: Any) -> Config:
            """Refuse a name that is no field, and say which may have been meant."""
            check_names(settings, cls.__slots__, "Config field")
            return object.__new__(cls)

    def __post_init__(self) -> None:
        for name, limit in LIMITS.items():
            object.__setattr__(self, name, plain(getattr(self, name)))
            require(limit, f"Config.{name}", getattr(self, name))
            object.__setattr__(self, name, plain(getattr(self, name), real=name in _FLOATS))
        if self.l1_weight == 0:
            alone = Limit(must_be.POSITIVE.accepts, "above 0 when l1_weight is 0")
            require(alone, "Config.adversarial_weight", self.adversarial_weight)
        layers = len(self.generator_widths) + 1
        one_each = Limit(lambda sizes: len(sizes) <= layers, f"at most {layers}, one for each of G's layers")
        require(one_each, "Config.kernel_sizes", self.kernel_sizes)

    @preset
    @classmethod
    def photo(cls, **changes: Any) -> Config:
        """What a person with a photograph wants: the best picture for a few seconds of one core.

        Not the paper's game: a conditional D beside an L1 loss, and context for G, at 240 pixels. A
        part of the photograph that it was not shown it colours no better than a table of lightnesses.
        ``changes`` are fields of Config.
        """
        return cls(**PHOTO | changes)

    @preset
    @classmethod
    def paper(cls, **changes: Any) -> Config:
        """The paper's experiment: 5000 patches of 128×128, 20 epochs of 157 batches.

        ``changes`` are fields of Config.
        """
        return cls(**changes)

    @preset
    @classmethod
    def laptop(cls, **changes: Any) -> Config:
        """The paper's schedule with a quarter of its widths: an hour or two on two CPU cores.

        ``changes`` are fields of Config.
        """
        return cls(**LAPTOP | changes)

    @preset
    @classmethod
    def quick(cls, **changes: Any) -> Config:
        """A small experiment that trains in half a minute on two CPU cores.

        ``changes`` are fields of Config.
        """
        return cls(**QUICK | changes)

    @property
    def batches_per_epoch(self) -> int:
        """Batches that one epoch takes; the last may be smaller than ``batch_size``."""
        return math.ceil(self.num_patches / self.batch_size)

    @property
    def total_steps(self) -> int:
        """Training steps in the whole run."""
        return self.epochs * self.batches_per_epoch

    @property
    def mean_targets(self) -> tuple[float, float, float]:
        """The mean targets (real, fake, generator), jitter included.

        BCE is linear in its target, so these are what the losses at chance depend on.
        """
        targets = (self.real_target, self.fake_target, self.generator_target)
        real, fake, generator = (sum(target_range(t, self.target_jitter)) / 2 for t in targets)
        return real, fake, generator

    def to_dict(self) -> dict[str, Any]:
        """The settings as plain values that JSON can hold."""
        settings = dataclasses.asdict(self).items()
        return {name: list(value) if isinstance(value, tuple) else value for name, value in settings}

    @classmethod
    def from_dict(cls, settings: dict[str, Any]) -> Config:
        """The config whose ``settings`` ``to_dict`` gave. Errors: ValueError for anything else."""
        if not isinstance(settings, dict):
            raise ValueError(f"a dict of Config fields is wanted, got {type(settings).__name__}")
        check_names(settings, cls.__slots__, "Config field")
        values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in settings.items()}
        return cls(**values)


#: What each field must be; what two of them must be together is asked in ``Config``.
LIMITS: dict[str, Limit] = {
    name: hint.__metadata__[0] for name, hint in get_type_hints(Config, include_extras=True).items()
}


_FLOATS = {name for name, hint in get_type_hints(Config).items() if "float" in str(hint)}


def target_range(target: float, jitter: float) -> tuple[float, float]:
    """The ends of [target − jitter, target + jitter] ∩ [0, 1], where a target is drawn from."""
    return max(0.0, target - jitter), min(1.0, target + jitter)
