"""The step of a small preset against the strongest ordinary PyTorch: what one writes who knows every switch.

``python -m benchmarks.switches`` writes results/switches_PRESET.json and results/threads_PRESET.json. The
ordinary loop has bfloat16, channels_last, fused Adam, one pass of D over both halves and a frozen D, and its
patches wait in memory in that layout; then both networks are given to ``torch.compile``, too. It plays the
preset's game with PyTorch's own layers. Everything has one thread; ours has all, too, by the clock.
"""

from __future__ import annotations

import argparse
import copy
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits as bce
from torch.nn.functional import l1_loss

from benchmarks.tables import PRECISIONS
from benchmarks.timing import Seconds, interleave, load_average, ratio, record, spread
from benchmarks.training_step import profiles
from sicgan_lite import (
    Config,
    Discriminator,
    Generator,
    PatchSet,
    TrainState,
    sample_image,
    smooth_targets,
    train_step,
)
from sicgan_lite.devices import keep_freed_memory
from sicgan_lite.networks import POOLED_SIZE

PRESETS: dict[str, Callable[..., Config]] = {"quick": Config.quick, "photo": Config.photo}
KEPT = 64  # patches in memory, of which each batch takes some
EPOCHS = 10**6  # more than will be measured


def networks(config: Config, patches: PatchSet) -> tuple[Generator, Discriminator]:
    """The preset's networks with PyTorch's own layers alone, in channels_last."""
    with torch.random.fork_rng(devices=[]):
        net_g, net_d = Generator.from_config(config), Discriminator.from_config(config)
    if net_g.context:
        net_g.standardize(*map(torch.from_numpy, patches.context_statistics()))
    pooled = [type(layer).__name__ for layer in net_d.layers].index("AveragePool")
    net_d.layers[pooled] = nn.AdaptiveAvgPool2d(POOLED_SIZE)
    layout: Any = {"memory_format": torch.channels_last}
    return net_g.to(**layout), net_d.to(**layout)


class Loop:
    """The ordinary loop with every switch: ``step()`` is a step of it."""

    def __init__(self, config: Config, patches: PatchSet, *, bfloat16: bool, compiled: bool) -> None:
        self.config, self.bfloat16, self.count = config, bfloat16, config.batch_size
        self.net_g, self.net_d = networks(config, patches)
        self.mean = copy.deepcopy(self.net_g)
        self.call_g, self.call_d = (
            torch.compile(net, dynamic=False) if compiled else net for net in (self.net_g, self.net_d)
        )
        how: Any = {"betas": config.betas, "fused": True}
        self.adam_g = torch.optim.Adam(self.net_g.parameters(), lr=config.lr_generator, **how)
        self.adam_d = torch.optim.Adam(self.net_d.parameters(), lr=config.lr_discriminator, **how)
        parts = (torch.from_numpy(part) for part in patches[: max(KEPT, self.count)])
        self.features, self.targets = (part.to(memory_format=torch.channels_last) for part in parts)

    def step(self) -> None:
        """Draw, train D, train G, move the mean."""
        chosen = torch.randint(len(self.features), (self.count,))
        features, real = self.features[chosen], self.targets[chosen]
        with self._autocast():
            fake = self.call_g(self._shifted(features)).float()
        self._train_d(features, real, fake.detach())
        self._train_g(features, real, fake)
        if self.config.average_decay:
            for mean, now in zip(self.mean.parameters(), self.net_g.parameters(), strict=True):
                mean.data.lerp_(now.data, 1 - self.config.average_decay)

    def _train_d(self, features: Tensor, real: Tensor, fake: Tensor) -> None:
        self.adam_d.zero_grad()
        both = torch.cat([real, fake])
        noisy = both + self.config.noise_std * torch.randn(both.shape)
        labels = self._label(self.config.real_target), self._label(self.config.fake_target)
        loss = bce(self._judge(noisy, torch.cat([features, features])), torch.cat(labels))
        (2 * loss).backward()
        self.adam_d.step()

    def _train_g(self, features: Tensor, real: Tensor, fake: Tensor) -> None:
        self.net_d.requires_grad_(requires_grad=False)
        self.adam_g.zero_grad()
        loss = bce(self._judge(fake, features), self._label(self.config.generator_target))
        if self.config.l1_weight:
            loss = loss + self.config.l1_weight * l1_loss(fake, real)
        loss.backward()
        self.adam_g.step()
        self.net_d.requires_grad_(requires_grad=True)

    def _shifted(self, features: Tensor) -> Tensor:
        if self.config.feature_noise:
            shift = self.config.feature_noise * torch.randn(self.count, features.shape[1] - 5, 1, 1)
            features = torch.cat([features[:, :5], features[:, 5:] + shift * self.net_g.context_std], dim=1)
        return features

    def _judge(self, ab: Tensor, features: Tensor) -> Tensor:
        with self._autocast():
            return self.call_d(ab, features).float()

    def _label(self, target: float) -> Tensor:
        return smooth_targets(self.count, target, self.config.target_jitter, rng=torch.default_generator)

    def _autocast(self) -> torch.autocast:
        return torch.autocast("cpu", torch.bfloat16, enabled=self.bfloat16)


