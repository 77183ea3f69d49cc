"""Many jobs on any executor: each result is kept when it comes, and none is computed twice."""

from __future__ import annotations

import multiprocessing
import signal
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    as_completed,
    wait,
)
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any, NamedTuple

# Photographs travel with their jobs: no more than this many are held at once.
IN_FLIGHT = 32


class Job(NamedTuple):
    """A piece of work whose result is kept as soon as it comes.

    ``name`` is for people. ``arguments`` is called when the job's turn comes; ``work(*arguments())``
    runs on the executor, which may be another process or machine, so ``work`` must be a function of
    a module and its result must pickle. ``keep(result)`` runs here. ``target`` is what it writes,
    which no two jobs share; ``done`` says that this is there already.
    """

    name: str
    target: Path | str
    done: bool
    work: Callable[..., Any]
    arguments: Callable[[], tuple[Any, ...]]
    keep: Callable[[Any], object]


class JobsError(RuntimeError):
    """Some jobs left no result: ``failed`` says why; ``missing`` were lost with the executor.

    Every other result is on disk, and a second call computes these alone.
    """

    def __init__(self, failed: dict[str, str], missing: list[str], total: int) -> None:
        self.failed, self.missing, self.total = failed, missing, total
        parts = [f"{name} failed ({reason})" for name, reason in failed.items()]
        if missing:
            parts.append(f"the executor broke before {', '.join(missing)}")
        left = len(failed) + len(missing)
        super().__init__(
            f"{left} of {total} jobs left no result: {'; '.join(parts)}. The rest are on disk;"
            " the same call again computes only what is missing"
        )

    def __reduce__(self) -> tuple[type[JobsError], tuple[dict[str, str], list[str], int]]:
        """What a pickle makes it of again, in the process that asked for the jobs."""
        return type(self), (self.failed, self.missing, self.total)


def run_jobs(jobs: Iterable[Job], executor: Executor | None = None) -> Generator[Job, None, None]:
    """Compute what is not done yet, and yield each job when its result is kept.

    Any ``concurrent.futures.Executor`` will do; None computes here, one after another. A job whose
    work or keeping raises is reported at the end and the rest go on. Errors: ValueError for two jobs
    of one target; JobsError at the end, with the names, when some left no result.
    """
    jobs = list(jobs)
    (target, times), *_ = Counter(job.target for job in jobs).most_common(1) or [("", 0)]
    if times > 1:
        raise ValueError(f"{times} jobs would write one file, {target}")
    yield from (job for job in jobs if job.done)
    wanted = [job for job in jobs if not job.done]
    failed: dict[str, str] = {}
    missing: list[str] = []
    with closing(_outcomes(wanted, executor or _InThisProcess())) as outcomes:
        for job, outcome in outcomes:
            if isinstance(outcome, (BrokenExecutor, CancelledError)):
                missing.append(job.name)
            elif error := _error(job, outcome):
                failed[job.name] = f"{type(error).__name__}: {error}"
            else:
                yield job
    if failed or missing:
        raise JobsError(failed, missing, len(jobs))


def _error(job: Job, outcome: Any) -> BaseException | None:
    """Why a job left no result: what its work raised, or what forbids keeping it."""
    if isinstance(outcome, BaseException):
        return outcome
    try:
        job.keep(outcome)
    except Exception as error:  # noqa: BLE001 - it must not cost the other jobs
        return error
    return None


def open_executor(workers: int = 1, scheduler: str | None = None) -> AbstractContextManager[Executor | None]:
    """An executor for jobs: ``workers`` processes, or the Dask cluster at the address ``scheduler``.

    With one worker it is None, and jobs run in this process. Errors: ValueError for less than one
    worker, and for a cluster where Dask is not installed; OSError when nobody answers at the address.
    """
    if workers < 1:
        raise ValueError(f"workers must be at least 1, got {workers}")
    if scheduler:
        try:
            from distributed import Client
        except ImportError as error:
            raise ValueError('a cluster needs Dask: pip install "sicgan-lite[cluster]"') from error
        return Client(scheduler).get_executor()
    if workers == 1:
        return nullcontext()
    return _processes(workers)


@contextmanager
def _processes(workers: int) -> Iterator[Executor]:
    """Worker processes that end with the block; at once where it is stopped, by Ctrl-C say."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _prepare_worker) as executor:
        try:
            yield executor
        except KeyboardInterrupt:
            for process in multiprocessing.active_children():
                process.terminate()
            executor.shutdown(wait=False, cancel_futures=True)
            raise


def _prepare_worker() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends Ctrl-C to all; the parent decides
    import torch

    from sicgan_lite.devices import keep_freed_memory

    keep_freed_memory()
    torch.set_num_threads(1)  # each: better than sharing every operation among the cores


def _outcomes(jobs: list[Job], executor: Executor) -> Generator[tuple[Job, Any], None, None]:
    """Each job with its result or its error, in the order in which they come."""
    pending: dict[Future[Any], Job] = {}
    try:
        for job in jobs:
            try:
                pending[executor.submit(job.work, *job.arguments())] = job
            except Exception as error:  # noqa: BLE001 - whatever one job meets, the rest go on
                yield job, error
                continue
            patience = None if len(pending) >= IN_FLIGHT else 0
            for future in wait(pending, timeout=patience, return_when=FIRST_COMPLETED).done:
                yield pending.pop(future), _outcome(future)
        for future in as_completed(list(pending)):
            yield pending.pop(future), _outcome(future)
    finally:  # whoever stops, by Ctrl-C say, does not wait for what has not begun
        for future in pending:
            future.cancel()


def _outcome(future: Future[Any]) -> Any:
    try:
        return future.result()
    except (Exception, CancelledError) as error:  # noqa: BLE001 - it is reported with the job's name
        return error


class _InThisProcess(Executor):
    """An executor that computes at once, in this process."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - it is the future's to tell
            future.set_exception(error)
        return future
