"""Run commands with small shards in processes of their own, and look at what they made and left."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from vinese.core.workplace import is_work

if TYPE_CHECKING:
    from vinese.core.project import Project

TESTS = Path(__file__).parents[1]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def pages_of(project: Project) -> list[str]:
    return sorted(str(path) for path in (project.articles / "raw").glob("*.txt"))


def vinese(home: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command with small shards in a folder with temporary files of its own; see `support.small_shards`."""
    for name in ("tmp", "mine"):
        (home / name).mkdir(exist_ok=True)
    paths = os.pathsep.join(filter(None, (str(TESTS), os.environ.get("PYTHONPATH"))))
    command = [sys.executable, "-m", "support.small_shards", *words]
    environment = {**os.environ, "PYTHONPATH": paths, "TMPDIR": str(home / "tmp"), **variables}
    return subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, check=False)


def left_over(home: Path) -> list[str]:
    return [path.name for path in home.rglob("*") if is_work(path.name)]


def calls(project: Project) -> dict[str, tuple[str, ...]]:
    """Return a command of each verb that writes."""
    here = ("--project", str(project.root))
    return {
        "convert": ("convert", str(project.export("annotator-1")), "--out", "mine/made", *here),
        "build": ("build", "--out", "mine/made", *here),
        "ingest": ("ingest", *pages_of(project), "--project", "mine"),
    }


def made_in(home: Path) -> dict[str, bytes]:
    """Return what a command made, and take it away."""
    made = contents(home / "mine")
    shutil.rmtree(home / "mine")
    return made