def measure(config: Config, rgb: np.ndarray, *, rounds: int, compiled: bool = True) -> dict[str, Any]:
    """Processor seconds of a step of each loop in each precision, on one thread, and ours against theirs."""
    patches = PatchSet(rgb, config, rng=np.random.default_rng(config.seed))
    contenders: dict[str, Callable[[], object]] = {}
    first: dict[str, float] = {}
    for name in PRECISIONS:
        state = TrainState.create(rgb, _endless(config, name), "cpu")
        contenders[f"ours, {name}"] = lambda state=state: train_step(state)
        for how in ("switches", "compiled")[: 1 + compiled]:
            loop = Loop(config, patches, bfloat16=name == "bfloat16", compiled=how == "compiled")
            begun = time.process_time()
            loop.step()
            first[f"{how}, {name}"] = time.process_time() - begun
            contenders[f"{how}, {name}"] = loop.step
    seconds = interleave(contenders, rounds, warm=3, clock=time.process_time)
    against = [name for name in contenders if not name.startswith("ours")]
    return {
        "settings": config.to_dict(),
        "rounds": rounds,
        "seconds": seconds,
        "first step": first,
        "ratios": {name: ratio(seconds, name, _ours(name))._asdict() for name in against},
    }


def threads(config: Config, rgb: np.ndarray, *, rounds: int, many: int) -> dict[str, Any]:
    """Seconds by the clock of a step on one thread and on many, in each precision."""
    contenders: dict[str, Callable[[], object]] = {}
    for name in PRECISIONS:
        state = TrainState.create(rgb, _endless(config, name), "cpu")
        for count in (1, many):
            contenders[f"{name}, {count}"] = lambda state=state, count=count: _step_on(state, count)
    seconds: Seconds = interleave(contenders, rounds, warm=3)
    torch.set_num_threads(1)
    faster = {n: ratio(seconds, f"{n}, 1", f"{n}, {many}")._asdict() for n in PRECISIONS}
    quiet = {n: min(seconds[f"{n}, 1"]) / min(seconds[f"{n}, {many}"]) for n in PRECISIONS}
    return {"threads": many, "rounds": rounds, "seconds": seconds, "faster": faster, "quickest": quiet}


def _step_on(state: TrainState, count: int) -> None:
    torch.set_num_threads(count)
    train_step(state)


def _endless(config: Config, precision: str) -> Config:
    return Config.from_dict(config.to_dict() | {"precision": precision, "epochs": EPOCHS})


def _ours(name: str) -> str:
    return f"ours, {name.partition(', ')[2]}"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("presets", nargs="*", default=list(PRESETS))
    parser.add_argument("--rounds", type=int, default=41)
    parser.add_argument("--no-compile", action="store_true", help="torch.compile takes minutes")
    options = parser.parse_args(arguments)
    keep_freed_memory()
    many, rgb = max(2, torch.get_num_threads()), sample_image("coffee")
    torch.set_num_threads(1)
    for name in options.presets:
        load, config = load_average(), PRESETS[name]()
        found = measure(config, rgb, rounds=options.rounds, compiled=not options.no_compile)
        found["profile"] = profiles(rgb, config)
        print(name, {key: spread(each).median for key, each in found["seconds"].items()}, flush=True)
        print(record(f"switches_{name}", found, load=load))
        print(record(f"threads_{name}", threads(config, rgb, rounds=options.rounds, many=many), load=load))


if __name__ == "__main__":
    main()
