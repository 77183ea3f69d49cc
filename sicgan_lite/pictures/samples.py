"""Photographs that come with scikit-image, for whoever has none at hand."""

from __future__ import annotations

import numpy as np
from jaxtyping import UInt8

from sicgan_lite.pictures import SAMPLES


def sample_image(name: str) -> UInt8[np.ndarray, "h w 3"]:
    """A photograph that comes with scikit-image, offline: sRGB, (h, w, 3).

    ``astronaut`` (512, 512): Eileen Collins; NASA, public domain. ``camera`` (512, 512), grey in
    three equal channels: Lav Varshney, CC0. ``chelsea`` (300, 451), a cat: Stéfan van der Walt,
    CC0. ``coffee`` (400, 600): Rachel Michetti, courtesy of Pikolo Espresso Bar, CC0. Errors:
    ValueError for another name. Source: the docstrings of ``skimage.data``.
    """
    if name not in SAMPLES:
        raise ValueError(f"no sample is called {name!r}; there are {', '.join(SAMPLES)}")
    from skimage import data

    pixels = getattr(data, name)()
    return pixels if pixels.ndim == 3 else np.dstack([pixels] * 3)
