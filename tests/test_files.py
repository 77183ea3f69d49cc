from __future__ import annotations

import errno
import io
import os
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from sicgan_lite import files as module
from sicgan_lite.files import (
    LOCK_NAME,
    folder_lock,
    make_folder,
    name_of,
    read_bytes,
    sha256_of,
    shortly,
    write_atomically,
    write_bytes,
)


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


@pytest.mark.skipif(os.name == "nt", reason="permissions are of another kind there")
@pytest.mark.parametrize("mode", [0o600, 0o664, 0o444])
def test_a_file_that_is_replaced_hands_on_its_permissions(tmp_path, mode):
    path = tmp_path / "file.bin"
    path.write_bytes(b"old")
    path.chmod(mode)
    write_atomically(path, b"new")
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"new", mode)


def test_a_private_file_is_never_open_to_others_on_the_way(tmp_path, monkeypatch):
    path = tmp_path / "file.bin"
    path.write_bytes(b"old")
    path.chmod(0o600)
    modes, create = [], os.open

    def note(*arguments: Any) -> int:
        handle = create(*arguments)
        modes.append(os.fstat(handle).st_mode)
        return handle

    monkeypatch.setattr(os, "open", note)
    write_atomically(path, b"secret")
    assert stat.S_IMODE(modes[0]) == 0o600


@pytest.mark.parametrize("there", [True, False])
def test_a_symlink_is_written_through(tmp_path, there):
    (tmp_path / "elsewhere").mkdir()
    target, link = tmp_path / "elsewhere" / "file.bin", tmp_path / "link.bin"
    if there:
        target.write_bytes(b"old")
    link.symlink_to(target)
    write_atomically(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert [each.name for each in target.parent.iterdir()] == ["file.bin"]


@pytest.mark.parametrize("name", ["x" * 250, "x" * 255, "写真" * 42], ids=["250", "255", "252 of CJK"])
def test_any_legal_name_can_be_written(tmp_path, name):
    write_atomically(tmp_path / name, b"data")
    assert (tmp_path / name).read_bytes() == b"data"


@pytest.mark.parametrize("error", [errno.EINVAL, errno.ENOTSUP, errno.EPERM, errno.EACCES, errno.ENOSYS])
def test_a_drive_that_cannot_sync_or_chmod_keeps_the_work(tmp_path, monkeypatch, error):
    path = tmp_path / "file.bin"
    path.write_bytes(b"old")
    path.chmod(0o666)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(error, os.strerror(error))

    for name in ("fsync", "chmod", "fchmod"):
        monkeypatch.setattr(os, name, refuse)
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert [each.name for each in tmp_path.iterdir()] == ["file.bin"]


KILLED = """
import os, signal, sys
from sicgan_lite.files import write_atomically
os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)
write_atomically(sys.argv[1], b"new")
"""


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL there")
def test_what_a_kill_leaves_the_next_writer_removes(tmp_path, request):
    path, plain = tmp_path / "file.bin", tmp_path / ".sicgan-lite-notes.txt"
    path.write_bytes(b"old")
    plain.write_bytes(b"a user's own")
    command = [sys.executable, "-c", KILLED, str(path)]
    assert subprocess.run(command, cwd=request.config.rootpath, check=False).returncode == -signal.SIGKILL
    (left,) = set(tmp_path.iterdir()) - {path, plain}
    assert path.read_bytes() == b"old"
    os.utime(left, (0, 0))  # a second later
    write_atomically(tmp_path / "other.bin", b"new")
    assert not left.exists()
    assert plain.exists()


def test_a_file_that_another_program_is_writing_is_left_alone(tmp_path, monkeypatch):
    """Another write in the middle of one, which lasts for ever by the clock."""
    inner, sync = [], os.fsync

    def write_another(handle: int) -> None:
        sync(handle)
        if not inner:
            inner.append(handle)
            for left in tmp_path.iterdir():
                os.utime(left, (0, 0))
            write_atomically(tmp_path / "inner.bin", b"inner")

    monkeypatch.setattr(os, "fsync", write_another)
    write_atomically(tmp_path / "outer.bin", b"outer")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "inner.bin": b"inner",
        "outer.bin": b"outer",
    }


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "full"), OSError(errno.EIO, "gone"), KeyboardInterrupt()]
)
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
        status = os.fstat(handle)
        events.append("folder" if stat.S_ISDIR(status.st_mode) else status.st_size)

    def note_replace(source: Path, target: Path) -> Path:
        events.append((source.parent, target))
        return replace(source, target)

    monkeypatch.setattr(os, "fsync", note_sync)
    monkeypatch.setattr(Path, "replace", note_replace)
    write_atomically(tmp_path / "file.bin", bytes(100_000))
    assert events[:2] == [100_000, (tmp_path, tmp_path / "file.bin")]
    assert events[2:] == ["folder"] * (os.name != "nt")  # the name as well


