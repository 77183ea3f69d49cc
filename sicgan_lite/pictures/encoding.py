"""From pixels to the bytes of a PNG, JPEG, TIFF or WebP file, with all that goes along."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any, NamedTuple

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from sicgan_lite.pictures.decoding import JPEG_XMP
from sicgan_lite.pictures.exif import IPTC, Entry, pack, parse_exif, resolution_of, whole_numbers
from sicgan_lite.pictures.keeping import iptc_segment
from sicgan_lite.pictures.xmp import MAX_BYTES

_SIDES = {"JPEG": 65_500, "WEBP": 16_383}
_SEGMENT = 65_533  # the bytes of a JPEG's segment
MOST_XMP = dict.fromkeys(("PNG", "TIFF", "WEBP"), MAX_BYTES) | {"JPEG": _SEGMENT - len(JPEG_XMP)}
LABEL_BYTES = 3_000  # about as much as a label adds to a packet
_QUALITY = 95
_PNG_HEADER = 33  # signature and IHDR, which other chunks follow
_BYTES, _UNDEFINED = 1, 7


class Extras(NamedTuple):
    """What goes along with pixels: ICC profile, XMP packet, EXIF and IPTC block, or None."""

    profile: bytes | None = None
    xmp: bytes | None = None
    exif: bytes | None = None
    iptc: bytes | None = None


def check_fits(kind: str, shape: tuple[int, ...], alpha: np.ndarray | None) -> None:
    """Errors: ValueError for a size (h, w) or an alpha (h, w) that this kind of file cannot hold."""
    side = _SIDES.get(kind)
    if side and max(shape) > side:
        raise ValueError(f"{kind} holds {side} pixels a side, not {max(shape)}; use .png")
    if kind == "JPEG" and alpha is not None and alpha.min() < 255:
        raise ValueError("JPEG cannot hold transparency; use .png")


def with_alpha(rgb: np.ndarray, alpha: np.ndarray | None) -> np.ndarray:
    """Pixels (h, w, 3) and their alpha (h, w) as one array. Errors: ValueError for another shape."""
    if alpha is None:
        return np.ascontiguousarray(rgb)
    if alpha.shape != rgb.shape[:2]:
        raise ValueError(f"alpha of shape {alpha.shape} for pixels of {rgb.shape[:2]}")
    return np.dstack([rgb, alpha.astype(rgb.dtype) * (257 if rgb.dtype == np.uint16 else 1)])


def encode(pixels: np.ndarray, kind: str, extras: Extras) -> bytes:
    """The bytes of a file of 8-bit pixels (h, w, 3 or 4), or of 16 bits for PNG and TIFF."""
    return _WRITERS[kind](pixels, extras)


def _png(pixels: np.ndarray, extras: Extras) -> bytes:
    text = PngInfo()
    if extras.xmp:
        text.add_itxt("XML:com.adobe.xmp", extras.xmp.decode())
    deep = pixels.dtype == np.uint16
    head = pixels[:1, :1].astype(np.uint8) if deep else pixels  # of 16 bits: its chunks, and no more
    data = _pillow(head, "PNG", pnginfo=text, icc_profile=extras.profile, **_common(extras))
    if not deep:
        return data
    import cv2

    order = [2, 1, 0, 3][: pixels.shape[2]]
    whole = cv2.imencode(".png", pixels[..., order])[1].tobytes()
    return whole[:_PNG_HEADER] + _ancillary(data) + whole[_PNG_HEADER:]


def _ancillary(png: bytes) -> bytes:
    """Every chunk of a PNG but those of its pixels."""
    chunks, at = [], _PNG_HEADER
    while at < len(png):
        size = 12 + struct.unpack_from(">I", png, at)[0]
        if png[at + 4 : at + 8] not in (b"IDAT", b"IEND"):
            chunks.append(png[at : at + size])
        at += size
    return b"".join(chunks)


def _jpeg(pixels: np.ndarray, extras: Extras) -> bytes:
    segments = _xmp_segment(extras.xmp) if extras.xmp else b""
    segments += iptc_segment(extras.iptc) if extras.iptc else b""
    options = {"quality": _QUALITY, "subsampling": 0, "icc_profile": extras.profile, "extra": segments}
    return _pillow(pixels, "JPEG", **options, **_common(extras))


def _webp(pixels: np.ndarray, extras: Extras) -> bytes:
    options = {"icc_profile": extras.profile, "xmp": extras.xmp, "exif": extras.exif}
    given = {name: data for name, data in options.items() if data}
    return _pillow(pixels, "WEBP", quality=_QUALITY, **given)


def _tiff(pixels: np.ndarray, extras: Extras) -> bytes:
    """One strip of deflated rows, each value as the difference from its neighbour (TIFF 6.0, section 14)."""
    exif = parse_exif(extras.exif)
    height, width, channels = pixels.shape
    rows = pixels.copy()
    rows[:, 1:] -= pixels[:, :-1]
    strip = zlib.compress(rows.astype(rows.dtype.newbyteorder(exif.order)).tobytes(), 6)
    bits = 8 * pixels.itemsize
    laid_out = {
        256: (width,), 257: (height,), 258: (bits,) * channels, 259: (8,), 262: (2,), 273: (8,),
        277: (channels,), 278: (height,), 279: (len(strip),), 284: (1,), 317: (2,),
        338: (2,) if channels == 4 else (),
    }  # fmt: skip
    main = {tag: whole_numbers(exif.order, *values) for tag, values in laid_out.items() if values}
    blocks = {700: (_BYTES, extras.xmp), IPTC: (_UNDEFINED, extras.iptc), 34675: (_UNDEFINED, extras.profile)}
    main |= {tag: Entry(kind, len(data), data) for tag, (kind, data) in blocks.items() if data}
    return pack(exif._replace(main=exif.main | main), strip)


_WRITERS: dict[str, Callable[[np.ndarray, Extras], bytes]] = {
    "PNG": _png,
    "JPEG": _jpeg,
    "TIFF": _tiff,
    "WEBP": _webp,
}


def _common(extras: Extras) -> dict[str, Any]:
    """What Pillow takes alike for PNG and JPEG."""
    dpi = resolution_of(parse_exif(extras.exif))
    return ({"exif": b"Exif\0\0" + extras.exif} if extras.exif else {}) | ({"dpi": dpi} if dpi else {})


def _pillow(pixels: np.ndarray, kind: str, **options: Any) -> bytes:
    file = BytesIO()
    Image.fromarray(pixels).save(file, kind, **options)
    return file.getvalue()


def _xmp_segment(xmp: bytes) -> bytes:
    content = JPEG_XMP + xmp
    return b"\xff\xe1" + (len(content) + 2).to_bytes(2, "big") + content
