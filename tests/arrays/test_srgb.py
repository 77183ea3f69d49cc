"""The formulas against scikit-image's, bit by bit; test_color holds both to the standards."""

from __future__ import annotations

import numpy as np
import pytest
from skimage.color import lab2rgb, rgb2lab

from sicgan_lite import lab_to_rgb, rgb_to_lab
from sicgan_lite.color import rgb_to_lightness


def pictures() -> list[np.ndarray]:
    """The sRGB cube in steps of 5, and noise of 16 bits."""
    levels = np.arange(0, 256, 5, dtype=np.uint8)
    cube = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1).reshape(52, -1, 3)
    noise = np.random.default_rng(2).integers(0, 2**16, (40, 50, 3), np.uint16)
    return [cube, noise]


def test_lab_is_scikit_images_to_the_last_bit():
    for rgb in pictures():
        np.testing.assert_array_equal(rgb_to_lab(rgb), rgb2lab(rgb).astype(np.float32))


def test_lightness_alone_is_that_of_lab():
    for rgb in pictures():
        np.testing.assert_array_equal(rgb_to_lightness(rgb), rgb_to_lab(rgb)[..., 0])


@pytest.mark.filterwarnings("ignore:Conversion from CIE-LAB")
def test_rgb_is_scikit_images():
    colors = np.random.default_rng(5).uniform((0, -110, -110), (100, 110, 110), (100, 100, 3))
    wild = colors.astype(np.float32)
    np.testing.assert_array_equal(lab_to_rgb(wild), np.rint(255 * lab2rgb(wild.astype(np.float64))))
