"""The server's own virtual environment, so that its 150 pinned packages never touch the user's.

A virtual environment cannot be moved, so it is made in place, and a marker file says that it is whole: without the
marker the next call starts over (pip's cache makes that quick). One brought along (`--server-env`, or the variable
VINESE_STUDIO_ENV) is only checked, never changed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from vinese.core.errors import ServerError
from vinese.core.files import write_bytes
from vinese.core.progress import Progress, silent
from vinese.studio.folder import StudioFolder

SERVER_VERSION = "1.23.2"
VARIABLE = "VINESE_STUDIO_ENV"
_PACKAGES = 156  # what pip collects for this version: the progress bar's length, nothing depends on it
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
    progress("Making the server's environment", 0, _PACKAGES)
    _run([sys.executable, "-m", "venv", "--clear", str(environment)], progress)
    pip = [str(environment / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    _run([*pip, "install", "--progress-bar", "off", f"label-studio=={SERVER_VERSION}"], progress)
    version = installed_version(environment)
    if version != SERVER_VERSION:
        raise ServerError(f"{environment} was made, but label-studio in it is {version}.", "Run the command again.")
    write_bytes(environment / _MARKER, f"{SERVER_VERSION}\n".encode())
    progress("Making the server's environment", _PACKAGES, _PACKAGES)


def _run(command: Sequence[str], progress: Progress) -> None:
    """Run `command`, counting the packages that pip says it collects; raise `ServerError` with its last lines."""
    tail: deque[str] = deque(maxlen=15)
    collected = 0
    clean = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONHOME"}}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=clean) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                tail.append(line.rstrip())
                if line.startswith("Collecting "):
                    collected = min(collected + 1, _PACKAGES - 1)
                    progress("Making the server's environment", collected, _PACKAGES)
        except BaseException:  # whoever stops this stops what it started, and does not wait for it
            process.kill()
            raise
    if process.returncode != 0:
        raise ServerError(
            "The server's environment could not be made: "
            f"{' '.join(command[:4])} ... ended with {process.returncode}.\n  " + "\n  ".join(tail),
            "Mend that (network, disk, Python version) and run the command again; it starts over.",
        )
