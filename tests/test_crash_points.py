"""Wherever a program is stopped, what was done is kept, what is there is whole, and a second call ends it.

Every file-system call of five programs fails in turn: with an error of the drive, without room, with a
kill, with a polite end. ``CRASH_POINTS=all`` tries each; otherwise a few of each program, spread
over its calls.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from support.commands import TINY, noise_photo
from support.crashes import KINDS, Outcome, run
from support.tiny import photo, tiny_config

from sicgan_lite import load_generator, read_image, run_sweep
from sicgan_lite.checkpoint import read_checkpoint
from sicgan_lite.cli import main
from sicgan_lite.studies.runs import load_run
from tools import recording

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="it forks, and asks /proc"),
    pytest.mark.usefixtures("one_thread"),
]

SAMPLE = 4  # points of each program; an album, which trains twice, has two
WHOLE = os.environ.get("CRASH_POINTS") == "all"
CONFIG = tiny_config(size=16, num_patches=12)


class Program(NamedTuple):
    """What to do, in a folder; how to go on after a stop; and what has to be there in the end, to compare."""

    begin: Callable[[Path], object]
    again: Callable[[Path], object]
    result: Callable[[Path], object]


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Photographs and a model, outside the folder that fails."""
    folder = tmp_path_factory.mktemp("sources")
    (folder / "photos").mkdir()
    for seed, name in enumerate(("photo.png", "photos/a.png", "photos/b.png")):
        noise_photo(folder / name, seed=seed)
    assert main(["train", str(folder / "photo.png"), "--out", str(folder / "run"), *TINY, "--quiet"]) == 0
    return folder


def weights(out: Path) -> list[list[float]]:
    networks = [load_generator(path) for path in sorted(out.rglob("*.safetensors"))]
    return [np.concatenate([w.detach().ravel() for w in one.parameters()]).tolist() for one in networks]


def training(sources: Path) -> Program:
    words = ["train", str(sources / "photo.png"), "--quiet", "--out"]

    def train(out: Path) -> int:
        return main([*words, str(out / "run"), *TINY])

    def resume(out: Path) -> int:
        begun = (out / "run" / "checkpoint.pt").exists()
        return main([*words, str(out / "run"), "--resume"]) if begun else train(out)

    return Program(train, resume, weights)


def coloring(sources: Path) -> Program:
    model = str(sources / "run" / "generator.safetensors")
    words = ["colorize", str(sources / "photo.png"), "--model", model, "--quiet", "--force", "--out"]

    def colorize(out: Path) -> int:
        return main([*words, str(out / "c.png")])

    return Program(colorize, colorize, lambda out: read_image(out / "c.png").rgb.tolist())


def album(sources: Path) -> Program:
    def make(out: Path) -> int:
        return main(["album", str(sources / "photos"), "--out", str(out / "album"), *TINY, "--quiet"])

    return Program(make, make, weights)


def sweep(_: Path) -> Program:
    def make(out: Path) -> None:
        run_sweep([CONFIG, tiny_config(size=16, num_patches=12, seed=1)], photo(), out=out / "sweep")

    return Program(make, make, weights)


def recorder(_: Path) -> Program:
    def record(out: Path) -> None:
        recording.sample_image = lambda name: photo(seed=len(name))  # in the child alone
        list(recording.record_run("tiny", "chelsea", CONFIG, folder=out))

    return Program(record, record, lambda out: load_run("tiny", out).history["loss_d"].tolist())


def points(calls: int, some: int) -> list[tuple[str, int]]:
    """Every kind of fault at every call, or some of them: other kinds at neighbouring calls."""
    every = [(kind, at) for at in range(1, calls + 1) for kind in KINDS]
    if WHOLE:
        return every
    spread = np.linspace(1, calls, some).round().astype(int)
    return [(KINDS[(number + calls) % len(KINDS)], int(at)) for number, at in enumerate(spread)]


def check_left(out: Path, ended: Outcome, kind: str) -> None:
    """A command ends in one line or by the signal; whatever has its name is whole."""
    if kind in ("EIO", "ENOSPC"):
        assert ended.status in (0, 1, 2, 99), ended
        assert ended.status == 99 or "Traceback" not in ended.said, ended.said
        assert not list(out.rglob(".sicgan-lite-*.part")), "a program that ended left a temporary file"
    for path in out.rglob("*.*"):
        if path.name.startswith("."):
            continue
        if path.suffix == ".pt":
            read_checkpoint(path)
        elif path.suffix == ".png":
            read_image(path)
        elif path.name == "generator.safetensors":
            load_generator(path)


def age_leftovers(out: Path) -> None:
    """What a kill left is a minute old."""
    for path in out.rglob(".sicgan-lite-*.part"):
        os.utime(path, (time.time() - 60, time.time() - 60))


@pytest.mark.slow
@pytest.mark.parametrize("made", [training, coloring, album, sweep, recorder])
def test_a_stop_at_any_file_system_call_loses_nothing(
    made: Callable[[Path], Program], sources: Path, tmp_path: Path
) -> None:
    program, out = made(sources), tmp_path / "out"
    out.mkdir()
    whole = run(lambda: program.begin(out), out)
    assert (whole.status, whole.calls > 4) == (0, True), whole
    wanted = program.result(out)
    for kind, at in points(whole.calls, 2 if made is album else SAMPLE):
        shutil.rmtree(out)
        out.mkdir()
        ended = run(lambda: program.begin(out), out, kind, at)
        check_left(out, ended, kind)
        age_leftovers(out)
        finished = run(lambda: program.again(out), out)
        assert finished.status == 0, (kind, at, ended, finished)
        assert program.result(out) == wanted, (kind, at)
        assert not list(out.rglob(".sicgan-lite-*.part")), (kind, at)


def test_the_saboteur_is_seen(tmp_path: Path) -> None:
    """Without the atomic way a full drive leaves half a file."""
    from sicgan_lite import files

    def careless() -> int:
        with files.open(tmp_path / "out" / "file", "wb") as file:  # pyright: ignore[reportAttributeAccessIssue]
            file.write(b"x" * 100)
        return 0

    (tmp_path / "out").mkdir()
    assert run(careless, tmp_path / "out").calls == 2
    failed = run(careless, tmp_path / "out", "ENOSPC", 2)
    assert (failed.status, "No space left" in failed.said) == (99, True)
    assert len((tmp_path / "out" / "file").read_bytes()) == 50
    assert run(careless, tmp_path / "out", "kill", 1).status == -9
    assert run(careless, tmp_path / "out", "SIGTERM", 1).status == -15
