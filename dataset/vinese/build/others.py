"""Find in a folder that is to be replaced what would be lost with it."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Set
    from pathlib import Path


def first_other(folder: Path, ours: Set[str]) -> str | None:
    """Return the first path in `folder`, hidden ones included, that is neither of `ours` nor a folder on the way."""
    known = {str(parent) for path in ours for parent in PurePosixPath(path).parents} | ours
    return next((path for path in _paths(folder, "", known) if path not in known), None)


def _paths(folder: Path, prefix: str, known: Set[str]) -> Iterator[str]:
    """Yield what is in `folder`, by name; a folder that is not known is not entered, nor is a link."""
    for path in sorted(folder.iterdir()):
        name = f"{prefix}{path.name}"
        yield name
        if name in known and path.is_dir() and not path.is_symlink():
            yield from _paths(path, f"{name}/", known)
