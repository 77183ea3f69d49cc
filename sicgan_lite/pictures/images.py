"""Image files, read into plain sRGB arrays and written from them."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import UInt8, UInt16

from sicgan_lite.arrays import check_rgb
from sicgan_lite.files import File, name_of, write_bytes
from sicgan_lite.pictures.decoding import decode, open_image, sha256_of_file, xmp_of
from sicgan_lite.pictures.encoding import LABEL_BYTES, MOST_XMP, Extras, check_fits, encode, with_alpha
from sicgan_lite.pictures.keeping import kept_of
from sicgan_lite.pictures.marking import marked
from sicgan_lite.pictures.provenance import Provenance, read_packet, write_packet

# jfif and jpe are JPEG.
KINDS_BY_SUFFIX = {
    **dict.fromkeys((".jpg", ".jpeg", ".jfif", ".jpe"), "JPEG"),
    **dict.fromkeys((".tif", ".tiff"), "TIFF"),
    ".png": "PNG",
    ".webp": "WEBP",
}
KINDS = ("PNG", "JPEG", "TIFF", "WEBP")
DEEP_KINDS = ("PNG", "TIFF")  # those that can have 16 bits a channel


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """A picture and what has to travel with it from reading to writing.

    ``rgb`` is uint8 (h, w, 3), sRGB, upright; a grey picture has three equal channels. ``alpha`` is
    uint8 (h, w), or None if the file has none. ``icc_profile`` is the file's own if that is sRGB, else
    None. ``source_sha256`` is the hash of the file, ``xmp`` its XMP packet or None.

    ``exif`` and ``iptc`` are its EXIF block, without what was true of the old file alone (thumbnail,
    orientation, maker's notes), and its IPTC-IIM block. ``deep`` is the same picture in 16 bits, uint16
    (h, w) or (h, w, 3), where the file has them. ``notes`` say what reading left behind.
    """

    rgb: UInt8[np.ndarray, "h w 3"]
    alpha: UInt8[np.ndarray, "h w"] | None
    icc_profile: bytes | None
    source_sha256: str
    xmp: bytes | None
    exif: bytes | None = None
    iptc: bytes | None = None
    deep: UInt16[np.ndarray, "*shape"] | None = None
    notes: tuple[str, ...] = ()


def read_image(file: File) -> Photo:
    """The picture in a PNG, JPEG, TIFF, WebP, AVIF or HEIC file: of several frames or pages, the first.

    ``file`` is a path, or open in binary mode and read from where it stands. EXIF orientation is
    applied; palette, CMYK, 1-bit and 16-bit pixels become 8-bit sRGB, and so do pixels with another
    ICC profile. HEIC needs the package pillow-heif. Errors: FileNotFoundError, IsADirectoryError,
    PermissionError; ValueError for any other file that is not a whole image of these, and for one that
    declares more than 150 megapixels, before it is decoded; MemoryError.
    """
    with open_image(file) as (opened, image):
        rgb, alpha, profile, deep, notes = decode(opened, image)
        exif, iptc = kept_of(opened, image)
        return Photo(rgb, alpha, profile, sha256_of_file(opened), xmp_of(image), exif, iptc, deep, notes)


def left_behind(photo: Photo, kind: str) -> list[str]:
    """What of a photograph a file of this kind cannot hold, in words; reading's own notes come first."""
    left = list(photo.notes)
    if photo.deep is not None and kind not in DEEP_KINDS:
        left.append(f"its 16 bits a channel become 8; .png and .tif keep them, {kind} cannot")
    if photo.iptc and kind not in ("JPEG", "TIFF"):
        left.append(f"of its IPTC block caption, author and copyright go along; {kind} has no place for more")
    if photo.xmp and len(photo.xmp) + LABEL_BYTES > MOST_XMP[kind]:
        left.append(f"its {len(photo.xmp)} bytes of XMP stay behind, for want of room beside the label")
    return left


def read_provenance(file: File) -> Provenance | None:
    """What the picture in ``file`` says of its making, or None if it says nothing.

    Errors: as ``read_image``.
    """
    with open_image(file) as (_, image):
        if xmp_of(image) is None:
            image.load()  # a PNG may say it after its pixels
        return read_packet(xmp_of(image))


def write_image(
    file: File,
    rgb: UInt8[np.ndarray, "h w 3"] | UInt16[np.ndarray, "h w 3"],
    *,
    provenance: Provenance | None,
    photo: Photo | None = None,
    mark: bool = False,
) -> None:
    """Write a PNG, JPEG, TIFF or WebP with its label: to a path all of it or nothing, or to an open file.

    The ending of the name says which; an open file without a name is an error, and takes
    the bytes of ``encode_image``. ``rgb``, ``provenance``, ``photo`` and ``mark`` are as there. Errors: as
    there; ValueError for another ending; OSError when it cannot be written.
    """
    kind = output_format(file)
    try:
        data = encode_image(rgb, kind, provenance=provenance, photo=photo, mark=mark)
    except ValueError as error:
        raise ValueError(f"{name_of(file)}: {error}") from None
    write_bytes(file, data)


def encode_image(
    rgb: UInt8[np.ndarray, "h w 3"] | UInt16[np.ndarray, "h w 3"],
    kind: str = "PNG",
    *,
    provenance: Provenance | None,
    photo: Photo | None = None,
    mark: bool = False,
) -> bytes:
    """The bytes of a picture file with its label; ``kind`` is "PNG", "JPEG", "TIFF" or "WEBP".

    ``rgb`` is uint8 (h, w, 3), or uint16 for PNG and TIFF; the others get its 8 upper bits.
    ``provenance`` has to be given: None writes no XMP at all, and so no label. ``photo`` is what was read:
    its alpha, profile, XMP, EXIF, resolution and IPTC go along, its hash where the provenance has none.
    ``mark`` adds a small visible mark. JPEG and WebP have quality 95, JPEG colour at full resolution.
    A packet for which a JPEG or a reader has no room (64 KiB, 1 MiB) is left behind, and the label
    written alone. Errors: ValueError for another kind, for a bad array, and for what the kind cannot hold
    (JPEG: transparency, a side above 65,500; WebP: above 16,383).
    """
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}, got {kind!r}")
    _check_kinds(provenance, photo)
    if getattr(rgb, "dtype", None) != np.uint16:
        check_rgb(rgb)
    elif kind not in DEEP_KINDS:
        rgb = np.rint(rgb / 257).astype(np.uint8)
    alpha = photo.alpha if photo else None
    check_fits(kind, rgb.shape[:2], alpha)
    pixels = with_alpha(rgb, None if kind == "JPEG" else alpha)
    label = _label(provenance, photo, kind)
    extras = Extras(photo.icc_profile, label, photo.exif, photo.iptc) if photo else Extras(xmp=label)
    return encode(marked(pixels) if mark else pixels, kind, extras)


