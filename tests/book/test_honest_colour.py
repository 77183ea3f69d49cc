"""What another program says of the label in the chapter on honest colour."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import numpy as np
from support.chapters import BOOK, markdown
from support.exiftool import exiftool_or_skip

from sicgan_lite import Provenance, read_image, write_image

TEXT = markdown(next(BOOK.glob("*-honest-colour.ipynb")))


def test_exiftool_says_what_the_chapter_shows(tmp_path: Path) -> None:
    exiftool_or_skip()
    (block,) = re.findall(r"```text\n\$ (exiftool .*?)```", TEXT, re.DOTALL)
    command, *answer = block.splitlines()
    grey = np.full((60, 80, 3), 128, np.uint8)
    write_image(tmp_path / "grey.png", grey, provenance=None)
    label = Provenance("sicgan-lite", "1.0", when="2026-01-01T12:00:00Z")
    photo = read_image(tmp_path / "grey.png")
    write_image(tmp_path / "colored.png", grey, provenance=label, photo=photo, mark=True)
    said = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, text=True, check=True)
    assert said.stdout.splitlines() == answer
