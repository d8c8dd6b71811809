"""Run vinese as on a system that is not POSIX, as far as that can be shown: without what Windows' Python lacks.

Libraries are imported first, for on Windows they are others. Arguments are calls of vinese, each a list as JSON; what
is printed last is the exit code of each.
"""

from __future__ import annotations

import fcntl
import importlib
import json
import multiprocessing.pool  # noqa: F401  libraries import it late
import os
import pkgutil
import signal
import sys
import types

import datasets  # noqa: F401
import fsspec.implementations.local  # noqa: F401
import psutil  # noqa: F401
import pyarrow.parquet  # noqa: F401
import rich.console  # noqa: F401

MODULES = ("fcntl", "grp", "pty", "pwd", "resource", "syslog", "termios", "tty")
NAMES = {
    os: (
        "O_NOFOLLOW", "chown", "chroot", "fchmod", "fchown", "fork", "forkpty", "getegid", "geteuid", "getgid",
        "getloadavg", "getpgid", "getuid", "killpg", "lchown", "mkfifo", "mknod", "posix_spawn", "pread", "pwrite",
        "register_at_fork", "sched_getaffinity", "setsid", "statvfs", "sync", "uname", "wait",
    ),
    signal: ("SIGALRM", "SIGHUP", "SIGKILL", "SIGPIPE", "SIGQUIT", "SIGUSR1", "SIGUSR2", "alarm", "pthread_kill"),
}  # fmt: skip


def windows_locks() -> types.ModuleType:
    """Return what stands in for `msvcrt`: a locked byte is refused to others, as there."""
    module = types.ModuleType("msvcrt")

    def locking(handle: int, _mode: int, count: int) -> None:
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB, count, 0, os.SEEK_CUR)
        except BlockingIOError as error:
            raise PermissionError(13, "Permission denied") from error

    module.__dict__.update(locking=locking, LK_NBLCK=2)
    return module


def main() -> None:
    for name in MODULES:
        sys.modules[name] = None  # type: ignore[assignment]
    for module, names in NAMES.items():
        for name in names:
            delattr(module, name)
    sys.modules["msvcrt"] = windows_locks()
    import vinese

    for found in pkgutil.walk_packages(vinese.__path__, "vinese."):
        if found.name == "vinese.__main__":
            continue
        try:
            importlib.import_module(found.name)
        except ImportError as error:
            if error.name is None or error.name in MODULES or error.name.startswith("vinese"):
                raise  # all else is of an extra that is not installed
    from vinese.core import exchange

    exchange._renameat2 = lambda: None  # type: ignore[assignment]
    print(json.dumps([vinese.cli.run(json.loads(words)) for words in sys.argv[1:]]))  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
