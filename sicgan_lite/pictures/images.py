"""Image files, read into plain sRGB arrays and written from them: every oddity ends here."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from sicgan_lite.arrays import check_rgb
from sicgan_lite.files import write_atomically
from sicgan_lite.pictures.decoding import JPEG_XMP, decode, open_image, sha256_of_file, xmp_of
from sicgan_lite.pictures.marking import draw_mark
from sicgan_lite.pictures.provenance import Provenance, read_packet, write_packet

SAMPLES = ("astronaut", "camera", "chelsea", "coffee")

_FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG"}
_JPEG_SIDE = 65_500
_JPEG_SEGMENT = 65_533

Path_ = str | os.PathLike[str]


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """A picture and what has to travel with it from reading to writing.

    ``rgb`` is uint8 (h, w, 3), sRGB, upright; a grey picture has three equal channels. ``alpha`` is
    uint8 (h, w), or None if the file has none. ``icc_profile`` is the file's own if that is sRGB, else
    None. ``source_sha256`` is the hash of the file, ``xmp`` its XMP packet or None.
    """

    rgb: UInt8[np.ndarray, "h w 3"]
    alpha: UInt8[np.ndarray, "h w"] | None
    icc_profile: bytes | None
    source_sha256: str
    xmp: bytes | None


def read_image(path: Path_) -> Photo:
    """The picture in a PNG, JPEG, TIFF or WebP file: of several frames or pages, the first.

    EXIF orientation is applied; palette, CMYK, 1-bit and 16-bit pixels become 8-bit sRGB, and so do
    pixels with another ICC profile. Errors: FileNotFoundError, IsADirectoryError, PermissionError;
    ValueError for any other file that is not a whole image of these, and for one that declares more
    than 150 megapixels, before it is decoded.
    """
    with open_image(Path(path)) as (file, image):
        rgb, alpha, profile = decode(image)
        return Photo(rgb, alpha, profile, sha256_of_file(file), xmp_of(image))


def find_photo(source: Path_) -> Photo:
    """The sample of this name, unless a file has it; or the picture in a file.

    Errors: FileNotFoundError, which names the samples; else as ``read_image``.
    """
    if str(source) in SAMPLES and not Path(source).is_file():
        return Photo(rgb=sample_image(str(source)), alpha=None, icc_profile=None, source_sha256="", xmp=None)
    if not Path(source).exists():
        raise FileNotFoundError(f"there is no file {source}, and the samples are {', '.join(SAMPLES)}")
    return read_image(source)


def read_provenance(path: Path_) -> Provenance | None:
    """What a picture says of its making, or None if it says nothing. Errors: as ``read_image``."""
    with open_image(Path(path)) as (_, image):
        if xmp_of(image) is None:
            image.load()  # a PNG may say it after its pixels
        return read_packet(xmp_of(image))


def write_image(
    path: Path_,
    rgb: UInt8[np.ndarray, "h w 3"],
    *,
    provenance: Provenance | None,
    photo: Photo | None = None,
    mark: bool = False,
) -> None:
    """Write a PNG or a JPEG with its label, all of it or nothing.

    ``provenance`` has to be given: None writes no XMP at all, and so no label. ``photo`` is what
    was read: its alpha, profile and XMP go along, its hash where the provenance has none. ``mark``
    adds a small visible mark. JPEG is written at quality 95 with colour at full resolution.
    Errors: ValueError for another suffix, for a bad array, for what JPEG cannot hold (transparency,
    a side above 65,500, an XMP packet above 64 KiB); OSError when it cannot be written.
    """
    target = Path(path)
    kind = output_format(target)
    check_rgb(rgb)
    if kind == "JPEG":
        _check_jpeg(target, rgb.shape[:2], photo.alpha if photo else None)
    xmp = _label(provenance, photo)
    try:
        image = _with_alpha(rgb, photo) if kind == "PNG" else Image.fromarray(rgb)
        if mark:
            draw_mark(image)
        data = _encode(image, kind, photo.icc_profile if photo else None, xmp)
    except ValueError as error:
        raise ValueError(f"{target}: {error}") from None
    write_atomically(target, data)


def output_format(path: Path_, photo: Photo | None = None) -> str:
    """The format that ``write_image`` would write: "PNG" or "JPEG".

    Ask before a long computation, whose result would be lost. Errors: ValueError for another
    suffix, and for a ``photo`` that JPEG cannot hold; OSError for a folder that is missing or may
    not be written to, and for a path that is a folder.
    """
    target = Path(path)
    kind = _FORMATS.get(target.suffix.lower())
    if kind is None:
        raise ValueError(f"{target}: cannot label {target.suffix!r} files; use .png, .jpg or .jpeg")
    if not target.parent.is_dir():
        raise FileNotFoundError(f"{target}: there is no folder {target.parent}")
    if target.is_dir():
        raise IsADirectoryError(f"{target} is a directory; a file name is wanted")
    if not os.access(target.parent, os.W_OK):
        raise PermissionError(f"{target}: the folder {target.parent} may not be written to")
    if photo is not None and kind == "JPEG":
        _check_jpeg(target, photo.rgb.shape[:2], photo.alpha)
    return kind


def sample_image(name: str) -> UInt8[np.ndarray, "h w 3"]:
    """A photograph that comes with scikit-image, offline: sRGB, (h, w, 3).

    ``astronaut`` (512, 512): Eileen Collins; NASA, public domain. ``camera`` (512, 512), grey in
    three equal channels: Lav Varshney, CC0. ``chelsea`` (300, 451), a cat: Stéfan van der Walt,
    CC0. ``coffee`` (400, 600): Rachel Michetti, courtesy of Pikolo Espresso Bar, CC0. Errors:
    ValueError for another name. Source: the docstrings of ``skimage.data``.
    """
    if name not in SAMPLES:
        raise ValueError(f"no sample is called {name!r}; there are {', '.join(SAMPLES)}")
    from skimage import data

    pixels = getattr(data, name)()
    return pixels if pixels.ndim == 3 else np.dstack([pixels] * 3)


def _label(provenance: Provenance | None, photo: Photo | None) -> bytes | None:
    if provenance is None:
        return None
    if photo is None:
        return write_packet(provenance)
    digest = provenance.source_sha256 or photo.source_sha256
    return write_packet(replace(provenance, source_sha256=digest), photo.xmp)


def _check_jpeg(path: Path, shape: tuple[int, ...], alpha: np.ndarray | None) -> None:
    if max(shape) > _JPEG_SIDE:
        raise ValueError(f"{path}: JPEG holds {_JPEG_SIDE} pixels a side, not {max(shape)}; use .png")
    if alpha is not None and alpha.min() < 255:
        raise ValueError(f"{path}: JPEG cannot hold transparency; use .png")


def _with_alpha(rgb: np.ndarray, photo: Photo | None) -> Image.Image:
    image = Image.fromarray(rgb)
    if photo is None or photo.alpha is None:
        return image
    if photo.alpha.shape != rgb.shape[:2]:
        raise ValueError(f"alpha of shape {photo.alpha.shape} for pixels of {rgb.shape[:2]}")
    image.putalpha(Image.fromarray(photo.alpha))
    return image


def _encode(image: Image.Image, kind: str, profile: bytes | None, xmp: bytes | None) -> bytes:
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
