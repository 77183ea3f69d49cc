"""From an image file to upright 8-bit sRGB pixels, whatever its mode, profile or orientation.

Works in bands of rows, so that beside Pillow's own copy only the arrays handed back are large.
"""

from __future__ import annotations

import hashlib
import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
from PIL import Image

from sicgan_lite.files import File, name_of, read_bytes
from sicgan_lite.pictures.depth import narrow, to_srgb
from sicgan_lite.pictures.kinds import WANTED, RefusedError, identify
from sicgan_lite.pictures.profiles import GREY_MODES, Pixels, srgb_converter

MAX_PIXELS = 150_000_000
_MOST_BYTES = 8 * MAX_PIXELS  # as many pixels, uncompressed, 16 bits and alpha

_DEPTHS = "8 bits a channel, 16 bits a channel or 1 bit are wanted"
# What Pillow says of a layout that it does not know; it says so of damage too, in other words.
_NOT_READ = ("unknown pixel mode", "unknown raw mode", "not supported", "not available")

_COLOR = ("P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr")
_STRAIGHT = {"La": "LA", "RGBa": "RGBA"}  # modes with premultiplied alpha, and without
_BAND_PIXELS = 1 << 22
_ORIENTATION, _TIFF_XMP = 274, 700
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


class Decoded(NamedTuple):
    """Upright pixels, and the ICC profile that they are in, or None.

    ``rgb`` is uint8 (h, w, 3), ``alpha`` uint8 (h, w) or None. ``deep`` is the same picture in 16 bits,
    uint16 sRGB (h, w) or (h, w, 3), where the file has them; else None. ``notes`` say what is left out.
    """

    rgb: np.ndarray
    alpha: np.ndarray | None
    profile: bytes | None
    deep: np.ndarray | None
    notes: tuple[str, ...]


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
            with identify(opened, at_most=MAX_PIXELS) as image:
                yield opened, image
        except MemoryError:
            raise MemoryError(f"there is not enough memory for the picture {name}") from None
        except Exception as error:  # noqa: BLE001  decoders raise anything, KeyError to SystemError
            raise ValueError(f"{name}: {_reason(error)}") from None


def _reason(error: Exception) -> str:
    said = str(error) or type(error).__name__
    if isinstance(error, RefusedError):
        return said
    if any(words in said for words in _NOT_READ):
        return f"its pixels are stored in a way that is not read here ({said}); export it as a PNG of 8 bits"
    return f"it is damaged ({said}); {WANTED}"


def _opened(file: File) -> IO[bytes]:
    """A file that can be read in any order, from its first byte."""
    if not isinstance(file, str | os.PathLike):
        return BytesIO(read_bytes(file, at_most=_MOST_BYTES))
    path = Path(file)
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a directory; {WANTED}")
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist; {WANTED}")
    if not path.is_file():  # a pipe or a device can be read for ever
        raise ValueError(f"{path} is not a regular file; {WANTED}")
    return path.open("rb")


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


def decode(file: IO[bytes], image: Image.Image) -> Decoded:
    """The pixels of an image file.

    Pixels with another profile are converted to sRGB (relative colorimetric, black point
    compensated) and lose it; an sRGB profile is kept and the pixels stay as they are. A profile
    that cannot be read or belongs to another mode is dropped, as browsers do. 16 bits are scaled and
    rounded for ``rgb``; they are kept as well, but for colours that a profile converts. Errors: ValueError
    for a mode without a fixed range (32-bit integers, floats) and for LAB; whatever Pillow raises for a
    damaged file.
    """
    stored = getattr(image, "tag_v2", {}).get(_ORIENTATION)
    image.load()
    turn = _UPRIGHT.get(_orientation(image), np.asarray)
    # Pillow turns a TIFF while it loads it, and then knows no orientation.
    turned = _UPRIGHT.get(stored or 0, np.asarray) if turn is np.asarray else np.asarray
    pages = 1 if image.format == "MPO" else getattr(image, "n_frames", 1)  # an MPO has views of one
    image, deep = narrow(file, image, turned)
    if image.mode not in GREY_MODES + _COLOR:
        raise RefusedError(f"pixels of mode {image.mode!r} are not read; {_DEPTHS}")
    to_rgb, profile = srgb_converter(image)
    rgb, alpha = turn(_in_bands(image, to_rgb, channels=(3,))), None
    if _has_alpha(image):
        alpha = np.ascontiguousarray(turn(_in_bands(image, _alpha)))
    kept = None if deep is None else to_srgb(deep, to_rgb)
    notes = tuple(_notes(pages, lost=deep is not None and kept is None))
    return Decoded(np.ascontiguousarray(rgb), alpha, profile, None if kept is None else turn(kept), notes)


def _notes(pages: int, *, lost: bool) -> Iterator[str]:
    if pages > 1:
        yield f"it has {pages} pages or frames; the first is read"
    if lost:
        yield "its 16 bits a channel become 8, which is how its colour profile is converted"


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


def _orientation(image: Image.Image) -> Any:
    try:
        return image.getexif().get(_ORIENTATION)
    except Exception:  # noqa: BLE001  broken metadata is no reason to refuse sound pixels
        return None
