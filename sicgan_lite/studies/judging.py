"""Was it worth it? Verdicts on coloured pictures, and on photographs before they are used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import UInt8

from sicgan_lite.arrays.resizing import shrink
from sicgan_lite.baselines import best_constant, grey, median_by_lightness
from sicgan_lite.color import rgb_to_lab
from sicgan_lite.metrics import delta_e

JUDGED_WIDTH = 240  # pixels: small enough to judge while one waits
LEAST_CHROMA = 4.0  # CIE units at the 95th percentile: what JPEG makes of a grey scan lies below
LEAST_CHOICE = 5.0  # the same, of what lightness leaves open: a toned print with its grain lies below
QUANTILES = np.linspace(0.05, 0.95, 19)
UNLIKE = 12.0  # of 100 in lightness, between two photographs' quantiles
_LEVEL = 0.05  # differences in ΔE that vanish when one decimal is shown


class Verdict(NamedTuple):
    """Mean CIEDE2000 from the photograph: of the picture, and of what is painted without a network.

    ``grey`` is the lightness alone, ``one_color`` the best single ab, ``table`` 32 colours by lightness.
    """

    delta_e: float
    grey: float
    one_color: float
    table: float

    @property
    def lost(self) -> bool:
        """Whether grey or one colour is at least as close as the picture."""
        return self.delta_e >= min(self.grey, self.one_color) - _LEVEL

    @property
    def sentence(self) -> str:
        """The verdict in one plain sentence."""
        rivals = {
            "32 colours chosen by lightness": self.table,
            "any one colour": self.one_color,
            "grey": self.grey,
        }
        name, value = min(rivals.items(), key=lambda rival: rival[1])
        others = ", ".join(f"{n.removeprefix('any ')} {v:.1f}" for n, v in rivals.items() if n != name)
        if self.delta_e < value - _LEVEL:
            return f"closer than {name}: ΔE {self.delta_e:.1f} against {value:.1f} ({others})"
        if not self.lost:
            best = min(self.grey, self.one_color)
            return (
                f"closer than {'any one colour' if best == self.one_color else 'grey'}: ΔE {self.delta_e:.1f}"
                f" against {best:.1f}; 32 colours chosen by lightness have {self.table:.1f}"
            )
        best = "leaving it grey" if self.grey <= self.one_color else "one colour everywhere"
        value = min(self.grey, self.one_color)
        return f"no closer than {best}: ΔE {self.delta_e:.1f} against {value:.1f}"


def judge(picture: UInt8[np.ndarray, "h2 w2 3"], rgb: UInt8[np.ndarray, "h w 3"]) -> Verdict:
    """Compare a coloured picture with its photograph, both at most 240 pixels wide.

    Errors: ValueError for pictures of different shapes.
    """
    if picture.shape != rgb.shape:
        raise ValueError(f"the picture must have the photograph's shape {rgb.shape}, got {picture.shape}")
    small, truth = small_copy(picture), small_copy(rgb)
    rivals = (grey, best_constant, median_by_lightness)
    return Verdict(delta_e(small, truth), *(delta_e(paint(truth), truth) for paint in rivals))


def small_copy(rgb: UInt8[np.ndarray, "h w 3"], width: int = JUDGED_WIDTH) -> UInt8[np.ndarray, "h2 w2 3"]:
    """The picture at this width, or itself where it is no wider."""
    return rgb if rgb.shape[1] <= width else shrink(rgb, width)


def check_has_color(rgb: UInt8[np.ndarray, "h w 3"], name: str) -> None:
    """Raise ValueError for a photograph from which no colour can be learned: grey, or toned in one hue.

    ``name`` is what the error calls it.
    """
    small = small_copy(rgb)
    ab = rgb_to_lab(small)[..., 1:]
    toned = rgb_to_lab(median_by_lightness(small))[..., 1:]
    kind = ""
    if _reach(ab) < LEAST_CHROMA:
        kind = "has no colour"
    elif _reach(ab - toned) < LEAST_CHOICE:
        kind = "is toned in one colour for each lightness, as old prints are"
    if kind:
        raise ValueError(
            f"{name} {kind}, so there is nothing to learn from it; learn from a colour photograph like it,"
            f" and colour this one: sicgan-lite colorize {name} --like COLOUR.jpg"
        )


def lightness_profile(rgb: UInt8[np.ndarray, "h w 3"]) -> list[float]:
    """Nineteen quantiles of a photograph's lightness, from 5 % to 95 %."""
    return np.quantile(rgb_to_lab(small_copy(rgb))[..., 0], QUANTILES).round(1).tolist()


def profiles_differ(first: Sequence[float], second: Sequence[float]) -> float:
    """The mean distance of two ``lightness_profile``, 0 to 100: above ``UNLIKE`` a model is away from home.

    It is the Wasserstein-1 distance of the two distributions, but for their tails.
    """
    return float(np.abs(np.subtract(first, second)).mean())


def _reach(ab: np.ndarray) -> float:
    return float(np.quantile(np.hypot(ab[..., 0], ab[..., 1]), 0.95))