def _check_kinds(provenance: Any, photo: Any) -> None:
    """Errors: ValueError for another kind of value, with what gives the right one."""
    if not isinstance(provenance, Provenance | None):
        cure = "Provenance(system, version) is one, None writes no label"
        raise ValueError(f"provenance is of type {type(provenance).__name__}: {cure}")
    if not isinstance(photo, Photo | None):
        raise ValueError(f"photo is of type {type(photo).__name__}: read_image(path) gives one")


def _label(provenance: Provenance | None, photo: Photo | None, kind: str) -> bytes | None:
    if provenance is None:
        return None
    if photo is None:
        return write_packet(provenance)
    provenance = replace(provenance, source_sha256=provenance.source_sha256 or photo.source_sha256)
    label = write_packet(provenance, photo.xmp)
    return label if len(label) <= MOST_XMP[kind] else write_packet(provenance)


def output_format(file: File, photo: Photo | None = None) -> str:
    """The format that ``write_image`` would write: "PNG", "JPEG", "TIFF" or "WEBP".

    Ask before a long computation, whose result would be lost. Errors: ValueError for another
    ending, and for a ``photo`` that the format cannot hold; OSError for a folder that is missing or may
    not be written to, and for a path that is a folder.
    """
    name = name_of(file)
    kind = KINDS_BY_SUFFIX.get(Path(name).suffix.lower())
    if kind is None:
        raise ValueError(f"{name}: cannot label {Path(name).suffix!r} files; use .png, .jpg, .tif or .webp")
    if isinstance(file, str | os.PathLike):
        _check_folder(Path(file))
    if photo is not None:
        try:
            check_fits(kind, photo.rgb.shape[:2], photo.alpha)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
    return kind


def _check_folder(target: Path) -> None:
    if not target.parent.is_dir():
        raise FileNotFoundError(f"{target}: there is no folder {target.parent}")
    if target.is_dir():
        raise IsADirectoryError(f"{target} is a directory; a file name is wanted")
    if not os.access(target.parent, os.W_OK):
        raise PermissionError(f"{target}: the folder {target.parent} may not be written to")
