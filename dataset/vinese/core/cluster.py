"""Have calls run by the workers of a Dask cluster (extra `dask`)."""

from __future__ import annotations

import importlib.metadata
import logging
import re
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from vinese.core.errors import LostWorkersError, MissingExtraError, UsageError, VineseError

PATIENCE = 10
"""How many seconds a scheduler has to answer, its first worker to come, and a call to end in the end."""

MOST_TRIES = 3
_ADDRESS = re.compile(r"[a-z]+://[^/\s]+:[0-9]+")
_TALKATIVE = ("distributed", "distributed.client", "tornado.application", "asyncio")


class Cluster:
    """The workers of a Dask cluster, which all see `folder`.

    Raise `MissingExtraError` without Dask, `UsageError` for what is no address, `VineseError` if no scheduler answers
    there, if it has no worker, or one that has another vinese or does not see the folder.
    """

    def __init__(self, address: str, folder: Path) -> None:
        try:
            import distributed  # noqa: PLC0415
        except ImportError as error:
            raise MissingExtraError("Working on a cluster", "dask") from error
        if not _ADDRESS.fullmatch(address):
            raise UsageError(f"{address} is no address of a Dask scheduler.", "It has to be tcp://HOST:PORT.")
        self.address = address
        self._open: list[_Run] = []
        self._lost = (CancelledError, distributed.CancelledError, OSError)
        self._killed = distributed.KilledWorker
        with ExitStack() as stack:
            stack.enter_context(_quiet())
            try:
                self._client = distributed.Client(address, timeout=PATIENCE, set_as_default=False)
            except Exception as error:  # of many kinds: what answers may be anything
                raise VineseError(
                    f"No Dask scheduler answers at {address}.",
                    "Start one with `dask scheduler`, and name its address, as tcp://127.0.0.1:8786.",
                ) from error
            stack.callback(self._leave)
            self._look(folder)
            self._stack = stack.pop_all()

    def _leave(self) -> None:
        with suppress(Exception):  # a scheduler that is gone cannot be told
            self._client.close(PATIENCE)

    def _look(self, folder: Path) -> None:
        """Raise `VineseError` if there is no worker, or one that cannot run our calls."""
        try:
            self._client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError as error:
            raise VineseError(
                f"The Dask scheduler at {self.address} has no worker.",
                f"Start some: dask worker {self.address} --nworkers 4 --nthreads 1",
            ) from error
        ours, _ = _state(str(folder))
        for worker, answer in self._client.run(_state, str(folder), on_error="return").items():
            if isinstance(answer, BaseException):
                problem = f"cannot run vinese ({answer})"
            elif answer[0] != ours:
                problem = f"has vinese {answer[0]}, not {ours}"
            elif not answer[1]:
                problem = f"does not see {folder.parent}"
            else:
                continue
            raise VineseError(
                f"The Dask worker {worker} {problem}.",
                "Every worker needs the same vinese, and sees the files under the same paths.",
            )

    def submit(self, call: Callable[[], str]) -> _Run:
        """Begin a call."""
        run = _Run(self, self._client.submit(call, pure=False, retries=MOST_TRIES - 1))
        self._open.append(run)
        return run

    def wait(self, run: _Run) -> str:
        """Return what a call returns, or why none could run it; raise `LostWorkersError` if none can any more."""
        try:
            text = str(run.future.result())
        except self._killed as error:
            raise LostWorkersError(
                "Dask workers ended again and again in the middle of the work.",
                "Look for what ends them, as too little memory, and run the command again: what was done is kept.",
            ) from error
        except self._lost as error:
            raise LostWorkersError(
                f"The Dask scheduler at {self.address} went away.",
                "Start it, and run the command again: what was done is kept.",
            ) from error
        except Exception as error:
            text = f"{type(error).__name__}: {error}"
        self._open.remove(run)
        return text

    def close(self) -> None:
        """Begin no more calls, wait for the end of those that are running, for a while, and leave the cluster."""
        import distributed  # noqa: PLC0415

        with suppress(Exception):
            running = {key for keys in self._client.processing().values() for key in keys} if self._open else set()
            self._client.cancel([run.future for run in self._open if run.future.key not in running])
            distributed.wait([run.future for run in self._open if run.future.key in running], timeout=PATIENCE)
        self._stack.close()


class _Run:
    """A call that the cluster runs."""

    def __init__(self, cluster: Cluster, future: Any) -> None:
        self._cluster, self.future = cluster, future

    def result(self) -> str:
        """Return what the call returns."""
        return self._cluster.wait(self)


def _state(folder: str) -> tuple[str, bool]:
    """Return the version of vinese, and whether a folder is seen here."""
    return importlib.metadata.version("vinese"), Path(folder).is_dir()


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask from writing to standard error: what matters becomes an error of ours."""
    loggers = [logging.getLogger(name) for name in _TALKATIVE]
    levels = [logger.level for logger in loggers]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="distributed")
        for logger in loggers:
            logger.setLevel(logging.CRITICAL + 1)
        try:
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)
