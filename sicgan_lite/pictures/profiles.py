"""ICC profiles: what an image's numbers mean, and the way from there to sRGB."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image, ImageCms

Pixels = Callable[[Image.Image], np.ndarray]  # the pixels of a band of rows

GREY_MODES = ("1", "L", "LA", "La")
_MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}
# Little CMS's own numbers: Pillow names them since 10.3. Its short cut for grey is 10 of 255 off in
# the darkest tones, so a grey is converted exactly.
_COMPENSATE: Any = 0x2000
_EXACT: Any = 0x0100
_SRGB_TOLERANCE = 2  # of 255: what rounding makes of the sRGB profiles in circulation


def srgb_converter(image: Image.Image) -> tuple[Pixels, bytes | None]:
    """The conversion of a band of this image to sRGB pixels, and the ICC profile to store with the result.

    A profile that cannot be read, or is for another kind of pixels, counts as none.
    """
    profile = image.info.get("icc_profile")
    mode, transform = _transform(profile, image.mode)
    if transform is None or _is_srgb(transform, mode):
        return _plain, profile if mode == "RGB" else None
    if mode == "L":  # a table of all greys, one channel: no rounding may tint a grey
        greys = _apply(transform, Image.fromarray(np.arange(256, dtype=np.uint8)[None]))[0, :, 1:2]
        return lambda band: greys[np.asarray(band.convert(mode))], None
    return lambda band: _apply(transform, band.convert(mode)), None


def changes_nothing(to_rgb: Pixels) -> bool:
    """Whether a conversion of ``srgb_converter`` leaves colours as they are."""
    return to_rgb is _plain


def _plain(band: Image.Image) -> np.ndarray:
    return np.asarray(band.convert("RGB"))


def _apply(transform: ImageCms.ImageCmsTransform, image: Image.Image) -> np.ndarray:
    return np.asarray(ImageCms.applyTransform(image, transform))


def _transform(profile: bytes | None, image_mode: str) -> tuple[str, ImageCms.ImageCmsTransform | None]:
    """The mode that a profile is for and its way to sRGB; None if it is of no use here."""
    if not profile:
        return "", None
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        mode = _MODES.get(source.profile.xcolor_space.strip(), "")
        if (mode == "CMYK") != (image_mode == "CMYK") or (mode == "L" and image_mode not in GREY_MODES):
            return "", None
        flags = _COMPENSATE | (_EXACT if mode == "L" else 0)
        target, intent = ImageCms.createProfile("sRGB"), ImageCms.Intent.RELATIVE_COLORIMETRIC
        return mode, ImageCms.buildTransform(source, target, mode, "RGB", intent, flags)
    except (ImageCms.PyCMSError, OSError):
        return "", None


def _is_srgb(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    """True if the profile is sRGB by deed: names differ, and there are many."""
    if mode == "CMYK":
        return False
    steps = np.arange(0, 256, 15, dtype=np.uint8)  # to 255, both ends included
    cube = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(1, -1, 3)
    probe = Image.fromarray(cube).convert(mode)
    change = _apply(transform, probe).astype(int) - np.asarray(probe.convert("RGB"))
    return bool(abs(change).max() <= _SRGB_TOLERANCE)
