"""Every setting of an experiment, in one frozen value that travels with the weights."""

from __future__ import annotations

import dataclasses
import math
import sys
from dataclasses import dataclass
from typing import Any

PAPER_FEATURES = ("lightness", "sobel", "laplacian", "x", "y")
TRANSFORM_SETS = ("paper", "all")
PRECISIONS = ("auto", "float32", "bfloat16")
MAX_SEED = 2**63 - 1  # the largest that both NumPy and torch take
# A generator may come from a stranger: what its settings ask for must fit a laptop's memory.
MAX_SIZE, MAX_LAYERS, MAX_WIDTH = 1024, 16, 1024

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The settings of one training run; the defaults are the paper's.

    ``size`` is in pixels, ``min_distance`` in pixels between origins, ``noise_std`` in units of the
    scaled ab (ab / 110), ``holdout`` is (top, left, bottom, right) in fractions of the image, and
    ``num_patches`` counts patches after augmentation. Errors: ValueError that names the field, its
    value and the limit.
    """

    size: int = 128
    num_patches: int = 5000
    epochs: int = 20
    batch_size: int = 32
    min_distance: float | None = None
    transforms: str = "paper"
    generator_widths: tuple[int, ...] = (64, 128, 128)
    discriminator_widths: tuple[int, ...] = (64, 128, 128)
    lr_generator: float = 1e-4
    lr_discriminator: float = 4e-4
    betas: tuple[float, float] = (0.5, 0.999)
    real_target: float = 0.9
    fake_target: float = 0.0
    generator_target: float = 1.0
    target_jitter: float = 0.05
    noise_std: float = 0.1
    noise_in_generator_step: bool = False
    conditional: bool = False
    l1_weight: float = 0.0
    adversarial_weight: float = 1.0
    features: tuple[str, ...] = PAPER_FEATURES
    holdout: tuple[float, float, float, float] | None = None
    precision: str = "auto"
    seed: int = 0

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            object.__setattr__(self, field.name, _plain(getattr(self, field.name)))
        _check_counts(self)
        _check_reals(self)
        _check_choices(self)
        _check_holdout(self.holdout)

    @classmethod
    def paper(cls, **changes: Any) -> Config:
        """The paper's experiment: 5000 patches of 128×128, 20 epochs of 157 batches."""
        return cls(**changes)

    @classmethod
    def laptop(cls, **changes: Any) -> Config:
        """The paper's schedule with a quarter of its widths: an hour or two on two CPU cores."""
        return cls(**LAPTOP | changes)

    @classmethod
    def quick(cls, **changes: Any) -> Config:
        """A small experiment that trains in half a minute on two CPU cores."""
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
        plain = dataclasses.asdict(self)
        return {k: list(v) if isinstance(v, tuple) else v for k, v in plain.items()}

    @classmethod
    def from_dict(cls, settings: dict[str, Any]) -> Config:
        """The config that ``to_dict`` wrote. Errors: ValueError for anything else."""
        if not isinstance(settings, dict):
            raise ValueError(f"a dict of Config fields is wanted, got {type(settings).__name__}")
        known = {field.name for field in dataclasses.fields(cls)}
        unknown = [name for name in settings if name not in known]
        if unknown:
            raise ValueError(f"unknown Config field {unknown[0]!r}; the fields are {sorted(known)}")
        values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in settings.items()}
        return cls(**values)


def target_range(target: float, jitter: float) -> tuple[float, float]:
    """The ends of [target − jitter, target + jitter] ∩ [0, 1], where a target is drawn from."""
    return max(0.0, target - jitter), min(1.0, target + jitter)


def _plain(value: Any) -> Any:
    """NumPy's floats and strings as Python's: no checkpoint that holds NumPy's could be read safely."""
    if isinstance(value, tuple):
        return tuple(_plain(part) for part in value)
    for kind in (float, str):
        if isinstance(value, kind):
            return kind(value)
    return value


def _require(ok: bool, field: str, value: object, limit: str) -> None:
    if not ok:
        raise ValueError(f"Config.{field} must be {limit}, got {value!r}")


def _is_int(value: Any, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _is_real(value: Any, low: float, high: float = sys.float_info.max) -> bool:
    # Comparing turns away NaN, infinities and whole numbers too large for a float.
    real = isinstance(value, (int, float)) and not isinstance(value, bool)
    return real and low <= value <= high


def _check_counts(config: Config) -> None:
    least = {"size": 8, "num_patches": 1, "epochs": 1, "batch_size": 1, "seed": 0}
    for field, low in least.items():
        value = getattr(config, field)
        _require(_is_int(value, low), field, value, f"a whole number of at least {low}")
    _require(config.size <= MAX_SIZE, "size", config.size, f"at most {MAX_SIZE}")
    _require(config.seed <= MAX_SEED, "seed", config.seed, f"at most {MAX_SEED}")
    for field in ("generator_widths", "discriminator_widths"):
        value = getattr(config, field)
        ok = isinstance(value, tuple) and 0 < len(value) <= MAX_LAYERS
        ok = ok and all(_is_int(width, 1) and width <= MAX_WIDTH for width in value)
        _require(ok, field, value, f"a tuple of 1 to {MAX_LAYERS} whole numbers from 1 to {MAX_WIDTH}")


def _check_reals(config: Config) -> None:
    for field in ("lr_generator", "lr_discriminator"):
        value = getattr(config, field)
        _require(_is_real(value, 0) and value > 0, field, value, "a finite number above 0")
    for field in ("real_target", "fake_target", "generator_target", "target_jitter"):
        value = getattr(config, field)
        _require(_is_real(value, 0, 1), field, value, "a number in [0, 1]")
    for field in ("noise_std", "l1_weight", "adversarial_weight"):
        value = getattr(config, field)
        _require(_is_real(value, 0), field, value, "a finite number of at least 0")
    weighted = config.l1_weight > 0 or config.adversarial_weight > 0
    _require(weighted, "adversarial_weight", config.adversarial_weight, "above 0 when l1_weight is 0")
    distance = config.min_distance
    ok = distance is None or _is_real(distance, 0)
    _require(ok, "min_distance", distance, "None or a finite number of at least 0 (pixels)")
    betas = config.betas
    ok = isinstance(betas, tuple) and len(betas) == 2 and all(_is_real(b, 0) and b < 1 for b in betas)
    _require(ok, "betas", betas, "two numbers in [0, 1)")


def _check_choices(config: Config) -> None:
    for field, choices in (("transforms", TRANSFORM_SETS), ("precision", PRECISIONS)):
        value = getattr(config, field)
        _require(isinstance(value, str) and value in choices, field, value, f"one of {choices}")
    for field in ("noise_in_generator_step", "conditional"):
        value = getattr(config, field)
        _require(isinstance(value, bool), field, value, "True or False")
    chosen = config.features
    ok = isinstance(chosen, tuple) and len(chosen) > 0 and all(isinstance(name, str) for name in chosen)
    ok = ok and chosen == tuple(name for name in PAPER_FEATURES if name in chosen)
    _require(ok, "features", chosen, f"one or more of {PAPER_FEATURES}, in this order")


def _check_holdout(holdout: Any) -> None:
    limit = "None or (top, left, bottom, right) with 0 <= top < bottom <= 1 and 0 <= left < right <= 1"
    if holdout is None:
        return
    ok = isinstance(holdout, tuple) and len(holdout) == 4 and all(_is_real(f, 0, 1) for f in holdout)
    _require(ok, "holdout", holdout, limit)
    top, left, bottom, right = holdout
    _require(top < bottom and left < right, "holdout", holdout, limit)
