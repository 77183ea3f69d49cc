"""Ctrl-C, a termination, a closed terminal: heard in one place."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def stop_requests() -> Iterator[list[int]]:
    """A list that is filled by Ctrl-C, a termination or a closed terminal: the step is finished first."""
    caught: list[int] = []
    with _heard(("SIGINT", "SIGTERM", "SIGHUP"), lambda number, _: caught.append(number)):
        yield caught


@contextmanager
def stops_raised() -> Iterator[None]:
    """A termination and a closed terminal are KeyboardInterrupt, as Ctrl-C is: what began is cleared up."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with _heard(("SIGTERM", "SIGHUP"), stop):
        yield


@contextmanager
def _heard(names: tuple[str, ...], handler: Callable[[int, Any], object]) -> Iterator[None]:
    """Hear these signals; one that is ignored, as by nohup, stays so, and only a main thread hears any."""
    here = threading.current_thread() is threading.main_thread()
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)] if here else []
    heard = [number for number in numbers if signal.getsignal(number) not in (signal.SIG_IGN, None)]
    before = {number: signal.signal(number, handler) for number in heard}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)
