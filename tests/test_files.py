from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from sicgan_lite.files import sha256_of, sole_use, write_atomically


def test_the_bytes_are_there(tmp_path):
    path = tmp_path / "file.bin"
    write_atomically(path, b"first")
    write_atomically(str(path), b"second, and longer")
    assert path.read_bytes() == b"second, and longer"
    write_atomically(path, b"")
    assert path.read_bytes() == b""
    assert [each.name for each in tmp_path.iterdir()] == ["file.bin"]


@pytest.mark.skipif(os.name == "nt", reason="permissions are of another kind there")
@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_permissions_are_those_of_any_new_file(tmp_path, mask):
    before = os.umask(mask)
    try:
        write_atomically(tmp_path / "file.bin", b"data")
        (tmp_path / "plain.bin").write_bytes(b"data")
        assert os.umask(mask) == mask
    finally:
        os.umask(before)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {0o666 & ~mask}


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
def test_whatever_fails_the_old_file_stays_and_nothing_else(tmp_path, monkeypatch, step, error):
    path = tmp_path / "file.bin"
    path.write_bytes(b"old")

    def fail(*args: object) -> None:
        raise error

    monkeypatch.setattr(*((os, "fsync", fail) if step == "fsync" else (Path, "replace", fail)))
    with pytest.raises(type(error)):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["file.bin"]


def test_the_name_is_taken_only_when_all_bytes_are_on_the_disk(tmp_path, monkeypatch):
    events = []
    sync, replace = os.fsync, Path.replace

    def note_sync(handle: int) -> None:
        sync(handle)
        events.append(os.fstat(handle).st_size)

    def note_replace(source: Path, target: Path) -> Path:
        events.append((source.parent, target))
        return replace(source, target)

    monkeypatch.setattr(os, "fsync", note_sync)
    monkeypatch.setattr(Path, "replace", note_replace)
    write_atomically(tmp_path / "file.bin", bytes(100_000))
    assert events == [100_000, (tmp_path, tmp_path / "file.bin")]


def test_a_folder_must_be_there(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        write_atomically(tmp_path / "nowhere" / "file.bin", b"data")


def test_a_folder_is_not_overwritten(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(IsADirectoryError, match="is a directory; a file name is wanted"):
        write_atomically(folder, b"data")
    assert list(tmp_path.iterdir()) == [folder]


def test_the_hash_is_sha256():
    # FIPS 180-2, appendix B.1.
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert sha256_of(b"abc") == sha256_of(memoryview(b"abc")) == digest


HOLD = """
import sys
from sicgan_lite.files import sole_use
with sole_use(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.mark.skipif(os.name == "nt", reason="no such lock there")
def test_a_folder_has_one_writer_and_a_killed_one_lets_go(tmp_path, request):
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    other = subprocess.Popen(
        command,
        cwd=request.config.rootpath,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    with (
        pytest.raises(BlockingIOError, match=f"another program is writing to {tmp_path}"),
        sole_use(tmp_path),
    ):
        pass
    other.kill()
    other.communicate()
    with sole_use(tmp_path):
        pass
    with sole_use(tmp_path):  # the first let go of it
        assert list(tmp_path.iterdir()) == []


def test_a_drive_without_locks_keeps_nobody_out(tmp_path, monkeypatch):
    fcntl = pytest.importorskip("fcntl")

    def refuse(*_: object) -> None:
        raise OSError(errno.EOPNOTSUPP, "Operation not supported")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with sole_use(tmp_path), sole_use(tmp_path):
        (tmp_path / "file").touch()


def test_a_system_without_locks_keeps_nobody_out(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "fcntl", None)
    with sole_use(tmp_path), sole_use(tmp_path):
        (tmp_path / "file").touch()
