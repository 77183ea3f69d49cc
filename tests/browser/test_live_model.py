"""The page's SICGAN is the library's: one trajectory with train_step, gradients equal to differences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser, Page
from support.live import MODEL_SCRIPTS, open_scripts

from sicgan_lite import training
from sicgan_lite.config import PAPER_FEATURES, Config, target_range
from sicgan_lite.networks import Generator
from sicgan_lite.pictures.samples import sample_image
from sicgan_lite.training import TrainState, train_step

SMALL: dict[str, Any] = {
    "size": 16,
    "batch_size": 4,
    "num_patches": 240,
    "epochs": 1,
    "generator_widths": (6, 5),
    "discriminator_widths": (3, 7),
    "lr_generator": 3e-3,
    "lr_discriminator": 2e-3,
    "precision": "float32",
}
STEPS = 20
GAMES: dict[str, dict[str, Any]] = {
    "the paper's D": {},
    "a D that sees lightness": {"conditional": True},
    "L1 alone": {"l1_weight": 1.0, "adversarial_weight": 0.0},
    "both, without two features": {
        "l1_weight": 10.0,
        "conditional": True,
        "features": ("lightness", "laplacian", "y"),
    },
    "context, z, leaky units, a mean of weights": {
        "features": (*PAPER_FEATURES, "blur_2", "spread_1", "spread_8"),
        "feature_noise": 0.3,
        "noise_channels": 2,
        "leaky_slope": 0.2,
        "kernel_sizes": (5, 1),
        "schedule": "one-cycle",
        "average_decay": 0.9,
        "l1_weight": 1.0,
    },
}

# The same weights and draws as in Python: what the page makes of them.
PLAY = """({config, total, standard, generator, discriminator, batches}) => {
  const {createShare, createAdam, rateFactor, follow} = sicganModel;
  const share = createShare(config, 5 + standard.means.length, config.batch_size, standard);
  const g = Float64Array.from(generator), d = Float64Array.from(discriminator), average = g.slice();
  const adamG = createAdam(g.length, config.betas), adamD = createAdam(d.length, config.betas);
  const records = batches.map((batch, step) => {
    const factor = rateFactor(config.schedule, step / total);
    batch.forEach((patch, i) => share.load(i, patch));
    const onD = share.judgeAndLearn(g, d);
    adamD(d, onD.gradient, factor * config.lr_discriminator);
    const onG = share.learnToFool(d);
    adamG(g, onG.gradient, factor * config.lr_generator);
    follow(average, g, config.average_decay, step + 1);
    return [onD.loss, onG.loss, onD.realScore, onD.fakeScore];
  });
  return {records, generator: Array.from(g), discriminator: Array.from(d), average: Array.from(average)};
}"""

# Central differences of what each player descends, along some of its parameters.
DIFFERENCES = """({config, inputs}) => {
  const {createShare, createParameters} = sicganModel, random = sicganColor.createRandom(7);
  const [g, d] = createParameters(config, inputs, random), n = config.size ** 2;
  const draw = length => Float64Array.from({length}, random.normal);
  const share = createShare(config, inputs, config.batch_size);
  for (let i = 0; i < config.batch_size; i++) share.load(i, {
    features: draw(inputs * n), ab: draw(2 * n), z: [random.normal()].slice(0, config.noise_channels),
    noises: [draw(2 * n), draw(2 * n)], targets: [0.9, 0.1, 0.8],
  });
  const ofD = () => share.judgeAndLearn(g, d), ofG = () => { ofD(); return share.learnToFool(d); };
  return [[d, ofD], [g, ofG]].map(([parameters, play]) => {
    const computed = Array.from(play().gradient), measured = [];
    for (let i = 0; i < parameters.length; i++) {
      const value = parameters[i], h = 1e-6;
      parameters[i] = value + h; const above = play().loss;
      parameters[i] = value - h; const below = play().loss;
      parameters[i] = value;
      measured.push((above - below) / (2 * h));
    }
    return [computed, measured];
  });
}"""


@pytest.fixture(scope="module")
def model(browser: Browser) -> Iterator[Page]:
    with open_scripts(browser, MODEL_SCRIPTS) as page:
        yield page


def flat(network: torch.nn.Module) -> np.ndarray:
    return torch.cat([p.detach().contiguous().ravel() for p in network.parameters()]).numpy().copy()


def measures(generator: Generator) -> dict[str, list[float]]:
    """By what the generator measures its context features."""
    if not generator.context:
        return {"means": [], "stds": []}
    parts = {"means": generator.context_mean, "stds": generator.context_std}
    return {name: values.ravel().tolist() for name, values in parts.items()}


class Twin:
    """train_step in double precision, and a record of all that was drawn in it."""

    def __init__(self, config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
        self.state = TrainState.create(sample_image("coffee")[100:180, 200:300], config, device="cpu")
        for name, rate in (("generator", config.lr_generator), ("discriminator", config.lr_discriminator)):
            network = getattr(self.state, name).double()
            optimizer = torch.optim.Adam(network.parameters(), lr=rate, betas=config.betas)
            setattr(self.state, f"optimizer_{name[0]}", optimizer)
        if self.state.average is not None:
            self.state.average.double()
        self.drawn: list[np.ndarray] = []
        draw_batch, randn = training.draw_batch, torch.randn

        def draw(*given: Any) -> tuple[torch.Tensor, ...]:
            batch = tuple(part.contiguous().double() for part in draw_batch(*given))
            self.drawn += [part.numpy() for part in batch]
            return batch

        def normal(shape: tuple[int, ...], *, generator: torch.Generator, **_: Any) -> torch.Tensor:
            drawn = randn(shape, generator=generator, dtype=torch.float64)
            self.drawn.append(drawn.numpy())
            return drawn

        def noise(ab: torch.Tensor, std: float, *, rng: torch.Generator) -> torch.Tensor:
            return ab + std * normal(ab.shape, generator=rng)

        def targets(shape: int, target: float, jitter: float, *, rng: torch.Generator) -> torch.Tensor:
            low, high = target_range(target, jitter)
            drawn = low + (high - low) * torch.rand(shape, generator=rng, dtype=torch.float64)
            self.drawn.append(drawn.numpy())
            return drawn

        monkeypatch.setattr(torch, "randn", normal)  # shifts of the context, and z
        monkeypatch.setattr(training, "draw_batch", draw)
        monkeypatch.setattr(training, "add_instance_noise", noise)
        monkeypatch.setattr(training, "smooth_targets", targets)
        # `.float()` inside the step would round G's output and D's logits.
        monkeypatch.setattr(torch.Tensor, "float", lambda tensor: tensor)

    def step(self) -> tuple[list[float], list[dict[str, Any]]]:
        """What train_step measured, and the batch as the page takes it."""
        self.drawn.clear()
        record = train_step(self.state)
        features, ab, *numbers, noise, real, fake, own = self.drawn
        config, count = self.state.config, len(ab)
        shifts = config.feature_noise * numbers.pop(0) if config.feature_noise else np.zeros((count, 0))
        z = numbers.pop() if config.noise_channels else np.zeros((count, 0))
        batch = [
            {
                "features": features[i].ravel().tolist(),
                "ab": ab[i].ravel().tolist(),
                "shifts": shifts[i].ravel().tolist(),
                "z": z[i].tolist(),
                "noises": [noise[i].ravel().tolist(), noise[count + i].ravel().tolist()],
                "targets": [part[i].item() for part in (real, fake, own)],
            }
            for i in range(count)
        ]
        return [record.loss_d, record.loss_g, record.real_score, record.fake_score], batch


@pytest.mark.parametrize("name", GAMES)
def test_the_page_takes_the_path_of_train_step(
    model: Page, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = Config.quick(**SMALL | GAMES[name])
    twin = Twin(config, monkeypatch)
    before = [flat(twin.state.generator), flat(twin.state.discriminator)]
    records, batches = zip(*(twin.step() for _ in range(STEPS)), strict=True)
    handed = {"config": config.to_dict(), "total": config.total_steps, "batches": list(batches)}
    handed |= {"standard": measures(twin.state.generator)}
    handed |= {"generator": before[0].tolist(), "discriminator": before[1].tolist()}
    played = model.evaluate(PLAY, handed)
    np.testing.assert_allclose(played["records"], records, rtol=0, atol=1e-9)
    for name, old in zip(("generator", "discriminator"), before, strict=True):
        learned = flat(getattr(twin.state, name))
        np.testing.assert_allclose(played[name], learned, rtol=0, atol=1e-9)
        assert np.abs(learned - old).max() > 0.01, "the two stood still together"
    if twin.state.average is not None:
        np.testing.assert_allclose(played["average"], flat(twin.state.average), rtol=0, atol=1e-9)


@pytest.mark.parametrize("changes", [{}, {"conditional": True, "noise_channels": 1, "leaky_slope": 0.2}])
def test_gradients_equal_finite_differences(model: Page, changes: dict[str, Any]) -> None:
    config = Config.quick(**SMALL | {"generator_widths": (3,), "batch_size": 2} | changes)
    for computed, measured in model.evaluate(DIFFERENCES, {"config": config.to_dict(), "inputs": 5}):
        assert np.abs(measured).max() > 1e-3
        np.testing.assert_allclose(computed, measured, rtol=1e-4, atol=1e-8)
