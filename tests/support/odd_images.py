"""Image files that are odd or broken, made on the spot, each with what reading it must give.

A case is ``Case(name, data, shape)`` for a file that is read to an array of that shape, or
``Case(name, data, says=...)`` for one that is refused with words that match.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

HEIGHT, WIDTH = 24, 40
DAMAGED = "it is damaged"
TRUNCATED_AT = (0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.97)


class Case(NamedTuple):
    """A file's name and bytes, and the shape it is read to or the words it is refused with."""

    name: str
    data: Callable[[], bytes]
    shape: tuple[int, int] | None = None
    says: str = ""


def picture(height: int = HEIGHT, width: int = WIDTH) -> np.ndarray:
    """A noisy picture with no symmetry: no two orientations of it are alike, and it compresses ill."""
    return np.random.default_rng(7).integers(0, 256, (height, width, 3), np.uint8)


PICTURE = picture()


def saved(kind: str, pixels: np.ndarray | Image.Image = PICTURE, **options: Any) -> bytes:
    """The bytes of a picture as Pillow writes it."""
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    """A PNG chunk."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(
    width: int, height: int, *, depth: int = 8, color: int = 2, rows: bytes = b"", extra: bytes = b""
) -> bytes:
    """A PNG written by hand: any header, any pixel data (with its filter bytes), any extra chunks."""
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)
    body = chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def tiff(tags: list[tuple[int, int, int, int]], pixels: bytes = b"") -> bytes:
    """A little-endian TIFF written by hand from (tag, type, count, value) and pixel data at byte 8."""
    directory = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in tags)
    return b"II*\0" + struct.pack("<I", 8 + len(pixels)) + pixels + directory + bytes(4)


def plain_tiff(width: int, height: int, *, bits: int, photometric: int, pixels: bytes) -> bytes:
    """An uncompressed TIFF of one channel and one strip."""
    values = [(256, width), (257, height), (258, bits), (259, 1), (262, photometric), (273, 8)]
    values += [(277, 1), (278, height), (279, len(pixels))]
    return tiff([(tag, 4, 1, value) for tag, value in values], pixels)


def oriented(kind: str, orientation: int) -> bytes:
    """The picture with an EXIF orientation, stored as it is."""
    exif = Image.Exif()
    exif[274] = orientation
    options: dict[str, Any] = (
        {"lossless": True} if kind == "WEBP" else {"quality": 95} if kind == "JPEG" else {}
    )
    return saved(kind, exif=exif, **options)


def _animation(kind: str, **options: object) -> bytes:
    frames = [Image.fromarray(PICTURE), Image.fromarray(255 - PICTURE)]
    return saved(kind, frames[0], save_all=True, append_images=frames[1:], **options)


def _cut(data: Callable[[], bytes], part: float) -> Callable[[], bytes]:
    return lambda: data()[: max(1, int(len(data()) * part))]


def _flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


_WHOLE: dict[str, Callable[[], bytes]] = {
    "whole.png": lambda: saved("PNG"),
    "optimized.png": lambda: saved("PNG", optimize=True),
    "baseline.jpg": lambda: saved("JPEG"),
    "progressive.jpg": lambda: saved("JPEG", progressive=True),
    "raw.tif": lambda: saved("TIFF"),
    "deflate.tif": lambda: saved("TIFF", compression="tiff_adobe_deflate"),
    "lossy.webp": lambda: saved("WEBP"),
    "lossless.webp": lambda: saved("WEBP", lossless=True),
}


def _truncated() -> Iterator[Case]:
    for name, data in _WHOLE.items():
        for part in TRUNCATED_AT:
            yield Case(f"cut_at_{part:.0%}_{name}", _cut(data, part), says=DAMAGED)


def _foreign() -> Iterator[Case]:
    begins = "it begins with"
    yield Case("empty.png", lambda: b"", says="it is empty")
    yield Case("text.jpg", lambda: b"not a picture at all\n", says=begins)
    yield Case("page.png", lambda: b"<!DOCTYPE html><html></html>", says=begins)
    yield Case("one_byte.png", lambda: b"\x89", says=begins)
    yield Case("zeros.tif", lambda: bytes(1000), says=begins)
    yield Case("noise.webp", lambda: np.random.default_rng(1).bytes(1000), says=begins)
    yield Case("archive.png", lambda: b"PK\x03\x04" + bytes(60), says=begins)
    yield Case("vector.png", lambda: b'<svg xmlns="http://www.w3.org/2000/svg"/>', says="it is an SVG")
    yield Case("sound.webp", lambda: b"RIFF\x24\0\0\0WAVEfmt " + bytes(40), says=begins)
    yield Case("frames.gif", lambda: _animation("GIF"), says="it is a GIF, which is not read here")
    yield Case("bitmap.bmp", lambda: saved("BMP"), says="it is a BMP")
    yield Case("as_text.png", lambda: saved("PNG").replace(b"\r\n", b"\n", 1), says=begins)
    yield Case("bad_magic.jpg", lambda: _flipped(saved("JPEG"), 1), says=begins)


def _broken() -> Iterator[Case]:
    yield Case("signature_only.png", lambda: b"\x89PNG\r\n\x1a\n", says=DAMAGED)
    yield Case("start_only.jpg", lambda: b"\xff\xd8\xff", says=DAMAGED)
    yield Case("no_scan.jpg", lambda: saved("JPEG")[:20] + b"\xff\xd9", says=DAMAGED)
    yield Case("header_only.webp", lambda: b"RIFF\x04\0\0\0WEBP", says=DAMAGED)
    yield Case("header_bit.png", lambda: _flipped(saved("PNG"), 20), says=DAMAGED)
    yield Case("pixel_bit.png", lambda: _flipped(saved("PNG"), 200), says=DAMAGED)
    yield Case("no_header.png", lambda: b"\x89PNG\r\n\x1a\n" + chunk(b"IEND", b""), says=DAMAGED)
    yield Case("no_width.png", lambda: png(0, 4), says=DAMAGED)
    yield Case("color_7.png", lambda: png(4, 4, color=7), says=DAMAGED)
    yield Case("depth_3.png", lambda: png(4, 4, depth=3), says=DAMAGED)
    yield Case("no_pixels.png", lambda: png(4, 4), says=DAMAGED)
    yield Case("long_chunk.png", lambda: saved("PNG")[:33] + b"\xff\xff\xff\xffIDAT", says=DAMAGED)
    yield Case("nowhere.tif", lambda: b"II*\0\xff\xff\xff\x7f", says=DAMAGED)
    yield Case("no_tags.tif", lambda: tiff([]), says=DAMAGED)
    yield Case("loop.tif", lambda: b"II*\0" + struct.pack("<IHI", 8, 0, 8), says=DAMAGED)
    yield Case("text_bomb.png", lambda: _with_text(1 << 28), (1, 1))


def _with_text(size: int) -> bytes:
    text = b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(bytes(size))
    return png(1, 1, rows=bytes(4), extra=chunk(b"iTXt", text))


def _huge() -> Iterator[Case]:
    limit = "above the limit of 150,000,000"
    yield Case("huge.png", lambda: png(100_000, 100_000), says=f"100000 × 100000 pixels, {limit}")
    yield Case("largest.png", lambda: png(2**31 - 1, 2**31 - 1), says=limit)
    yield Case("long.png", lambda: png(150_000_001, 1), says=limit)
    yield Case("tall.png", lambda: png(1, 150_000_001), says=limit)
    yield Case("just_above.png", lambda: png(15_000, 10_001), says=f"15000 × 10001 pixels, {limit}")
    yield Case("huge.tif", lambda: _huge_tiff(60_000, 60_000), says=f"60000 × 60000 pixels, {limit}")
    yield Case("huge.jpg", _huge_jpeg, says=f"65000 × 65000 pixels, {limit}")
    yield Case("hollow.png", lambda: png(12_000, 12_500), says=DAMAGED)
    yield Case("hollow.tif", lambda: _huge_tiff(12_000, 12_500), says=DAMAGED)


def _huge_tiff(width: int, height: int) -> bytes:
    return plain_tiff(width, height, bits=8, photometric=1, pixels=bytes(16))


def _huge_jpeg() -> bytes:
    data = saved("JPEG")
    size = struct.pack(">HH", HEIGHT, WIDTH)
    return data.replace(size, struct.pack(">HH", 65_000, 65_000), 1)


def _modes() -> Iterator[Case]:
    whole = (HEIGHT, WIDTH)
    rgb = Image.fromarray(PICTURE)
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA"):
        yield Case(f"mode_{mode}.png", partial(saved, "PNG", rgb.convert(mode)), whole)
        yield Case(f"mode_{mode}.tif", partial(saved, "TIFF", rgb.convert(mode)), whole)
    for mode in ("L", "RGB", "CMYK"):
        yield Case(f"mode_{mode}.jpg", partial(saved, "JPEG", rgb.convert(mode)), whole)
    yield Case("mode_CMYK.tif", partial(saved, "TIFF", rgb.convert("CMYK")), whole)
    wide = Image.fromarray(np.arange(HEIGHT * WIDTH, dtype=np.uint16).reshape(whole))
    yield Case("mode_I16.tif", partial(saved, "TIFF", wide), whole)
    for mode in ("I", "F", "LAB"):
        image = Image.new(mode, (WIDTH, HEIGHT))
        says = f"pixels of mode '{mode}' are not read"
        yield Case(f"mode_{mode}.tif", partial(saved, "TIFF", image), says=says)
    yield Case("depth_16_grey.png", lambda: png(2, 1, depth=16, color=0, rows=bytes(5)), (1, 2))
    yield Case("depth_16_rgb.png", lambda: png(2, 1, depth=16, color=2, rows=bytes(13)), (1, 2))
    yield Case("depth_16_rgba.png", lambda: png(1, 1, depth=16, color=6, rows=bytes(9)), (1, 1))
    yield Case("depth_2_grey.png", lambda: png(4, 1, depth=2, color=0, rows=bytes(2)), (1, 4))


def _shapes() -> Iterator[Case]:
    for kind, suffix in (("PNG", "png"), ("JPEG", "jpg"), ("TIFF", "tif"), ("WEBP", "webp")):
        for shape in ((1, 1), (1, 5000), (5000, 1)):
            name = f"{shape[0]}x{shape[1]}.{suffix}"
            yield Case(name, partial(saved, kind, picture(*shape)), shape)
        for orientation in range(1, 9):
            shape = (HEIGHT, WIDTH) if orientation < 5 else (WIDTH, HEIGHT)
            name = f"orientation_{orientation}.{suffix}"
            yield Case(name, partial(oriented, kind, orientation), shape)


def _with_raw_exif() -> bytes:
    data = saved("PNG")  # its header ends at byte 33
    return data[:33] + chunk(b"tEXt", b"Raw profile type exif\0\nexif\n 2\nzz") + data[33:]


def _odd() -> Iterator[Case]:
    whole = (HEIGHT, WIDTH)
    for name, data in _WHOLE.items():
        yield Case(name, data, whole)
    yield Case("a_jpeg.png", lambda: saved("JPEG"), whole)
    yield Case("no_suffix", lambda: saved("PNG"), whole)
    yield Case("frames.png", lambda: _animation("PNG"), whole)
    yield Case("frames.webp", lambda: _animation("WEBP", lossless=True), whole)
    yield Case("pages.tif", lambda: _animation("TIFF"), whole)
    yield Case("orientation_0.jpg", lambda: oriented("JPEG", 0), whole)
    yield Case("orientation_9.jpg", lambda: oriented("JPEG", 9), whole)
    yield Case("bad_exif.jpg", lambda: saved("JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff junk"), whole)
    yield Case("exif_that_is_no_hex.png", _with_raw_exif, whole)
    yield Case("no_exif.jpg", lambda: saved("JPEG", exif=b"Exif\0\0"), whole)
    yield Case("bad_profile.png", lambda: saved("PNG", icc_profile=b"not a profile"), whole)
    yield Case("no_end.png", lambda: saved("PNG")[:-12], whole)
    yield Case("tail.png", lambda: saved("PNG") + bytes(100), whole)
    yield Case("tail.jpg", lambda: saved("JPEG") + b"more", whole)


CASES = [case for cases in (_truncated, _foreign, _broken, _huge, _modes, _shapes, _odd) for case in cases()]
