"""EXIF, written by other programs and read by them again."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, TiffImagePlugin
from support.odd_images import PICTURE, saved

from sicgan_lite.pictures import exif as module
from sicgan_lite.pictures.exif import (
    CAPTURE,
    PLACE,
    Entry,
    Exif,
    pack,
    parse_exif,
    read_exif,
    resolution_of,
    with_resolution,
    with_texts,
)

NAME = "Jürgen Ørsted"


def written_by_pillow() -> bytes:
    exif = Image.Exif()
    exif[270], exif[315], exif[274], exif[305] = "A lake", NAME.encode().decode("latin-1"), 6, "Scanner 1.0"
    exif[282] = exif[283] = TiffImagePlugin.IFDRational(600)
    exif[296] = 2
    capture = exif.get_ifd(CAPTURE)
    capture[36867], capture[33434], capture[37500] = "1936:07:01 12:00:00", (1, 125), b"notes" * 9
    capture[40962] = 4000
    exif.get_ifd(PLACE)[1] = "N"
    return exif.tobytes()


def read_by_pillow(block: bytes) -> Image.Exif:
    exif = Image.Exif()
    exif.load(block)
    return exif


@pytest.mark.parametrize("order", [b"II", b"MM"])
def test_what_speaks_of_the_photograph_is_kept_and_what_spoke_of_the_file_is_not(order: bytes) -> None:
    source = written_by_pillow()
    if order == b"II":  # the same entries in the other byte order, by Pillow
        swapped = read_by_pillow(source)
        swapped.endian = "<"
        for tag in (CAPTURE, PLACE):
            swapped.get_ifd(tag)
        source = swapped.tobytes()
    assert source[6:8] == order
    again = read_by_pillow(b"Exif\0\0" + pack(parse_exif(source)))
    assert again[270] == "A lake"
    capture, place = again.get_ifd(CAPTURE), again.get_ifd(PLACE)
    assert capture[36867] == "1936:07:01 12:00:00"
    assert capture[40961] == 1  # sRGB
    assert place[1] == "N"
    assert again[282] == 600
    assert not {274, 305} & set(again)
    assert not {37500, 40962} & set(capture)


def test_bytes_of_a_name_stay_as_they_are() -> None:
    entry = Entry(2, len(NAME.encode()) + 1, NAME.encode() + b"\0")
    exif = parse_exif(pack(Exif("<", {315: entry}, {})))
    assert exif.main[315] == entry
    latin = Entry(2, 6, "Ørstd".encode("latin-1") + b"\0")
    assert parse_exif(pack(Exif(">", {315: latin}, {}))).main[315].data == latin.data


@given(
    st.dictionaries(st.sampled_from([270, 271, 272, 306, 315, 33432]), st.binary(min_size=1, max_size=40)),
    st.binary(max_size=9),
)
def test_any_entries_survive_beside_any_pixels(texts: dict[int, bytes], pixels: bytes) -> None:
    main = {tag: Entry(2, len(data), data) for tag, data in texts.items()}
    capture = {33434: Entry(5, 1, struct.pack(">II", 1, 125)), 40961: Entry(3, 1, b"\0\1")}
    block = pack(Exif(">", main, {CAPTURE: capture}), pixels)
    again = parse_exif(block)
    assert {tag: entry for tag, entry in again.main.items() if tag != CAPTURE} == main
    assert again.inner[CAPTURE] == capture
    assert block[8 : 8 + len(pixels)] == pixels


def test_a_resolution_is_added_once_and_in_inches() -> None:
    bare = Exif("<", {}, {})
    assert resolution_of(bare) is None
    exif = parse_exif(pack(with_resolution(bare, (299.9994, 72))))
    assert resolution_of(exif) == pytest.approx((299.9994, 72), abs=1e-4)
    assert with_resolution(exif, (1, 1)) == exif
    for wrong in (None, (0, 72), (-1, 72), (float("nan"), 72), (1e9, 72)):
        assert with_resolution(bare, wrong) == bare
    metric = saved("TIFF", tiffinfo={282: 100.0, 283: 100.0, 296: 3})
    assert resolution_of(read_exif(io.BytesIO(metric))) == pytest.approx((254, 254))


def test_a_text_fills_a_gap_and_replaces_nothing() -> None:
    exif = with_texts(Exif("<", {}, {}), {270: "grüßt", 315: ""})
    assert exif.main[270].data == "grüßt".encode() + b"\0"
    assert 315 not in exif.main
    assert with_texts(exif, {270: "another"}) == exif
    blank = Exif("<", {270: Entry(2, 32, b" " * 31 + b"\0")}, {})  # as some cameras write
    assert with_texts(blank, {270: "a text"}).main[270].data == b"a text\0"


def test_what_is_too_much_is_left_out() -> None:
    many = {tag: Entry(2, 9_000, b"x" * 9_000) for tag in (270, 271, 272, 306)}
    capture = {36867: Entry(2, 20, b"1936:07:01 12:00:00\0"), 37510: Entry(7, 9_000, bytes(9_000))}
    kept = parse_exif(pack(Exif("<", many, {CAPTURE: capture})))
    assert set(kept.main) == set(many)
    assert not kept.inner
    assert not parse_exif(pack(Exif("<", many | {315: Entry(2, 9_000, b"x" * 9_000)}, {}))).main


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_damage_costs_more_than_it_says(data: st.DataObject) -> None:
    block = bytearray(written_by_pillow()[6:])
    for _ in range(data.draw(st.integers(1, 6))):
        block[data.draw(st.integers(0, len(block) - 1))] = data.draw(st.integers(0, 255))
    read = parse_exif(bytes(block[: data.draw(st.integers(0, len(block)))]))
    assert len(pack(read)) <= module._MOST_BYTES + 50


def test_ten_thousand_entries_that_point_at_one_large_place_are_not_all_read() -> None:
    class Counting(io.BytesIO):
        taken = 0

        def read(self, size: int | None = -1) -> bytes:
            data = super().read(size)
            self.taken += len(data)
            return data

    rows = struct.pack("<HHII", 270, 2, 1 << 19, 8) * 10_000
    file = Counting(b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 10_000) + rows + bytes(1 << 20))
    read_exif(file)
    assert file.taken < 4 << 20


def test_what_is_no_exif_is_empty() -> None:
    for block in (
        None,
        b"",
        b"II",
        b"Exif\0\0",
        b"II*\0\xff\xff\xff\xff",
        np.arange(64, dtype=np.uint8).tobytes(),
    ):
        assert parse_exif(block).main == {}
    assert read_exif(io.BytesIO(saved("PNG", PICTURE))).main == {}
