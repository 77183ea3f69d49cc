from __future__ import annotations

import re
import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from support.odd_images import CASES, PICTURE, chunk, oriented, plain_tiff, png, saved, tiff

from sicgan_lite.pictures.images import Photo, read_image

MEGABYTE = 1 << 20


def read(tmp_path, data: bytes) -> Photo:
    path = tmp_path / "picture"
    path.write_bytes(data)
    return read_image(path)


def test_the_corpus_is_large_and_its_names_differ():
    assert len(CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)
    assert sum(case.shape is None for case in CASES) >= 60


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_odd_file_is_read_right_or_refused_with_one_clear_error(tmp_path, case):
    path = tmp_path / case.name
    path.write_bytes(case.data())
    if case.shape is not None:
        rgb = read_image(path).rgb
        assert rgb.shape == (*case.shape, 3)
        assert rgb.dtype == np.uint8
        return
    with pytest.raises(ValueError, match=re.escape(case.says)) as caught:
        read_image(path)
    assert type(caught.value) is ValueError
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__  # nothing of Pillow in the traceback
    assert str(caught.value).startswith(f"{path}: it ") or "pixels of mode" in str(caught.value)


MEASURE = """
import resource, sys
from pathlib import Path
sys.path.insert(0, "tests")
from support.odd_images import CASES, saved
from sicgan_lite.pictures.images import read_image
folder = Path(sys.argv[1])
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
files = []
for case in CASES:
    if case.shape is None:
        files.append(folder / case.name)
        files[-1].write_bytes(case.data())
for kind in ("PNG", "JPEG", "TIFF", "WEBP"):
    (folder / "whole").write_bytes(saved(kind))
    read_image(folder / "whole")
before = peak()
for file in files:
    try:
        read_image(file)
    except ValueError:
        continue
    raise SystemExit(f"{file} was read")
print(peak() - before)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell a process its peak memory")
def test_refused_files_cost_no_memory_and_end(tmp_path, request):
    # hollow.png and hollow.tif declare 150 megapixels, 600 MB, and have none.
    run = subprocess.run(
        [sys.executable, "-c", MEASURE, tmp_path],
        cwd=request.config.rootpath,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) < 60 * MEGABYTE


LARGE = """
import resource, sys
from sicgan_lite.pictures.images import read_image
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
read_image(sys.argv[1])
before = peak()
shape = read_image(sys.argv[2]).rgb.shape
print(shape[0] * shape[1], peak() - before)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell a process its peak memory")
def test_memory_is_pillows_copy_the_result_and_a_band(tmp_path, request):
    (tmp_path / "small.png").write_bytes(saved("PNG"))
    (tmp_path / "large.png").write_bytes(png(6000, 4000, rows=bytes(4000 * 18_001)))
    run = subprocess.run(
        [sys.executable, "-c", LARGE, tmp_path / "small.png", tmp_path / "large.png"],
        cwd=request.config.rootpath,
        capture_output=True,
        text=True,
        check=True,
    )
    pixels, memory = map(int, run.stdout.split())
    assert pixels == 24_000_000
    # Pillow's copy is 4 bytes a pixel, ours is 3; without bands, two more of ours would be added.
    assert memory < 7 * pixels + 80 * MEGABYTE


@given(
    kind=st.sampled_from(["PNG", "JPEG", "TIFF", "WEBP"]),
    flips=st.dictionaries(st.floats(0, 1), st.integers(1, 255), min_size=1, max_size=4),
)
def test_flipped_bits_are_read_or_refused(tmp_path_factory, kind, flips):
    data = bytearray(saved(kind))
    for place, bits in flips.items():
        data[int(place * (len(data) - 1))] ^= bits
    path = tmp_path_factory.mktemp("flipped") / "picture"
    path.write_bytes(data)
    said = str(path)
    try:
        read_image(path)
    except ValueError as error:
        said = str(error)
    assert str(path) in said


HEIGHT, WIDTH = PICTURE.shape[:2]
# Where a stored pixel (row, column) is shown, from the EXIF specification's table of which side of
# the scene the first row and the first column are.
SHOWN_AT = {
    1: lambda r, c: (r, c),
    2: lambda r, c: (r, WIDTH - 1 - c),
    3: lambda r, c: (HEIGHT - 1 - r, WIDTH - 1 - c),
    4: lambda r, c: (HEIGHT - 1 - r, c),
    5: lambda r, c: (c, r),
    6: lambda r, c: (c, HEIGHT - 1 - r),
    7: lambda r, c: (WIDTH - 1 - c, HEIGHT - 1 - r),
    8: lambda r, c: (WIDTH - 1 - c, r),
}
ROWS, COLUMNS = np.indices((HEIGHT, WIDTH))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", SHOWN_AT)
def test_every_orientation_is_applied_once(tmp_path, kind, orientation):
    stored = read(tmp_path, oriented(kind, 1)).rgb
    shown = read(tmp_path, oriented(kind, orientation)).rgb
    np.testing.assert_array_equal(shown[SHOWN_AT[orientation](ROWS, COLUMNS)], stored)
    assert shown.flags.c_contiguous
    assert shown.flags.writeable


