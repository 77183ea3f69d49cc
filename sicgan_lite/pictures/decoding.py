"""From an image file to upright 8-bit sRGB pixels, whatever its mode, profile or orientation.

Works in bands of rows, so that beside Pillow's own copy only the arrays handed back are large.
"""

from __future__ import annotations

import hashlib
import os
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import numpy as np
from PIL import Image
from PIL.JpegImagePlugin import jpeg_factory
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from sicgan_lite.files import File, name_of, read_bytes
from sicgan_lite.pictures.profiles import GREY_MODES, Pixels, srgb_converter

MAX_PIXELS = 150_000_000
_MOST_BYTES = 8 * MAX_PIXELS  # as many pixels, uncompressed, 16 bits and alpha

_WANTED = "a whole PNG, JPEG, TIFF or WebP image is wanted"
_DEPTHS = "8 bits a channel, 16 bits a channel or 1 bit are wanted"
_READERS = {
    rb"\x89PNG\r\n\x1a\n": PngImageFile,
    rb"\xff\xd8\xff": jpeg_factory,
    rb"II[*+]\0|MM\0[*+]": TiffImageFile,
    rb"RIFF....WEBP": WebPImageFile,
}

_COLOR = ("P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr")
_STRAIGHT = {"La": "LA", "RGBa": "RGBA"}  # modes with premultiplied alpha, and without
_BAND_PIXELS = 1 << 22
_TIFF_BITS, _TIFF_PHOTOMETRIC, _ORIENTATION, _TIFF_XMP = 258, 262, 274, 700
JPEG_XMP = b"http://ns.adobe.com/xap/1.0/\0"  # what the segment with the packet begins with

_UPRIGHT: dict[int, Callable[[np.ndarray], np.ndarray]] = {
    2: lambda pixels: pixels[:, ::-1],
    3: lambda pixels: pixels[::-1, ::-1],
    4: lambda pixels: pixels[::-1],
    5: lambda pixels: pixels.swapaxes(0, 1),
    6: lambda pixels: np.rot90(pixels, -1),
    7: lambda pixels: pixels[::-1, ::-1].swapaxes(0, 1),
    8: np.rot90,
}


class _RefusedError(ValueError):
    """Our own reason to refuse a file, complete in itself; anything else that is raised is damage."""


@contextmanager
def open_image(file: File) -> Iterator[tuple[IO[bytes], Image.Image]]:
    """An image file and its header; nothing is decoded yet.

    Whatever the block raises becomes one ValueError that names the file, and warnings are silent.
    Errors: as ``images.read_image``.
    """
    name = name_of(file)
    with _opened(file) as opened, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with _identify(opened) as image:
                yield opened, image
        except Exception as error:  # noqa: BLE001  decoders raise anything, KeyError to MemoryError
            reason = str(error) or type(error).__name__
            if not isinstance(error, _RefusedError):
                reason = f"it is damaged ({reason}); {_WANTED}"
            raise ValueError(f"{name}: {reason}") from None


def _opened(file: File) -> IO[bytes]:
    """A file that can be read in any order, from its first byte."""
    if not isinstance(file, str | os.PathLike):
        return BytesIO(read_bytes(file, at_most=_MOST_BYTES))
    path = Path(file)
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a directory; {_WANTED}")
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist; {_WANTED}")
    if not path.is_file():  # a pipe or a device can be read for ever
        raise ValueError(f"{path} is not a regular file; {_WANTED}")
    return path.open("rb")


def _identify(file: IO[bytes]) -> Image.Image:
    head = file.read(16)
    file.seek(0)
    readers = [make for magic, make in _READERS.items() if re.match(magic, head, re.DOTALL)]
    if not readers:
        begins = f"it begins with {head[:8]!r}" if head else "it is empty"
        raise _RefusedError(f"{begins}; {_WANTED}")
    # Not Image.open: its limit is a module global, which other code raises or lowers.
    image = readers[0](file)
    if image.width * image.height > MAX_PIXELS:
        raise _RefusedError(
            f"it declares {image.width} × {image.height} pixels, above the limit of {MAX_PIXELS:,}"
        )
    return image


