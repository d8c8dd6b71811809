"""Make what many tests read once a run, also where several processes share the run."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest


class Shared:
    """Folders that are made where they are first asked for; who wants to change one takes a copy."""

    def __init__(self, factory: pytest.TempPathFactory) -> None:
        base = factory.getbasetemp()
        # Each process of pytest-xdist has a folder of its own in one that they share.
        self.base = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shared"
        self.base.mkdir(exist_ok=True)

    def folder(self, name: str, make: Callable[[Path], object]) -> Path:
        """Return the folder `name`, which `make` fills; an attempt that failed is made again."""
        folder, attempt = self.base / name, self.base / f"{name}.attempt"
        with FileLock(self.base / f"{name}.lock"):
            if not folder.exists():
                shutil.rmtree(attempt, ignore_errors=True)
                attempt.mkdir()
                make(attempt)
                attempt.rename(folder)
        return folder
