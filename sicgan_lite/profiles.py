"""ICC profiles: what an image's numbers mean, and the way from there to sRGB."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import numpy as np
from PIL import Image, ImageCms

Pixels = Callable[[Image.Image], np.ndarray]  # the pixels of a band of rows

GREY_MODES = ("1", "L", "LA", "La")
_MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}
_SRGB_TOLERANCE = 2  # of 255: what rounding makes of the sRGB profiles in circulation


def srgb_converter(image: Image.Image) -> tuple[Pixels, bytes | None]:
    """What turns a band of this image into sRGB pixels, and the profile that holds after it.

    A profile that cannot be read, or is for another kind of pixels, counts as none.
    """
    profile = image.info.get("icc_profile")
    mode, transform = _transform(profile, image.mode)
    if transform is None or _changes_nothing(transform, mode):
        return _plain, profile if mode == "RGB" else None
    if mode == "L":  # one channel three times: a rounding of 1 would tint a grey
        return lambda band: _apply(transform, band.convert(mode))[..., 1:2], None
    return lambda band: _apply(transform, band.convert(mode)), None


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
        return mode, ImageCms.buildTransform(
            source,
            ImageCms.createProfile("sRGB"),
            mode,
            "RGB",
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError):
        return "", None


def _changes_nothing(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    """True if the profile is sRGB by deed: names differ, and there are many."""
    if mode == "CMYK":
        return False
    steps = np.arange(0, 256, 15, dtype=np.uint8)  # to 255, both ends included
    cube = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(1, -1, 3)
    probe = Image.fromarray(cube).convert(mode)
    change = _apply(transform, probe).astype(int) - np.asarray(probe.convert("RGB"))
    return bool(abs(change).max() <= _SRGB_TOLERANCE)