def sha256_of_file(file: IO[bytes]) -> str:
    """The SHA-256 of a file from its first byte on, in hexadecimal digits."""
    digest = hashlib.sha256()
    file.seek(0)
    while block := file.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()


def xmp_of(image: Image.Image) -> bytes | None:
    """The XMP packet of a file, or None; a PNG may have it after its pixels."""
    info, tags = image.info, getattr(image, "tag_v2", {})
    packet = info.get("xmp") or info.get("XML:com.adobe.xmp") or tags.get(_TIFF_XMP)
    for _, segment in getattr(image, "applist", ()):  # before Pillow 11, a JPEG's is here alone
        packet = packet or segment.partition(JPEG_XMP)[2]
    return packet.encode() if isinstance(packet, str) else packet or None


def decode(image: Image.Image) -> tuple[np.ndarray, np.ndarray | None, bytes | None]:
    """Pixels (h, w, 3), alpha (h, w) or None, and the ICC profile that the pixels are in, or None.

    Pixels with another profile are converted to sRGB (relative colorimetric, black point
    compensated) and lose it; an sRGB profile is kept and the pixels stay as they are. A profile
    that cannot be read or belongs to another mode is dropped, as browsers do. 16-bit grey is
    scaled and rounded. Errors: ValueError for a mode without a fixed range (32-bit integers,
    floats) and for LAB; whatever Pillow raises for a damaged file.
    """
    image.load()
    turn = _UPRIGHT.get(_orientation(image), np.asarray)
    image = _to_8_bit(image)
    if image.mode not in GREY_MODES + _COLOR:
        raise _RefusedError(f"pixels of mode {image.mode!r} are not read; {_DEPTHS}")
    to_rgb, profile = srgb_converter(image)
    rgb, alpha = turn(_in_bands(image, to_rgb, channels=(3,))), None
    if _has_alpha(image):
        alpha = np.ascontiguousarray(turn(_in_bands(image, _alpha)))
    return np.ascontiguousarray(rgb), alpha, profile


def _in_bands(image: Image.Image, pixels: Pixels, channels: tuple[int, ...] = ()) -> np.ndarray:
    width, height = image.size
    rows = max(1, _BAND_PIXELS // width)
    whole = np.empty((height, width, *channels), np.uint8)
    for top in range(0, height, rows):
        band = image.crop((0, top, width, min(top + rows, height)))
        whole[top : top + rows] = pixels(band.convert(_STRAIGHT.get(band.mode, band.mode)))
    return whole


def _has_alpha(image: Image.Image) -> bool:
    palette = image.palette.mode if image.palette else ""
    return "A" in image.mode.upper() or "transparency" in image.info or palette == "RGBA"


def _alpha(band: Image.Image) -> np.ndarray:
    return np.asarray(band.convert("RGBA").getchannel("A"))


def _to_8_bit(image: Image.Image) -> Image.Image:
    """16-bit grey as L or LA, by a table; any other image as it is."""
    if not (image.mode.startswith("I;16") or (image.mode == "I" and image.format == "PNG")):
        return image
    tags = getattr(image, "tag_v2", {})
    white = 2 ** tags.get(_TIFF_BITS, (16,))[0] - 1
    table = np.minimum(np.rint(np.arange(1 << 16) * (255 / white)), 255).astype(np.uint8)
    if tags.get(_TIFF_PHOTOMETRIC) == 0:  # 0 is white, and Pillow leaves it so
        table = table[::-1]
    values = np.asarray(image)
    narrow = Image.fromarray(table[values])
    key = image.info.get("transparency")
    if key is not None:  # one of the 65,536 greys is transparent
        narrow.putalpha(Image.fromarray(np.where(values == key, 0, 255).astype(np.uint8)))
    narrow.info["icc_profile"] = image.info.get("icc_profile")
    return narrow


def _orientation(image: Image.Image) -> Any:
    try:
        return image.getexif().get(_ORIENTATION)
    except Exception:  # noqa: BLE001  broken metadata is no reason to refuse sound pixels
        return None
