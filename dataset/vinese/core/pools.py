"""Have calls run by processes of this machine or by a Dask cluster, and again if lost."""

from __future__ import annotations

import gc
import importlib
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import NamedTuple, Protocol, TypeVar

from vinese.core.cluster import Cluster
from vinese.core.errors import LostWorkersError, UsageError

T = TypeVar("T")
Call = Callable[[], str]

MOST_LOST = 3
"""How many times in a row workers may end at a call before it is given up."""


class Workers(NamedTuple):
    """Who does the work: so many processes of this machine, or those of the Dask cluster at an address."""

    jobs: int = 1
    scheduler: str | None = None

    @property
    def many(self) -> bool:
        """Return whether this is not the calling process alone; raise `UsageError` for what cannot be meant."""
        if self.jobs < 1:
            raise UsageError(f"There cannot be {self.jobs} jobs.", "Give 1 or more.")
        if self.scheduler is not None and self.jobs > 1:
            raise UsageError("--jobs and --scheduler do not go together.", "A cluster has workers of its own.")
        return self.jobs > 1 or self.scheduler is not None


ALONE = Workers()
"""The calling process."""


class Running(Protocol):
    """A call that runs elsewhere."""

    def result(self) -> str:
        """Return what the call returns, once it does; raise `LostWorkersError` if nobody can run it any more."""
        ...


class Pool(Protocol):
    """What runs calls elsewhere."""

    def submit(self, call: Call) -> Running:
        """Begin a call."""
        ...

    def close(self) -> None:
        """Begin no more calls, and wait for the end of those that are running."""
        ...


def pool_of(workers: Workers, folder: Path, module: str) -> Pool:
    """Return the pool of these workers, which all have to see `folder`, and are going to use `module`.

    Raise `VineseError` if there are none.
    """
    if workers.scheduler is None:
        return _Processes(workers.jobs, module)
    return Cluster(workers.scheduler, folder)


def done_in_order(calls: Iterable[tuple[T, Call | None]], pool: Pool) -> Iterator[tuple[T, str]]:
    """Yield what each call is about, in order, with the text that it returned; an empty one where there is no call.

    All calls have begun when the first is yielded. Raise `LostWorkersError` if there are no workers any more.
    """
    waiting = deque((about, None if call is None else pool.submit(call)) for about, call in calls)
    while waiting:
        yield _ended(*waiting.popleft())


def _ended(about: T, running: Running | None) -> tuple[T, str]:
    return about, "" if running is None else running.result()


class _Processes:
    """Processes of this machine, all replaced when one of them ends before its time."""

    def __init__(self, jobs: int, module: str) -> None:
        self._jobs, self._module = jobs, module
        self._open: list[_Run] = []
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("fork" if _may_fork() else "spawn")
        self._executor = ProcessPoolExecutor(
            self._jobs, mp_context=context, initializer=_begin, initargs=gc.get_threshold()
        )
        for _ in range(self._jobs):
            self._begun(partial(_load, self._module))

    def submit(self, call: Call) -> _Run:
        run = _Run(self, call, self._begun(call))
        self._open.append(run)
        return run

    def _begun(self, call: Call) -> Future[str]:
        try:
            with _no_program():  # processes are started here
                return self._executor.submit(call)
        except BrokenExecutor as error:
            broken: Future[str] = Future()
            broken.set_exception(error)
            return broken

    def wait(self, run: _Run) -> str:
        for _ in range(MOST_LOST):
            try:
                text = run.future.result()
            except BrokenExecutor:
                self._begin_again()
            else:
                self._open.remove(run)
                return text
        raise LostWorkersError(
            f"Processes ended {MOST_LOST} times in the middle of the work.",
            "Look for what ends them, as too little memory, and run it again with fewer jobs: what was done is kept.",
        )

    def _begin_again(self) -> None:
        self._executor.shutdown()
        self._start()
        for run in self._open:
            if run.future.exception() is not None:
                run.future = self._begun(run.call)

    def close(self) -> None:
        self._executor.shutdown(cancel_futures=True)


class _Run:
    """A call that a process runs."""

    def __init__(self, pool: _Processes, call: Call, future: Future[str]) -> None:
        self._pool, self.call, self.future = pool, call, future

    def result(self) -> str:
        return self._pool.wait(self)


def _may_fork() -> bool:
    """Return whether workers can be forked, which saves the start of Python: no other thread can hold locks here.

    The system is asked, for libraries start threads that Python does not know. Elsewhere than on Linux forks are not
    to be had, or not to be trusted.
    """
    try:
        return sys.platform == "linux" and hasattr(os, "fork") and len(os.listdir("/proc/self/task")) == 1  # noqa: PTH208
    except OSError:
        return False


@contextmanager
def _no_program() -> Iterator[None]:
    """Have new processes not run the caller's program, as multiprocessing does to find functions that are in it."""
    program = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = program


def _load(module: str) -> str:
    """Import what a worker is going to use while its caller still looks at what is to be done."""
    importlib.import_module(module)
    return ""


def _begin(*threshold: int) -> None:
    """Make a worker end with its parent, however that ends, leave Ctrl-C to it, and end at once where it unwinds.

    Cycles are sought as often as in the parent, by the threshold of `gc`, but not among what a fork has from there,
    all of which would be copied for that.
    """
    gc.set_threshold(*threshold)
    gc.freeze()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for number in {signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)}:
        if callable(signal.getsignal(number)):
            signal.signal(number, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
