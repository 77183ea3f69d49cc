"""A reader's photograph, by a path and through the dialogues of Colab and of Jupyter."""

from __future__ import annotations

import io
import sys
import time
from pathlib import Path
from types import ModuleType

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from PIL import Image
from support.kernels import execute

from sicgan_lite import sample_image
from sicgan_lite.teaching import uploads, use_photo

BLUE_OVER_RED = np.repeat([[[0, 0, 200]], [[200, 0, 0]]], 300, axis=0).repeat(400, axis=1).astype(np.uint8)


def same(rgb: np.ndarray) -> np.ndarray:
    return rgb


def jpeg(rgb: np.ndarray, orientation: int = 1) -> bytes:
    """As a phone stores it: the pixels as the sensor lies, and how to turn them."""
    exif, buffer = Image.Exif(), io.BytesIO()
    exif[274] = orientation
    Image.fromarray(rgb).save(buffer, "JPEG", quality=90, exif=exif)
    return buffer.getvalue()


@pytest.fixture
def phone(tmp_path: Path) -> Path:
    """12 megapixels, held upright: stored on its side, to be turned by a quarter."""
    path = tmp_path / "phone.jpg"
    upright = np.asarray(Image.fromarray(BLUE_OVER_RED).resize((3024, 4032), Image.Resampling.NEAREST))
    path.write_bytes(jpeg(np.rot90(upright), orientation=6))
    return path


def test_a_sample_is_known_by_its_name() -> None:
    np.testing.assert_array_equal(use_photo("coffee", same, longest=600), sample_image("coffee"))


def test_a_small_photograph_is_not_enlarged() -> None:
    assert use_photo("chelsea", same, longest=2000).shape == (300, 451, 3)


def test_what_is_returned_is_what_the_use_made_of_it() -> None:
    assert use_photo("chelsea", lambda rgb: rgb.shape, longest=100) == (67, 100, 3)


def test_a_phones_photograph_is_turned_and_made_small_within_five_seconds(phone: Path) -> None:
    start = time.process_time()
    rgb = use_photo(phone, same)
    assert time.process_time() - start < 5
    assert rgb.shape == (300, 225, 3)
    assert (np.abs(rgb[20, 112].astype(int) - [0, 0, 200]) < 12).all()  # blue above
    assert (np.abs(rgb[280, 112].astype(int) - [200, 0, 0]) < 12).all()


@pytest.fixture
def colab(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """A stand-in for Colab's module; the files that its dialogue will hand over."""
    chosen: dict[str, bytes] = {}
    files, module = ModuleType("google.colab.files"), ModuleType("google.colab")
    vars(files)["upload"] = lambda: dict(chosen)
    vars(module)["files"] = files
    monkeypatch.setitem(sys.modules, "google.colab", module)
    monkeypatch.setitem(sys.modules, "google.colab.files", files)
    return chosen


def test_colabs_dialogue_hands_over_a_photograph(colab: dict[str, bytes], phone: Path) -> None:
    colab["IMG 0001 (1).jpg"] = phone.read_bytes()
    np.testing.assert_array_equal(use_photo("upload", same), use_photo(phone, same))


def test_a_dialogue_that_was_cancelled_says_what_to_do(colab: dict[str, bytes]) -> None:
    with pytest.raises(ValueError, match="nothing was uploaded"):
        use_photo("upload", same)


def test_a_file_that_is_no_photograph_is_named_as_its_owner_does(colab: dict[str, bytes]) -> None:
    colab["IMG_1.HEIC"] = b"\0\0\0\x18ftypheic"
    with pytest.raises(ValueError, match=r"^IMG_1\.HEIC: it .* PNG, JPEG, TIFF or WebP"):
        use_photo("upload", same)


@pytest.mark.parametrize("name", ["../../escaped.jpg", "a/b.jpg", ""])
def test_no_name_leaves_its_folder(colab: dict[str, bytes], name: str) -> None:
    colab[name] = jpeg(BLUE_OVER_RED)
    assert use_photo("upload", same).shape == (300, 200, 3)


def test_a_longest_side_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="longest must be at least 1 pixel, got 0"):
        use_photo("coffee", same, longest=0)


def test_ipywidgets_7_keeps_files_by_name() -> None:
    assert uploads._file_of({"a.jpg": {"metadata": {}, "content": b"123"}}) == ("a.jpg", b"123")


CHOOSE = """
import io
from datetime import datetime, timezone
import ipywidgets
import numpy as np
from PIL import Image
from sicgan_lite import show_images
from sicgan_lite.teaching import use_photo

def use(rgb):
    print("used", rgb.shape)
    return show_images([rgb], ["Yours"])

box = use_photo("upload", use)
button, place = box.children
def choose(name, content):
    file = {"name": name, "type": "", "size": len(content), "last_modified": datetime.now(timezone.utc)}
    if hasattr(ipywidgets, "Stack"):
        button.value = ({**file, "content": memoryview(content)},)
    else:  # ipywidgets 7, where the browser alone may set it
        button.set_trait("value", {name: {"metadata": file, "content": content}})
data = io.BytesIO()
Image.fromarray(np.zeros((40, 60, 3), np.uint8)).save(data, "PNG")
"""
REPORT = """
for output in place.outputs:
    print(output.get("text") or output.get("evalue") or sorted(output["data"]))
"""


def test_jupyters_button_shows_the_use_under_it_and_an_error_too(tmp_path: Path) -> None:
    cells = [CHOOSE, "choose('a.png', data.getvalue())", REPORT, "choose('b.txt', b'hello')", REPORT]
    path = tmp_path / "own.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell(cell) for cell in cells]), path)
    ran = execute(path, Path(sys.executable))
    first, second = (ran.cells[at].outputs[0].text for at in (2, 4))
    assert "used (40, 60, 3)" in first
    assert "'image/png'" in first or "'image/jpeg'" in first
    assert "b.txt: it begins with" in second
    assert "used" not in second
