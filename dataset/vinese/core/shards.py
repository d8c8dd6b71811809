"""Do work that falls into parts on many processors or machines: a part's result is a file, and outlives a killed run.

A *shard* is a part of the work: paths, ranges of bytes and options, never documents. Workers are processes of this
machine or of a Dask cluster; they make the file of a shard under a temporary name and rename it. All files stand in
one folder that every worker sees, under a key of all that decides them, so that the same work, begun again after it
was killed, takes up what is done. What a worker cannot do its caller does itself, as it would without workers.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import secrets
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, chdir, closing, contextmanager, suppress
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple, TypeVar

from vinese.core.pools import Pool, Workers, done_in_order, pool_of
from vinese.core.project import LOADER
from vinese.core.workplace import is_work, kept_folder

S = TypeVar("S")
_BOOT = Path("/proc/sys/kernel/random/boot_id")


class Shards:
    """The folder in which results of shards stand, and the workers who make them."""

    def __init__(self, place: Path, folder: Path, workers: Workers, stack: ExitStack) -> None:
        self.place = place
        self.folder = folder
        self._workers, self._stack = workers, stack
        self._pool: Pool | None = None

    def begin(self, function: Callable[[S, Path], None]) -> Pool:
        """Have workers get ready for this function, and return them; raise `VineseError` if there are none."""
        if self._pool is None:
            self._pool = self._stack.enter_context(closing(pool_of(self._workers, self.folder, function.__module__)))
        return self._pool

    def results(
        self, function: Callable[[S, Path], None], shards: Iterable[S], *key: object
    ) -> Iterator[tuple[S, Path | None]]:
        """Yield each shard, in order, with the file of its result; None for one that no worker could make.

        `function`, of a module, writes the result of a shard to a path. `key` is all that decides the results beside
        the code of vinese; results that the function has for other keys are removed. All shards are with the workers
        when the first is yielded. Raise `VineseError` if the workers are lost.
        """
        boot = _boot()
        home = self.folder / f"{function.__name__}-{digest_of(*key, boot, *stamps(LOADER.parent.rglob('*.py')))}"
        for other in self.folder.glob(f"{function.__name__}-*"):
            if other != home:
                shutil.rmtree(other, ignore_errors=True)
        home.mkdir(exist_ok=True)
        done, here = {path.name for path in home.iterdir()}, _Here(str(Path.cwd()), _version(), not boot)

        def calls() -> Iterator[tuple[tuple[S, Path], Callable[[], str] | None]]:
            for number, shard in enumerate(shards):
                target = home / f"{number:06}"
                make = partial(_make, function, shard, target, here)
                yield (shard, target), None if target.name in done else make

        for (shard, target), reason in done_in_order(calls(), self.begin(function)):
            yield shard, None if reason or not target.exists() else target


@contextmanager
def shards_in(place: Path | None, name: str, workers: Workers, beside: Path | None = None) -> Iterator[Shards]:
    """Yield where shards of the work called `name` are made, in a work folder of `place`, which every worker sees.

    Without a place it is the folder of the file `beside` for a cluster, and that of temporary files for processes
    of this machine. It is to be entered before anything else is written to the place.
    """
    if place is None:
        far = beside is not None and workers.scheduler is not None
        place = Path(os.path.realpath(beside)).parent if far and beside else Path(tempfile.gettempdir())
    place.mkdir(parents=True, exist_ok=True)
    with kept_folder(place, digest_of(name)) as folder, ExitStack() as stack:
        yield Shards(place, folder, workers, stack)


@contextmanager
def spread_over(
    workers: Workers, place: Path | None, name: str, beside: Path | None = None
) -> Iterator[Shards | None]:
    """Yield what `shards_in` does where there are many workers, else None."""
    if not workers.many:
        yield None
        return
    with shards_in(place, name, workers, beside) as shards:
        yield shards


def digest_of(*parts: object) -> str:
    """Return a short digest of what parts print as."""
    return hashlib.sha256("\0".join(map(str, parts)).encode("utf-8", "surrogateescape")).hexdigest()[:32]


def stamps(paths: Iterable[Path]) -> Iterator[tuple[str, int, int]]:
    """Yield of each file, by name, what changes when it is edited: its path, size and time of change."""
    for path in sorted(paths):
        try:
            yield _stamp(path)
        except OSError:  # whoever reads it says so
            yield str(path), 0, 0


def stamps_in(folder: Path, suffix: str = "") -> Iterator[tuple[str, int, int]]:
    """Yield the stamps of the files of a folder whose names end so, but none of work in progress."""
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.is_dir():
                if not is_work(entry.name):
                    yield from stamps_in(Path(entry), suffix)
            elif entry.name.endswith(suffix) and entry.is_file():
                yield _stamp(entry)


def _stamp(file: Path | os.DirEntry[str]) -> tuple[str, int, int]:
    state = file.stat()
    return os.fspath(file), state.st_size, state.st_mtime_ns


def _boot() -> str:
    """Return what tells the time since this machine was started from any other, empty where the system does not say.

    A result that a power cut tore is then of another key. Where that is not to be had results wait for the disk.
    """
    try:
        return _BOOT.read_text(encoding="ascii")
    except OSError:
        return ""


@cache
def _version() -> str:
    return importlib.metadata.version("vinese")


_one_at_a_time = threading.Lock()  # a worker of a cluster may have threads, but has one working directory


class _Here(NamedTuple):
    """The caller's working directory, in which paths are meant, its vinese, and if results have to reach the disk."""

    folder: str
    version: str
    sync: bool


def _make(function: Callable[[S, Path], None], shard: S, target: Path, here: _Here) -> str:
    """Write the result of a shard, in a worker; return why it could not be, empty if it is there."""
    if _version() != here.version:
        return f"vinese is {_version()} here"
    fresh = target.with_name(f"{target.name}.{secrets.token_hex(4)}")
    try:
        with _one_at_a_time, chdir(here.folder):
            if not target.exists():
                function(shard, fresh)
                if here.sync:
                    with fresh.open("rb+") as file:
                        os.fsync(file.fileno())
                fresh.replace(target)
    except Exception as error:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        return f"{type(error).__name__}: {error}"
    return ""
