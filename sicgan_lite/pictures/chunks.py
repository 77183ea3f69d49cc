"""A PNG's chunks beside its pixels: what is damaged or too long there is no reason to refuse the pixels."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import IO

from PIL.PngImagePlugin import PngImageFile

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MOST_BYTES = 1 << 24  # of a chunk that is looked at, and of a profile
_MOST_TEXT = 1 << 25  # of all texts, unpacked: half of what Pillow takes
_MOST_LOOKS, _MOST_CHUNKS = 1_000, 1_000_000
_DEPTH_AND_COLOR = slice(24, 26)  # of a file


def sound_chunks(file: IO[bytes]) -> tuple[IO[bytes], bytes | None]:
    """The PNG without ancillary chunks for which Pillow would refuse it, and a profile too long for it.

    They have a wrong checksum, are too short, or are unpacked to more than 1 MiB. libpng reads on in such
    a case, too. A profile up to 16 MiB comes back beside the file. Where nothing has to be left out, it is
    the file itself. Errors: ValueError for more than a million chunks.
    """
    file.seek(0)
    like, left_out, profile, texts = file.read(26)[_DEPTH_AND_COLOR], [], None, 0
    for looks, (start, end, chunk) in enumerate(_ancillary(file)):
        text = _judged(chunk, like) if chunk and looks < _MOST_LOOKS else None
        texts += text or 0
        if text is None or texts > _MOST_TEXT:
            left_out.append((start, end))
            profile = _long_profile(chunk) or profile
    file.seek(0)
    return (_without(file, left_out), profile) if left_out else (file, None)


def _ancillary(file: IO[bytes]) -> Iterator[tuple[int, int, bytes]]:
    """Where each ancillary chunk begins and ends, and its bytes, or none of them where they are too many."""
    at = len(_SIGNATURE)
    for _ in range(_MOST_CHUNKS):
        file.seek(at)
        head = file.read(8)
        end = at + 12 + int.from_bytes(head[:4], "big")
        if len(head) < 8 or head[4:] == b"IEND":
            return
        if head[4] & 0x20:  # a small letter (PNG, 5.4)
            yield at, end, head + file.read(end - at - 8) if end - at < _MOST_BYTES else b""
        at = end
    raise ValueError(f"it has more than {_MOST_CHUNKS} chunks")


def _judged(chunk: bytes, like: bytes) -> int | None:
    """Letters of text that Pillow finds in a picture of one pixel with this chunk; None if it refuses it."""
    header = struct.pack(">II", 1, 1) + like + bytes(3)
    parts = [_chunk(b"IHDR", header), _chunk(b"PLTE", bytes(768)) if like[1:] == b"\3" else b"", chunk]
    parts += [_chunk(b"IDAT", zlib.compress(bytes(9))), _chunk(b"IEND", b"")]
    try:
        image = PngImageFile(BytesIO(_SIGNATURE + b"".join(parts)))
        image.load()
        return sum(map(len, image.text.values()))
    except Exception:  # noqa: BLE001  decoders raise anything
        return None


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + checksum


def _long_profile(chunk: bytes) -> bytes | None:
    """The profile in an iCCP chunk, if it is whole and not above the limit."""
    if chunk[4:8] != b"iCCP" or chunk[-4:] != struct.pack(">I", zlib.crc32(chunk[4:-4])):
        return None
    unpacking = zlib.decompressobj()
    try:
        profile = unpacking.decompress(chunk[8:-4].partition(b"\0")[2][1:], _MOST_BYTES)
    except zlib.error:
        return None
    return profile if unpacking.eof else None


def _without(file: IO[bytes], left_out: list[tuple[int, int]]) -> IO[bytes]:
    """A copy of a file without these stretches."""
    copy = BytesIO()
    for start, end in left_out:
        copy.write(file.read(start - file.tell()))
        file.seek(end)
    copy.write(file.read())
    copy.seek(0)
    return copy
