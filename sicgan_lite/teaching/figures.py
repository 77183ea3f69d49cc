"""The figures of the chapters, in the book's style (``sicgan_lite.plotting``)."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int, Real, Shaped, UInt8
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import MultipleLocator

from sicgan_lite.color import clip_to_gamut, lab_to_rgb, rgb_to_lab
from sicgan_lite.config import PAPER_FEATURES
from sicgan_lite.plotting import (
    DISCRIMINATOR,
    DPI,
    FAINT,
    FAKE,
    GENERATOR,
    INK,
    PALETTE,
    PAPER,
    REAL,
    TITLE_HEIGHT,
    WIDTH,
    BookFigure,
    draw_image,
    new_figure,
    picture_height,
    style,
)

# One array a name, or the records of training.
History = Mapping[str, Shaped[np.ndarray, " steps"]] | Sequence[tuple[Any, ...]]

_DASHED: Any = (0, (4, 3))
_DENSE: Any = (0, (3, 1))
_DOTTED: Any = (0, (1, 1.5))
_SLIM_BAR: Mapping[str, Any] = {"shrink": 0.9, "aspect": 24, "pad": 0.02}
_BAR_WIDTH = 0.8  # inches that a colour bar takes, label included
# color, marker, shift within the row
_REGIONS: Any = ((REAL, "o", -0.15), (FAKE, "D", 0.15))


@style()
def show_ab_histogram(
    *labs: Shaped[np.ndarray, "..."], titles: Sequence[str] = (), limit: float = 110.0, bin_width: float = 2.0
) -> BookFigure:
    """Where colours lie in the ab plane: each bin in its own colour, stronger where it holds more.

    Each of ``labs`` ends in an axis of three (L, a, b) or two (a, b), in CIE units, and has one of the
    ``titles``. The axes run from −``limit`` to ``limit`` in bins ``bin_width`` wide; the strength is
    logarithmic, a cross marks the mean colour, and a line goes round all that sRGB has, at any
    lightness. Errors: ValueError for another last axis.
    """
    cell = min(WIDTH / len(labs), WIDTH / 2)
    figure = new_figure(cell * len(labs), cell + TITLE_HEIGHT)  # nearly square panels under their titles
    panels = np.ravel(figure.subplots(1, len(labs), squeeze=False, sharey=True))
    edges = np.arange(-limit, limit + bin_width / 2, bin_width)
    for panel, lab in zip(panels, labs, strict=True):
        if lab.shape[-1] not in (2, 3):
            raise ValueError(f"the last axis must be (L, a, b) or (a, b), got shape {lab.shape}")
        ab = np.reshape(lab[..., -2:], (-1, 2))
        _draw_ab_density(panel, ab, edges)
        panel.plot(
            *ab.mean(axis=0, dtype=np.float64),
            marker="+",
            color=INK,
            markersize=12,
            markeredgewidth=1.6,
            label="_mean",
        )
    for panel, title in zip(panels, titles, strict=False):
        panel.set_title(title)
    panels[0].set_ylabel("b*   blue – yellow")
    return figure


def gamut_in_ab(edges: Real[np.ndarray, " n"]) -> Bool[np.ndarray, "n-1 n-1"]:
    """Which squares of the ab plane hold a colour of sRGB at some lightness; first axis a, second b.

    ``edges`` are those of the squares, in CIE units, on both axes.
    """
    level = np.arange(256, dtype=np.uint8)
    one, other = (side.ravel() for side in np.meshgrid(level, level))
    # What lies between two colours of the cube's surface along L has the ab of both.
    faces = [np.insert(np.stack([one, other], 1), axis, end, 1) for axis in range(3) for end in (0, 255)]
    ab = rgb_to_lab(np.stack(faces))[..., 1:].reshape(-1, 2)
    return np.histogram2d(*ab.T, bins=edges)[0] > 0


@style()
def show_delta_e_map(
    *delta_e_maps: Float[np.ndarray, "h w"], vmax: float, titles: Sequence[str] = ()
) -> BookFigure:
    """Maps of the colour difference ΔE2000, all on one scale from 0 to ``vmax``.

    ``delta_e_maps`` are of one size, as ``delta_e_map`` makes them; beside each of the ``titles``
    stands the mean of its map. The colours are perceptually uniform (magma).
    """
    names = titles or [""] * len(delta_e_maps)
    height, width = delta_e_maps[0].shape
    cell = min((WIDTH - _BAR_WIDTH) / len(delta_e_maps), WIDTH / 2)
    figure = new_figure(
        cell * len(delta_e_maps) + _BAR_WIDTH,
        picture_height(cell, height / width) + TITLE_HEIGHT,
        photographic=True,
    )
    panels = np.ravel(figure.subplots(1, len(delta_e_maps), squeeze=False))
    for panel, values, name in zip(panels, delta_e_maps, names, strict=True):
        drawn = panel.imshow(values, cmap="magma", vmin=0, vmax=vmax)
        panel.set_title(f"{name}  mean ΔE {values.mean():.1f}".strip())
        panel.set_axis_off()
    beyond = any(values.max() > vmax for values in delta_e_maps)
    figure.colorbar(
        drawn, ax=list(panels), label="ΔE2000", extend="max" if beyond else "neither", **_SLIM_BAR
    )
    return figure


@style()
def plot_losses(history: History, *, equilibrium: tuple[float, float, float] | None = None) -> BookFigure:
    """Both losses and D's scores over training: raw values pale, a moving average over them.

    ``history`` holds arrays of one length: step, loss_d, loss_g, real_score, fake_score; or it is a
    list of records, as ``train`` gives them. ``equilibrium`` is (score, loss_d, loss_g) at chance,
    drawn as dotted lines. Errors: ValueError for a history without steps or without one of these.
    """
    history = _columns(history)
    figure = new_figure(WIDTH, 3.1)
    losses, scores = figure.subplots(1, 2)
    _draw_losses(losses, history, equilibrium)
    _draw_scores(scores, history, equilibrium)
    for panel in (losses, scores):
        panel.set_xlabel("step")
    return figure


@style()
def compare_losses(
    histories: Mapping[str, History],
    equilibria: Mapping[str, tuple[float, float, float]],
    *,
    limits: tuple[float, float] = (0.0, 2.5),
) -> BookFigure:
    """The losses of several runs side by side, each with its own losses at chance, on one scale.

    ``histories`` and ``equilibria`` hold what ``plot_losses`` takes, under the title of each run;
    ``limits`` are those of the axis of losses. Errors: ValueError when a run has no equilibrium.
    """
    if missing := [name for name in histories if name not in equilibria]:
        raise ValueError(f"no equilibrium for {missing[0]!r}; there is one for {list(equilibria)}")
    figure = new_figure(WIDTH, 3.1)
    panels = figure.subplots(1, len(histories), squeeze=False, sharey=True)[0]
    for panel, (name, history) in zip(panels, histories.items(), strict=True):
        _draw_losses(panel, _columns(history), equilibria[name])
        panel.set_title(name, pad=20)
        panel.set(xlabel="step", ylim=limits)
    return figure


@style()
def show_coverage(
    counts: Int[np.ndarray, "h w"],
    origins: Int[np.ndarray, "n 2"],
    size: int,
    note: str = "dots are their origins",
    vmax: float | None = None,
) -> BookFigure:
    """How many patches cover each pixel (``counts``), with every origin and one patch outlined.

    ``origins`` are (row, column) of the top-left corner, ``size`` the side of a patch, in pixels;
    ``note`` ends the title. Colours run from 0 to ``vmax`` patches, by default the largest count.
    """
    height, width = counts.shape
    cell = WIDTH * 0.65
    figure = new_figure(
        cell + _BAR_WIDTH, picture_height(cell, height / width) + TITLE_HEIGHT, photographic=True
    )
    panel = figure.subplots()
    drawn = panel.imshow(counts, cmap="cividis", vmin=0, vmax=vmax, extent=(0, width, height, 0))
    panel.plot(
        origins[:, 1], origins[:, 0], ".", color="white", markersize=3.5, markeredgewidth=0, label="_origins"
    )
    row, column = origins[0]
    panel.add_patch(Rectangle((column, row), size, size, fill=False, edgecolor="white", linewidth=1.6))
    panel.set_title(f"{len(origins)} patches of {size}×{size}; {note}")
    panel.set_axis_off()
    figure.colorbar(drawn, ax=panel, label="patches over a pixel", **_SLIM_BAR)
    return figure


@style()
def show_features(features: Float[np.ndarray, "c h w"]) -> BookFigure:
    """The feature maps of a patch or an image, each in grey over its own range, which is printed.

    The first axis holds the features in their order: lightness, sobel, laplacian, then x and y.
    """
    _, height, width = features.shape
    cell = WIDTH / max(len(features), 3)
    size = (cell * len(features), picture_height(cell, height / width) + 1.6 * TITLE_HEIGHT)
    figure = new_figure(*size, photographic=True)
    for panel, values, name in zip(figure.subplots(1, len(features)), features, PAPER_FEATURES, strict=False):
        panel.imshow(values, cmap="gray")
        low, high = _signed(float(values.min())), _signed(float(values.max()))
        panel.set_title(f"{name}\n{low} to {high}", fontsize=9.5)
        panel.set_axis_off()
    return figure


@style()
def plot_curves(
    x: Float[np.ndarray, " n"], curves: Mapping[str, Float[np.ndarray, " n"]], *, xlabel: str, ylabel: str
) -> BookFigure:
    """Up to four ``curves`` over one ``x``, told apart by colour and by line, and named in a legend.

    ``xlabel`` and ``ylabel`` are the words at the axes. Errors: ValueError for more curves than there
    are kinds of line.
    """
    if len(curves) > len(PALETTE):
        raise ValueError(f"{len(curves)} curves; at most {len(PALETTE)} can be told apart")
    figure = new_figure(WIDTH * 0.7, 3.0)
    panel = figure.subplots()
    for name, values in curves.items():
        panel.plot(x, values, label=name)
    panel.set(xlabel=xlabel, ylabel=ylabel)
    panel.margins(x=0)
    panel.legend()
    return figure


@style()
def plot_game(
    x: Float[np.ndarray, " n"],
    p_real: Float[np.ndarray, " n"],
    p_fake: Float[np.ndarray, " n"],
    d_star: Mapping[str, Float[np.ndarray, " n"]],
    log_d: Mapping[str, Float[np.ndarray, " n"]],
    *,
    losses: Mapping[str, tuple[float, float]],
    equilibrium: Mapping[str, tuple[float, float, float]],
    pull: Mapping[str, float],
    density_limit: float | None = None,
    log_limit: float = -8.0,
    loss_limit: float = 4.0,
) -> BookFigure:
    """The game in one dimension: two densities, the best discriminator, G's signal, the losses.

    ``p_real`` and ``p_fake`` are the densities at ``x``. ``d_star``, ``log_d``, ``losses`` (loss_d,
    loss_g), ``equilibrium`` (score, loss_d, loss_g) and ``pull`` (the mean slope of log D* where fakes
    are) hold one entry for each kind of smoothing, under the same names. D* is NaN where it is not
    defined; what is below ``log_limit`` is not drawn; a pull that is not finite reads "none".
    ``density_limit`` and ``loss_limit`` fix the ends of their axes, so that frames of one explorer
    compare. It is narrow, for a phone.
    """
    figure = _frame(4.1, 6.7)
    margins = {"left": 0.13, "right": 0.97, "top": 0.965, "bottom": 0.035, "hspace": 0.34}
    panels = figure.subplots(5, 1, height_ratios=(1, 1, 1.15, 0.12, 0.8), gridspec_kw=margins)
    densities, scores, signal, gap, values = panels
    gap.remove()
    _draw_densities(densities, x, p_real, p_fake, density_limit)
    _draw_variants(scores, x, d_star, (-0.03, 1.03), "Best discriminator D*")
    _draw_variants(signal, x, log_d, (log_limit, 0.4), "log D*: what G climbs")
    for panel in (densities, scores, signal):
        panel.set_xlim(x[0], x[-1])  # D* may be NaN at the ends
    for panel in (densities, scores):
        panel.tick_params(labelbottom=False)
    signal.set_xlabel("x", labelpad=1)
    names = [f"{name}: pull {_pull(pull[name])}" for name in log_d]
    signal.legend(signal.get_lines(), names, loc="lower left", handlelength=2.6)
    _draw_loss_values(values, losses, equilibrium, loss_limit)
    return figure


@style()
def training_frame(
    snapshot: UInt8[np.ndarray, "h w 3"],
    history: History,
    step: int,
    equilibrium: tuple[float, float, float] | None = None,
    *,
    loss_limits: tuple[float, float] | None = None,
) -> BookFigure:
    """One frame of the training scrubber: the picture at ``step`` beside losses and scores.

    ``snapshot`` is the picture; ``history`` and ``equilibrium`` are as in ``plot_losses``. A line
    marks the step in both panels, and ``loss_limits`` fixes the axis of the losses. Errors: ValueError
    for a step outside the history.
    """
    history = _columns(history)
    first, last = history["step"][0], history["step"][-1]
    if not first <= step <= last:
        raise ValueError(f"step must be in [{first}, {last}], got {step}")
    # Narrow, since the words in it are read on phones; the one legend stands beside the picture.
    tall = 3.2 * snapshot.shape[0] / snapshot.shape[1]
    height = TITLE_HEIGHT + tall + 2.0
    figure = _frame(4.8, height, photographic=True)
    picture = figure.add_axes((0.02, 2.0 / height, 0.64, tall / height))
    losses, scores = (figure.add_axes((left, 0.45 / height, 0.32, 1.2 / height)) for left in (0.08, 0.6))
    draw_image(picture, snapshot, f"step {step}", None)
    _draw_losses(losses, history, equilibrium, raw=False)
    _draw_scores(scores, history, equilibrium, raw=False)
    if loss_limits:
        losses.set_ylim(loss_limits)
    for panel in (losses, scores):
        panel.axvline(step, color=INK, linewidth=1.2, label="_step")
        panel.set_xlabel("step", labelpad=1)
    named = {name: drawn for panel in (losses, scores) for name, drawn in _named(panel).items()}
    for panel in (losses, scores):
        panel.legend().remove()
        panel.set_title(panel.get_title(loc="left"), pad=5)
    figure.legend(named.values(), named, loc="upper left", bbox_to_anchor=(0.67, (2.0 + tall) / height))
    return figure


@style()
def score_frame(picture: UInt8[np.ndarray, "h w 3"], scores: Mapping[str, float]) -> BookFigure:
    """One frame of an explorer: a picture above the scores, from 0 to 1, that judges give it.

    Errors: ValueError for a score outside [0, 1].
    """
    for name, score in scores.items():
        if not 0 <= score <= 1:
            raise ValueError(f"a score must be in [0, 1], got {score} for {name!r}")
    figure, height = _picture_above(picture, 0.62 + 0.3 * len(scores))
    panel = figure.add_axes((0.27, 0.44 / height, 0.64, 0.3 * len(scores) / height))
    at = range(len(scores))
    panel.barh(at, list(scores.values()), height=0.62, color=DISCRIMINATOR)
    panel.bar_label(panel.containers[0], [f"{score:.2f}" for score in scores.values()], padding=3, fontsize=9)  # pyright: ignore[reportArgumentType]
    panel.set_yticks(at, list(scores))
    panel.set(xlim=(0, 1), ylim=(len(scores) - 0.5, -0.5), xlabel="score: 1 is surely real")
    panel.grid(visible=False, axis="y")
    return figure


@style()
def plot_ablation(
    scores: Mapping[str, Sequence[float]],
    *,
    baseline: str,
    references: Mapping[str, float] | None = None,
    label: str = "mean ΔE2000 (lower is better)",
) -> BookFigure:
    """Mean and spread of a score for each variant, over seeds, against a baseline variant.

    ``scores`` maps a variant to one number for each seed: small dots; the large one is their mean, the
    bar one standard deviation to each side. ``label`` names the score. ``references`` are single
    numbers, drawn as dashed lines. Errors: ValueError when the baseline is no variant.
    """
    if baseline not in scores:
        raise ValueError(f"baseline {baseline!r} is none of the variants {list(scores)}")
    figure = new_figure(WIDTH, 1.1 + 0.34 * len(scores))
    panel = figure.subplots()
    panel.axvline(float(np.mean(scores[baseline])), color=INK, linewidth=1, label="_baseline")
    for row, (name, values) in enumerate(scores.items()):
        color = REAL if name == baseline else FAKE
        panel.plot(
            values, [row + 0.25] * len(values), "o", color=color, alpha=0.5, markersize=4, label="_seeds"
        )
        spread = np.std(values, ddof=1) if len(values) > 1 else None
        panel.errorbar(np.mean(values), row, xerr=spread, fmt="o", color=color, capsize=3)
    for name, value in (references or {}).items():
        _mark_reference(panel, name, value)
    panel.set_yticks(range(len(scores)), list(scores))
    panel.set_ylim(len(scores) - 0.5, -0.5)
    panel.grid(visible=False, axis="y")
    panel.set_xlabel(f"{label}\nlarge dot and bar: mean ± standard deviation; small dots: seeds")
    return figure


@style()
def ablation_frame(
    picture: UInt8[np.ndarray, "h w 3"],
    scores: Mapping[str, Sequence[float]],
    shown: tuple[str, int],
    *,
    label: str = "mean ΔE2000",
) -> BookFigure:
    """One frame of an explorer: a picture above the scores of all runs, its own run marked.

    ``scores`` and ``label`` are as in ``plot_ablation``; ``shown`` is the variant and the number of
    the seed that painted the picture. Errors: ValueError for a run that is none of them.
    """
    variant, seed = shown
    if variant not in scores or not 0 <= seed < len(scores[variant]):
        raise ValueError(f"no run {seed} of {variant!r}; there are {list(scores)}, each with its seeds")
    rows = 0.55 + 0.24 * len(scores)
    figure, height = _picture_above(picture, rows)
    panel = figure.add_axes((0.29, 0.44 / height, 0.67, (rows - 0.5) / height))
    for row, (name, values) in enumerate(scores.items()):
        color = FAKE if name == variant else FAINT
        panel.plot(values, [row] * len(values), "o", color=color, markersize=5, label="_seeds")
    at, size = list(scores).index(variant), 11
    panel.plot(scores[variant][seed], at, "o", color=INK, fillstyle="none", markersize=size, label="_shown")
    panel.set_yticks(range(len(scores)), list(scores))
    panel.set(ylim=(len(scores) - 0.5, -0.5), xlabel=f"{label}; ringed: this picture")
    panel.set_xlim(0, 1.05 * max(value for values in scores.values() for value in values))
    panel.grid(visible=False, axis="y")
    return figure


@style()
def plot_methods(
    scores: Mapping[str, Mapping[str, tuple[Sequence[float], Sequence[float]]]],
    *,
    regions: tuple[str, str] = ("seen", "held out"),
) -> BookFigure:
    """A panel for each photograph, a row for each method: errors on two regions of it.

    ``scores`` maps a photograph to methods, and a method to a pair, in the order of ``regions``, with
    one number for each seed: small dots; the large one is their median. Errors: ValueError when the
    photographs have different methods.
    """
    methods, *others = [list(rows) for rows in scores.values()]
    if different := [other for other in others if other != methods]:
        raise ValueError(f"every photograph needs the methods {methods}; one has {different[0]}")
    figure = new_figure(WIDTH, 1.2 + 0.3 * len(methods))
    panels = figure.subplots(1, len(scores), sharey=True, squeeze=False)[0]
    for panel, (name, rows) in zip(panels, scores.items(), strict=True):
        for side, (label, (color, marker, shift)) in enumerate(zip(regions, _REGIONS, strict=True)):
            for row, values in enumerate(pair[side] for pair in rows.values()):
                height = row + shift
                panel.plot(values, [height] * len(values), marker, color=color, alpha=0.5, markersize=3)
                middle = float(np.median(values))
                panel.plot(middle, height, marker, color=color, markersize=7, label=label if row == 0 else "")
        panel.set(title=name, xlabel="mean ΔE2000", xlim=(0, None))
        panel.grid(visible=False, axis="y")
    panels[0].set_yticks(range(len(methods)), methods)
    panels[0].set_ylim(len(methods) - 0.5, -0.5)
    panels[0].legend(loc="lower left", bbox_to_anchor=(0, 1.1), ncols=2)
    return figure


def _frame(width: float, height: float, *, photographic: bool = False) -> BookFigure:
    """A figure for an explorer: its panels are placed by hand, so that they stand still."""
    return BookFigure(figsize=(width, height), dpi=DPI, photographic=photographic)


def _picture_above(picture: np.ndarray, room: float) -> tuple[BookFigure, float]:
    """A frame with a picture across its width and ``room`` inches below, and its height in inches."""
    width = 4.8
    tall = width * picture.shape[0] / picture.shape[1]
    height = tall + room
    figure = _frame(width, height, photographic=True)
    panel = figure.add_axes((0, room / height, 1, tall / height))
    panel.imshow(picture)
    panel.set_axis_off()
    return figure, height


def _signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "\N{MINUS SIGN}")


def _draw_ab_density(panel: Axes, ab: np.ndarray, edges: np.ndarray) -> None:
    counts, _, _ = np.histogram2d(ab[:, 1], ab[:, 0], bins=[edges, edges])
    strength = np.log1p(counts) / max(np.log1p(counts.max()), 1)
    middle = (edges[:-1] + edges[1:]) / 2
    a, b = np.meshgrid(middle, middle)
    color = lab_to_rgb(clip_to_gamut(np.dstack([np.full_like(a, 60), a, b])))
    alpha = np.where(counts > 0, 0.3 + 0.7 * strength, 0)
    ends = (edges[0], edges[-1])
    panel.imshow(
        np.dstack([color / 255, alpha]), origin="lower", extent=(*ends, *ends), interpolation="nearest"
    )
    coarse = np.arange(-112, 113, 4.0)
    panel.contour(
        coarse[:-1] + 2, coarse[:-1] + 2, gamut_in_ab(coarse).T, levels=[0.5], colors=[FAINT], linewidths=0.8
    )
    panel.set(xlim=ends, ylim=ends)
    panel.axhline(0, color=FAINT, linewidth=0.8, zorder=0)
    panel.axvline(0, color=FAINT, linewidth=0.8, zorder=0)
    panel.grid(visible=False)
    panel.xaxis.set_major_locator(MultipleLocator(50))
    panel.yaxis.set_major_locator(MultipleLocator(50))
    panel.set_xlabel("a*   green – red")


def _columns(history: History) -> Mapping[str, np.ndarray]:
    """A history as arrays, with a step at least."""
    if not isinstance(history, Mapping):
        from sicgan_lite import training  # who has records has torch

        history = training.history(training.StepRecord(*record) for record in history)
    if len(history.get("step", ())) == 0:
        raise ValueError("the history has no steps; train for one at least")
    return history


def _draw_losses(
    panel: Axes,
    history: Mapping[str, np.ndarray],
    equilibrium: tuple[float, float, float] | None,
    *,
    raw: bool = True,
) -> None:
    _draw_series(panel, history, "loss_d", "$L_D$", DISCRIMINATOR, raw=raw)
    _draw_series(panel, history, "loss_g", "$L_G$", GENERATOR, _DENSE, raw=raw)
    if equilibrium:
        _mark_chance(panel, equilibrium[1])
        _mark_chance(panel, equilibrium[2])
    _finish_panel(panel, "Losses")


def _draw_scores(
    panel: Axes,
    history: Mapping[str, np.ndarray],
    equilibrium: tuple[float, float, float] | None,
    *,
    raw: bool = True,
) -> None:
    _draw_series(panel, history, "real_score", "real", REAL, raw=raw)
    _draw_series(panel, history, "fake_score", "generated", FAKE, _DENSE, raw=raw)
    if equilibrium:
        _mark_chance(panel, equilibrium[0])
    panel.set_ylim(0, 1)
    _finish_panel(panel, "D's scores")


def _draw_series(
    panel: Axes,
    history: Mapping[str, np.ndarray],
    key: str,
    label: str,
    color: str,
    line: Any = "-",
    *,
    raw: bool,
) -> None:
    if key not in history:
        raise ValueError(f"the history has no {key!r}; it has {list(history)}")
    steps, values = history["step"], np.asarray(history[key])
    if raw:
        panel.plot(steps, values, "-", color=color, alpha=0.25, linewidth=0.7, label=f"_{key} raw")
    panel.plot(steps, _moving_average(values), linestyle=line, color=color, label=label)


def _moving_average(values: np.ndarray) -> np.ndarray:
    window = np.ones(len(values) // 40 | 1)  # an odd number, so that the average does not lag
    weights = np.convolve(np.ones(len(values)), window, mode="same")  # fewer at the ends
    return np.convolve(values, window, mode="same") / weights


def _mark_chance(panel: Axes, value: float) -> None:
    panel.axhline(value, color=INK, linestyle=_DOTTED, linewidth=1.2, zorder=3, label="at chance")
    panel.annotate(
        f"{value:.2f}", (1, value), xycoords=("axes fraction", "data"), xytext=(4, 0),
        textcoords="offset points", va="center", fontsize=9,
    )  # fmt: skip


def _finish_panel(panel: Axes, title: str) -> None:
    labeled = _named(panel)
    panel.margins(x=0)
    panel.set_title(title, pad=20)
    panel.legend(
        labeled.values(), labeled.keys(), loc="lower left", bbox_to_anchor=(0, 1), ncols=3, columnspacing=1
    )


def _named(panel: Axes) -> dict[str, Any]:
    """What a legend has to name, each name once."""
    return dict(zip(*reversed(panel.get_legend_handles_labels()), strict=True))


def _draw_densities(
    panel: Axes, x: np.ndarray, p_real: np.ndarray, p_fake: np.ndarray, limit: float | None
) -> None:
    panel.plot(x, p_real, "-", color=REAL, label="real")
    panel.plot(x, p_fake, "--", color=FAKE, label="generated")
    panel.fill_between(x, p_real, color=REAL, alpha=0.15, linewidth=0)
    panel.fill_between(x, p_fake, color=FAKE, alpha=0.15, linewidth=0)
    panel.set(ylim=(0, limit or 1.05 * max(p_real.max(), p_fake.max())), title="Densities with noise")
    _name_above(panel)


def _draw_variants(
    panel: Axes, x: np.ndarray, curves: Mapping[str, np.ndarray], limits: tuple[float, float], title: str
) -> None:
    widths = (3.2, 1.6)  # the second lies on the first where they agree, and both are seen
    kinds = zip(curves.items(), PALETTE[2:], ["-", "--"], widths, strict=True)
    for (name, values), color, line, width in kinds:
        panel.plot(x, values, line, color=color, linewidth=width, label=name)
    panel.set(ylim=limits, title=title)


def _pull(value: float) -> str:
    if not math.isfinite(value):
        return "none"
    return f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def _name_above(panel: Axes) -> None:
    panel.legend(loc="lower right", bbox_to_anchor=(1, 0.98), ncols=2, columnspacing=1)


def _draw_loss_values(
    panel: Axes,
    losses: Mapping[str, tuple[float, float]],
    equilibrium: Mapping[str, tuple[float, float, float]],
    limit: float,
) -> None:
    rows = [(name, k) for k in range(2) for name in losses]
    now = np.array([losses[name][k] for name, k in rows])
    drawn = [equilibrium[name][1 + k] for name, k in rows]
    at = np.arange(len(rows))
    panel.hlines(at, np.minimum(now, limit), drawn, color=FAINT, linewidth=1)
    for row in at[now > limit]:  # beyond the axis: an arrow with the number
        number = f"{now[row]:.1f}" if math.isfinite(now[row]) else "∞"
        panel.annotate(
            f"{number} →", (limit, row), xytext=(0, 2), textcoords="offset points",
            ha="right", va="bottom", fontsize=9,
        )  # fmt: skip
    panel.plot(drawn, at, "D", color=INK, markersize=7, markerfacecolor=PAPER, label="at chance")
    panel.plot(now, at, "o", color=INK, markersize=4.5, label="now")
    panel.set_yticks(at, [f"$L_{'DG'[k]}$ {name.split('-')[0]}" for name, k in rows])
    panel.set(xlim=(0, limit), ylim=(len(rows) - 0.5, -0.7), title="Losses")
    panel.grid(visible=False, axis="y")
    _name_above(panel)


def _mark_reference(panel: Axes, name: str, value: float) -> None:
    panel.axvline(value, color=INK, linestyle=_DASHED, linewidth=1, label=name)
    panel.annotate(
        name, (value, 1), xycoords=("data", "axes fraction"), xytext=(0, 3),
        textcoords="offset points", ha="center", fontsize=9,
    )  # fmt: skip
