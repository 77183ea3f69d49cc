"""What a picture file says beside its pixels, gathered from where each format keeps it."""

from __future__ import annotations

import struct
from typing import IO, Any

from PIL import Image

from sicgan_lite.pictures.exif import (
    ARTIST,
    COPYRIGHT,
    DESCRIPTION,
    IPTC,
    Exif,
    pack,
    parse_exif,
    read_exif,
    with_resolution,
    with_texts,
)

_MOST_TEXT = 2_000  # letters, of up to four bytes
_RESOURCE = 0x0404  # of Photoshop's blocks in a JPEG: IPTC-IIM
# Where the three texts that everybody wants stand: a PNG's keywords, IPTC-IIM's data sets.
_PNG_TEXTS = {
    DESCRIPTION: ("Description", "Title", "Comment"),
    ARTIST: ("Author",),
    COPYRIGHT: ("Copyright",),
}
_IPTC_TEXTS = {DESCRIPTION: 120, ARTIST: 80, COPYRIGHT: 116}
_UTF_8 = b"\x1b%G"


def kept_of(file: IO[bytes], image: Image.Image) -> tuple[bytes | None, bytes | None]:
    """The EXIF block that goes along with the pixels, resolution included, and IPTC's, or None.

    Description, artist and copyright are there whichever way the file says them. ``image`` is loaded,
    since a PNG may have them after its pixels.
    """
    try:
        exif = read_exif(file) if image.format == "TIFF" else parse_exif(image.info.get("exif"))
        iptc = _iptc_of(exif, image)
        dpi = image.info.get("dpi")
        exif = with_resolution(exif, (float(dpi[0]), float(dpi[1])) if dpi else None)
        exif = with_texts(exif, _texts(image, iptc))
    except Exception:  # noqa: BLE001  broken metadata is no reason to refuse sound pixels
        return None, None
    return (pack(exif) if exif.main or any(exif.inner.values()) else None), iptc


def iptc_segment(iptc: bytes) -> bytes:
    """A JPEG's segment with this IPTC block, in Photoshop's form."""
    padded = iptc + bytes(len(iptc) % 2)
    content = b"Photoshop 3.0\0" + struct.pack(">4sHHI", b"8BIM", _RESOURCE, 0, len(iptc)) + padded
    return b"\xff\xed" + struct.pack(">H", len(content) + 2) + content


def _iptc_of(exif: Exif, image: Image.Image) -> bytes | None:
    entry = exif.main.pop(IPTC, None)
    found: Any = entry.data if entry else image.info.get("photoshop", {}).get(_RESOURCE)
    return found if isinstance(found, bytes) and len(found) < 60_000 else None


def _texts(image: Image.Image, iptc: bytes | None) -> dict[int, str]:
    caption, info = _iptc_texts(iptc or b""), image.info
    comment = info.get("comment", b"")
    spoken = {DESCRIPTION: comment.decode("utf-8", "replace") if isinstance(comment, bytes) else ""}
    named = {
        tag: next((str(info[key]) for key in keys if isinstance(info.get(key), str)), "")
        for tag, keys in _PNG_TEXTS.items()
    }
    return {tag: (caption.get(tag) or named[tag] or spoken.get(tag, ""))[:_MOST_TEXT] for tag in named}


def _iptc_texts(iptc: bytes) -> dict[int, str]:
    """Caption, by-line and notice of an IPTC-IIM block."""
    found, at, utf_8 = {}, 0, _UTF_8 in iptc[:64]
    while at + 5 <= len(iptc) and iptc[at] == 0x1C:
        record, data_set, size = struct.unpack_from(">BBH", iptc, at + 1)
        if record == 2 and data_set in _IPTC_TEXTS.values():
            found[data_set] = iptc[at + 5 : at + 5 + size]
        at += 5 + size
    texts = {tag: found.get(data_set, b"") for tag, data_set in _IPTC_TEXTS.items()}
    return {tag: text.decode("utf-8" if utf_8 else "latin-1", "replace") for tag, text in texts.items()}
