"""Say how far a long job is, without knowing who listens."""

from __future__ import annotations

from collections.abc import Callable

Report = Callable[[str, int, int | None], None]
"""Be told what is being done, how much of it is done, and of how much (None where nobody knows)."""


def silent(what: str, done: int, total: int | None) -> None:
    """Take no note."""
