"""Committed files that follow from others: whether each is current, and how to make it again.

Each implementation stands beside its subject; `vinese.release.kept` lists them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

from vinese.core.issues import Issue
from vinese.core.progress import Progress, silent
from vinese.core.project import Project

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Run:
    """One run over the kept files of a project; what several of them are compared with is made once, in `folder`."""

    project: Project
    folder: Path
    progress: Progress = silent
    _made: dict[str, Any] = field(default_factory=dict)

    def once(self, name: str, make: Callable[[], T]) -> T:
        """Return what `make` returned when it was first called for `name` in this run."""
        if name not in self._made:
            self._made[name] = make()
        return cast("T", self._made[name])

    def forget(self) -> None:
        """Drop what was made, because a file that it depends on was written."""
        self._made.clear()


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept file, or a family of them.

    `check` yields an issue for whatever is not current, and nothing where the project has nothing of the kind.
    `update` yields the path of each file that it wrote or removed, and an issue for what only a person can mend; it
    is called only where `check` has something to say. `after` names the kept files that this one depends on.
    """

    name: str
    what: str
    check: Callable[[Run], Iterable[Issue]]
    update: Callable[[Run], Iterable[Path | Issue]]
    after: tuple[str, ...] = ()


def check_all(registry: Iterable[Kept], run: Run) -> Iterator[tuple[Kept, tuple[Issue, ...]]]:
    """Yield every kept file of `registry` with its issues; none means that it is current."""
    for kept in registry:
        run.progress(f"checking {kept.name}", 0, None)
        yield kept, tuple(kept.check(run))


def update_all(registry: Iterable[Kept], run: Run) -> Iterator[tuple[Kept, tuple[Path | Issue, ...]]]:
    """Make every kept file that is not current again, in their order; yield it with what was written."""
    for kept in registry:
        run.progress(f"checking {kept.name}", 0, None)
        if not tuple(kept.check(run)):
            continue
        run.progress(f"updating {kept.name}", 0, None)
        done = tuple(kept.update(run))
        if any(isinstance(item, Path) for item in done):
            run.forget()
        yield kept, done
