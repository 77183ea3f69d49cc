"""EXIF: what a file says of its photograph, copied byte for byte.

An entry's bytes are neither decoded nor written anew, so a name in any encoding and a number in any
form survive. Entries come from strangers: what does not add up is left out, and nothing in a file
can make it read more than its own few kilobytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from io import BytesIO
from typing import IO, NamedTuple

# TIFF 6.0, section 2: bytes of one value, by the type's number.
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
_TEXT, _SHORT, _LONG, _RATIONAL = 2, 3, 4, 5
_MOST_BYTES = 40_000  # of all that is kept: a JPEG's segment has 65,533, and texts are added
_MOST_READ = 1 << 20  # of a directory

IPTC = 33723  # not EXIF, but in a TIFF it stands among it
DESCRIPTION, X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT, ARTIST = 270, 282, 283, 296, 315
COPYRIGHT, CAPTURE, PLACE, COLOR_SPACE = 33432, 34665, 34853, 40961
RESOLUTION = (X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT)
_INCH, _CENTIMETRES, _SRGB = 2, 3, 1

# Of the first directory what speaks of the photograph; the rest of it lays out the file. Beside the
# named ones: document, make, model, date, host, rating and the five texts of Windows.
_KEPT = {IPTC, DESCRIPTION, ARTIST, COPYRIGHT, *RESOLUTION}
_KEPT |= {269, 271, 272, 306, 316, 18246, 18249, *range(40091, 40096)}
# Of the capture's what was true of the source's file alone: its maker's notes, whose addresses would
# point nowhere, colour space, size, the order and the compression of its channels.
_DROPPED = {37500, COLOR_SPACE, 40962, 40963, 40965, 37121, 37122}


class Entry(NamedTuple):
    """A value: the number of its type, how many there are, and their bytes."""

    kind: int
    count: int
    data: bytes


Directory = dict[int, Entry]


class Exif(NamedTuple):
    """The entries of a photograph, and those of its capture and its place by the tag of their directory.

    ``order`` is "<" or ">": the byte order of all data.
    """

    order: str
    main: Directory
    inner: dict[int, Directory]


def read_exif(file: IO[bytes]) -> Exif:
    """What is kept of a TIFF file, or of an EXIF block, which has its form; empty for what is neither."""
    file.seek(0)
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(file.read(4))
    if order is None:
        return Exif("<", {}, {})
    main = _read_directory(file, _offset(file.read(4), order), order)
    inner = {
        tag: _read_directory(file, _offset(main[tag].data, order), order)
        for tag in (CAPTURE, PLACE)
        if tag in main
    }
    capture = {tag: entry for tag, entry in inner.get(CAPTURE, {}).items() if tag not in _DROPPED}
    inner[CAPTURE] = capture | ({COLOR_SPACE: whole_numbers(order, _SRGB)} if capture else {})
    exif = Exif(order, {tag: entry for tag, entry in main.items() if tag in _KEPT}, inner)
    fitting = (e for e in (exif, exif._replace(inner={})) if len(pack(e)) <= _MOST_BYTES)
    return next(fitting, Exif(order, {}, {}))


def parse_exif(block: bytes | None) -> Exif:
    """The entries of an EXIF block, with or without the six letters that JPEG puts before it."""
    return read_exif(BytesIO((block or b"").removeprefix(b"Exif\0\0")))


def pack(exif: Exif, pixels: bytes = b"") -> bytes:
    """An EXIF block; with ``pixels`` from byte 8 on, and entries that describe them, a TIFF file."""
    inner = {tag: directory for tag, directory in exif.inner.items() if directory}
    at = [8 + len(pixels) + len(pixels) % 2]
    main = exif.main | dict.fromkeys(inner, Entry(_LONG, 1, bytes(4)))
    for directory in (main, *inner.values()):
        at.append(at[-1] + _length(directory))
    main |= {tag: _long(place, exif.order) for tag, place in zip(inner, at[1:], strict=False)}
    head = {"<": b"II*\0", ">": b"MM\0*"}[exif.order] + struct.pack(f"{exif.order}I", at[0])
    blocks = (
        _pack_directory(directory, place, exif.order)
        for directory, place in zip((main, *inner.values()), at, strict=False)
    )
    return b"".join((head, pixels, bytes(len(pixels) % 2), *blocks))


def with_texts(exif: Exif, texts: dict[int, str]) -> Exif:
    """The entries with each text, in UTF-8, whose tag has none yet."""
    empty = [tag for tag in texts if not exif.main.get(tag, _NOTHING).data.strip(b"\0 ")]
    return exif._replace(main=exif.main | {tag: text_entry(texts[tag]) for tag in empty if texts[tag]})


def with_resolution(exif: Exif, dpi: tuple[float, float] | None) -> Exif:
    """The entries with this resolution in pixels an inch, unless they have one."""
    if not dpi or set(RESOLUTION) <= set(exif.main) or not all(0 < value < 1e5 for value in dpi):
        return exif
    x, y = (struct.pack(f"{exif.order}II", round(value * 10_000), 10_000) for value in dpi)
    unit = Entry(_SHORT, 1, struct.pack(f"{exif.order}H", _INCH))
    numbers = (Entry(_RATIONAL, 1, x), Entry(_RATIONAL, 1, y), unit)
    return exif._replace(main=exif.main | dict(zip(RESOLUTION, numbers, strict=True)))


def resolution_of(exif: Exif) -> tuple[float, float] | None:
    """Pixels an inch, across and down, or None."""
    try:
        pairs = [struct.unpack(f"{exif.order}II", exif.main[tag].data) for tag in RESOLUTION[:2]]
        (unit,) = struct.unpack(f"{exif.order}H", exif.main[RESOLUTION_UNIT].data)
        factor = {_INCH: 1, _CENTIMETRES: 2.54}[unit]
        x, y = (over / under * factor for over, under in pairs)
    except (LookupError, struct.error, ZeroDivisionError):
        return None
    return x, y


def text_entry(text: str) -> Entry:
    """A text as an entry, in UTF-8, as the Metadata Working Group asks."""
    data = text.encode("utf-8", "replace") + b"\0"
    return Entry(_TEXT, len(data), data)


def whole_numbers(order: str, *values: int) -> Entry:
    """Numbers as an entry of the smaller of the two types that hold them."""
    kind, letter = (_SHORT, "H") if max(values) < 1 << 16 else (_LONG, "I")
    return Entry(kind, len(values), struct.pack(f"{order}{len(values)}{letter}", *values))


_NOTHING = Entry(_TEXT, 0, b"")


def _offset(data: bytes, order: str) -> int:
    return struct.unpack(f"{order}I", data)[0] if len(data) == 4 else 1 << 32  # beyond any end


def _long(value: int, order: str) -> Entry:
    return Entry(_LONG, 1, struct.pack(f"{order}I", value))


def _read_directory(file: IO[bytes], at: int, order: str) -> Directory:
    return dict(_entries(file, at, order))


def _entries(file: IO[bytes], at: int, order: str) -> Iterator[tuple[int, Entry]]:
    file.seek(at)
    count = file.read(2)
    rows = file.read(12 * struct.unpack(f"{order}H", count)[0]) if len(count) == 2 else b""
    read = 0
    for tag, kind, number, value in struct.iter_unpack(f"{order}HHI4s", rows[: len(rows) // 12 * 12]):
        size = _SIZES.get(kind, 0) * number
        if 4 < size <= _MOST_READ and read < _MOST_READ:
            read += size
            file.seek(_offset(value, order))
            value = file.read(size)  # noqa: PLW2901 - beyond four bytes the value is an address
        if 0 < size == len(value[:size]):
            yield tag, Entry(kind, number, value[:size])


def _length(directory: Directory) -> int:
    return 6 + sum(12 + (_even(entry.data) if len(entry.data) > 4 else 0) for entry in directory.values())


def _even(data: bytes) -> int:
    return len(data) + len(data) % 2


def _pack_directory(directory: Directory, at: int, order: str) -> bytes:
    rows, values = [], b""
    first = at + 6 + 12 * len(directory)
    for tag in sorted(directory):
        kind, count, data = directory[tag]
        if len(data) > 4:
            field = struct.pack(f"{order}I", first + len(values))
            values += data.ljust(_even(data), b"\0")
        else:
            field = data.ljust(4, b"\0")
        rows.append(struct.pack(f"{order}HHI", tag, kind, count) + field)
    return struct.pack(f"{order}H", len(directory)) + b"".join(rows) + bytes(4) + values
