"""The protocol of a kept file: one that is committed, follows from others, and has to be kept in step with them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from vinese.core.issues import Issue
from vinese.core.progress import Progress
from vinese.core.project import Project


class Kept(Protocol):
    """What a project keeps under one name: a file, or several that are made together."""

    @property
    def name(self) -> str:
        """Return what `vinese check` and `vinese update` call it."""
        ...

    @property
    def after(self) -> tuple[str, ...]:
        """Return the names of what it is made from."""
        ...

    @property
    def by_hand(self) -> bool:
        """Return whether people make it, so that it is checked and never written."""
        ...

    def applies_to(self, project: Project) -> bool:
        """Return whether the project keeps it, or has what it is about."""
        ...

    def check(self, project: Project, progress: Progress) -> Iterator[Issue]:
        """Yield what is not as it should be; an error says that the file is stale or the data are unsound.

        Raise `MissingExtraError` if that takes packages that are not installed.
        """
        ...

    def update(self, project: Project, progress: Progress) -> Iterator[Issue | Path]:
        """Make it again where it is stale, and yield every file that was written and whatever forbids it."""
        ...
