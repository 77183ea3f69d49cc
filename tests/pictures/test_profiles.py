from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageCms
from support.icc import ADOBE, ADOBE_GAMMA, D65, SRGB, cmyk_profile, encode, grey_profile, rgb_profile
from support.odd_images import PICTURE, saved

from sicgan_lite.pictures.images import read_image

LEVELS = np.arange(0, 256, 15, dtype=np.uint8)
# Colours that both spaces hold: saturated ones would show how a clip is done, not a conversion.
MUTED = (np.stack(np.meshgrid(LEVELS, LEVELS, LEVELS), -1).reshape(18, -1, 3) // 4 + 90).astype(np.uint8)


def read(tmp_path, kind, image, profile):
    path = tmp_path / "picture"
    path.write_bytes(saved(kind, image, icc_profile=profile))
    return read_image(path)


def adobe_to_srgb(rgb):
    linear = (rgb / 255.0) ** ADOBE_GAMMA @ (np.linalg.inv(SRGB) @ ADOBE).T
    assert linear.min() >= 0
    assert linear.max() <= 1
    return encode(linear)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
def test_another_rgb_space_is_converted_and_its_profile_dropped(tmp_path, kind):
    options = {"lossless": True} if kind == "WEBP" else {}
    path = tmp_path / "picture"
    path.write_bytes(saved(kind, MUTED, icc_profile=rgb_profile(ADOBE, ADOBE_GAMMA), **options))
    photo = read_image(path)
    assert photo.icc_profile is None
    assert abs(photo.rgb - adobe_to_srgb(MUTED)).max() < 1.5
    assert abs(photo.rgb.astype(int) - MUTED).max() > 10


def test_the_white_of_a_scanned_paper_becomes_the_white_of_srgb(tmp_path):
    """Relative colorimetry: the paper is white, and not the tint that it has beside another."""
    profile = rgb_profile(ADOBE, ADOBE_GAMMA, D65, b"scnr")
    muted = np.concatenate([MUTED, np.full_like(MUTED[:1], 255)])
    rgb = read(tmp_path, "PNG", muted, profile).rgb
    assert (rgb[-1] == 255).all()
    assert abs(rgb[:-1] - adobe_to_srgb(MUTED)).max() < 1.5


def test_srgb_under_any_name_leaves_the_pixels_and_is_kept(tmp_path):
    named = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    photo = read(tmp_path, "PNG", PICTURE, named)
    np.testing.assert_array_equal(photo.rgb, PICTURE)
    assert photo.icc_profile == named


def test_a_colour_of_a_palette_is_converted_too(tmp_path):
    palette = Image.fromarray(MUTED[:1, :200]).convert("P", palette=Image.Palette.ADAPTIVE)
    photo = read(tmp_path, "PNG", palette, rgb_profile(ADOBE, ADOBE_GAMMA))
    assert abs(photo.rgb - adobe_to_srgb(np.asarray(palette.convert("RGB")))).max() < 1.5


def test_alpha_is_no_colour(tmp_path):
    rgba = np.dstack([MUTED, MUTED[..., 0]])
    photo = read(tmp_path, "PNG", rgba, rgb_profile(ADOBE, ADOBE_GAMMA))
    assert abs(photo.rgb - adobe_to_srgb(MUTED)).max() < 1.5
    np.testing.assert_array_equal(photo.alpha, MUTED[..., 0])


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_grey_with_a_profile_gets_its_lightness_and_stays_grey(tmp_path, kind):
    steps = np.repeat(np.arange(256, dtype=np.uint8), 8)[None].repeat(8, axis=0)  # whole JPEG blocks
    photo = read(tmp_path, kind, Image.fromarray(steps), grey_profile(1.0))
    assert photo.icc_profile is None
    assert (photo.rgb == photo.rgb[..., :1]).all()
    assert abs(photo.rgb[0, ::8, 0] - encode(np.arange(256) / 255)).max() < 0.6


def test_sixteen_bit_grey_with_a_profile_is_converted(tmp_path):
    wide = np.arange(0, 65536, 257, dtype=np.uint16)[None]
    photo = read(tmp_path, "TIFF", Image.fromarray(wide), grey_profile(1.0))
    assert abs(photo.rgb[0, :, 0] - encode(np.arange(256) / 255)).max() < 0.6


def test_cmyk_is_converted_by_its_profile_and_plainly_without(tmp_path):
    ink = np.zeros((8, 256, 4), np.uint8)
    ink[..., 3] = np.arange(256)
    cmyk = Image.fromarray(ink, "CMYK")
    photo = read(tmp_path, "TIFF", cmyk, cmyk_profile())
    lightness = 100 * (1 - np.arange(256) / 255)
    linear = np.where(lightness > 8, ((lightness + 16) / 116) ** 3, lightness / 903.3)
    assert abs(photo.rgb[0] - encode(linear)[:, None]).max() < 2.5
    plain = read(tmp_path, "TIFF", cmyk, None)
    np.testing.assert_array_equal(plain.rgb[0, :, 1], 255 - np.arange(256))
    assert photo.icc_profile is None


@pytest.mark.parametrize(
    "profile",
    [b"junk", b"", bytes(200), rgb_profile(ADOBE, ADOBE_GAMMA)[:200], cmyk_profile(), grey_profile(1.0)],
    ids=["junk", "empty", "zeros", "truncated", "cmyk", "grey"],
)
def test_a_profile_that_cannot_be_meant_is_ignored(tmp_path, profile):
    photo = read(tmp_path, "PNG", PICTURE, profile)
    np.testing.assert_array_equal(photo.rgb, PICTURE)
    assert photo.icc_profile is None
