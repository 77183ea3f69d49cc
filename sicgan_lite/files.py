"""Reading and writing files: all or nothing, by a path or through an open file."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import stat
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np
from jaxtyping import UInt8

try:
    import fcntl
except ImportError:  # Windows, where an open file cannot be removed
    fcntl = None

Path_ = str | os.PathLike[str]
File = Path_ | IO[bytes]

LOCK_NAME = ".sicgan-lite.lock"
_TEMPORARY = (".sicgan-lite-", ".part")  # around 32 digits: short enough for any file system
_NOT_STORED = {errno.EIO, errno.ENOSPC, errno.EDQUOT}


class FileFormatError(ValueError):
    """A file is not what it should be: truncated, of another kind, or for another photograph."""


def name_of(file: File) -> str:
    """What an error calls it: its path, its name if it is open and has one, else "the open file"."""
    name = file if isinstance(file, str | os.PathLike) else getattr(file, "name", None)
    return os.fspath(name) if isinstance(name, str | os.PathLike) else "the open file"


def shortly(value: Any) -> str:
    """A value as an error quotes it, in 200 letters: a stranger's may be a whole file long."""
    try:
        return text if len(text := repr(value)) <= 200 else f"{text[:200]}…"
    except (ValueError, RecursionError):  # a whole number of more than 4,300 digits; a list in a list in …
        return f"a {type(value).__name__} too large to print"


def read_bytes(file: File, *, at_most: int) -> bytes:
    """The bytes of a file; of an open one, from where it stands.

    Errors: OSError when it cannot be read; FileFormatError for more than ``at_most`` bytes, which are
    not read, and for a file that was opened as text.
    """
    if isinstance(file, str | os.PathLike):
        with Path(file).open("rb") as opened:
            return read_bytes(opened, at_most=at_most)
    data = file.read(at_most + 1)
    if not isinstance(data, bytes):
        raise FileFormatError(f"{name_of(file)} was opened as text; open it in binary mode, 'rb'")
    if len(data) > at_most:
        raise FileFormatError(f"{name_of(file)} has more than {at_most:,} bytes, the limit")
    return data


def write_bytes(file: File, data: bytes) -> None:
    """Write to a path, all or nothing, or to an open file. Errors: as ``write_atomically``."""
    if isinstance(file, str | os.PathLike):
        write_atomically(file, data)
    else:
        file.write(data)


def write_atomically(path: Path_, data: bytes) -> None:
    """Write ``data`` to ``path``: all of it, or nothing, whenever the program is killed.

    The bytes go to a temporary file in the same folder, are synced to disk, and take the name of
    ``path`` in one step. A symlink is written through, and a file that is replaced hands on its
    permissions. What killed writers left in the folder is removed. Errors: OSError when the folder
    is missing or cannot be written.
    """
    target = Path(path)
    if target.is_symlink():
        target = target.resolve()
    if target.is_dir():
        raise IsADirectoryError(f"{target} is a directory; a file name is wanted")
    _clear_leftovers(target.parent)
    temporary = target.with_name(uuid.uuid4().hex.join(_TEMPORARY))
    try:
        _write_new(temporary, data, _mode_of(target))
        temporary.replace(target)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename:  # a name that nobody asked for
            error.filename = str(target)
        raise
    _sync_folder(target.parent)


def make_folder(path: Path_) -> None:
    """The folder, and those above it, where they are not yet. Errors: OSError, for a file in the way too."""
    try:
        Path(path).mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise FileExistsError(f"{path} is a file; a folder is wanted") from None


@contextlib.contextmanager
def folder_lock(folder: Path_) -> Iterator[None]:
    """Hold an exclusive lock on a folder until the block ends, without waiting for it.

    The system lets go of the lock with the process; its empty file, LOCK_NAME, stays in the folder.
    On a drive without locks nobody is kept out. Errors: BlockingIOError when another program has
    the folder.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(Path(folder) / LOCK_NAME)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise BlockingIOError(f"another program is writing to {folder}; wait for it, or stop it") from None
    except (OSError, NotImplementedError):
        pass  # a drive without locks
    try:
        yield
    finally:
        lock.release()


def sha256_of(data: bytes | memoryview) -> str:
    """The SHA-256 of ``data`` in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def pixels_sha256(rgb: UInt8[np.ndarray, "h w 3"]) -> str:
    """The SHA-256 of a photograph's pixels and shape."""
    return sha256_of(repr(rgb.shape).encode() + np.ascontiguousarray(rgb).tobytes())


def _mode_of(target: Path) -> int | None:
    return stat.S_IMODE(target.stat().st_mode) if target.exists() else None


def _write_new(path: Path, data: bytes, mode: int | None) -> None:
    """Write and sync a file that is not there yet. The mode of None is that of any new file."""

    def create(name: str, flags: int) -> int:
        return os.open(name, flags, 0o666 if mode is None else mode)

    with open(path, "xb", opener=create) as file:
        with contextlib.suppress(OSError):  # a drive without locks
            _lock(file)
        if mode is not None and _mode_of(path) != mode:  # the umask took something away
            with contextlib.suppress(OSError):  # a drive without permissions
                path.chmod(mode)
        file.write(data)
        file.flush()
        _sync(file.fileno())


def _sync(handle: int) -> None:
    """To the disk, where the system can: only an error that says "not stored" is one."""
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno in _NOT_STORED:
            raise


def _sync_folder(folder: Path) -> None:
    """The new name, too, is on the disk; the bytes are there in any case."""
    with contextlib.suppress(OSError):  # Windows opens no folder
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _clear_leftovers(folder: Path) -> None:
    """Remove temporary files that nobody is writing; a writer locks its own within a second."""
    for path in folder.glob("*".join(_TEMPORARY)):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > 1:
                with path.open("rb") as file:
                    _lock(file)
                path.unlink()


def _lock(file: IO[bytes]) -> None:
    """Hold a file until it is closed. Errors: OSError when it is held, or cannot be."""
    if fcntl is not None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
