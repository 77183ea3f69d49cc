from __future__ import annotations

import hashlib
import io
import os
import sys
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageCms, JpegImagePlugin
from support.odd_images import PICTURE, oriented, saved

from sicgan_lite import files
from sicgan_lite.pictures.images import (
    KINDS_BY_SUFFIX,
    Photo,
    encode_image,
    left_behind,
    output_format,
    read_image,
    read_provenance,
    write_image,
)
from sicgan_lite.pictures.provenance import Provenance

LABEL = Provenance("sicgan-lite", "0.1.0")
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
ALPHA = PICTURE[..., 2]
BARE = Photo(PICTURE, None, None, "ab" * 32, None)
LONG_XMP = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
    f'xmlns:dc="http://purl.org/dc/elements/1.1/" dc:title="{"x" * 66_000}"/></rdf:RDF>'
).encode()


def test_what_is_written_as_png_is_read_again(tmp_path):
    path = tmp_path / "picture.png"
    photo = replace(BARE, alpha=ALPHA, icc_profile=SRGB)
    write_image(path, PICTURE, provenance=LABEL, photo=photo)
    again = read_image(path)
    np.testing.assert_array_equal(again.rgb, PICTURE)
    np.testing.assert_array_equal(again.alpha, ALPHA)
    assert again.icc_profile == SRGB
    assert again.source_sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert again.xmp is not None
    assert b"sicgan-lite" in again.xmp


def test_jpeg_keeps_the_profile_and_colour_at_full_resolution(tmp_path):
    path = tmp_path / "picture.jpg"
    stripes = np.zeros((64, 64, 3), np.uint8)
    stripes[:, ::2, 0], stripes[:, 1::2, 2] = 200, 200  # red and blue columns, one pixel wide
    write_image(path, stripes, provenance=LABEL, photo=replace(BARE, icc_profile=SRGB))
    again = read_image(path)
    assert again.icc_profile == SRGB
    assert abs(again.rgb.astype(int) - stripes).mean() < 4
    with Image.open(path) as image:
        assert JpegImagePlugin.get_sampling(image) == 0


@pytest.mark.parametrize("view", [PICTURE[::-1, ::2], PICTURE.transpose(1, 0, 2), np.asfortranarray(PICTURE)])
def test_any_memory_layout_is_written(tmp_path, view):
    write_image(tmp_path / "picture.png", view, provenance=None)
    np.testing.assert_array_equal(read_image(tmp_path / "picture.png").rgb, view)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP"])
def test_the_packet_of_every_kind_of_file_is_read(tmp_path, kind):
    path = tmp_path / "picture"
    write_image(tmp_path / "labelled.png", PICTURE, provenance=LABEL)
    packet = read_image(tmp_path / "labelled.png").xmp
    assert packet is not None
    if kind == "PNG":
        path.write_bytes((tmp_path / "labelled.png").read_bytes())
    elif kind == "TIFF":
        path.write_bytes(saved(kind, tiffinfo={700: packet}))
    elif kind == "JPEG":
        write_image(tmp_path / "labelled.jpg", PICTURE, provenance=LABEL)
        path.write_bytes((tmp_path / "labelled.jpg").read_bytes())
    else:
        path.write_bytes(saved(kind, xmp=packet))
    assert read_image(path).xmp == packet
    label = read_provenance(path)
    assert label is not None
    assert label.system == "sicgan-lite"


def test_a_label_after_the_pixels_of_a_png_is_found(tmp_path):
    path = tmp_path / "picture.png"
    write_image(path, PICTURE, provenance=LABEL)
    data = path.read_bytes()
    start = data.index(b"iTXt") - 4
    end = start + 12 + int.from_bytes(data[start : start + 4], "big")
    path.write_bytes(data[:start] + data[end:-12] + data[start:end] + data[-12:])
    label = read_provenance(path)
    assert label is not None
    assert label.system == "sicgan-lite"


def test_an_unlabelled_picture_says_nothing(tmp_path):
    path = tmp_path / "picture.png"
    write_image(path, PICTURE, provenance=None, photo=replace(BARE, xmp=LONG_XMP))
    assert read_provenance(path) is None
    assert read_image(path).xmp is None
    assert b"xmp" not in path.read_bytes().lower()


