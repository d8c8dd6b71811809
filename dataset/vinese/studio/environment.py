"""The server's own virtual environment, so that its 150 pinned packages never touch the user's.

A virtual environment cannot be moved, so it is made in place, and a marker file says that it is whole: without the
marker the next call starts over (pip's cache makes that quick). One brought along (`--server-env`, or the variable
VINESE_STUDIO_ENV) is only checked, never changed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from vinese.core.errors import ServerError
from vinese.core.files import write_bytes
from vinese.core.progress import Progress, silent
from vinese.studio.folder import StudioFolder

SERVER_VERSION = "1.23.2"
VARIABLE = "VINESE_STUDIO_ENV"
PACKAGES = 156
"""How many packages pip fetches for this version: a number to show, nothing depends on it."""

_FETCHING, _INSTALLING = "Fetching Label Studio (packages)", "Installing Label Studio (packages)"
_MARKER = "vinese-complete"
_PRINT_VERSION = "import importlib.metadata as m; print(m.version('label-studio'))"


def installed_version(environment: Path) -> str | None:
    """Return the version of label-studio in `environment`, None if it is no environment or has none."""
    python = environment / "bin" / "python"
    if not python.exists():
        return None
    answer = subprocess.run([python, "-I", "-c", _PRINT_VERSION], capture_output=True, text=True, check=False)
    return answer.stdout.strip() if answer.returncode == 0 else None


def is_complete(environment: Path) -> bool:
    """Return whether vinese made `environment` and finished it, with the version it needs."""
    marker = environment / _MARKER
    return marker.is_file() and marker.read_text().strip() == SERVER_VERSION


def ensure_environment(folder: StudioFolder, given: str | Path | None = None, progress: Progress = silent) -> Path:
    """Return an environment with the pinned server: `given`, or VINESE_STUDIO_ENV, or the folder's own, made now.

    Raise `ServerError` if a given one has another version, or if the own one cannot be made.
    """
    named = given or os.environ.get(VARIABLE)
    if named:
        return _checked(Path(named).expanduser().absolute())
    if not is_complete(folder.environment):
        _make(folder.environment, progress)
    return folder.environment


def to_make(folder: StudioFolder, given: str | Path | None = None) -> bool:
    """Return whether `ensure_environment` would make an environment now, which takes minutes."""
    return not (given or os.environ.get(VARIABLE) or is_complete(folder.environment))


def _checked(environment: Path) -> Path:
    version = installed_version(environment)
    if version != SERVER_VERSION:
        has = f"has label-studio {version}" if version else "has no label-studio"
        raise ServerError(
            f"The environment {environment} {has}; vinese needs {SERVER_VERSION}.",
            f"Install it there (pip install label-studio=={SERVER_VERSION}), or drop --server-env and {VARIABLE}, "
            "and vinese makes its own.",
        )
    return environment


def _make(environment: Path, progress: Progress) -> None:
    progress(_FETCHING, 0, PACKAGES)
    _run([sys.executable, "-m", "venv", "--clear", str(environment)], progress)
    pip = [str(environment / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    _run([*pip, "install", "--progress-bar", "off", f"label-studio=={SERVER_VERSION}"], progress, environment)
    version = installed_version(environment)
    if version != SERVER_VERSION:
        raise ServerError(f"{environment} was made, but label-studio in it is {version}.", "Run the command again.")
    write_bytes(environment / _MARKER, f"{SERVER_VERSION}\n".encode())
    progress(_INSTALLING, PACKAGES, PACKAGES)


def _run(command: Sequence[str], progress: Progress, environment: Path | None = None) -> None:
    """Run `command`; count the packages that pip says it fetches, then those that stand in `environment`.

    Raise `ServerError` with its last lines if it fails.
    """
    clean = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONHOME"}}
    with (
        tempfile.TemporaryFile() as output,
        subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=clean) as process,
    ):
        ended = False
        while not ended:
            ended = process.poll() is not None
            # Not by `read`: that would move the place at which the process writes.
            content = os.pread(output.fileno(), os.fstat(output.fileno()).st_size, 0)
            lines = content.decode(errors="replace").splitlines()
            _count(lines, environment, progress)
            if not ended:
                time.sleep(0.5)
    if process.returncode != 0:
        raise ServerError(
            "The server's environment could not be made: "
            f"{' '.join(command[:4])} ... ended with {process.returncode}.\n  " + "\n  ".join(lines[-15:]),
            "Mend that (network, disk, Python version) and run the command again; it starts over.",
        )


def _count(lines: Sequence[str], environment: Path | None, progress: Progress) -> None:
    """Say how many packages pip has fetched, or where it says that it installs them, how many stand there."""
    if environment is not None and any(line.startswith("Installing collected packages") for line in lines):
        there = len(list(environment.glob("lib/python*/site-packages/*.dist-info")))
        progress(_INSTALLING, min(there, PACKAGES), PACKAGES)
    elif fetched := sum(line.startswith("Collecting ") for line in lines):
        progress(_FETCHING, min(fetched, PACKAGES), PACKAGES)
