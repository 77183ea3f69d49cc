"""Every kind of file is read, or refused by its name."""

from __future__ import annotations

import io
import struct
import sys

import numpy as np
import pytest
from PIL import Image, features
from support.odd_images import PICTURE, saved, tiff

from sicgan_lite.pictures.images import read_image
from sicgan_lite.pictures.kinds import identify

SMOOTH = np.asarray(Image.fromarray(PICTURE[:6, :10]).resize((40, 24), Image.Resampling.BICUBIC))


def ftyp(brand: bytes) -> bytes:
    return struct.pack(">I", 24) + b"ftyp" + brand + bytes(4) + b"mif1" + brand + bytes(99)


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"GIF89a", "a GIF"),
        (b"BM" + bytes(20), "a BMP"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "a JPEG 2000"),
        (b"\xff\x4f\xff\x51\0", "a JPEG 2000"),
        (b"\xff\x0a\0\0", "a JPEG XL"),
        (b"\0\0\0\x0cJXL \r\n\x87\n", "a JPEG XL"),
        (b"8BPS\0\1", "a Photoshop document"),
        (b"%PDF-1.7", "a PDF"),
        (b"P6\n4 4\n255\n", "a Netpbm picture"),
        (b"II*\0\x10\0\0\0CR\2\0", "a camera's raw file"),  # Canon's CR2
        (struct.pack(">I", 24) + b"ftypcrx " + bytes(40), "a camera's raw file"),  # Canon's CR3
        (b"FUJIFILMCCD-RAW 0201", "a camera's raw file"),
        (b"IIU\0\x18\0\0\0", "a camera's raw file"),  # Panasonic
    ],
)
def test_a_kind_that_is_not_read_is_named(head: bytes, name: str) -> None:
    with pytest.raises(ValueError, match=f"it is {name}, which is not read here; a whole PNG"):
        read_image(io.BytesIO(head + bytes(64)))


def test_raw_files_that_are_tiffs_are_known_by_their_preview() -> None:
    """NEF and ARW mark their first page as a preview (NewSubfileType 1); a DNG says its version."""
    layout = [(256, 4, 1, 4), (257, 4, 1, 4), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 8)]
    layout += [(277, 3, 1, 1), (278, 4, 1, 4), (279, 4, 1, 16)]
    assert read_image(io.BytesIO(tiff(layout, bytes(16)))).rgb.shape == (4, 4, 3)
    for mark in ((254, 4, 1, 1), (50706, 1, 4, 0x401)):
        with pytest.raises(ValueError, match="its first page is a preview, as in a camera's raw file"):
            read_image(io.BytesIO(tiff(sorted([*layout, mark]), bytes(16))))


@pytest.mark.skipif(not features.check("avif"), reason="this Pillow reads no AVIF")
def test_an_avif_is_read() -> None:
    photo = read_image(io.BytesIO(saved("AVIF", SMOOTH, quality=95)))
    assert abs(photo.rgb.astype(int) - SMOOTH).mean() < 12


def test_a_heic_is_read_upright_where_its_reader_is_and_else_named(monkeypatch: pytest.MonkeyPatch) -> None:
    pillow_heif = pytest.importorskip("pillow_heif")
    exif = Image.Exif()
    exif[274], exif[315] = 6, "Ada"
    file = io.BytesIO()
    pillow_heif.from_pillow(Image.fromarray(SMOOTH)).save(file, quality=95, exif=exif.tobytes())
    photo = read_image(io.BytesIO(file.getvalue()))
    assert photo.rgb.shape == (40, 24, 3)
    assert abs(photo.rgb.astype(int) - np.rot90(SMOOTH, -1)).mean() < 12
    assert b"Ada" in (photo.exif or b"")
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(ValueError, match=r'it is a HEIC picture: pip install "sicgan-lite\[heic\]" reads it'):
        read_image(io.BytesIO(file.getvalue()))


def test_an_avif_without_its_reader_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL.AvifImagePlugin", None)
    with pytest.raises(ValueError, match=r"it is an AVIF picture: Pillow reads it from version 11\.3 on"):
        identify(io.BytesIO(ftyp(b"avif")), at_most=100)