def test_the_label_is_not_forgotten_by_accident():
    with pytest.raises(TypeError, match="provenance"):
        write_image("picture.png", PICTURE)  # pyright: ignore[reportCallIssue]


def test_the_hash_is_the_photos_unless_one_is_given(tmp_path):
    path = tmp_path / "picture.png"
    write_image(path, PICTURE, provenance=LABEL, photo=BARE)
    label = read_provenance(path)
    assert label is not None
    assert label.source_sha256 == BARE.source_sha256
    write_image(path, PICTURE, provenance=replace(LABEL, source_sha256="cd" * 32), photo=BARE)
    label = read_provenance(path)
    assert label is not None
    assert label.source_sha256 == "cd" * 32


def test_the_hash_is_of_the_whole_file(tmp_path):
    path = tmp_path / "picture.jpg"
    path.write_bytes(saved("JPEG") + bytes(3_000_000))
    assert read_image(path).source_sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("suffix", [".gif", ".heic", ".pngx", ""])
def test_a_format_that_takes_no_label_is_refused(tmp_path, suffix):
    path = tmp_path / f"picture{suffix}"
    with pytest.raises(ValueError, match=rf"cannot label '{suffix}' files; use .png, .jpg, .tif or .webp"):
        write_image(path, PICTURE, provenance=LABEL)
    assert list(tmp_path.iterdir()) == []


def test_jpeg_refuses_transparency_but_not_an_opaque_alpha(tmp_path):
    path = tmp_path / "picture.jpg"
    with pytest.raises(ValueError, match=r"picture\.jpg: JPEG cannot hold transparency; use \.png"):
        write_image(path, PICTURE, provenance=LABEL, photo=replace(BARE, alpha=ALPHA))
    assert not path.exists()
    write_image(path, PICTURE, provenance=LABEL, photo=replace(BARE, alpha=np.full_like(ALPHA, 255)))
    assert read_image(path).alpha is None


def test_an_alpha_of_another_picture_is_refused(tmp_path):
    narrow = replace(BARE, rgb=PICTURE[:, 1:], alpha=ALPHA[:, 1:])
    with pytest.raises(ValueError, match=r"p\.png: alpha of shape \(24, 39\) for pixels of \(24, 40\)"):
        write_image(tmp_path / "p.png", PICTURE, provenance=LABEL, photo=narrow)


def test_what_jpeg_cannot_hold_is_refused_and_the_old_file_stays(tmp_path):
    path = tmp_path / "picture.jpg"
    path.write_bytes(b"old")
    with pytest.raises(ValueError, match=r"JPEG holds 65500 pixels a side, not 65501; use \.png"):
        write_image(path, np.zeros((1, 65_501, 3), np.uint8), provenance=LABEL)
    with pytest.raises(ValueError, match=r"WEBP holds 16383 pixels a side, not 16384; use \.png"):
        write_image(tmp_path / "a.webp", np.zeros((1, 16_384, 3), np.uint8), provenance=LABEL)
    assert path.read_bytes() == b"old"
    write_image(tmp_path / "wide.jpg", np.zeros((1, 65_500, 3), np.uint8), provenance=LABEL)
    write_image(tmp_path / "picture.png", PICTURE, provenance=LABEL, photo=replace(BARE, xmp=LONG_XMP))
    xmp = read_image(tmp_path / "picture.png").xmp
    assert xmp is not None
    assert b"x" * 66_000 in xmp


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    path = tmp_path / "picture.png"
    path.write_bytes(b"old")
    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_image(path, PICTURE, provenance=LABEL)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no folder .*nowhere"):
        write_image(tmp_path / "nowhere" / "picture.png", PICTURE, provenance=LABEL)
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(FileNotFoundError, match=r"there is no folder .*file"):
        write_image(tmp_path / "file" / "picture.png", PICTURE, provenance=LABEL)
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(IsADirectoryError, match=r"folder\.png is a directory"):
        write_image(tmp_path / "folder.png", PICTURE, provenance=LABEL)


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    "bad",
    [
        PICTURE / 255,
        PICTURE.astype(np.float32),
        PICTURE[..., 0],
        PICTURE[..., :2],
        PICTURE[None],
        PICTURE[:0],
        None,
    ],
    ids=lambda bad: "None" if bad is None else f"{bad.dtype}-{bad.shape}",
)
def test_what_is_no_picture_is_refused_and_nothing_is_written(tmp_path, bad):
    with pytest.raises(ValueError, match=r"rgb must be a uint8 array of shape \(any, any, 3\)"):
        write_image(tmp_path / "picture.png", bad, provenance=LABEL)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("bad", [Provenance("", "1"), replace(LABEL, source_sha256="abc")])
