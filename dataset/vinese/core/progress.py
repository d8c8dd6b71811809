"""Report how far a long job is, without knowing who listens."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int | None], None]
"""Called with what is being done, how much of it is done, and of how much (None if that is not known)."""


def silent(what: str, done: int, total: int | None) -> None:
    """Ignore the progress of a job."""