def test_alpha_and_sixteen_bit_grey_are_turned_along(tmp_path):
    exif = Image.Exif()
    exif[274] = 6
    rgba = np.dstack([PICTURE, PICTURE[..., 1]])
    photo = read(tmp_path, saved("PNG", rgba, exif=exif))
    assert photo.alpha is not None
    np.testing.assert_array_equal(photo.alpha[SHOWN_AT[6](ROWS, COLUMNS)], PICTURE[..., 1])
    wide = Image.fromarray(PICTURE[..., 0].astype(np.uint16) * 257)
    photo = read(tmp_path, saved("PNG", wide, exif=exif))
    np.testing.assert_array_equal(photo.rgb[SHOWN_AT[6](ROWS, COLUMNS)][..., 0], PICTURE[..., 0])


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
@pytest.mark.parametrize("mode", ["1", "L", "RGB"])
def test_pixels_without_loss_are_the_files_own(tmp_path, kind, mode):
    image = Image.fromarray(PICTURE).convert(mode)
    wanted = np.asarray(image).astype(np.uint8) * (255 if mode == "1" else 1)
    photo = read(tmp_path, saved(kind, image))
    np.testing.assert_array_equal(photo.rgb, wanted if mode == "RGB" else wanted[..., None].repeat(3, 2))
    assert photo.alpha is None


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
def test_alpha_is_kept_apart_and_hides_no_color(tmp_path, kind):
    rgba = np.dstack([PICTURE, PICTURE[..., 0] // 2])
    options = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    photo = read(tmp_path, saved(kind, rgba, **options))
    np.testing.assert_array_equal(photo.rgb, PICTURE)
    np.testing.assert_array_equal(photo.alpha, PICTURE[..., 0] // 2)


def test_grey_with_alpha(tmp_path):
    photo = read(tmp_path, saved("PNG", np.dstack([PICTURE[..., 0], PICTURE[..., 1]])))
    np.testing.assert_array_equal(photo.rgb, PICTURE[..., :1].repeat(3, 2))
    np.testing.assert_array_equal(photo.alpha, PICTURE[..., 1])


def test_a_palette_and_its_transparency(tmp_path):
    extra = chunk(b"PLTE", bytes([10, 20, 30, 40, 50, 60, 70, 80, 90])) + chunk(b"tRNS", bytes([0, 128]))
    photo = read(tmp_path, png(4, 1, color=3, extra=extra, rows=bytes([0, 2, 1, 0, 1])))
    assert photo.rgb.tolist() == [[[70, 80, 90], [40, 50, 60], [10, 20, 30], [40, 50, 60]]]
    assert photo.alpha is not None
    assert photo.alpha.tolist() == [[255, 128, 0, 128]]


def test_one_color_that_is_transparent(tmp_path):
    extra = chunk(b"tRNS", struct.pack(">HHH", 1, 2, 3))
    photo = read(tmp_path, png(2, 1, extra=extra, rows=bytes([0, 1, 2, 3, 1, 2, 4])))
    assert photo.rgb.tolist() == [[[1, 2, 3], [1, 2, 4]]]
    assert photo.alpha is not None
    assert photo.alpha.tolist() == [[0, 255]]


def test_two_bits_of_grey_run_from_black_to_white(tmp_path):
    photo = read(tmp_path, png(4, 1, depth=2, color=0, rows=bytes([0, 0b00011011])))
    assert photo.rgb[0, :, 0].tolist() == [0, 85, 170, 255]


WIDE = [0, 128, 129, 385, 386, 32767, 32768, 65406, 65407, 65535]
NARROW = [0, 0, 1, 1, 2, 127, 128, 254, 255, 255]  # the nearest of value / 257


def test_sixteen_bit_grey_is_scaled_and_rounded(tmp_path):
    rows = b"\0" + struct.pack(f">{len(WIDE)}H", *WIDE)
    photo = read(tmp_path, png(len(WIDE), 1, depth=16, color=0, rows=rows))
    assert photo.rgb.tolist() == [[[level] * 3 for level in NARROW]]
    assert photo.alpha is None


def test_sixteen_bit_grey_keeps_its_transparent_value(tmp_path):
    rows = b"\0" + struct.pack(">4H", 0, 300, 301, 65535)
    extra = chunk(b"tRNS", struct.pack(">H", 300))
    photo = read(tmp_path, png(4, 1, depth=16, color=0, extra=extra, rows=rows))
    assert photo.rgb[0, :, 0].tolist() == [0, 1, 1, 255]
    assert photo.alpha is not None
    assert photo.alpha.tolist() == [[255, 0, 255, 255]]


@pytest.mark.parametrize("photometric", [0, 1])
def test_sixteen_bit_tiff_in_both_polarities(tmp_path, photometric):
    pixels = struct.pack(f"<{len(WIDE)}H", *WIDE)
    photo = read(tmp_path, plain_tiff(len(WIDE), 1, bits=16, photometric=photometric, pixels=pixels))
    wanted = NARROW if photometric else [255 - level for level in NARROW]
    assert photo.rgb[0, :, 0].tolist() == wanted


def test_sixteen_bit_tiff_big_endian(tmp_path):
    image = Image.frombytes("I;16B", (len(WIDE), 1), struct.pack(f">{len(WIDE)}H", *WIDE))
    assert read(tmp_path, saved("TIFF", image)).rgb[0, :, 0].tolist() == NARROW


def test_twelve_bit_tiff_reaches_white(tmp_path):
    photo = read(tmp_path, plain_tiff(2, 1, bits=12, photometric=1, pixels=bytes([0x80, 0x0F, 0xFF])))
    assert photo.rgb[0, :, 0].tolist() == [128, 255]  # 2048 / 4095 and 4095 / 4095


def test_premultiplied_alpha_is_divided_out(tmp_path):
    pixels = bytes([64, 32, 16, 128]) + struct.pack("<4H", 8, 8, 8, 8)  # one pixel, then its depths
    values = [(256, 4, 1, 1), (257, 4, 1, 1), (258, 3, 4, 12), (259, 3, 1, 1), (262, 3, 1, 2), (273, 4, 1, 8)]
    values += [(277, 3, 1, 4), (278, 4, 1, 1), (279, 4, 1, 4), (338, 3, 1, 1)]
    photo = read(tmp_path, tiff(values, pixels))
    assert abs(photo.rgb[0, 0].astype(int) - [127.5, 63.75, 31.9]).max() <= 1
    assert photo.alpha is not None
    assert photo.alpha.tolist() == [[128]]


def test_ink_is_the_complement_of_light(tmp_path):
    cmyk = np.array(
        [[[0, 0, 0, 0], [255, 0, 0, 0], [0, 255, 0, 0], [0, 0, 255, 0], [0, 0, 0, 255]]], np.uint8
    )
    photo = read(tmp_path, saved("TIFF", Image.fromarray(cmyk, "CMYK")))
    assert photo.rgb.tolist() == [[[255] * 3, [0, 255, 255], [255, 0, 255], [255, 255, 0], [0] * 3]]


def test_ink_in_a_jpeg_is_not_inverted(tmp_path):
    cmyk = Image.new("CMYK", (16, 16), (0, 255, 255, 0))
    photo = read(tmp_path, saved("JPEG", cmyk, quality=95))
    assert abs(photo.rgb.astype(int) - [255, 0, 0]).max() < 8


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
def test_of_an_animation_the_first_frame_is_read(tmp_path, kind):
    frames = [Image.fromarray(PICTURE), Image.fromarray(255 - PICTURE)]
    options = {"lossless": True} if kind == "WEBP" else {}
    data = saved(kind, frames[0], save_all=True, append_images=frames[1:], **options)
    np.testing.assert_array_equal(read(tmp_path, data).rgb, PICTURE)


@pytest.mark.parametrize("limit", [None, 1_000_000_000_000])
def test_the_limit_is_ours_whatever_other_code_sets(tmp_path, monkeypatch, limit):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", limit)
    with pytest.raises(ValueError, match="declares 20000 × 20000 pixels, above the limit of 150,000,000"):
        read(tmp_path, png(20_000, 20_000))


def test_a_hundred_megapixels_are_allowed(tmp_path):
    data = zlib.compress(bytes(10_000 * (10_000 // 8 + 1)))
    header = struct.pack(">IIBBBBB", 10_000, 10_000, 1, 0, 0, 0, 0)
    whole = chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    assert read(tmp_path, b"\x89PNG\r\n\x1a\n" + whole).rgb.shape == (10_000, 10_000, 3)
