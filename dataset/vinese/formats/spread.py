"""Read a large file a stretch at a time on many workers, and find exactly what one process would find.

What is said of an item may depend on those before it: an article has one task, an annotator's id stands for one
person. So each stretch is read as if nothing came before, and tells which articles and persons it met. Where these
clash with what came before, it is read once more, by the caller, who knows that.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property, lru_cache
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

import msgspec

from vinese.core.errors import UsageError
from vinese.core.issues import Issue, Tally
from vinese.core.pools import ALONE, Workers
from vinese.core.project import Project
from vinese.core.shards import Shards, spread_over, stamps, stamps_in
from vinese.core.urls import is_copy
from vinese.formats.checkers import DocumentOrIssue, Records, Tasks
from vinese.formats.format import Item
from vinese.formats.labelstudio.items import Kind, LabelStudio, UncutError, Unread
from vinese.formats.labelstudio.short import Sound
from vinese.formats.labelstudio.stretches import Stretch, is_large, items_in, stretches
from vinese.formats.labelstudio.task import Met
from vinese.formats.registry import format_of
from vinese.formats.tasks import located, reader_for, taken, unread_of

Checker = Tasks | Records
_SIZE = 8  # bytes that say how long a result is without its lines


class Task(NamedTuple):
    """What a file is read as, and for which project."""

    file: str
    kind: Kind
    project: Project
    layer: str
    repair: bool
    address: str | None = None

    def checker(self) -> Checker:
        """Return a checker of the file's items that met none so far."""
        if self.kind != "export":
            return Records(self.kind, self.file, self.project)
        return Tasks(reader_for(self.project, self.layer, repair=self.repair, address=self.address), self.file)


class Documents(NamedTuple):
    """Sound documents of a stretch: how many, and as JSON Lines, if they are wanted."""

    number: int
    lines: bytes


