"""What a photograph says of itself is said by its coloured picture too: exiftool is the witness."""

from __future__ import annotations

import io
import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from support.exiftool import exiftool_or_skip
from support.odd_images import PICTURE, saved

from sicgan_lite.pictures.images import KINDS_BY_SUFFIX, left_behind, read_image, write_image
from sicgan_lite.pictures.provenance import Provenance

LABEL = Provenance("sicgan-lite", "0.1.0")
SUFFIXES = (".png", ".jpg", ".tif", ".webp")
SAID = {
    "EXIF:ImageDescription": "Die Katze, grüßt",
    "EXIF:Artist": "Jürgen Ørsted",
    "EXIF:Copyright": "© 1999 Jürgen",
    "EXIF:Make": "Kodak",
    "EXIF:Model": "DC 290",
    "EXIF:DateTimeOriginal": "1999:12:31 23:59:59",
    "EXIF:OffsetTimeOriginal": "+01:00",
    "EXIF:LensModel": "Zuiko 50/1.8",
    "EXIF:UserComment": "naïve café",
    "EXIF:ISO": 400,
    "EXIF:FNumber": 2.8,
    "EXIF:ExposureTime": 0.008,
    "EXIF:GPSLatitude": 48.2,
    "EXIF:GPSLongitude": 16.3,
    "EXIF:XResolution": 300,
    "EXIF:YResolution": 300,
    "XMP:Title": "A title",
}
IPTC = {"IPTC:Caption-Abstract": "A caption", "IPTC:Keywords": "cat", "IPTC:By-line": "Somebody"}


@pytest.fixture(scope="module")
def exiftool() -> str:
    return exiftool_or_skip()


def tags(program: str, path: Path) -> dict[str, Any]:
    ran = subprocess.run([program, "-j", "-G", "-n", str(path)], capture_output=True, check=True)
    return json.loads(ran.stdout)[0]


@pytest.fixture(scope="module")
def sources(exiftool: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same photograph in four formats, described by exiftool, with a thumbnail and lying on its side."""
    folder = tmp_path_factory.mktemp("sources")
    said = [f"-{name}={value}" for name, value in (SAID | IPTC).items()]
    places = [
        "-EXIF:GPSLatitudeRef=N",
        "-EXIF:GPSLongitudeRef=E",
        "-EXIF:Orientation#=6",
        "-EXIF:ResolutionUnit#=2",
    ]
    (folder / "thumbnail.jpg").write_bytes(saved("JPEG", PICTURE[:9, :9]))
    found = {}
    for suffix in SUFFIXES:
        path = found[suffix] = folder / f"photo{suffix}"
        path.write_bytes(saved(KINDS_BY_SUFFIX[suffix], PICTURE))
        thumbnail = [f"-ThumbnailImage<={folder / 'thumbnail.jpg'}"] if suffix == ".jpg" else []
        subprocess.run([exiftool, "-q", "-overwrite_original", *said, *places, *thumbnail, path], check=True)
    return found


@pytest.mark.parametrize("target", SUFFIXES)
@pytest.mark.parametrize("source", SUFFIXES)
def test_a_coloured_picture_says_what_its_photograph_says(
    exiftool: str, sources: dict[str, Path], tmp_path: Path, source: str, target: str
) -> None:
    photo = read_image(sources[source])
    assert photo.rgb.shape == (40, 24, 3)
    out = tmp_path / f"out{target}"
    write_image(out, photo.rgb, provenance=LABEL, photo=photo)
    found = tags(exiftool, out)
    assert {name: found.get(name) for name in SAID} == pytest.approx(SAID)
    assert found["XMP:CreatorTool"] == "sicgan-lite 0.1.0"  # the label is there as well
    assert found.get("EXIF:Orientation", 1) == 1
    assert not [name for name in found if "humbnail" in name]
    if source in (".jpg", ".tif") and target in (".jpg", ".tif"):
        assert {name: found.get(name) for name in IPTC} == IPTC
    assert read_image(out).rgb.shape == (40, 24, 3)


@pytest.mark.parametrize("target", SUFFIXES)
def test_a_file_that_says_nothing_gets_nothing_but_the_label(
    exiftool: str, tmp_path: Path, target: str
) -> None:
    out = tmp_path / f"out{target}"
    (tmp_path / "bare.png").write_bytes(saved("PNG"))
    write_image(out, PICTURE, provenance=LABEL, photo=read_image(tmp_path / "bare.png"))
    assert not set(tags(exiftool, out)) & {*SAID, *IPTC}


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_resolution_is_what_pillow_reads(tmp_path: Path, kind: str) -> None:
    (tmp_path / "scan").write_bytes(saved(kind, dpi=(600, 300)))
    for suffix in (".png", ".jpg", ".tif"):
        out = tmp_path / f"out{suffix}"
        write_image(out, PICTURE, provenance=LABEL, photo=read_image(tmp_path / "scan"))
        with Image.open(out) as image:
            assert tuple(map(float, image.info["dpi"])) == pytest.approx((600, 300), abs=0.02)


def test_the_texts_of_a_png_and_of_iptc_alone_become_exif(exiftool: str, tmp_path: Path) -> None:
    text = PngInfo()
    text.add_text("Author", "Ada")
    text.add_itxt("Description", "Ein Becher, groß")
    (tmp_path / "cup.png").write_bytes(saved("PNG", pnginfo=text))
    (tmp_path / "cat.jpg").write_bytes(saved("JPEG"))
    said = [f"-{name}={value}" for name, value in IPTC.items()]
    command = [exiftool, "-q", "-overwrite_original", "-charset", "iptc=UTF8", *said, tmp_path / "cat.jpg"]
    subprocess.run(command, check=True)
    (tmp_path / "spoken.jpg").write_bytes(saved("JPEG", comment=b"a remark"))
    wanted = {
        "cup.png": ("Ein Becher, groß", "Ada"),
        "cat.jpg": ("A caption", "Somebody"),
        "spoken.jpg": ("a remark", None),
    }
    for name, said in wanted.items():
        out = tmp_path / f"{name}.webp"
        write_image(out, PICTURE, provenance=LABEL, photo=read_image(tmp_path / name))
        found = tags(exiftool, out)
        assert (found.get("EXIF:ImageDescription"), found.get("EXIF:Artist")) == said


def test_what_a_format_has_no_place_for_is_said(sources: dict[str, Path]) -> None:
    photo = read_image(sources[".jpg"])
    assert left_behind(photo, "JPEG") == left_behind(photo, "TIFF") == []
    assert "IPTC" in left_behind(photo, "WEBP")[0]


def test_broken_metadata_costs_no_pixels() -> None:
    whole = saved("JPEG", exif=b"Exif\0\0II*\0" + b"\xff" * 40)
    for file in (whole, saved("TIFF", tiffinfo={34665: 4_000_000_000})):
        photo = read_image(io.BytesIO(file))
        assert photo.rgb.shape == PICTURE.shape
        assert photo.rgb.dtype == np.uint8
