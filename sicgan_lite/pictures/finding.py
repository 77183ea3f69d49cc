"""Photographs where people have them: a sample's name, a file, a folder."""

from __future__ import annotations

from pathlib import Path

from sicgan_lite.files import Path_
from sicgan_lite.pictures import SAMPLES
from sicgan_lite.pictures.images import KINDS_BY_SUFFIX, Photo, read_image
from sicgan_lite.pictures.samples import sample_image

# The kinds of file that are read, by their names.
SUFFIXES = (*KINDS_BY_SUFFIX, ".heic", ".heif", ".avif")


def find_photo(source: Path_) -> Photo:
    """The sample of this name, unless a file has it; or the picture in a file.

    Errors: FileNotFoundError, which names the samples; else as ``read_image``.
    """
    if str(source) in SAMPLES and not Path(source).is_file():
        return Photo(rgb=sample_image(str(source)), alpha=None, icc_profile=None, source_sha256="", xmp=None)
    if not Path(source).exists():
        raise FileNotFoundError(f"there is no file {source}, and the samples are {', '.join(SAMPLES)}")
    return read_image(source)


def photos_in(folder: Path_) -> tuple[list[Path], list[tuple[Path, str]]]:
    """The photographs of a folder in the order of their names, and each other file with why it is left out.

    Hidden files and folders are passed over without a word, and so are macOS' companions
    (``._photo.jpg``). Errors: OSError for a folder that cannot be read; ValueError for one without
    a photograph.
    """
    files = sorted(path for path in Path(folder).iterdir() if path.is_file() and path.name[0] != ".")
    photos = [path for path in files if path.suffix.lower() in SUFFIXES]
    if not photos:
        raise ValueError(f"{folder} holds no photograph ({', '.join(SUFFIXES)})")
    others = [path for path in files if path not in photos]
    return photos, [(path, f"{path.suffix or 'no suffix'} is not read here") for path in others]
