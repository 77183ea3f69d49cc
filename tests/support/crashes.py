"""Work in a child process whose n-th file-system call fails, or is the last thing that it does.

Calls are seen by an audit hook (open, rename, remove, mkdir, chmod) and by wrappers round what has
no audit event: writing, and the syncs. Only calls on a path inside the folder of the test count.
"""

from __future__ import annotations

import builtins
import errno
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

KINDS = ("EIO", "ENOSPC", "kill", "SIGTERM")
_EVENTS = {"open", "os.rename", "os.remove", "os.mkdir", "os.chmod"}
_SECONDS = 120


class Outcome(NamedTuple):
    """How a child ended: its exit status, negative for a signal; what it said; how many calls it made."""

    status: int
    said: str
    calls: int


class _Saboteur:
    """Counts calls, and spoils one of them."""

    def __init__(self, folder: Path, kind: str, at: int) -> None:
        self.folder, self.kind, self.at, self.calls, self.busy = str(folder), kind, at, 0, False

    def see(self, path: Any) -> None:
        inside = isinstance(path, str | os.PathLike) and os.path.abspath(path).startswith(self.folder)  # noqa: PTH100
        if self.busy or not inside:
            return
        self.calls += 1
        if self.calls == self.at:
            self._spoil(str(path))

    def _spoil(self, path: str) -> None:
        if self.kind in ("EIO", "ENOSPC"):
            number = getattr(errno, self.kind)
            raise OSError(number, os.strerror(number), path)
        os.kill(os.getpid(), signal.SIGKILL if self.kind == "kill" else signal.SIGTERM)

    def hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in _EVENTS:
            self.see(arguments[0])

    def write(self, file: Any, data: Any) -> int:
        """Half of it is written before the call fails; a signal that is survived lets the rest follow."""
        self.calls += 1
        if self.calls == self.at:
            half = len(data) // 2
            file.write(data[:half])
            file.flush()
            self._spoil(file.name)
            return half + file.write(data[half:])
        return file.write(data)

    def sync(self, handle: int) -> None:
        self.see(Path(f"/proc/self/fd/{handle}").readlink())


def run(work: Callable[[], object], folder: Path, kind: str = "", at: int = 0) -> Outcome:
    """Do ``work`` in a child; its ``at``-th call inside ``folder`` meets ``kind``."""
    said, count = folder.with_suffix(".said"), folder.with_suffix(".count")
    child = os.fork()
    if child == 0:
        _as_child(work, _Saboteur(folder, kind, at), said, count)
    deadline = time.monotonic() + _SECONDS
    while (ended := os.waitpid(child, os.WNOHANG))[0] == 0:
        if time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            raise TimeoutError(f"{kind} at call {at}: still running after {_SECONDS} s")
        time.sleep(0.005)
    calls = int(count.read_text()) if count.exists() else 0
    return Outcome(os.waitstatus_to_exitcode(ended[1]), said.read_text("utf-8"), calls)


def _as_child(work: Callable[[], object], saboteur: _Saboteur, said: Path, count: Path) -> None:
    status = 99
    try:
        sys.stderr = sys.stdout = said.open("w", encoding="utf-8")
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        _wrap(saboteur)
        sys.addaudithook(saboteur.hook)
        status = int(work() or 0)  # pyright: ignore[reportArgumentType]
    except BaseException:  # noqa: BLE001 - the parent judges what was said
        traceback.print_exc(file=sys.stderr)
    finally:
        saboteur.busy = True
        sys.stderr.flush()
        count.write_text(str(saboteur.calls))
        os._exit(status)


def _wrap(saboteur: _Saboteur) -> None:
    """Let every write and every sync of the library pass the saboteur."""
    from sicgan_lite import files

    class File:
        def __init__(self, file: Any) -> None:
            self.file = file

        def __enter__(self) -> File:
            return self

        def __exit__(self, *_: object) -> None:
            self.file.close()

        def __getattr__(self, name: str) -> Any:
            return getattr(self.file, name)

        def write(self, data: Any) -> int:
            return saboteur.write(self.file, data)

    def opened(*arguments: Any, **options: Any) -> Any:
        return File(builtins.open(*arguments, **options))  # noqa: PTH123

    real = os.fsync

    def fsync(handle: int) -> None:
        saboteur.sync(handle)
        real(handle)

    files.open = opened  # pyright: ignore[reportAttributeAccessIssue]
    os.fsync = fsync
