"""The folder of vinese's own Label Studio: environment, data, secrets, log, and the locks on them.

The folder has mode 0700; in it are

- `server-env/`, the server's virtual environment;
- `data/`, Label Studio's database and media;
- `secrets.json`, user, password and token, mode 0600;
- `server.json`, the running server: process, port, version;
- `server.log`, what the server printed, mode 0600;
- `annotators.json`, who is behind each pseudonym, mode 0600;
- `projects.json`, where the project of each layer is, as push, pull and adjudicate found it last: not beside the
  layers, for an address is a machine's own;
- `lock`, held while a server is started or stopped;
- `server.lock`, held by the server itself as long as it lives; in it the same as in `server.json`, which it outlives;
- `projects.lock` and `annotators.lock`, held while a project is filled or pseudonyms are given.
"""

from __future__ import annotations

import os
import secrets as randomness
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from vinese.core import locks
from vinese.core.errors import FileProblemError, ServerError
from vinese.core.files import problem, read_record, record_bytes, write_bytes
from vinese.core.project import Project

USERNAME = "vinese@localhost"

Addresses = dict[str, dict[str, str]]  # by the folder of the corpus: the address of each layer's project


@dataclass(frozen=True, slots=True)
class StudioFolder:
    """The folder of one Label Studio; nothing is made until it is asked for."""

    path: Path

    @classmethod
    def at(cls, folder: str | Path | None = None) -> StudioFolder:
        """Return the folder at `folder`, by default the user's own (XDG: `~/.local/share/vinese/studio`)."""
        if folder is not None:
            return cls(Path(folder).expanduser().absolute())
        xdg = os.environ.get("XDG_DATA_HOME", "")
        base = Path(xdg) if Path(xdg).is_absolute() else Path.home() / ".local" / "share"
        return cls(base / "vinese" / "studio")

    @property
    def environment(self) -> Path:
        """The folder of the server's own virtual environment."""
        return self.path / "server-env"

    @property
    def data(self) -> Path:
        """The folder of Label Studio's database and media."""
        return self.path / "data"

    @property
    def database(self) -> Path:
        """Label Studio's database file."""
        return self.data / "label_studio.sqlite3"

    @property
    def secrets(self) -> Path:
        """The file with the user's name, password and token."""
        return self.path / "secrets.json"

    @property
    def state(self) -> Path:
        """The file that says which process is the server."""
        return self.path / "server.json"

    @property
    def server_lock(self) -> Path:
        """The file that the server holds locked, so that no second one opens its database."""
        return self.path / "server.lock"

    @property
    def log(self) -> Path:
        """The file that the server prints to."""
        return self.path / "server.log"

    @property
    def projects(self) -> Path:
        """The file that says where the project of each layer is."""
        return self.path / "projects.json"

    @property
    def annotators(self) -> Path:
        """The file that says who is behind each pseudonym."""
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
        """Lock this server, so that no other process starts or stops it; raise `ServerError` if one is at it."""
        self.make()
        with (self.path / "lock").open("w") as lock:
            if not locks.lock(lock.fileno()):
                raise ServerError(
                    f"Another vinese is starting or stopping the Label Studio in {self.path}.",
                    "Wait until it is done, then run the command again.",
                )
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
            locks.wait_for_lock(lock.fileno())
            yield


class Secrets(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What opens the server: a person logs in with `username` and `password`, vinese with `token`."""

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
    write_bytes(folder.secrets, record_bytes(made), mode=0o600)
    return made


def remember(folder: StudioFolder, project: Project, layer: str, address: str) -> None:
    """Remember at which address a person opens the project of a layer."""
    addresses = read_record(folder.projects, Addresses) or {}
    addresses.setdefault(_corpus(project), {})[layer] = address
    folder.make()
    write_bytes(folder.projects, msgspec.json.format(msgspec.json.encode(addresses, order="sorted")), mode=0o600)


def address_of(folder: StudioFolder, project: Project, layer: str) -> str | None:
    """Return the address of the project of a layer, None if none is known."""
    return (read_record(folder.projects, Addresses) or {}).get(_corpus(project), {}).get(layer)


def _corpus(project: Project) -> str:
    return str(project.exports.resolve())
