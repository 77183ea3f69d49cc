"""Which kind of image file this is: read here, read with another package, or refused by its name."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import IO

from PIL import Image
from PIL.JpegImagePlugin import jpeg_factory
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from sicgan_lite.pictures.chunks import sound_chunks

WANTED = "a whole PNG, JPEG, TIFF or WebP image is wanted"
_PREVIEW, _DNG_VERSION, _SUBFILE = 1, 50706, 254
_CAMERA_RAW = "a camera's raw file"


class RefusedError(ValueError):
    """Our own reason to refuse a file, complete in itself; anything else that is raised is damage."""


def _open_heif(file: IO[bytes]) -> Image.Image:
    try:
        from pillow_heif import HeifImageFile
    except ImportError:
        raise RefusedError('it is a HEIC picture: pip install "sicgan-lite[heic]" reads it') from None
    return HeifImageFile(file)


def _open_avif(file: IO[bytes]) -> Image.Image:
    try:
        from PIL.AvifImagePlugin import AvifImageFile
    except ImportError:
        raise RefusedError("it is an AVIF picture: Pillow reads it from version 11.3 on") from None
    return AvifImageFile(file)


def _open_png(file: IO[bytes]) -> Image.Image:
    sound, profile = sound_chunks(file)
    image = PngImageFile(sound)
    if profile is not None:
        image.info["icc_profile"] = profile
    return image


_READERS: dict[bytes, Callable[[IO[bytes]], Image.Image]] = {
    rb"\x89PNG\r\n\x1a\n": _open_png,
    rb"\xff\xd8\xff": jpeg_factory,
    rb"(II[*+]\0|MM\0[*+])(?!.{4}CR)": TiffImageFile,
    rb"RIFF....WEBP": WebPImageFile,
    rb".{4}ftyp.{0,40}avi[fs]": _open_avif,
    rb".{4}ftyp.{0,40}(hei[cfx]|mif1|msf1)": _open_heif,
}
_OTHERS = {
    rb"GIF8": "a GIF",
    rb"BM.{4}\0{4}": "a BMP",
    rb"(\0\0\0\x0cjP  |\xff\x4f\xff\x51)": "a JPEG 2000",
    rb"(\xff\x0a|\0\0\0\x0cJXL )": "a JPEG XL",
    rb"8BPS": "a Photoshop document",
    rb"%PDF": "a PDF",
    rb"<(\?xml|svg)": "an SVG or another text in XML",
    rb"P[1-7]\s": "a Netpbm picture",
    rb"v/1\x01": "an OpenEXR picture",
    rb"(II\*\0.{4}CR|.{4}ftypcrx|FUJIFILMCCD-RAW|IIR[OS]|MMOR|IIU\0|FOVb)": _CAMERA_RAW,
}


def identify(file: IO[bytes], *, at_most: int) -> Image.Image:
    """An image file of a kind that is read, its header alone. Errors: ``RefusedError`` names the kind."""
    head = file.read(64)
    file.seek(0)
    readers = [make for magic, make in _READERS.items() if re.match(magic, head, re.DOTALL)]
    if not readers:
        raise RefusedError(f"{_what_begins(head)}; {WANTED}")
    # Not Image.open: its limit is a module global, which other code raises or lowers.
    image = readers[0](file)
    if image.width * image.height > at_most:
        raise RefusedError(
            f"it declares {image.width} × {image.height} pixels, above the limit of {at_most:,}"
        )
    _check_no_preview(image)
    return image


def _what_begins(head: bytes) -> str:
    named = [name for magic, name in _OTHERS.items() if re.match(magic, head, re.DOTALL)]
    if named:
        return f"it is {named[0]}, which is not read here"
    return f"it begins with {head[:8]!r}" if head else "it is empty"


def _check_no_preview(image: Image.Image) -> None:
    """Raw files of many cameras are TIFFs whose first page is a small preview."""
    tags = getattr(image, "tag_v2", {})
    if _DNG_VERSION in tags or (image.format == "TIFF" and tags.get(_SUBFILE, 0) == _PREVIEW):
        raise RefusedError(
            f"its first page is a preview, as in {_CAMERA_RAW}; develop it, and export a TIFF or a JPEG"
        )
