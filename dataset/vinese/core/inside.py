"""Find what does not belong in a folder of data: links that lead out of it, and what is neither file nor folder.

A folder may come from somebody else. Through a link in it any file of the machine could be read and published, or
overwritten, and a pipe never ends; neither is read or written.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Set
from pathlib import Path, PurePosixPath

from vinese.core.errors import FileProblemError
from vinese.core.workplace import is_work

_KINDS = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
_TODO = "Put a copy of the file there, or take it away."


def trouble(path: Path, root: Path) -> str | None:
    """Return what keeps `path`, a path in `root`, from being read and written, None if nothing does."""
    above, parts = root.parts, path.parts[len(root.parts) :]
    if ".." in parts or path.parts[: len(above)] != above:
        return "leads out of the folder"
    place, mode = str(root), 0
    for part in parts:
        place = os.path.join(place, part)  # noqa: PTH118  this is asked for every article
        try:
            mode = os.lstat(place).st_mode
        except OSError:
            return None  # what is not there is told by whoever needs it
        if stat.S_ISLNK(mode):
            real = Path(os.path.realpath(path))
            if not real.is_relative_to(os.path.realpath(root)):
                return "is a link that leads out of the folder"
            mode = real.stat().st_mode if real.exists() else 0
            break
    kind = _KINDS.get(stat.S_IFMT(mode))
    return f"is {kind}" if kind else None


def refuse_trouble(path: Path, root: Path) -> Path:
    """Return `path`; raise `FileProblemError` if it is not to be read or written as a path in `root`."""
    reason = trouble(path, root)
    if reason is not None:
        raise FileProblemError(f"{path} {reason}, and is left alone.", _TODO)
    return path


def troubles(folder: Path, root: Path) -> Iterator[tuple[Path, str]]:
    """Yield every path in `folder`, a folder of `root`, that is not to be read or written, with the reason."""
    try:
        with os.scandir(folder) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return  # whoever needs it tells why
    for entry in listed:
        if entry.is_dir(follow_symlinks=False):
            yield from troubles(Path(entry.path), root)
        elif not entry.is_file(follow_symlinks=False):
            reason = trouble(Path(entry.path), root)
            if reason is not None:
                yield Path(entry.path), reason


def first_other(folder: Path, ours: Set[str]) -> str | None:
    """Return the first path in `folder`, hidden ones included, that is neither of `ours` nor a folder on the way."""
    listed = {str(parent) for path in ours for parent in PurePosixPath(path).parents} | ours
    return next((path for path in _paths(folder, "", listed) if path not in listed), None)


def _paths(folder: Path, prefix: str, listed: Set[str]) -> Iterator[str]:
    """Yield what is in `folder`, by name; a folder that is not listed is not entered, nor is a link."""
    for path in sorted(folder.iterdir()):
        name = f"{prefix}{path.name}"
        if is_work(path.name):
            continue
        yield name
        if name in listed and path.is_dir() and not path.is_symlink():
            yield from _paths(path, f"{name}/", listed)
