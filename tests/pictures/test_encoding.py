"""The bytes of a picture, as other readers see them."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from support.odd_images import PICTURE
from support.tiny import photo as ramp

from sicgan_lite import Photo, Provenance, encode_image, read_image, read_provenance

LABEL = Provenance("sicgan-lite", "0.1.0")
BARE = Photo(PICTURE, None, None, "ab" * 32, None)
# ITU-T T.81 (1992), annex K, table K.1: luminance, a row a line.
LUMINANCE = """
16 11 10 16 24 40 51 61
12 12 14 19 26 58 60 55
14 13 16 24 40 57 69 56
14 17 22 29 51 87 80 62
18 22 37 56 68 109 103 77
24 35 55 64 81 104 113 92
49 64 78 87 103 121 120 101
72 92 95 98 112 100 103 99
"""


def test_jpeg_is_as_fine_as_was_promised():
    """Quality 95 is a tenth of the steps that annex K has for 50, by the rule of the IJG's library."""
    with Image.open(io.BytesIO(encode_image(PICTURE, "JPEG", provenance=LABEL))) as image:
        steps = np.array(image.quantization[0])
    table = np.array(LUMINANCE.split(), int)
    assert np.array_equal(np.sort(steps), np.sort(np.maximum((table * 10 + 50) // 100, 1)))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP"])
def test_the_bytes_are_a_labelled_picture_of_that_kind(kind):
    smooth = ramp(40, 64)
    data = encode_image(smooth, kind, provenance=LABEL, photo=BARE)
    with Image.open(io.BytesIO(data)) as image:
        assert image.format == kind
    said = read_provenance(io.BytesIO(data))
    assert said is not None
    assert (said.system, said.source_sha256) == ("sicgan-lite", "ab" * 32)
    error = np.abs(read_image(io.BytesIO(data)).rgb.astype(int) - smooth)
    assert error.max() == 0 if kind in ("PNG", "TIFF") else error.mean() < 10


def test_another_kind_is_refused():
    with pytest.raises(ValueError, match="kind must be one of PNG, JPEG, TIFF, WEBP, got 'png'"):
        encode_image(PICTURE, "png", provenance=LABEL)


def test_what_a_kind_cannot_hold_is_said_without_a_name():
    with pytest.raises(ValueError, match=r"^JPEG cannot hold transparency; use \.png"):
        encode_image(PICTURE, "JPEG", provenance=LABEL, photo=replace(BARE, alpha=PICTURE[..., 2]))