class Reading:
    """A file that is read item by item: what its first item tells it is, a checker, and the count of what is found.

    A subclass says what a file is. `ended` is whether nothing more of it is to be read.
    """

    def __init__(self, path: Path, count: Tally) -> None:
        self.path = path
        self.file = str(path)
        self.count = count
        self.task: Task | None = None
        self.checker: Checker | None = None
        self.begun = self.ended = False

    def begin(self, item: Sound | Item) -> Iterator[Issue]:
        """Set `task` and `checker` by the first item, or `ended`; yield what is to be said of that."""
        raise NotImplementedError

    @contextmanager
    def found(
        self, workers: Workers, *, out: Path | None = None, wanted: bool = True
    ) -> Iterator[Iterator[DocumentOrIssue | Documents]]:
        """Yield what the file gives, which is counted on the way; of many workers only if it is large.

        `out` is the file that is made of it; `wanted` is whether workers' documents are, or only how many there are.
        """
        if workers.scheduler is not None and is_copy(self.path):
            raise UsageError(f"{self.path} cannot be read by a cluster.", "Copy it to a folder that its workers see.")
        place, name = (None, self.path) if out is None else (out.parent, out)
        work = f"{type(self).__name__} {name.absolute()}"
        needed = workers if workers.many and self.is_large else ALONE
        with spread_over(needed, place, work, beside=self.path) as spread:
            yield self.found_by(spread, wanted=wanted)

    @cached_property
    def is_large(self) -> bool:
        """Return whether the file is worth the start of workers, and can be read a stretch at a time."""
        return is_large(self.path) and isinstance(format_of(self.path), LabelStudio)

    def found_by(self, spread: Shards | None, *, wanted: bool = True) -> Iterator[DocumentOrIssue | Documents]:
        """Return what `found` yields, of a large file by workers that there are already, if there are any."""
        if spread is None or not self.is_large:
            return self._counted(self.read(unread_of(self.path)))
        return self._counted(self._spread(spread, wanted=wanted))

    def _counted(self, found: Iterable[DocumentOrIssue | Documents]) -> Iterator[DocumentOrIssue | Documents]:
        for one in chain(self.before(), found):
            if isinstance(one, Issue):
                self.count.add(one)
            else:
                self.count.documents += one.number if isinstance(one, Documents) else 1
            yield one

    def before(self) -> Iterator[Issue]:
        """Yield what is to be said whatever the file holds."""
        yield from ()

    def read(self, found: Iterable[Unread | Item | Issue]) -> Iterator[DocumentOrIssue]:
        """Yield what the next items give."""
        for item in taken(found, self._short):
            if isinstance(item, Issue):
                yield item
                continue
            if not self.begun:
                self.begun = True
                yield from self.begin(item)
            if self.ended or self.checker is None:
                return
            self.count.items += 1
            yield from located(item, self.file) if isinstance(item, Sound) else self.checker.check(item)

    def _short(self, unread: Unread) -> Sound | None:
        return None if self.checker is None else self.checker.short(unread)

    def _spread(self, shards: Shards, *, wanted: bool) -> Iterator[DocumentOrIssue | Documents]:
        """Yield what the file gives, in order; of a stretch that a worker read first the issues."""
        kind, items, rest = self.count.kind, self.count.items, stretches(self.path)
        try:
            first = list(self._first(rest))
            results = self._results(rest, shards, wanted=wanted)
        except UncutError:  # nothing of this holds
            self.begun = self.ended = False
            self.count.kind, self.count.items = kind, items
            if self.checker is not None:
                self.checker.forget()
            yield from self.read(unread_of(self.path))
            return
        yield from first
        for stretch, path in results:
            result, lines = (None, b"") if path is None else _read(path)
            if result is None or self.checker is None or self.checker.met.clashes(result.met):
                yield from self.read(items_in(stretch, self.file))
                continue
            self.checker.met.add(result.met)
            self.count.items += result.items
            yield from result.issues
            yield Documents(result.documents, lines)

    def _first(self, parts: Iterator[Stretch]) -> Iterator[DocumentOrIssue]:
        """Yield what the first stretches give, up to one of which an item tells what the file is."""
        for stretch in parts:
            yield from self.read(items_in(stretch, self.file))
            if self.begun:
                return

    def _results(
        self, parts: Iterator[Stretch], shards: Shards, *, wanted: bool
    ) -> Iterator[tuple[Stretch, Path | None]]:
        """Have workers read stretches, and return those with their results, once all are known to be sound JSON."""
        if self.ended or self.task is None:
            deque(parts, 0)
            return iter(())
        task, project = self.task, self.task.project
        read = (*stamps([self.path, project.own("annotations", "layers.json")]), *stamps_in(project.path("schema")))
        suffix = "" if task.kind == "article" else ".json"  # with raw pages, or without
        articles = stamps_in(project.articles, suffix)
        work = (_Shard(stretch, task, wanted) for stretch in parts)
        results = shards.results(read_stretch, work, task, wanted, *read, *articles)
        begun = list(islice(results, 1))
        return ((shard.stretch, path) for shard, path in chain(begun, results))


class _Shard(NamedTuple):
    stretch: Stretch
    task: Task
    wanted: bool


class _Result(msgspec.Struct):
    """What a stretch gives beside the lines of its documents, and what it met."""

    items: int
    documents: int
    issues: list[Issue]
    met: Met


def read_stretch(shard: _Shard, target: Path) -> None:
    """Write what a stretch gives, to nothing but which it has met nothing, to `target`."""
    task, checker = shard.task, _checker(target.parent, shard.task)
    checker.forget()
    result = _Result(0, 0, [], checker.met)
    lines = []
    encoder = msgspec.json.Encoder()
    for item in taken(items_in(shard.stretch, task.file), checker.short):
        if isinstance(item, Issue):
            result.issues.append(item)
            continue
        result.items += 1
        for found in located(item, task.file) if isinstance(item, Sound) else checker.check(item):
            if isinstance(found, Issue):
                result.issues.append(found)
                continue
            result.documents += 1
            if shard.wanted:
                lines.append(encoder.encode(found) + b"\n")
    head = msgspec.msgpack.encode(result)
    with target.open("wb") as file:
        file.write(len(head).to_bytes(_SIZE))
        file.write(head)
        file.writelines(lines)


def _read(path: Path) -> tuple[_Result, bytes]:
    """Return what `read_stretch` wrote, and the lines of its documents."""
    with path.open("rb") as file:
        head = file.read(int.from_bytes(file.read(_SIZE)))
        return msgspec.msgpack.decode(head, type=_Result), file.read()


@lru_cache(maxsize=1)
def _checker(_run: Path, task: Task) -> Checker:
    """Return the checker of a run, which is made once a process."""
    return task.checker()
