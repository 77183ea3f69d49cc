from __future__ import annotations

import numpy as np
import pytest

from sicgan_lite import sample_image
from sicgan_lite.arrays.resizing import shrink


def test_shrink_takes_the_mean_of_areas():
    picture = np.zeros((4, 8, 3), np.uint8)
    picture[:2, :2] = [[[40, 0, 200]] * 2, [[60, 0, 100]] * 2]
    assert shrink(picture, 4).shape == (2, 4, 3)
    assert shrink(picture, 4)[0, 0].tolist() == [50, 0, 150]
    assert shrink(picture, 4)[1].max() == 0
    assert shrink(sample_image("coffee")).shape == (64, 96, 3)
    np.testing.assert_array_equal(shrink(picture, 8), picture)


@pytest.mark.parametrize("width", [0, -3, 9])
def test_a_width_that_does_not_fit_is_refused(width):
    with pytest.raises(ValueError, match=rf"between 1 and the photograph's 8, got {width}"):
        shrink(np.zeros((4, 8, 3), np.uint8), width)