def test_a_bad_label_writes_nothing(tmp_path, bad):
    with pytest.raises(ValueError, match=r"system must be|source_sha256 must be"):
        write_image(tmp_path / "picture.png", PICTURE, provenance=bad)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_the_mark_is_drawn_only_when_asked_for_and_never_into_the_array(tmp_path, suffix):
    rgb = np.full((120, 200, 3), 130, np.uint8)
    plain, marked = tmp_path / f"plain.{suffix}", tmp_path / f"marked.{suffix}"
    write_image(plain, rgb, provenance=None)
    write_image(marked, rgb, provenance=LABEL, mark=True)
    assert (rgb == 130).all()
    assert abs(read_image(plain).rgb.astype(int) - 130).max() <= 1
    assert read_image(marked).rgb[100:, 120:].max() > 240
    assert read_image(marked).rgb[100:, 120:].min() < 15
    assert abs(read_image(marked).rgb[:80].astype(int) - 130).max() <= 1


def test_the_mark_is_opaque_on_a_transparent_picture(tmp_path):
    rgb = np.full((120, 200, 3), 130, np.uint8)
    photo = replace(BARE, rgb=rgb, alpha=np.zeros((120, 200), np.uint8))
    write_image(tmp_path / "picture.png", rgb, provenance=LABEL, photo=photo, mark=True)
    alpha = read_image(tmp_path / "picture.png").alpha
    assert alpha is not None
    assert alpha[-1, -1] == 255
    assert alpha[0, 0] == 0


def test_a_turned_photograph_is_not_turned_again_by_its_label(tmp_path):
    source, out = tmp_path / "source.jpg", tmp_path / "out.jpg"
    source.write_bytes(oriented("JPEG", 6))
    for _ in range(2):
        photo = read_image(source)
        write_image(out, photo.rgb, provenance=LABEL, photo=photo)
        assert read_image(out).rgb.shape == (40, 24, 3)
        source = out


