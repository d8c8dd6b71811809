"""Put a new folder or file where an old one stands, so that one of them stands there at every moment."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from vinese.core.errors import FileProblemError
from vinese.core.workplace import ASIDE, is_work

_EXCHANGE, _AT_HERE = 2, -100  # RENAME_EXCHANGE and AT_FDCWD of Linux
_UNKNOWN = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM}
_MOUNTS = Path("/proc/self/mountinfo")


def put(fresh: Path, target: Path, work: Path) -> None:
    """Move `fresh` to `target`; what stood there is left in `work`, a work folder in which `fresh` was made.

    Where the system cannot exchange two names, `target` is missing for a moment; what stood there is put back if that
    moment does not end well, at the latest by the next run. Raise `FileProblemError` if it cannot be put back now.
    """
    try:
        if not os.path.lexists(target):
            fresh.rename(target)
            return
    except OSError:
        if not os.path.lexists(target):  # else another process was faster
            raise
    if not exchange(fresh, target):
        aside = work / ASIDE / target.name
        aside.parent.mkdir(exist_ok=True)
        target.rename(aside)
        try:
            fresh.rename(target)
        except BaseException as error:
            _put_back(aside, target, error)
            raise


def _put_back(aside: Path, target: Path, error: BaseException) -> None:
    if not os.path.lexists(target):
        try:
            aside.rename(target)
        except OSError:
            raise FileProblemError(f"{target} could not be put back.", f"Move {aside} there.") from error


def put_into(fresh: Path, target: Path, work: Path, listing: str | None) -> None:
    """Make the folder `target`, which cannot be moved itself, hold what `fresh` holds and nothing else.

    `listing` is a file in both whose lines list the other files; until all is in place it lists old and new ones, so
    that whoever is interrupted can tell what is theirs.
    """
    names = {path.name for path in fresh.iterdir()}
    stale = {path.name for path in target.iterdir() if not is_work(path.name)} - names
    if listing is not None and (target / listing).is_file():
        both = work / "both"
        both.write_bytes((target / listing).read_bytes() + (fresh / listing).read_bytes())
        both.replace(target / listing)
    for name in sorted(names - {listing}):
        put(fresh / name, target / name, work)
    (work / "stale").mkdir()
    for name in stale:
        (target / name).rename(work / "stale" / name)
    if listing in names:
        (fresh / str(listing)).replace(target / str(listing))


def exchange(one: Path, other: Path) -> bool:
    """Exchange two names in one step; return False where system or file system cannot."""
    rename = _renameat2()
    if rename is None:
        return False
    sys.audit("os.rename", str(one), str(other), -1, -1)
    if rename(_AT_HERE, os.fsencode(one), _AT_HERE, os.fsencode(other), _EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in _UNKNOWN:
        return False
    raise OSError(number, os.strerror(number), str(other))


@cache
def _renameat2() -> Any:
    """Return the function of the C library, None where there is none."""
    if not sys.platform.startswith("linux"):
        return None
    function = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if function is not None:
        function.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)
    return function


def stands_fast(folder: Path) -> bool:
    """Return whether a folder cannot be moved: it is a mount point, or the folder above may not be written to."""
    return folder.is_dir() and (
        os.path.ismount(folder) or os.fsencode(folder) in _mounts() or not os.access(folder.parent, os.W_OK)
    )


def _mounts() -> Iterable[bytes]:
    """Yield where Linux has mounted something; a folder of the same device, too, which `os.path.ismount` misses."""
    try:
        lines = _MOUNTS.read_bytes().splitlines()
    except OSError:
        return ()
    return (line.split(b" ")[4].replace(b"\\040", b" ") for line in lines)


def sync(folder: Path) -> None:
    """Have a folder and all in it written to the disk, as far as the system can say so."""
    for place, _, files in os.walk(folder, topdown=False):
        for name in files:
            _sync(Path(place) / name)
        sync_folder(Path(place))


def sync_folder(folder: Path) -> None:
    """Have the names in a folder written to the disk; Windows cannot."""
    if os.name == "posix":
        _sync(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.EBADF}:  # a file system, or Windows, that cannot
            raise
    finally:
        os.close(handle)
