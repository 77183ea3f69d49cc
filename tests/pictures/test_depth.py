"""Sixteen bits in, sixteen bits out; and every layout of a TIFF as tifffile has written it."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image
from support.icc import grey_profile, rgb_profile
from support.odd_images import PICTURE, saved

from sicgan_lite import Generator, colorize, encode_image, rgb_to_lab
from sicgan_lite.pictures.images import Photo, left_behind, read_image

DEEP = np.random.default_rng(3).integers(0, 1 << 16, (24, 40, 3)).astype(np.uint16)
GREY = DEEP[..., 0]
Layout = dict[str, Any]


def written(pixels: np.ndarray, **layout: Any) -> bytes:
    file = io.BytesIO()
    tifffile.imwrite(file, pixels, **layout)
    return file.getvalue()


def layouts() -> Iterator[tuple[np.ndarray, Layout]]:
    """8 and 16 bits; grey from either end, RGB; by pixel, by plane; strips, tiles; either byte order."""
    choices = (
        (np.uint8, np.uint16), ("rgb", "minisblack", "miniswhite"), ("contig", "separate"),
        (None, "unassalpha"), (None, (16, 16)), (None, "zlib"), "<>", (False, True),
    )  # fmt: skip
    for dtype, photometric, planar, alpha, tile, packed, order, difference in itertools.product(*choices):
        channels = (3 if photometric == "rgb" else 1) + (alpha is not None)
        if (difference and not packed) or (channels == 1 and planar == "separate"):
            continue
        most = np.iinfo(dtype).max
        pixels = np.random.default_rng(1).integers(0, most, (37, 45, channels)).astype(dtype)
        if alpha:
            pixels[..., -1] = most
        layout: Layout = {"photometric": photometric, "tile": tile, "compression": packed, "byteorder": order}
        layout |= {"predictor": True} if difference else {}
        layout |= {"planarconfig": planar} if channels > 1 else {}
        yield pixels, layout | ({"extrasamples": [alpha]} if alpha else {})


def truth(pixels: np.ndarray, photometric: str) -> np.ndarray:
    """The picture in floats from 0 to 255."""
    share = pixels / np.iinfo(pixels.dtype).max
    color = share[..., :3] if photometric == "rgb" else np.repeat(share[..., :1], 3, axis=-1)
    return 255 * (1 - color if photometric == "miniswhite" else color)


def test_every_layout_of_a_tiff_is_read_right_or_refused() -> None:
    read = refused = 0
    for pixels, layout in layouts():
        stored = np.moveaxis(pixels, -1, 0) if layout.get("planarconfig") == "separate" else pixels
        stored = pixels[..., 0] if pixels.shape[-1] == 1 else stored
        try:
            photo = read_image(io.BytesIO(written(stored, **layout)))
        except ValueError as error:
            assert "is not read here" in str(error), layout  # noqa: PT017
            refused += 1
            continue
        assert abs(photo.rgb - truth(pixels, layout["photometric"])).max() <= 1.01, layout
        read += 1
        if pixels.dtype == np.uint16:
            deep = truth(pixels, layout["photometric"]) * 257
            deep = deep[..., 0] if layout["photometric"] != "rgb" else deep
            assert photo.deep is not None, layout
            assert abs(photo.deep - deep).max() <= 1, layout
    # Refused: white at 0 with alpha; 16-bit grey with alpha, and from the white end in big-endian order.
    assert read >= 158
    assert read + refused == 240


@pytest.mark.parametrize("orientation", range(1, 9))
def test_sixteen_bits_are_turned_as_the_eight_are(orientation: int) -> None:
    data = written(DEEP, photometric="rgb", extratags=[(274, 3, 1, orientation, True)])
    photo = read_image(io.BytesIO(data))
    assert photo.deep is not None
    assert photo.deep.shape == photo.rgb.shape
    assert np.array_equal(photo.deep >> 8, photo.rgb)


def test_a_png_of_sixteen_bits_is_read_and_written_whole() -> None:
    """OpenCV is the other reader and writer; with alpha too."""
    alpha = np.full((24, 40, 1), 65_535, np.uint16)
    for pixels in (DEEP, np.dstack([DEEP, alpha])):
        swapped = pixels[..., [2, 1, 0, 3][: pixels.shape[-1]]]
        photo = read_image(io.BytesIO(cv2.imencode(".png", swapped)[1].tobytes()))
        assert photo.deep is not None
        assert np.array_equal(photo.deep, DEEP)
        data = encode_image(photo.deep, "PNG", provenance=None, photo=photo)
        again = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
        assert again is not None
        assert np.array_equal(again, swapped)


def test_a_tiff_is_written_as_tifffile_and_pillow_read_it() -> None:
    for pixels in (DEEP, PICTURE):
        data = encode_image(pixels, "TIFF", provenance=None)
        assert np.array_equal(tifffile.imread(io.BytesIO(data)), pixels)
        assert np.array_equal(
            np.asarray(Image.open(io.BytesIO(data))), (DEEP >> 8) if pixels is DEEP else PICTURE
        )
    alpha = PICTURE[..., 0]
    data = encode_image(PICTURE, "TIFF", provenance=None, photo=Photo(PICTURE, alpha, None, "", None))
    assert np.array_equal(tifffile.imread(io.BytesIO(data)), np.dstack([PICTURE, alpha]))


def test_lightness_is_not_rounded_on_the_way() -> None:
    """A slow ramp of 16 bits keeps a lightness of its own in every column; 8 bits have a seventh of them."""
    ramp = np.tile(np.linspace(20_000, 30_000, 256).astype(np.uint16), (32, 1))
    photo = read_image(io.BytesIO(written(ramp)))
    assert photo.deep is not None
    generator = Generator((4,), 16)
    lightness = rgb_to_lab(np.dstack([ramp] * 3))[..., 0]
    whole, rounded = colorize(generator, photo.deep), colorize(generator, photo.rgb)
    assert (whole.dtype, rounded.dtype) == (np.uint16, np.uint8)
    assert abs(rgb_to_lab(whole)[..., 0] - lightness).max() < 0.01
    assert abs(rgb_to_lab(rounded)[..., 0] - lightness).max() > 0.1


def test_formats_of_eight_bits_get_the_upper_ones_and_it_is_said() -> None:
    photo = read_image(io.BytesIO(written(DEEP, photometric="rgb")))
    data = encode_image(DEEP, "WEBP", provenance=None, photo=photo)
    assert read_image(io.BytesIO(data)).deep is None
    assert "its 16 bits a channel become 8" in left_behind(photo, "JPEG")[0]
    assert left_behind(photo, "TIFF") == []


def test_a_grey_profile_is_a_curve_for_sixteen_bits_too() -> None:
    """Linear grey to sRGB, IEC 61966-2-1; between two of 256 levels the curve is nearly straight."""
    ramp = np.arange(0, 1 << 16, 16, dtype=np.uint16)[None]
    photo = read_image(io.BytesIO(written(ramp, iccprofile=grey_profile(1.0))))
    assert photo.deep is not None
    linear = ramp[0] / 65_535
    srgb = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    assert abs(photo.deep[0] / 65_535 - srgb)[300:].max() < 0.004
    assert (np.diff(photo.deep[0].astype(int)) >= 0).all()


def test_colours_in_a_profile_become_eight_bits_and_it_is_said() -> None:
    wide = rgb_profile(np.eye(3) * 0.5 + 0.15, 1.8)
    photo = read_image(io.BytesIO(written(DEEP, photometric="rgb", iccprofile=wide)))
    assert photo.deep is None
    assert photo.notes == ("its 16 bits a channel become 8, which is how its colour profile is converted",)


def test_two_readers_that_disagree_are_a_reason_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    data = written(DEEP, photometric="rgb")
    real = tifffile.TiffPage.asarray
    monkeypatch.setattr(tifffile.TiffPage, "asarray", lambda page: real(page)[::-1])
    with pytest.raises(ValueError, match="two readers see different pixels in it"):
        read_image(io.BytesIO(data))


def test_several_pages_are_said() -> None:
    pages = saved("TIFF", save_all=True, append_images=[Image.fromarray(PICTURE)] * 2)
    assert read_image(io.BytesIO(pages)).notes == ("it has 3 pages or frames; the first is read",)
    assert read_image(io.BytesIO(saved("TIFF"))).notes == ()