def test_a_missing_file_a_folder_and_a_pipe_are_named(tmp_path):
    wanted = "; a whole PNG, JPEG, TIFF or WebP image is wanted"
    for read in (read_image, read_provenance):
        with pytest.raises(FileNotFoundError, match=rf"nothing\.png does not exist{wanted}"):
            read(tmp_path / "nothing.png")
        with pytest.raises(IsADirectoryError, match=rf"is a directory{wanted}"):
            read(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes in folders")
def test_a_pipe_is_refused_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    pipe = os.open(tmp_path / "pipe.png", os.O_RDWR)
    os.write(pipe, saved("PNG")[:1000])  # so that a reader who tries fails here, and does not wait
    with pytest.raises(ValueError, match=r"pipe\.png is not a regular file"):
        read_image(tmp_path / "pipe.png")
    os.close(pipe)


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may read and write everything")
def test_what_may_not_be_read_or_written_is_a_permission_error(tmp_path):
    path = tmp_path / "picture.png"
    write_image(path, PICTURE, provenance=LABEL)
    path.chmod(0)
    with pytest.raises(PermissionError, match=r"picture\.png"):
        read_image(path)
    tmp_path.chmod(0o500)
    with pytest.raises(PermissionError):
        write_image(path, PICTURE, provenance=LABEL)


def test_a_name_may_be_a_string(tmp_path):
    write_image(str(tmp_path / "Picture.PNG"), PICTURE, provenance=LABEL)
    np.testing.assert_array_equal(read_image(str(tmp_path / "Picture.PNG")).rgb, PICTURE)


def test_what_could_not_be_written_is_refused_before_the_work(tmp_path, monkeypatch):
    wide = replace(BARE, rgb=np.zeros((1, 65_501, 3), np.uint8))
    assert output_format(tmp_path / "picture.JPG", BARE) == "JPEG"
    assert output_format(tmp_path / "picture.png", wide) == "PNG"
    with pytest.raises(ValueError, match=r"p\.jpg: JPEG cannot hold transparency; use \.png"):
        output_format(tmp_path / "p.jpg", replace(BARE, alpha=ALPHA))
    with pytest.raises(ValueError, match=r"p\.jpeg: JPEG holds 65500 pixels a side, not 65501; use \.png"):
        output_format(tmp_path / "p.jpeg", wide)
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(IsADirectoryError, match=r"folder\.png is a directory"):
        output_format(tmp_path / "folder.png")
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    with pytest.raises(PermissionError, match=r"p\.png: the folder .* may not be written to"):
        output_format(tmp_path / "p.png")


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_an_open_file_is_written_and_read_as_a_path_is(tmp_path, suffix):
    path, opened = tmp_path / f"picture{suffix}", io.BytesIO(b"before")
    opened.name = path.name
    opened.seek(6)
    write_image(path, PICTURE, provenance=LABEL)
    write_image(opened, PICTURE, provenance=LABEL)
    assert opened.getvalue() == b"before" + path.read_bytes()
    opened.seek(6)
    photo = read_image(opened)
    np.testing.assert_array_equal(photo.rgb, read_image(path).rgb)
    assert photo.source_sha256 == read_image(path).source_sha256
    with path.open("rb") as file:
        assert read_provenance(file) == read_provenance(path)


def test_a_stream_that_cannot_be_searched_is_read(tmp_path):
    write_image(tmp_path / "picture.png", PICTURE, provenance=LABEL)
    with zipfile.ZipFile(tmp_path / "album.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(tmp_path / "picture.png", "picture.png")
    with zipfile.ZipFile(tmp_path / "album.zip") as archive, archive.open("picture.png") as stream:
        np.testing.assert_array_equal(read_image(stream).rgb, PICTURE)


def test_an_open_file_without_a_name_has_no_kind():
    with pytest.raises(ValueError, match=r"the open file: cannot label '' files; use \.png"):
        write_image(io.BytesIO(), PICTURE, provenance=LABEL)


def test_a_packet_without_room_stays_behind_and_the_label_is_written(tmp_path):
    for suffix, xmp in ((".jpg", LONG_XMP), (".png", LONG_XMP.replace(b"x" * 66_000, b"x" * 1_047_000))):
        photo = replace(BARE, xmp=xmp)
        assert output_format(tmp_path / f"p{suffix}", photo)
        write_image(tmp_path / f"p{suffix}", PICTURE, provenance=LABEL, photo=photo)
        said = read_provenance(tmp_path / f"p{suffix}")
        assert said is not None
        assert said.system == "sicgan-lite"
        assert "bytes of XMP stay behind" in left_behind(photo, KINDS_BY_SUFFIX[suffix])[0]


def test_no_memory_is_not_called_damage(tmp_path, monkeypatch):
    (tmp_path / "p.png").write_bytes(saved("PNG"))

    def load(image):
        raise MemoryError

    monkeypatch.setattr(Image.Image, "load", load)
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", load)
    with pytest.raises(MemoryError, match=r"there is not enough memory for the picture .*p\.png"):
        read_image(tmp_path / "p.png")


@pytest.mark.usefixtures("unchecked")
def test_what_goes_along_is_told_what_gives_it():
    rgb = np.zeros((2, 3, 3), np.uint8)
    with pytest.raises(ValueError, match=r"provenance is of type str: Provenance\(system, version\) is one"):
        encode_image(rgb, provenance="me")  # pyright: ignore[reportArgumentType]
    with pytest.raises(ValueError, match=r"photo is of type ndarray: read_image\(path\) gives one"):
        encode_image(rgb, provenance=None, photo=rgb)  # pyright: ignore[reportArgumentType]
