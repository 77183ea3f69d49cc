"""Image files, read into plain sRGB arrays and written from them."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from sicgan_lite.arrays import check_rgb
from sicgan_lite.files import File, Path_, name_of, write_bytes
from sicgan_lite.pictures.decoding import decode, open_image, sha256_of_file, xmp_of
from sicgan_lite.pictures.encoding import check_jpeg, encode, with_alpha
from sicgan_lite.pictures.marking import draw_mark
from sicgan_lite.pictures.provenance import Provenance, read_packet, write_packet

SAMPLES = ("astronaut", "camera", "chelsea", "coffee")

# The kinds of file that are read, by their names; jfif and jpe are JPEG.
SUFFIXES = (".jpg", ".jpeg", ".jfif", ".jpe", ".png", ".tif", ".tiff", ".webp")
KINDS_BY_SUFFIX = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG"}
KINDS = ("PNG", "JPEG")


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


def read_image(file: File) -> Photo:
    """The picture in a PNG, JPEG, TIFF or WebP file: of several frames or pages, the first.

    ``file`` is a path, or open in binary mode and read from where it stands. EXIF orientation is
    applied; palette, CMYK, 1-bit and 16-bit pixels become 8-bit sRGB, and so do pixels with another
    ICC profile. Errors: FileNotFoundError, IsADirectoryError, PermissionError; ValueError for any
    other file that is not a whole image of these, and for one that declares more than 150
    megapixels, before it is decoded.
    """
    with open_image(file) as (opened, image):
        rgb, alpha, profile = decode(image)
        return Photo(rgb, alpha, profile, sha256_of_file(opened), xmp_of(image))


def find_photo(source: Path_) -> Photo:
    """The sample of this name, unless a file has it; or the picture in a file.

    Errors: FileNotFoundError, which names the samples; else as ``read_image``.
    """
    if str(source) in SAMPLES and not Path(source).is_file():
        return Photo(rgb=sample_image(str(source)), alpha=None, icc_profile=None, source_sha256="", xmp=None)
    if not Path(source).exists():
        raise FileNotFoundError(f"there is no file {source}, and the samples are {', '.join(SAMPLES)}")
    return read_image(source)


def photos_in(folder: Path_) -> tuple[list[Path], list[tuple[Path, str]]]:
    """The photographs of a folder in the order of their names, and each other file with why it is left out.

    Hidden files and folders are passed over without a word, and so are macOS' companions
    (``._photo.jpg``). Errors: OSError for a folder that cannot be read; ValueError for one without
    a photograph.
    """
    files = sorted(path for path in Path(folder).iterdir() if path.is_file() and path.name[0] != ".")
    photos = [path for path in files if path.suffix.lower() in SUFFIXES]
    if not photos:
        raise ValueError(f"{folder} holds no photograph ({', '.join(SUFFIXES)})")
    others = [path for path in files if path not in photos]
    return photos, [(path, f"{path.suffix or 'no suffix'} is not read here") for path in others]


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
    rgb: UInt8[np.ndarray, "h w 3"],
    *,
    provenance: Provenance | None,
    photo: Photo | None = None,
    mark: bool = False,
) -> None:
    """Write a PNG or a JPEG with its label: to a path all of it or nothing, or to an open file.

    The ending of the name says which of the two; an open file without a name is an error, and takes
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
    rgb: UInt8[np.ndarray, "h w 3"],
    kind: str = "PNG",
    *,
    provenance: Provenance | None,
    photo: Photo | None = None,
    mark: bool = False,
) -> bytes:
    """The bytes of a PNG or a JPEG file with its label; ``kind`` is "PNG" or "JPEG".

    ``rgb`` is uint8 (h, w, 3). ``provenance`` has to be given: None writes no XMP at all, and so no
    label. ``photo`` is what was read: its alpha, profile and XMP go along, its hash where the
    provenance has none. ``mark`` adds a small visible mark. JPEG has quality 95 and colour at full
    resolution. Errors: ValueError for another kind, for a bad array, and for what JPEG cannot hold
    (transparency, a side above 65,500, an XMP packet above 64 KiB).
    """
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}, got {kind!r}")
    check_rgb(rgb)
    if kind == "JPEG":
        check_jpeg(rgb.shape[:2], photo.alpha if photo else None)
    image = with_alpha(rgb, photo.alpha if photo and kind == "PNG" else None)
    if mark:
        draw_mark(image)
    return encode(image, kind, photo.icc_profile if photo else None, _label(provenance, photo))


def _label(provenance: Provenance | None, photo: Photo | None) -> bytes | None:
    if provenance is None:
        return None
    if photo is None:
        return write_packet(provenance)
    digest = provenance.source_sha256 or photo.source_sha256
    return write_packet(replace(provenance, source_sha256=digest), photo.xmp)


def output_format(file: File, photo: Photo | None = None) -> str:
    """The format that ``write_image`` would write: "PNG" or "JPEG".

    Ask before a long computation, whose result would be lost. Errors: ValueError for another
    ending, and for a ``photo`` that JPEG cannot hold; OSError for a folder that is missing or may
    not be written to, and for a path that is a folder.
    """
    name = name_of(file)
    kind = KINDS_BY_SUFFIX.get(Path(name).suffix.lower())
    if kind is None:
        raise ValueError(f"{name}: cannot label {Path(name).suffix!r} files; use .png, .jpg or .jpeg")
    if isinstance(file, str | os.PathLike):
        _check_folder(Path(file))
    if photo is not None and kind == "JPEG":
        try:
            check_jpeg(photo.rgb.shape[:2], photo.alpha)
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
