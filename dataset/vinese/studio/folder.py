"""Say where vinese keeps its own Label Studio: environment, data, secrets, log.

The folder has mode 0700; in it are

- `server-env/`, the server's virtual environment;
- `data/`, Label Studio's database and media;
- `secrets.json`, user, password and token, mode 0600;
- `server.json`, the running server: process, port, version;
- `server.log`, what the server printed, mode 0600;
- `annotators.json`, who is behind each pseudonym, mode 0600;
- `lock`, held while a server is started or stopped;
- `projects.lock` and `annotators.lock`, held while a project is filled or pseudonyms are given.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from vinese.core.errors import ServerError
from vinese.core.files import problem


@dataclass(frozen=True, slots=True)
class StudioFolder:
    """Hold the folder of one Label Studio; nothing is made until it is asked for."""

    path: Path

    @classmethod
    def at(cls, folder: str | Path | None = None) -> StudioFolder:
        """Return the folder at `folder`, by default the user's own (XDG: `~/.local/share/vinese/studio`)."""
        if folder is not None:
            return cls(Path(folder).expanduser().absolute())
        state = os.environ.get("XDG_DATA_HOME", "")
        base = Path(state) if Path(state).is_absolute() else Path.home() / ".local" / "share"
        return cls(base / "vinese" / "studio")

    @property
    def environment(self) -> Path:
        """Return the folder of the server's own virtual environment."""
        return self.path / "server-env"

    @property
    def data(self) -> Path:
        """Return the folder of Label Studio's database and media."""
        return self.path / "data"

    @property
    def database(self) -> Path:
        """Return Label Studio's database file."""
        return self.data / "label_studio.sqlite3"

    @property
    def secrets(self) -> Path:
        """Return the file with the user's name, password and token."""
        return self.path / "secrets.json"

    @property
    def state(self) -> Path:
        """Return the file that says which process is the server."""
        return self.path / "server.json"

    @property
    def log(self) -> Path:
        """Return the file that the server prints to."""
        return self.path / "server.log"

    @property
    def annotators(self) -> Path:
        """Return the file that says who is behind each pseudonym."""
        return self.path / "annotators.json"

    def make(self) -> None:
        """Make the folder, readable by its owner alone."""
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.path.chmod(0o700)
            self.data.mkdir(exist_ok=True, mode=0o700)
        except OSError as error:
            raise problem(self.path, error, "write") from error

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes from starting or stopping this server; raise `ServerError` if one is at it."""
        self.make()
        with (self.path / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise ServerError(
                    f"Another vinese is starting or stopping the Label Studio in {self.path}.",
                    "Wait until it is done, then run the command again.",
                ) from error
            yield

    @contextmanager
    def taking_turns(self, at: str) -> Iterator[None]:
        """Wait until no other process is `at` the same work with this folder, and keep others waiting meanwhile."""
        self.make()
        try:
            lock = (self.path / f"{at}.lock").open("w")
        except OSError as error:
            raise problem(self.path, error, "write") from error
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
