"""What the page makes of a photograph is what the library makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser, Page
from support.live import MODEL_SCRIPTS, open_scripts

from sicgan_lite.baselines import grey, mean_color, median_by_lightness
from sicgan_lite.colorizing import colorize
from sicgan_lite.config import CONTEXT_FEATURES, PAPER_FEATURES, Config
from sicgan_lite.metrics import delta_e
from sicgan_lite.networks import Generator
from sicgan_lite.origins import holdout_box, holdout_mask, safe_distance
from sicgan_lite.patches import ALL_TRANSFORMS, PatchSet
from sicgan_lite.pictures.samples import sample_image

PHOTO = sample_image("coffee")[120:167, 200:271]
HOLDOUT = (0.0, 0.71, 0.5, 1.0)


@pytest.fixture(scope="module")
def model(browser: Browser) -> Iterator[Page]:
    with open_scripts(browser, MODEL_SCRIPTS) as page:
        page.evaluate(
            "given => { window.photo = sicganPhoto.readPhoto(Uint8ClampedArray.from(given), 71); }", rgba()
        )
        yield page


def rgba(rgb: np.ndarray = PHOTO) -> list[int]:
    return np.dstack([rgb, np.full(rgb.shape[:2], 255, np.uint8)]).ravel().tolist()


@pytest.mark.parametrize("transforms", ["paper", "all"])
def test_patches_are_those_of_a_patch_set(model: Page, transforms: str) -> None:
    config = Config.quick(size=16, num_patches=40, transforms=transforms)
    patches = PatchSet(PHOTO, config, rng=np.random.default_rng(1))
    count = 6 if transforms == "paper" else len(ALL_TRANSFORMS)
    assert model.evaluate("config => sicganPhoto.countTransforms(config)", config.to_dict()) == count
    places = [[*patches.origins[k // count].tolist(), k % count] for k in range(len(patches))]
    call = """places => places.map(([top, left, transform]) => {
      const {features, ab} = sicganPhoto.cutPatch(photo, 16, {top, left, transform});
      return [...features, ...ab];
    })"""
    features, targets = patches[:]
    wanted = np.concatenate([features, targets], axis=1).reshape(len(patches), -1)
    np.testing.assert_allclose(model.evaluate(call, places), wanted, rtol=0, atol=2e-5)


def test_no_patch_touches_what_is_held_out_and_every_other_place_is_drawn(model: Page) -> None:
    call = """holdout => {
      const free = sicganPhoto.freeOrigins(47, 71, 16, holdout), random = sicganColor.createRandom(3);
      const drawn = Array.from({length: 40000}, () => sicganPhoto.drawOrigin(free, random));
      return [sicganPhoto.holdoutBox(holdout, 47, 71), free.count, drawn.map(({top, left}) => [top, left])];
    }"""
    box, count, drawn = model.evaluate(call, list(HOLDOUT))
    assert box == list(holdout_box(HOLDOUT, 47, 71))
    mask = holdout_mask(HOLDOUT, 47, 71)
    free = {
        (top, left)
        for top in range(47 - 15)
        for left in range(71 - 15)
        if not mask[top : top + 16, left : left + 16].any()
    }
    assert count == len(free)
    assert set(map(tuple, drawn)) == free
    with pytest.raises(ValueError, match="positions"):
        safe_distance(47, 71, size=16, count=count + 1, holdout=HOLDOUT)
    assert model.evaluate("sicganPhoto.freeOrigins(47, 71, 16, [0.2, 0.1, 0.8, 0.9]).count") == 0


def test_the_context_is_that_of_a_patch_set(model: Page) -> None:
    config = Config.quick(size=16, num_patches=30, features=(*PAPER_FEATURES, *CONTEXT_FEATURES))
    patches = PatchSet(PHOTO, config, rng=np.random.default_rng(1))
    call = """([bytes, features, places]) => {
      const photo = sicganPhoto.readPhoto(Uint8ClampedArray.from(bytes), 71, features);
      const {means, stds} = sicganPhoto.contextStatistics(photo, 16, places);
      return [places.map(place => Array.from(sicganPhoto.cutPatch(photo, 16, place).features)), means, stds];
    }"""
    places = [
        dict(zip(("top", "left", "transform"), (*patches.origins[k // 6].tolist(), k % 6), strict=True))
        for k in range(30)
    ]
    found, means, stds = model.evaluate(call, [rgba(), config.features, places])
    np.testing.assert_allclose(np.reshape(found, (30, 17, 16, 16)), patches[:][0], rtol=0, atol=5e-5)
    mean, std = patches.context_statistics()
    np.testing.assert_allclose(means, mean, rtol=0, atol=1e-4)
    np.testing.assert_allclose(stds, std, rtol=0, atol=1e-4)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"size": 18},  # no multiple of the four rows that a 3×3 kernel takes at once
        {"features": ("lightness", "x", "blur_4", "spread_2"), "noise_channels": 2, "kernel_sizes": (3, 1)},
    ],
)
def test_the_painted_picture_is_that_of_colorize(model: Page, changes: dict[str, Any]) -> None:
    config = Config.quick(**{"size": 16, "generator_widths": (6, 5)} | changes)
    torch.manual_seed(4)
    generator = Generator.from_config(config)
    with torch.no_grad():
        generator.layers[-1].weight *= 6  # pyright: ignore[reportOperatorIssue]
    standard = {"means": [], "stds": []}
    if generator.context:
        standard = {"means": [0.1, 0.2], "stds": [0.3, 0.1]}
        generator.standardize(*(torch.tensor(part) for part in standard.values()))
    z = np.random.default_rng(2).normal(size=(*PHOTO.shape[:2], config.noise_channels)).astype(np.float32)
    call = """([bytes, config, weights, standard, z]) => {
      const photo = sicganPhoto.readPhoto(Uint8ClampedArray.from(bytes), 71, config.features);
      const [about] = sicganModel.describe(config, sicganPhoto.inputsOf(photo));
      const ab = sicganPhoto.predict(about, weights, photo, config.size, standard, z);
      return Array.from(sicganPhoto.merge(photo.lightness, ab));
    }"""
    weights = torch.cat([p.detach().ravel() for p in generator.parameters()]).double().tolist()
    maps = [part.ravel().tolist() for part in z.transpose(2, 0, 1)]
    painted = np.reshape(
        model.evaluate(call, [rgba(), config.to_dict(), weights, standard, maps]), (47, 71, 4)
    )
    wanted = colorize(generator, PHOTO, z=z if config.noise_channels else None)
    assert np.abs(painted[..., :3] - wanted.astype(int)).max() <= 1
    assert delta_e(wanted, grey(PHOTO)) > 5, "the picture has no colour to compare"


@pytest.mark.parametrize("holdout", [None, HOLDOUT])
def test_the_baselines_have_the_errors_that_the_library_measures(model: Page, holdout: Any) -> None:
    call = """holdout => {
      const box = sicganPhoto.holdoutBox(holdout, 47, 71);
      const {grey, one, table} = sicganPhoto.baselines(photo, box);
      return [grey, one, table].map(ab => {
        const {all, seen, held} = sicganPhoto.errorOf(photo, sicganPhoto.merge(photo.lightness, ab), box);
        return [all, seen, held];
      });
    }"""
    where = None if holdout is None else ~holdout_mask(holdout, 47, 71)
    for found, made in zip(
        model.evaluate(call, holdout and list(holdout)),
        (grey(PHOTO), mean_color(PHOTO, where), median_by_lightness(PHOTO, where)),
        strict=True,
    ):
        wanted = [delta_e(made, PHOTO), delta_e(made, PHOTO, where)]
        wanted += [] if where is None else [delta_e(made, PHOTO, ~where)]
        np.testing.assert_allclose(found[: len(wanted)], wanted, rtol=0, atol=0.05)


def test_a_map_is_enlarged_as_by_opencv(model: Page) -> None:
    cv2 = pytest.importorskip("cv2")
    small = np.random.default_rng(2).normal(size=(5, 7))
    found = model.evaluate(
        "map => Array.from(sicganPhoto.enlarge(map, 7, 5, 23, 17))", small.ravel().tolist()
    )
    wanted = cv2.resize(small, (23, 17), interpolation=cv2.INTER_LINEAR)
    np.testing.assert_allclose(np.reshape(found, (17, 23)), wanted, atol=1e-6)
