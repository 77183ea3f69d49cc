"""What stands beside a PNG's pixels, damaged in every way: the pixels are read all the same."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms
from support.odd_images import PICTURE, chunk, png, saved

from sicgan_lite.pictures import chunks
from sicgan_lite.pictures.chunks import sound_chunks
from sicgan_lite.pictures.images import encode_image, read_image, read_provenance
from sicgan_lite.pictures.provenance import Provenance

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def with_chunk(extra: bytes, *, last: bool = False, data: bytes | None = None) -> bytes:
    """The picture with a chunk after its header, or after its pixels."""
    data = saved("PNG") if data is None else data
    at = len(data) - 12 if last else 33
    return data[:at] + extra + data[at:]


def miscounted(kind: bytes, content: bytes) -> bytes:
    """A chunk whose checksum is wrong."""
    whole = chunk(kind, content)
    return whole[:-1] + bytes([whole[-1] ^ 1])


def packed_text(kind: bytes, size: int) -> bytes:
    before = b"Comment\0\0" if kind == b"zTXt" else b"Comment\0\1\0\0\0"
    return chunk(kind, before + zlib.compress(bytes(size)))


SPOILED = {
    "text": miscounted(b"tEXt", b"Title\0x"),
    "profile": miscounted(b"iCCP", b"sRGB\0\0" + zlib.compress(SRGB)),
    "exif": miscounted(b"eXIf", b"MM\0*\0\0\0\x08\0\0\0\0\0\0"),
    "key colour": miscounted(b"tRNS", bytes(6)),
    "private": miscounted(b"abCd", b"x"),
    "long text": packed_text(b"zTXt", 3 << 20),
    "long unicode": packed_text(b"iTXt", 1 << 26),
    "odd packing": chunk(b"zTXt", b"Comment\0\7x"),
    "odd profile": chunk(b"iCCP", b"sRGB\0\7x"),
    "short resolution": chunk(b"pHYs", b"\0"),
    "short gamma": chunk(b"gAMA", b"\0"),
    "short primaries": chunk(b"cHRM", bytes(5)),
    "short intent": chunk(b"sRGB", b""),
    "short key": chunk(b"tRNS", b"\0"),
    "short animation": chunk(b"acTL", b"\0"),
}


@pytest.mark.parametrize("last", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("extra", SPOILED.values(), ids=SPOILED)
def test_pixels_are_read_whatever_stands_beside_them(extra: bytes, last: bool) -> None:
    read = read_image(BytesIO(with_chunk(extra, last=last)))
    assert np.array_equal(read.rgb, PICTURE)
    assert read.alpha is None


def test_the_rest_goes_along_and_the_hash_is_the_files_own(tmp_path: Path) -> None:
    label = Provenance("sicgan-lite", "0.1.0")
    data = with_chunk(SPOILED["long text"], data=encode_image(PICTURE, provenance=label))
    (tmp_path / "a.png").write_bytes(with_chunk(chunk(b"tEXt", b"Author\0Ada"), data=data))
    read = read_image(tmp_path / "a.png")
    assert read.exif is not None
    assert b"Ada" in read.exif
    said = read_provenance(tmp_path / "a.png")
    assert said is not None
    assert said.system == "sicgan-lite"
    assert read.source_sha256 == read_image(BytesIO((tmp_path / "a.png").read_bytes())).source_sha256
    assert read.source_sha256 != read_image(BytesIO(data)).source_sha256


def test_a_wrong_checksum_of_pixels_is_damage() -> None:
    data = bytearray(saved("PNG"))
    data[data.index(b"IDAT") + 20] ^= 1
    with pytest.raises(ValueError, match="it is damaged"):
        read_image(BytesIO(bytes(data)))


def test_a_long_profile_counts() -> None:
    """Pillow unpacks no more than 1 MiB; the profile is padded by a tag that nobody reads."""
    long = struct.pack(">I", len(SRGB) + (3 << 19)) + SRGB[4:] + bytes(3 << 19)
    data = with_chunk(chunk(b"iCCP", b"sRGB\0\0" + zlib.compress(long)))
    assert read_image(BytesIO(data)).icc_profile == long
    endless = with_chunk(chunk(b"iCCP", b"sRGB\0\0" + zlib.compress(bytes(1 << 25))))
    assert read_image(BytesIO(endless)).icc_profile is None


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "I;16"])
def test_a_sound_file_is_handed_on_as_it_is(mode: str) -> None:
    image = Image.fromarray(PICTURE).convert("L" if mode == "I;16" else mode)
    if mode == "I;16":
        image = Image.fromarray(np.asarray(image).astype(np.uint16) * 257)
    options = {"transparency": 3} if mode in ("L", "P") else {}
    file = BytesIO(saved("PNG", image, dpi=(300, 300), icc_profile=SRGB, **options))
    assert sound_chunks(file) == (file, None)
    assert file.tell() == 0


def test_texts_are_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "_MOST_TEXT", 10)
    some = [chunk(b"tEXt", b"Title\0" + b"x" * 4) for _ in range(4)]
    sound, _ = sound_chunks(BytesIO(with_chunk(b"".join(some))))
    assert sound.read().count(b"tEXt") == 2


def test_a_file_of_endless_chunks_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "_MOST_CHUNKS", 50)
    with pytest.raises(ValueError, match="it has more than 50 chunks"):
        read_image(BytesIO(png(1, 1, rows=bytes(4), extra=chunk(b"abCd", b"") * 60)))
    monkeypatch.setattr(chunks, "_MOST_LOOKS", 3)
    sound, _ = sound_chunks(BytesIO(png(1, 1, rows=bytes(4), extra=chunk(b"abCd", b"") * 10)))
    assert sound.read().count(b"abCd") == 3
