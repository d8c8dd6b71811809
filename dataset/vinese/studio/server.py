"""Start and stop vinese's own Label Studio: SQLite, 127.0.0.1 only, nothing sent out, no open sign-up."""

from __future__ import annotations

import sqlite3
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing, suppress
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path
from typing import cast

from vinese.core.errors import AuthError, ServerError
from vinese.core.progress import Progress, silent
from vinese.studio.environment import SERVER_VERSION, ensure_environment
from vinese.studio.folder import Secrets, StudioFolder, ensure_secrets, read_secrets
from vinese.studio.process import State, end, last_port, log_tail, read_state, require_free, start

DEFAULT_PORT = 8080
_WAITING = "Waiting for Label Studio (seconds)"


@dataclass(frozen=True, slots=True)
class Running:
    """A server that runs; `started` is whether this call started it."""

    url: str
    port: int
    pid: int
    version: str
    started: bool
    username: str
    secrets: Path
    log: Path


def up(
    folder: StudioFolder,
    *,
    port: int | None = None,
    server_env: str | Path | None = None,
    progress: Progress = silent,
    patience: float = 300.0,
) -> Running:
    """Start the Label Studio of `folder`, or find the one that runs, and wait up to `patience` seconds for it.

    Raise `ServerError` if the port is busy, the environment cannot be made, or the server ends or does not answer.
    An interrupted call loses nothing: the next one finds the process and waits for it.
    """
    if sys.platform == "win32":
        raise ServerError(
            "vinese starts Label Studio on Linux and macOS only.", "Start one elsewhere and use --url URL."
        )
    with folder.locked():
        state = read_state(folder)
        started = state is None
        if state is not None:
            _require_same(folder, state, port)
            secrets = read_secrets(folder)
        else:
            secrets = ensure_secrets(folder)
            port = (last_port(folder) or DEFAULT_PORT) if port is None else port
            require_free(port)
            environment = ensure_environment(folder, server_env, progress)
            require_free(port)  # making the environment may have taken minutes
            state = start(folder, environment, port, secrets, SERVER_VERSION)
        _wait(folder, state, secrets, progress, patience)
        _write_ahead(folder)
    return _running(folder, state, secrets, started=started)


def _write_ahead(folder: StudioFolder) -> None:
    """Set the mode of the database, which it keeps, to one in which annotators can save while a snapshot is read."""
    if folder.database.exists():
        # Whatever holds the database at this moment, the next start sets the mode.
        with suppress(sqlite3.Error), closing(sqlite3.connect(folder.database)) as database:
            database.execute("PRAGMA journal_mode=WAL")


def _require_same(folder: StudioFolder, state: State, port: int | None) -> None:
    """Raise `ServerError` if the server that runs is not the one asked for."""
    stop = "stop it first: vinese studio down"
    if port not in {None, state.port}:
        raise ServerError(
            f"The Label Studio in {folder.path} runs already, on port {state.port}.", f"Leave out --port, or {stop}"
        )
    if state.version != SERVER_VERSION:
        raise ServerError(
            f"The Label Studio in {folder.path} that runs is {state.version}; vinese needs {SERVER_VERSION}.",
            f"{stop.capitalize()}, then run this command again.",
        )


def _running(folder: StudioFolder, state: State, secrets: Secrets, *, started: bool) -> Running:
    return Running(
        url=state.url,
        port=state.port,
        pid=state.pid,
        version=state.version,
        started=started,
        username=secrets.username,
        secrets=folder.secrets,
        log=folder.log,
    )


def down(folder: StudioFolder) -> bool:
    """Stop the Label Studio of `folder`; return whether one ran."""
    if not folder.path.exists():
        return False
    with folder.locked():
        state = read_state(folder)
        if state is not None:
            end(state)
        folder.state.unlink(missing_ok=True)
    return state is not None


def status(folder: StudioFolder) -> Running | None:
    """Return the Label Studio of `folder` that runs, None if none does; raise `ServerError` if it does not answer."""
    state = read_state(folder)
    if state is None:
        return None
    if not healthy(state.url):
        raise ServerError(
            f"Label Studio runs (process {state.pid}) but does not answer at {state.url}.",
            f"It may still be starting: try again in a minute. If not, see {folder.log} and run: vinese studio down",
        )
    return _running(folder, state, read_secrets(folder), started=False)


def healthy(url: str) -> bool:
    """Return whether a Label Studio at `url` says that it is up."""
    try:
        with _open(f"{url}/health") as answer:
            return b'"UP"' in answer.read(200)
    except (OSError, ValueError):
        return False


def _open(url: str, token: str | None = None) -> HTTPResponse:
    """Open a page of a server on this machine, past any proxy."""
    headers = {"Authorization": f"Token {token}"} if token else {}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310  # always http://127.0.0.1
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    return cast("HTTPResponse", direct.open(request, timeout=10))


def _wait(folder: StudioFolder, state: State, secrets: Secrets, progress: Progress, patience: float) -> None:
    """Wait until the server is up and takes our token, so that it is surely the one we started."""
    begun = time.monotonic()
    expected = 4 if folder.database.exists() else 30
    while not healthy(state.url):
        waited = time.monotonic() - begun
        progress(_WAITING, min(int(waited), expected - 1), expected)
        if state.process() is None:
            folder.state.unlink(missing_ok=True)
            raise ServerError(
                f"Label Studio ended while it started. The end of its log ({folder.log}):\n"
                + log_tail(folder, secrets),
                "Mend what the log says and run the command again.",
            )
        if waited > patience:
            raise ServerError(
                f"Label Studio did not answer at {state.url} within {patience:.0f} seconds.",
                f"See {folder.log}. Run the command again to wait longer, or stop it: vinese studio down",
            )
        time.sleep(0.25)
    progress(_WAITING, expected, expected)
    _require_token(folder, state, secrets)


def _require_token(folder: StudioFolder, state: State, secrets: Secrets) -> None:
    try:
        _open(f"{state.url}/api/current-user/whoami", secrets.token).close()
    except urllib.error.HTTPError as error:
        error.close()
        raise AuthError(
            f"The server at {state.url} does not take the token in {folder.secrets}.",
            "The file and the database do not belong together, or another program took the port: restore the file, "
            "or run vinese studio down, then up with another --data-dir or --port.",
        ) from error
    except OSError as error:
        raise ServerError(f"{state.url} stopped answering: {error}.", "Run the command again.") from error
