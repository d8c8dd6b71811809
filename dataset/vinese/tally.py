"""Count what a file held while it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from vinese.issues import Issue


class Tally(msgspec.Struct):
    """Count what a file held: items (tasks, documents, ...), sound documents among them, and issues by level.

    `problem` says why the file could not be read, or not to its end; null if it was.
    """

    file: str
    kind: str = "unknown"
    items: int = 0
    documents: int = 0
    error: int = 0
    warning: int = 0
    info: int = 0
    problem: str | None = None

    def add(self, found: Issue) -> None:
        """Count one issue."""
        setattr(self, found.level, getattr(self, found.level) + 1)
