"""One of every figure, their data, and how to find a curve in one."""

from __future__ import annotations

from typing import Any

import numpy as np
from skimage import data
from skimage.color import rgb2lab

from sicgan_lite.plotting import (
    BookFigure,
    show_images,
)
from sicgan_lite.teaching.diagrams import game_diagram, plot_levels, plot_orbits
from sicgan_lite.teaching.figures import (
    ablation_frame,
    compare_losses,
    plot_ablation,
    plot_curves,
    plot_game,
    plot_losses,
    plot_methods,
    score_frame,
    show_ab_histogram,
    show_coverage,
    show_delta_e_map,
    show_features,
    training_frame,
)

COFFEE = data.coffee()[::4, ::4].copy()
GREY = COFFEE[..., 1].copy()
STEPS = np.arange(1, 401)
HISTORY = {
    "step": STEPS,
    "loss_d": 1.4 + 0.3 * np.cos(STEPS / 30),
    "loss_g": 0.8 + 0.2 * np.sin(STEPS / 20),
    "real_score": 0.45 + 0.3 * np.exp(-STEPS / 90),
    "fake_score": 0.45 - 0.3 * np.exp(-STEPS / 90),
}
CHANCE = (0.45, 1.3763, 0.7985)
X = np.linspace(-3, 3, 61)
BLURRED = np.exp(-((X - 1) ** 2)), np.exp(-((X + 1) ** 2))
D_STAR = {"one-sided": np.linspace(0.05, 0.9, 61), "two-sided": np.linspace(0.1, 0.9, 61)}
LOG_D = {name: np.log(values) for name, values in D_STAR.items()}
LOSSES = {"one-sided": (0.5, 7.25), "two-sided": (0.75, 2.25)}
AT_CHANCE = {"one-sided": (0.45, 1.375, 0.8), "two-sided": (0.5, 1.4, 0.7)}
PULL = {"one-sided": 9.75, "two-sided": float("nan")}


def game(real=BLURRED[0], fake=BLURRED[1], losses=LOSSES) -> BookFigure:
    numbers = {"losses": losses, "equilibrium": AT_CHANCE, "pull": PULL}
    return plot_game(X, real, fake, D_STAR, LOG_D, density_limit=1.2, **numbers)


def every_figure() -> dict[str, BookFigure]:
    maps = np.random.default_rng(0).uniform(-1, 1, (5, 20, 20))
    return {
        "images": show_images([COFFEE, GREY], ["one", "two"]),
        "ab": show_ab_histogram(rgb2lab(COFFEE)),
        "delta_e": show_delta_e_map(np.abs(maps[0]), vmax=1.0),
        "losses": plot_losses(HISTORY, equilibrium=CHANCE),
        "compared": compare_losses({"one": HISTORY, "two": HISTORY}, {"one": CHANCE, "two": CHANCE}),
        "coverage": show_coverage(np.ones((40, 60), int), np.array([[3, 7], [20, 30]]), 16),
        "features": show_features(maps),
        "curves": plot_curves(X, LOG_D, xlabel="x", ylabel="log D*"),
        "scores": score_frame(COFFEE, {"the paper's D": 0.67, "conditional D": 0.08}),
        "game": game(),
        "frame": training_frame(COFFEE, HISTORY, 100, CHANCE),
        "ablation": plot_ablation({"all": [6.0, 6.5], "none": [8.0, 9.0]}, baseline="all"),
        "run": ablation_frame(COFFEE, {"all": [6.0, 6.5], "none": [8.0, 9.0]}, ("none", 1)),
        "diagram": game_diagram(),
        "levels": plot_levels({"one": [(1.4, 0.1, 1.38), (0.8, 0.02, 0.77)], "two": [(1.2, 0.05, 1.38)] * 2}),
        "orbits": plot_orbits({"one": np.ones((3, 2)), "two": np.eye(2)}),
        "methods": plot_methods({"coffee": {"grey": ([20.0], [24.0]), "L1": ([3.0, 4.0], [4.0, 5.0])}}),
    }


def line(panel, label) -> Any:
    (found,) = [drawn for drawn in panel.get_lines() if drawn.get_label() == label]
    return found


def lines(panel, label) -> list[Any]:
    return [drawn for drawn in panel.get_lines() if drawn.get_label() == label]


def places(figure):
    figure.draw_without_rendering()
    return [(panel.get_position().bounds, panel.get_xlim(), panel.get_ylim()) for panel in figure.axes]