def test_a_folder_must_be_there(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        write_atomically(tmp_path / "nowhere" / "file.bin", b"data")


def test_a_folder_is_not_overwritten(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(IsADirectoryError, match="is a directory; a file name is wanted"):
        write_atomically(folder, b"data")
    assert list(tmp_path.iterdir()) == [folder]


def test_a_path_and_an_open_file_are_read_and_written_alike(tmp_path):
    path, opened = tmp_path / "file.bin", io.BytesIO()
    write_bytes(path, b"data")
    write_bytes(opened, b"data")
    assert path.read_bytes() == opened.getvalue() == b"data"
    opened.seek(1)  # it is read from where it stands
    assert (read_bytes(path, at_most=4), read_bytes(opened, at_most=3)) == (b"data", b"ata")


def test_too_long_a_file_is_not_read(tmp_path):
    path = tmp_path / "file.bin"
    path.write_bytes(bytes(1001))
    opened = io.BytesIO(bytes(5000))
    for file, name in ((path, str(path)), (opened, "the open file")):
        with pytest.raises(ValueError, match=f"{name} has more than 1,000 bytes, the limit"):
            read_bytes(file, at_most=1000)
    assert opened.tell() == 1001


def test_text_is_refused():
    with pytest.raises(ValueError, match="the open file was opened as text; open it in binary mode, 'rb'"):
        read_bytes(io.StringIO("data"), at_most=10)  # pyright: ignore[reportArgumentType]


def test_a_file_is_called_by_its_name(tmp_path):
    named = io.BytesIO()
    named.name = "holiday.jpg"
    with (tmp_path / "file.bin").open("wb") as opened, tempfile.TemporaryFile() as nameless:
        names = [name_of(file) for file in ("a", tmp_path, opened, named, nameless, io.BytesIO())]
    assert names == ["a", str(tmp_path), str(tmp_path / "file.bin"), "holiday.jpg", *["the open file"] * 2]


def test_the_hash_is_sha256():
    # FIPS 180-2, appendix B.1.
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert sha256_of(b"abc") == sha256_of(memoryview(b"abc")) == digest


HOLD = """
import sys
from sicgan_lite.files import folder_lock
with folder_lock(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


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
        folder_lock(tmp_path),
    ):
        pass
    other.kill()
    other.communicate()
    with folder_lock(tmp_path):
        pass
    with folder_lock(tmp_path):  # the first let go of it
        assert {path.name for path in tmp_path.iterdir()} <= {LOCK_NAME}


def test_a_drive_without_locks_keeps_nobody_out(tmp_path, monkeypatch):
    fcntl = pytest.importorskip("fcntl")

    def refuse(*_: object) -> None:
        raise OSError(errno.EOPNOTSUPP, "Operation not supported")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with folder_lock(tmp_path), folder_lock(tmp_path):
        (tmp_path / "file").touch()


def test_a_system_without_locks_keeps_nobody_out(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "fcntl", None)
    write_atomically(tmp_path / "file", b"data")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_file_where_a_folder_is_wanted_is_named(tmp_path):
    make_folder(tmp_path / "a" / "b")
    make_folder(tmp_path / "a" / "b")
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FileExistsError, match="file is a file; a folder is wanted"):
        make_folder(tmp_path / "file")


def test_what_cannot_be_written_is_named_as_it_was_asked_for(tmp_path, monkeypatch):
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "something")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left on device") as caught:
        write_atomically(tmp_path / "picture.png", b"pixels")
    assert caught.value.filename == str(tmp_path / "picture.png")
    assert list(tmp_path.iterdir()) == []


def test_a_strangers_value_is_quoted_shortly():
    assert shortly("abc") == "'abc'"
    assert shortly("x" * 300) == "'" + "x" * 199 + "…"
    assert shortly(10**5000) == "a int too large to print"
    deep: list = []
    for _ in range(10**5):
        deep = [deep]
    assert len(shortly(deep)) < 300
