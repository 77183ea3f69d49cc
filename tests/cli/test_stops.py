"""Signals, heard: a list of requests, or an interruption; what is ignored stays ignored."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator

import pytest

from sicgan_lite.cli.stops import stop_requests, stops_raised

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no such signals")


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """The signals' own handlers are back after a test."""
    numbers = (signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, signal.SIG_DFL) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_termination_is_an_interruption(number: signal.Signals) -> None:
    with pytest.raises(KeyboardInterrupt), stops_raised():
        os.kill(os.getpid(), number)
    assert signal.getsignal(number) is signal.SIG_DFL


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_run_is_asked_and_not_interrupted(number: signal.Signals) -> None:
    with stops_raised(), stop_requests() as asked:
        os.kill(os.getpid(), number)
        assert asked == [number]
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_what_nohup_ignores_stays_ignored() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with stops_raised(), stop_requests() as asked:
        os.kill(os.getpid(), signal.SIGHUP)
        assert asked == []
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


def test_another_thread_hears_nothing_and_works() -> None:
    heard: list[object] = []

    def work() -> None:
        with stops_raised(), stop_requests() as asked:
            heard.append(asked)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert heard == [[]]
