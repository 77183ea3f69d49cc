"""Writing files so that a kill at any moment leaves the old file or the new one."""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from jaxtyping import UInt8


def write_atomically(path: str | os.PathLike[str], data: bytes) -> None:
    """Write ``data`` to ``path``: all of it, or nothing.

    The bytes go to a temporary file in the same folder, are synced to disk, and take the name of
    ``path`` in one step. Errors: OSError when the folder is missing or cannot be written.
    """
    target = Path(path)
    if target.is_dir():
        raise IsADirectoryError(f"{target} is a directory; a file name is wanted")
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o666 & ~_umask())  # mkstemp makes 0600, which nobody asked for
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def sole_use(folder: str | os.PathLike[str]) -> Iterator[None]:
    """Keep other programs that ask the same out of a folder until the block ends.

    The system lets go of it with the process, so that a kill leaves nothing to clean up. Where it
    has no such lock (Windows, some network drives), nobody is kept out. Errors: BlockingIOError
    when another program has the folder.
    """
    try:
        import fcntl
    except ImportError:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise BlockingIOError(f"another program is writing to {folder}; wait for it, or stop it") from None
    except OSError:
        pass  # a drive without locks
    try:
        yield
    finally:
        os.close(handle)


def sha256_of(data: bytes | memoryview) -> str:
    """The SHA-256 of ``data`` in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def pixels_sha256(rgb: UInt8[np.ndarray, "h w 3"]) -> str:
    """The SHA-256 of a photograph's pixels and shape."""
    return sha256_of(repr(rgb.shape).encode() + np.ascontiguousarray(rgb).tobytes())


def _umask() -> int:
    mask = os.umask(0)  # the only portable way to read it is to set it
    os.umask(mask)
    return mask
