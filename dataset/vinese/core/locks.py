"""Lock open files against other processes; the system lets go of a lock when its process ends, however it ends."""

from __future__ import annotations

import importlib
import os
import time
from typing import Any

try:
    fcntl: Any = importlib.import_module("fcntl")
except ImportError:  # Windows
    fcntl = None

_FAR = 1 << 30  # Windows locks bytes, which nobody else can read meanwhile: one that no file has


def lock(handle: int) -> bool:
    """Lock an open file; return False if another process has it. Raise `OSError` where nothing can be locked."""
    try:
        if fcntl is not None:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            _lock_byte(handle)
    except (BlockingIOError, PermissionError):
        return False
    return True


def wait_for_lock(handle: int) -> None:
    """Lock an open file, and wait until no other process has it."""
    if fcntl is not None:
        fcntl.flock(handle, fcntl.LOCK_EX)
        return
    while not lock(handle):
        time.sleep(0.1)


def _lock_byte(handle: int) -> None:
    windows = importlib.import_module("msvcrt")
    os.lseek(handle, _FAR, os.SEEK_SET)
    try:
        windows.locking(handle, windows.LK_NBLCK, 1)
    finally:
        os.lseek(handle, 0, os.SEEK_SET)
