"""From pixels to the bytes of a PNG or a JPEG, with alpha, profile and XMP packet."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from sicgan_lite.pictures.decoding import JPEG_XMP

_JPEG_SIDE = 65_500
_JPEG_SEGMENT = 65_533


def check_jpeg(shape: tuple[int, ...], alpha: np.ndarray | None) -> None:
    """Errors: ValueError for a size (h, w) or an alpha (h, w) that JPEG cannot hold."""
    if max(shape) > _JPEG_SIDE:
        raise ValueError(f"JPEG holds {_JPEG_SIDE} pixels a side, not {max(shape)}; use .png")
    if alpha is not None and alpha.min() < 255:
        raise ValueError("JPEG cannot hold transparency; use .png")


def with_alpha(rgb: np.ndarray, alpha: np.ndarray | None) -> Image.Image:
    """The image of uint8 pixels (h, w, 3) and alpha (h, w). Errors: ValueError for another shape."""
    image = Image.fromarray(rgb)
    if alpha is None:
        return image
    if alpha.shape != rgb.shape[:2]:
        raise ValueError(f"alpha of shape {alpha.shape} for pixels of {rgb.shape[:2]}")
    image.putalpha(Image.fromarray(alpha))
    return image


def encode(image: Image.Image, kind: str, profile: bytes | None, xmp: bytes | None) -> bytes:
    """The bytes of a file. Errors: ValueError for an XMP packet that a JPEG's segment cannot hold."""
    file = BytesIO()
    if kind == "PNG":
        text = PngInfo()
        if xmp:
            text.add_itxt("XML:com.adobe.xmp", xmp.decode())
        image.save(file, kind, pnginfo=text, icc_profile=profile)
        return file.getvalue()
    segment = _xmp_segment(xmp) if xmp else b""
    image.save(file, kind, quality=95, subsampling=0, icc_profile=profile, extra=segment)
    return file.getvalue()


def _xmp_segment(xmp: bytes) -> bytes:
    content = JPEG_XMP + xmp
    if len(content) > _JPEG_SEGMENT:
        raise ValueError(f"JPEG holds {_JPEG_SEGMENT} bytes of XMP, not {len(content)}; use .png")
    return b"\xff\xe1" + (len(content) + 2).to_bytes(2, "big") + content
