"""One model for each photograph of a folder, since one picture's model is no use for another."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import UInt8

from sicgan_lite.baselines import grey
from sicgan_lite.checkpoint import read_generator_config, read_results
from sicgan_lite.config import Config
from sicgan_lite.devices import Device, choose_device
from sicgan_lite.files import (
    FileFormatError,
    folder_lock,
    make_folder,
    pixels_sha256,
    sha256_of,
    write_atomically,
)
from sicgan_lite.pictures.finding import photos_in
from sicgan_lite.pictures.images import read_image, write_image
from sicgan_lite.pictures.provenance import own_provenance
from sicgan_lite.plotting import before_after, rasterize
from sicgan_lite.studies.jobs import Job, JobsError, run_jobs
from sicgan_lite.studies.judging import check_has_color, judge, lightness_profile, small_copy
from sicgan_lite.studies.measuring import train_and_measure
from sicgan_lite.studies.sheet import contact_sheet
from sicgan_lite.studies.sweep import SweepRun, read_run


class Entry(NamedTuple):
    """What an album keeps of a photograph: the generator's file, and a picture, uint8 (h, w, 3)."""

    model: bytes
    before_after: UInt8[np.ndarray, "h w 3"]
    source_sha256: str


_PICTURE = ".before-after.png"
_SHEET = "index.html"
_DRAWN_WIDTH = 1040  # pixels: as wide as the three are together, so that nothing is lost


def make_album(
    folder: str | Path,
    *,
    out: str | Path,
    config: Config,
    executor: Executor | None = None,
    on_done: Callable[[str], object] | None = None,
    device: Device = "auto",
) -> list[SweepRun]:
    """Train one model for each photograph in ``folder``, on that photograph alone, by ``config``.

    ``out`` gets ``NAME.safetensors`` and ``NAME.before-after.png`` (labelled) for each, and a contact
    sheet, ``index.html``. As with ``run_sweep``, a finished photograph is not repeated, any
    executor will do, ``device`` is where each trains, and ``on_done`` is given each photograph's name.
    The results come in the order of the names. Errors: ValueError for a folder without photographs,
    and for an ``out`` that is ``folder`` or whose models are of other settings or photographs; OSError
    for an ``out`` that cannot be made or that another program is writing; JobsError names the
    photographs that could not be read, have no colour or could not be trained on, after all others are
    done.
    """
    folder, out = Path(folder), Path(out)
    if out.resolve() == folder.resolve():
        raise ValueError(f"{out} holds the photographs; choose another folder for the album")
    photos, skipped = photos_in(folder)
    choose_device(device)
    make_folder(out)  # fails before the work, not after it
    with folder_lock(out):
        jobs = [_job(path, out, config, device) for path in photos]
        _check_places(out, jobs)
        for job, photo in zip(jobs, photos, strict=True):
            if job.done:
                _check_same(job.target, photo, config)
        try:
            for job in run_jobs(jobs, executor):
                if on_done is not None:
                    on_done(job.name)
        except JobsError as error:
            skipped += [(folder / name, reason) for name, reason in error.failed.items()]
            raise
        finally:  # whatever ended it: what is there is shown
            runs = [read_run(job.target) for job in jobs if Path(job.target).is_file()]
            write_atomically(out / _SHEET, contact_sheet(runs, skipped).encode())
    return runs


def train_photo(
    config: Config, rgb: UInt8[np.ndarray, "h w 3"], source_sha256: str, device: Device = "auto"
) -> Entry:
    """Train on one photograph, and draw what it became."""
    check_has_color(rgb, "the photograph")
    trained = train_and_measure(config, rgb, device=device, also=_verdict)
    return Entry(trained.model, _draw(rgb, trained.picture), source_sha256)


def write_before_after(
    path: str | Path,
    rgb: UInt8[np.ndarray, "h w 3"],
    colored: UInt8[np.ndarray, "h w 3"],
    source_sha256: str = "",
) -> None:
    """Write photograph, lightness and generated colour side by side, labelled as generated."""
    write_image(path, _draw(rgb, colored), provenance=own_provenance(source_sha256))


def _verdict(picture: np.ndarray, rgb: np.ndarray) -> dict[str, Any]:
    return {"verdict": judge(picture, rgb).sentence, "lightness_profile": lightness_profile(rgb)}


def _draw(rgb: np.ndarray, colored: np.ndarray) -> np.ndarray:
    rgb, colored = (small_copy(picture, _DRAWN_WIDTH) for picture in (rgb, colored))
    return rasterize(before_after(rgb, grey(rgb), colored))


def _check_places(out: Path, jobs: list[Job]) -> None:
    """Errors: IsADirectoryError for a folder that has the name of a file to come."""
    pictures = [out / f"{Path(job.target).stem}{_PICTURE}" for job in jobs]
    for path in (out / _SHEET, *pictures, *(Path(job.target) for job in jobs)):
        if path.is_dir():
            raise IsADirectoryError(f"{path} is a folder; a file of that name is to be written")


def _job(photo: Path, out: Path, config: Config, device: Device) -> Job:
    name = fitting_name(photo.name)
    model, picture = out / f"{name}.safetensors", out / f"{name}{_PICTURE}"

    def keep(entry: Entry) -> None:
        write_image(picture, entry.before_after, provenance=own_provenance(entry.source_sha256))
        write_atomically(model, entry.model)  # last: where it is, the photograph is done

    return Job(
        photo.name, model, model.exists(), train_photo, partial(_arguments, photo, config, device), keep
    )


def fitting_name(name: str) -> str:
    """The name, or its beginning and a hash, where an ending would make it longer than 255 bytes."""
    data, most = os.fsencode(name), 255 - len(_PICTURE)
    if len(data) <= most:
        return name
    return f"{data[: most - 9].decode(errors='ignore')}-{sha256_of(data)[:8]}"


def _arguments(photo: Path, config: Config, device: Device) -> tuple[Config, np.ndarray, str, Device]:
    read = read_image(photo)
    return config, read.rgb, read.source_sha256, device


def _check_same(model: str | Path, photo: Path, config: Config) -> None:
    """Errors: FileFormatError (a ValueError) for a model of other settings or another photograph."""
    same = read_generator_config(model) == config
    if not same or read_results(model).get("rgb_sha256") != pixels_sha256(read_image(photo).rgb):
        raise FileFormatError(
            f"{model} was made {'from another photograph' if same else 'with other settings'};"
            " choose another folder for the album, or remove it"
        )
