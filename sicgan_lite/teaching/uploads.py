"""A photograph that the reader brings: by its path, or through a dialogue of Jupyter's or Colab's."""

from __future__ import annotations

import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import ipywidgets as widgets
import numpy as np

from sicgan_lite.arrays.resizing import shrink
from sicgan_lite.pictures.finding import SUFFIXES, find_photo
from sicgan_lite.pictures.images import read_image

UPLOAD = "upload"
_KINDS = ",".join(SUFFIXES)


def use_photo(source: str | Path, use: Callable[[np.ndarray], Any], *, longest: int = 300) -> Any:
    """Read a photograph, shrink it, and call ``use`` with it.

    ``source`` is the name of a sample, a path, or "upload". ``use`` gets upright uint8 rgb (h, w, 3) whose
    longer side is at most ``longest`` pixels, and what it returns is returned. With "upload" Colab
    opens its dialogue and waits for it. Jupyter shows a button instead: there a widget is returned,
    and what ``use`` prints and returns appears under it each time a file is chosen. Errors: as
    ``find_photo``; ValueError when nothing was uploaded, and for ``longest`` below 1.
    """
    if str(source) != UPLOAD:
        return use(_small(find_photo(source).rgb, longest))
    if "google.colab" in sys.modules:  # Colab's kernel has loaded it
        return use(_small(_decode(*_from_colab()), longest))
    return _button(lambda name, data: use(_small(_decode(name, data), longest)))


def _small(rgb: np.ndarray, longest: int) -> np.ndarray:
    """The picture, its longer side at most ``longest`` pixels."""
    if longest < 1:
        raise ValueError(f"longest must be at least 1 pixel, got {longest}")
    height, width = rgb.shape[:2]
    scale = longest / max(height, width)
    return rgb if scale >= 1 else shrink(rgb, max(1, round(width * scale)))


def _decode(name: str, data: bytes) -> np.ndarray:
    """The picture in a file that came over the network; an error names it as its owner does."""
    file = BytesIO(data)
    file.name = name
    return read_image(file).rgb


def _from_colab() -> tuple[str, bytes]:
    """Name and bytes of the file that Colab's dialogue took."""
    from google.colab import files  # pyright: ignore[reportMissingImports]

    uploaded = files.upload()
    if not uploaded:
        raise ValueError("nothing was uploaded: run the cell again, and choose a photograph")
    return next(iter(uploaded.items()))


def _button(use: Callable[[str, bytes], Any]) -> widgets.VBox:
    """A button that takes a file, and below it the place where its use appears, or why it failed."""
    button = widgets.FileUpload(accept=_KINDS, multiple=False, description="Choose a photograph")
    button.layout.width = "max-content"

    def take(file: Any) -> Any:
        return use(*_file_of(file)) if file else None

    return widgets.interactive(take, {"auto_display": True}, file=button)


def _file_of(value: Any) -> tuple[str, bytes]:
    """Name and bytes: ipywidgets 8 has a tuple of files, ipywidgets 7 a dict of them by name."""
    if isinstance(value, dict):
        ((name, file),) = value.items()
        return name, file["content"]
    return value[0]["name"], bytes(value[0]["content"])
