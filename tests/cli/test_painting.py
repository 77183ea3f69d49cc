from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support.commands import TINY, grey_photo, large_photo, noise_photo
from support.memory import memory_above

from sicgan_lite.cli import main
from sicgan_lite.color import rgb_to_lab
from sicgan_lite.pictures.images import read_image, read_provenance

MODELS: dict[str, Path] = {}


@pytest.fixture
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of a photograph, made once."""
    if "model" not in MODELS:
        folder = tmp_path_factory.mktemp("model")
        photo = noise_photo(folder / "photo.png")
        assert main(["train", str(photo), "--out", str(folder / "run"), *TINY, "--quiet"]) == 0
        MODELS["model"] = folder / "run" / "generator.safetensors"
    return MODELS["model"]


def test_a_picture_is_judged_where_it_has_true_colours(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    color, grey = noise_photo(tmp_path / "color.png"), grey_photo(tmp_path / "grey.png")
    for photo, words in ((color, "closer than"), (grey, "there are no true colours to compare with")):
        out = tmp_path / f"{photo.stem}-out.png"
        assert main(["colorize", str(photo), "--model", str(model), "--out", str(out)]) == 0
        assert words in capsys.readouterr().out
        assert (
            main(["colorize", str(photo), "--model", str(model), "--out", str(out), "--force", "--json"]) == 0
        )
        assert json.loads(capsys.readouterr().out)["out"] == str(out)


def test_an_existing_picture_is_replaced_only_when_asked(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo, out = noise_photo(tmp_path / "photo.png"), tmp_path / "kept.png"
    out.write_bytes(b"mine")
    command = ["colorize", str(photo), "--model", str(model), "--out", str(out), "--quiet"]
    assert main(command) == 2
    assert "--force replaces it" in capsys.readouterr().err
    assert out.read_bytes() == b"mine"
    assert main([*command, "--force"]) == 0
    assert read_provenance(out) is not None


def test_a_folder_is_coloured_into_a_folder(model: Path, tmp_path: Path) -> None:
    scans, out = tmp_path / "scans", tmp_path / "colored"
    scans.mkdir()
    for name in ("b.png", "a.jpg", "c.tif"):
        grey_photo(scans / name)
    (scans / "._a.jpg").write_bytes(b"a companion of macOS")
    noise_photo(scans / ".hidden.png")
    (scans / "notes.txt").write_text("no picture")
    assert main(["colorize", str(scans), "--model", str(model), "--out", str(out), "--quiet"]) == 0
    assert {path.stem for path in out.iterdir()} == {"a", "b", "c"}
    for path in out.iterdir():
        assert read_image(path).rgb.shape == (40, 50, 3)
        assert read_provenance(path) is not None


def test_several_pictures_need_a_folder_and_names_of_their_own(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = noise_photo(tmp_path / "x.png")
    (tmp_path / "other").mkdir()
    second = noise_photo(tmp_path / "other" / "x.png")
    file = tmp_path / "file.png"
    file.write_bytes(b"")
    for out, words in ((file, "is a file; 2 pictures need a folder"), (tmp_path / "new", "two pictures")):
        assert main(["colorize", str(first), str(second), "--model", str(model), "--out", str(out)]) == 2
        assert words in capsys.readouterr().err
    (tmp_path / "empty").mkdir()
    assert (
        main(["colorize", str(tmp_path / "empty"), "--model", str(model), "--out", str(tmp_path / "o")]) == 2
    )
    assert "holds no photograph" in capsys.readouterr().err


def test_a_photograph_unlike_the_learned_one_is_said_to_be_so(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = read_image(model.parent.parent / "photo.png").rgb
    capsys.readouterr()
    cases = {"own": own, "darker": (own * 0.9).astype(np.uint8), "night": (own // 4)}
    said = {}
    for name, pixels in cases.items():
        path = tmp_path / f"{name}.png"
        Image.fromarray(pixels).save(path)
        assert (
            main(["colorize", str(path), "--model", str(model), "--out", str(tmp_path / f"{name}-out.png")])
            == 0
        )
        said[name] = [
            line for line in capsys.readouterr().err.splitlines() if line.startswith("sicgan-lite:")
        ]
    assert said["own"] == []
    assert "borrowed colours" in said["darker"][0]
    assert "is unlike the photograph that this model learned" in said["night"][0]


def test_an_old_photograph_in_the_colours_of_another(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, teacher = grey_photo(tmp_path / "old.png"), noise_photo(tmp_path / "aunt.png", seed=3)
    out = tmp_path / "colored.png"
    command = ["colorize", str(old), "--like", str(teacher), "--out", str(out), *TINY]
    assert main(command) == 0
    assert "no true colours to compare with" in capsys.readouterr().out
    assert read_provenance(out) is not None
    kept = tmp_path / "colored.model" / "generator.safetensors"
    again = tmp_path / "again.png"
    assert main(["colorize", str(old), "--model", str(kept), "--out", str(again), "--quiet"]) == 0
    np.testing.assert_array_equal(read_image(again).rgb, read_image(out).rgb)
    capsys.readouterr()
    assert main(["colorize", str(teacher), "--like", str(old), "--out", str(tmp_path / "x.png"), *TINY]) == 2
    assert "has no colour" in capsys.readouterr().err


def test_what_could_be_refused_is_refused_before_the_training(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, teacher = grey_photo(tmp_path / "old.png"), noise_photo(tmp_path / "aunt.png")
    for out in (tmp_path / "none" / "x.png", tmp_path / "x.gif"):
        assert main(["colorize", str(old), "--like", str(teacher), "--out", str(out), *TINY]) == 2
        assert "Traceback" not in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["aunt.png", "old.png"]


def test_a_picture_goes_through_pipes(model: Path, tmp_path: Path) -> None:
    photo = noise_photo(tmp_path / "photo.png")
    command = [sys.executable, "-m", "sicgan_lite", "colorize", "-", "--model", str(model), "--out", "-"]
    for words, kind in ((["--format", "tif"], "TIFF"), ([], "PNG")):
        ran = subprocess.run([*command, *words], input=photo.read_bytes(), capture_output=True, check=True)
        with Image.open(io.BytesIO(ran.stdout)) as image:
            assert image.format == kind
        assert read_provenance(io.BytesIO(ran.stdout)) is not None
    out = tmp_path / "named.png"
    main(["colorize", str(photo), "--model", str(model), "--out", str(out), "--quiet"])
    np.testing.assert_array_equal(read_image(out).rgb, read_image(io.BytesIO(ran.stdout)).rgb)


def test_sixteen_bits_stay_sixteen_and_what_is_lost_is_said(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ramp = np.tile(np.linspace(9_000, 60_000, 300).astype(np.uint16), (40, 1))
    Image.fromarray(ramp).save(tmp_path / "scan.tif", dpi=(600, 600))
    capsys.readouterr()
    for suffix, words in ((".tif", ""), (".jpg", "its 16 bits a channel become 8")):
        out = tmp_path / f"out{suffix}"
        assert main(["colorize", str(tmp_path / "scan.tif"), "--model", str(model), "--out", str(out)]) == 0
        assert words in capsys.readouterr().err
        photo = read_image(out)
        assert (photo.deep is None) == bool(words)
    deep = read_image(tmp_path / "out.tif").deep
    assert deep is not None
    lightness = rgb_to_lab(deep)[..., 0]
    assert abs(lightness - rgb_to_lab(np.dstack([ramp] * 3))[..., 0]).max() < 0.02


def test_a_folder_keeps_the_formats_of_its_pictures(model: Path, tmp_path: Path) -> None:
    scans = tmp_path / "scans"
    scans.mkdir()
    for name in ("a.tif", "b.webp", "c.jpe"):
        grey_photo(scans / "x.png").rename(scans / name) if name == "a.tif" else Image.new(
            "L", (40, 50), 90
        ).save(scans / name, "WEBP" if name == "b.webp" else "JPEG")
    assert main(["colorize", str(scans), "--model", str(model), "--out", str(tmp_path / "o"), "--quiet"]) == 0
    assert sorted(path.name for path in (tmp_path / "o").iterdir()) == ["a.tif", "b.webp", "c.jpe"]


def test_one_bad_picture_of_several_costs_no_other(
    tmp_path: Path, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = tmp_path / "photos", tmp_path / "colored"
    folder.mkdir()
    noise_photo(folder / "a.png")
    (folder / "b.png").write_bytes(b"rubbish")
    noise_photo(folder / "c.png", 2)
    assert main(["colorize", str(folder), "--model", str(model), "--out", str(out), "--quiet"]) == 1
    assert {path.name for path in out.iterdir()} == {"a.png", "c.png"}
    said = capsys.readouterr().err.splitlines()
    assert "b.png: it begins with" in said[0]
    assert said[-1].startswith("sicgan-lite: 1 of 3 pictures could not be coloured (")


def test_a_word_without_letters_is_not_the_folder_one_stands_in(
    tmp_path: Path, model: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    noise_photo(tmp_path / "a.png")
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    assert main(["colorize", "", "--model", str(model), "--out", "out"]) == 2
    assert "no file without a name" in capsys.readouterr().err
    for words in (["album", "", "--out", "out"], ["colorize", "a.png", "--model", str(model), "--out", ""]):
        with pytest.raises(SystemExit, match="2"):
            main(words)
        assert "a name is wanted" in capsys.readouterr().err
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("overlap", ["nan", "2", "-0.1"])
def test_an_overlap_is_refused_before_a_training(
    tmp_path: Path, overlap: str, capsys: pytest.CaptureFixture[str]
) -> None:
    old, teacher = grey_photo(tmp_path / "old.png"), noise_photo(tmp_path / "aunt.png")
    words = ["colorize", str(old), "--like", str(teacher), "--out", str(tmp_path / "new.png")]
    assert main([*words, f"--overlap={overlap}"]) == 2
    assert "overlap must be a number in [0, 0.9]" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["aunt.png", "old.png"]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no getrusage there")
def test_24_megapixels_are_coloured_in_600_megabytes(tmp_path: Path) -> None:
    """From file to file: read, coloured, judged and written, above the program that did it small."""
    small, large = large_photo(tmp_path / "small.png", 250, 250), large_photo(tmp_path / "large.jpg")
    prepare = f"""
from sicgan_lite.cli import main
run = sys.argv[3] + "/run"
assert main(["train", sys.argv[1], "--out", run, *{[*TINY, "--set", "size=128", "--quiet"]}]) == 0
def paint(photo, out):
    model = run + "/generator.safetensors"
    assert main(["colorize", photo, "--model", model, "--out", sys.argv[3] + out, "--quiet"]) == 0
paint(sys.argv[1], "/small-colored.jpg")
"""
    above = memory_above(prepare, 'paint(sys.argv[2], "/large-colored.jpg")', small, large, tmp_path)
    assert 24e6 * 3 * 2 < above < 600e6  # what was read and what is written
