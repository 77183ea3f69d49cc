"""Pictures of 16 bits a channel: narrowed to 8 for the networks, and kept whole for the result."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import IO, Any

import numpy as np
from PIL import Image

from sicgan_lite.pictures.kinds import RefusedError
from sicgan_lite.pictures.profiles import Pixels, changes_nothing

Turn = Callable[[np.ndarray], np.ndarray]
_BITS, _COMPRESSION, _PHOTOMETRIC, _PLANAR, _EXTRA = 258, 259, 262, 284, 338
_WHITE_IS_ZERO, _SEPARATE, _UNCOMPRESSED, _PREMULTIPLIED = 0, 2, 1, 1
_PNG_DEPTH = 24  # where a PNG's header says how many bits


def narrow(file: IO[bytes], image: Image.Image, turned: Turn) -> tuple[Image.Image, np.ndarray | None]:
    """The loaded image with 8 bits a channel, and its 16-bit values, (h, w) or (h, w, 3), or None.

    ``turned`` is what the image went through when it was loaded: the file's own values have to follow.
    Errors: ``RefusedError`` where two readers see different pixels.
    """
    if image.mode.startswith("I;16") or (image.mode == "I" and image.format == "PNG"):
        return _narrow_grey(image)
    values = _second_reading(file, image) if _is_deep(file, image) else None
    if values is None:
        return image, None
    values = turned(values)
    seen, narrowed = np.asarray(image), (values >> 8).astype(np.uint8)
    if _by_planes(image):  # which Pillow takes for pixel by pixel, without a word
        again = Image.fromarray(narrowed)
        again.info.update(image.info)
        return again, np.ascontiguousarray(values[..., :3])
    if seen.shape != narrowed.shape or not np.array_equal(seen, narrowed):
        raise RefusedError("two readers see different pixels in it; export it as an 8-bit PNG or TIFF")
    return image, np.ascontiguousarray(values[..., :3])


def to_srgb(values: np.ndarray, to_rgb: Pixels) -> np.ndarray | None:
    """16-bit values in sRGB: greys through the profile's curve; colours only where it changes nothing."""
    if values.ndim == 3:
        return values if changes_nothing(to_rgb) else None
    greys = to_rgb(Image.fromarray(np.arange(256, dtype=np.uint8)[None]))[0, :, 0]
    curve = np.interp(np.arange(1 << 16) / 257, np.arange(256), greys * 257.0)
    return np.rint(curve).astype(np.uint16)[values]


def _narrow_grey(image: Image.Image) -> tuple[Image.Image, np.ndarray]:
    """16-bit grey as L or LA, and its values with 0 as black and 65,535 as white."""
    tags = getattr(image, "tag_v2", {})
    white = 2 ** tags.get(_BITS, (16,))[0] - 1
    table = np.minimum(np.rint(np.arange(1 << 16) * (65_535 / white)), 65_535).astype(np.uint16)
    if tags.get(_PHOTOMETRIC) == _WHITE_IS_ZERO:  # and Pillow leaves it so
        table = table[::-1]
    stored = np.asarray(image)
    values = table[stored]
    grey = Image.fromarray(np.rint(table / 257).astype(np.uint8)[stored])
    key = image.info.get("transparency")
    if key is not None:  # one of the 65,536 greys is transparent
        grey.putalpha(Image.fromarray(np.where(stored == key, 0, 255).astype(np.uint8)))
    grey.info["icc_profile"] = image.info.get("icc_profile")
    return grey, values


def _is_deep(file: IO[bytes], image: Image.Image) -> bool:
    """Whether colours have 16 bits and may be kept: no key colour, no premultiplied alpha."""
    if image.mode not in ("RGB", "RGBA") or "transparency" in image.info:
        return False
    if image.format == "PNG":
        file.seek(_PNG_DEPTH)
        return file.read(1) == b"\x10"
    tags: Any = getattr(image, "tag_v2", {})
    premultiplied = _PREMULTIPLIED in tags.get(_EXTRA, ())
    return image.format == "TIFF" and set(tags.get(_BITS, ())) == {16} and not premultiplied


def _by_planes(image: Image.Image) -> bool:
    tags: Any = getattr(image, "tag_v2", {})
    return tags.get(_PLANAR) == _SEPARATE and tags.get(_COMPRESSION, 1) == _UNCOMPRESSED


def _second_reading(file: IO[bytes], image: Image.Image) -> np.ndarray | None:
    """The values (h, w, 3 or 4) as another program reads them; None where it cannot."""
    file.seek(0)
    data = file.read()
    try:
        values = _png_values(data) if image.format == "PNG" else _tiff_values(data)
    except Exception:  # noqa: BLE001 - a second reader that cannot read it: 8 bits are left
        if image.format == "TIFF" and _by_planes(image):
            raise RefusedError("its 16 bits are stored plane by plane, and are not read here") from None
        return None
    return values if values is not None and values.dtype == np.uint16 and values.ndim == 3 else None


def _png_values(data: bytes) -> np.ndarray | None:
    import cv2  # here: reading most pictures needs none

    values: Any = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    order = [2, 1, 0, 3][: values.shape[2]]
    return values[..., order]


def _tiff_values(data: bytes) -> np.ndarray:
    from tifffile import TiffFile  # comes with scikit-image

    with TiffFile(BytesIO(data)) as tiff:
        page: Any = tiff.pages[0]
        values = page.asarray()
        planes = page.planarconfig == _SEPARATE
    return (np.moveaxis(values, 0, -1) if planes else values).astype(np.uint16, copy=False)
