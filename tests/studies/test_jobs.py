"""Results are written once each, whatever happens to the jobs beside them."""

from __future__ import annotations

import multiprocessing
import pickle
import sys
import threading
import time
from concurrent.futures import CancelledError, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from support.work import die_once, echo, fail

from sicgan_lite.studies import jobs as module
from sicgan_lite.studies.jobs import Job, JobsError, run_jobs


def job(folder: Path, name: str, work: Any = echo, *more: Any) -> Job:
    path = folder / name
    return Job(name, path, path.exists(), work, partial(tuple, (name, *more)), path.write_text)


def texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.glob("*")}


@pytest.mark.parametrize("executor", [None, "threads"])
def test_every_result_is_written_and_announced_once(tmp_path: Path, executor: str | None) -> None:
    wanted = [job(tmp_path, name) for name in "abcd"]
    with ThreadPoolExecutor(2) as pool:
        announced = [done.name for done in run_jobs(wanted, pool if executor else None)]
    assert sorted(announced) == list("abcd")
    assert texts(tmp_path) == {name: name for name in "abcd"}


def test_what_is_on_disk_is_not_computed_again(tmp_path: Path) -> None:
    calls: list[str] = []

    def counted(name: str) -> str:
        calls.append(name)
        return name

    assert len(list(run_jobs([job(tmp_path, name, counted) for name in "ab"]))) == 2
    assert len(list(run_jobs([job(tmp_path, name, counted) for name in "abc"]))) == 3
    assert calls == ["a", "b", "c"]


def test_a_result_is_on_disk_before_the_next_job_starts_here(tmp_path: Path) -> None:
    def looks(name: str) -> str:
        return "".join(sorted(texts(tmp_path)))

    list(run_jobs([job(tmp_path, name, looks) for name in "abc"]))
    assert texts(tmp_path) == {"a": "", "b": "a", "c": "ab"}


def test_a_failure_is_named_and_the_rest_go_on(tmp_path: Path) -> None:
    wanted = [job(tmp_path, "a"), job(tmp_path, "b", fail), job(tmp_path, "c")]
    unreadable = job(tmp_path, "d")._replace(arguments=lambda: (Path(tmp_path, "none").read_text(),))
    with pytest.raises(JobsError) as error:
        list(run_jobs([unreadable, *wanted]))
    assert set(error.value.failed) == {"b", "d"}
    assert error.value.missing == []
    assert "2 of 4 jobs left no result" in str(error.value)
    assert "b failed (ArithmeticError: b diverged)" in str(error.value)
    assert set(texts(tmp_path)) == {"a", "c"}


def test_two_jobs_of_one_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"2 jobs would write one file, .*same"):
        next(run_jobs([job(tmp_path, "same"), job(tmp_path, "other"), job(tmp_path, "same")]))
    assert texts(tmp_path) == {}


def test_what_cannot_be_kept_is_named_and_the_rest_are_kept(tmp_path: Path) -> None:
    blocked = job(tmp_path, "x")._replace(keep=(tmp_path / "none" / "x").write_text)
    unfit = job(tmp_path, "y")._replace(keep=lambda _: int("y"))
    with ThreadPoolExecutor(2) as pool, pytest.raises(JobsError) as error:
        list(run_jobs([blocked, job(tmp_path, "a"), unfit, job(tmp_path, "b")], pool))
    assert error.value.failed.keys() == {"x", "y"}
    assert "FileNotFoundError" in error.value.failed["x"]
    assert "ValueError" in error.value.failed["y"]
    assert set(texts(tmp_path)) == {"a", "b"}


def test_who_stops_does_not_wait_for_jobs_that_have_not_begun(tmp_path: Path) -> None:
    begun: list[str] = []

    def slow(name: str) -> str:
        begun.append(name)
        time.sleep(0.2)
        return name

    with ThreadPoolExecutor(1) as pool:
        running = run_jobs([job(tmp_path, str(n), slow) for n in range(9)], pool)
        next(running)
        running.close()
    assert len(begun) < 5


def test_no_jobs_are_no_error() -> None:
    assert list(run_jobs([])) == []


class Slow(Executor):
    """Answers each job a little later, and knows the most that were ever waiting."""

    def __init__(self) -> None:
        self.waiting = self.most = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.waiting += 1
        self.most = max(self.most, self.waiting)
        threading.Timer(0.2, self.answer, (future, fn(*args, **kwargs))).start()
        return future

    def answer(self, future: Future[Any], result: Any) -> None:
        self.waiting -= 1
        future.set_result(result)


def test_no_more_jobs_are_in_flight_than_their_photographs_fit_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "IN_FLIGHT", 3)
    slow, read = Slow(), []

    def arguments(number: int) -> tuple[str]:
        read.append(number)
        return (str(number),)

    wanted = [job(tmp_path, str(n))._replace(arguments=partial(arguments, n)) for n in range(9)]
    names = [done.name for done in run_jobs(wanted, slow)]
    assert slow.most == 3
    assert sorted(names) == [str(n) for n in range(9)]
    assert read == list(range(9))


def test_cancelled_jobs_are_missing_not_failed(tmp_path: Path) -> None:
    class Cancelling(Executor):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            future: Future[Any] = Future()
            future.set_exception(CancelledError())
            return future

    with pytest.raises(JobsError) as error:
        list(run_jobs([job(tmp_path, "a")], Cancelling()))
    assert (error.value.failed, error.value.missing) == ({}, ["a"])
    assert "the executor broke before a" in str(error.value)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_a_killed_worker_loses_nothing_that_was_done(tmp_path: Path) -> None:
    kept, tombstone = tmp_path / "kept", tmp_path / "tombstone"
    kept.mkdir()

    def wanted() -> list[Job]:
        return [job(kept, "a"), job(kept, "b", die_once, tombstone), job(kept, "c")]

    assert [done.name for done in run_jobs(wanted()[:1])] == ["a"]
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, spawn) as pool, pytest.raises(JobsError) as error:
        list(run_jobs(wanted(), pool))
    assert error.value.failed == {}
    assert error.value.missing == ["b", "c"]
    assert set(texts(kept)) == {"a"}
    with ProcessPoolExecutor(1, spawn) as pool:
        assert len(list(run_jobs(wanted(), pool))) == 3
    assert texts(kept) == {"a": "a", "b": "b", "c": "c"}


def test_an_error_of_jobs_comes_back_from_another_process():
    error = JobsError({"a": "ValueError: b"}, ["c"], 3)
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.failed, again.missing) == (str(error), error.failed, error.missing)
