"""Jobs for executors in other processes: functions of a module, so that they can be sent there."""

from __future__ import annotations

import os
import signal
from pathlib import Path


def echo(text: str) -> str:
    return text


def fail(text: str) -> str:
    raise ArithmeticError(f"{text} diverged")


def die_once(text: str, tombstone: Path) -> str:
    """End the whole process, as the system does to one that takes too much memory; later, work."""
    if not tombstone.exists():
        tombstone.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return text
