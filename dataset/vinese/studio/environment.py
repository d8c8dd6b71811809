"""Make the server's own virtual environment, so that its 150 pinned packages never touch the user's.

A virtual environment cannot be moved, so it is made in place, and a marker file says that it is whole: without the
marker the next call starts over (pip's cache makes that quick). One brought along (`--server-env`, or the variable
VINESE_STUDIO_ENV) is only checked, never changed.
"""

from __future__ import annotations

import os
import secrets as randomness
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from pathlib import Path

import msgspec

from vinese.core.errors import FileProblemError, ServerError
from vinese.core.files import read_record, write_bytes
from vinese.core.progress import Progress, silent
from vinese.studio.folder import StudioFolder

SERVER_VERSION = "1.23.2"
VARIABLE = "VINESE_STUDIO_ENV"
_PACKAGES = 156  # what pip collects for this version: the progress bar's length, nothing depends on it
_MARKER = "vinese-complete"
_ASK = "import importlib.metadata as m; print(m.version('label-studio'))"


def installed_version(environment: Path) -> str | None:
    """Return the version of label-studio in `environment`, None if it is no environment or has none."""
    python = environment / "bin" / "python"
    if not python.exists():
        return None
    asked = subprocess.run([python, "-I", "-c", _ASK], capture_output=True, text=True, check=False)
    return asked.stdout.strip() if asked.returncode == 0 else None


def is_complete(environment: Path) -> bool:
    """Tell whether vinese made `environment` and finished it, with the version it needs."""
    marker = environment / _MARKER
    return marker.is_file() and marker.read_text().strip() == SERVER_VERSION


def ensure_environment(folder: StudioFolder, given: str | Path | None = None, progress: Progress = silent) -> Path:
    """Return an environment with the pinned server: `given`, or VINESE_STUDIO_ENV, or the folder's own, made now.

    Raise `ServerError` if a given one has another version, or if the own one cannot be made.
    """
    brought = given or os.environ.get(VARIABLE)
    if brought:
        return _checked(Path(brought).expanduser().absolute())
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
        for line in process.stdout:
            tail.append(line.rstrip())
            if line.startswith("Collecting "):
                collected = min(collected + 1, _PACKAGES - 1)
                progress("Making the server's environment", collected, _PACKAGES)
    if process.returncode != 0:
        raise ServerError(
            "The server's environment could not be made: "
            f"{' '.join(command[:4])} ... ended with {process.returncode}.\n  " + "\n  ".join(tail),
            "Mend that (network, disk, Python version) and run the command again; it starts over.",
        )


USERNAME = "vinese@localhost"


class Secrets(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Hold what opens the server: a person logs in with `username` and `password`, vinese with `token`."""

    username: str
    password: str
    token: str

    def scrub(self, text: str) -> str:
        """Return `text` without the password and the token."""
        return text.replace(self.password, "[password]").replace(self.token, "[token]")


def read_secrets(folder: StudioFolder) -> Secrets:
    """Return the secrets of the server in `folder`; raise `FileProblemError` if the file is missing or broken."""
    todo = "Restore it, or use another --data-dir."
    secrets = read_record(folder.secrets, Secrets, todo)
    if secrets is None:
        raise FileProblemError(f"There is no {folder.secrets}.", todo)
    return secrets


def ensure_secrets(folder: StudioFolder) -> Secrets:
    """Return the secrets of the server in `folder`, made now if it has never run.

    Label Studio takes password and token only when it makes its database: a database without its secrets is a
    `ServerError`, for new ones would not open it.
    """
    if folder.secrets.exists():
        return read_secrets(folder)
    if folder.database.exists():
        raise ServerError(
            f"{folder.secrets} is gone, but {folder.database} was made with what it held.",
            "Restore the file, or start a new Label Studio with another --data-dir.",
        )
    made = Secrets(
        username=USERNAME,
        password=randomness.token_urlsafe(18),
        token=randomness.token_hex(20),
    )
    write_bytes(folder.secrets, msgspec.json.format(msgspec.json.encode(made)) + b"\n", mode=0o600)
    return made
