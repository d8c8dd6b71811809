"""The server's process: start it, find it again, end it; and whether its port is free."""

from __future__ import annotations

import os
import socket
import time
from contextlib import suppress
from pathlib import Path

import msgspec
import psutil

from vinese.core import locks
from vinese.core.errors import ServerError
from vinese.core.files import record_bytes, write_bytes
from vinese.studio.folder import Secrets, StudioFolder

HOST = "127.0.0.1"
_LOG_LINES = 15
_PATIENCE = 15.0  # seconds that the server has to end
_JITTER = 2.0  # seconds by which the system may give the start of one process differently


class State(msgspec.Struct, frozen=True, kw_only=True):
    """A server's process; `born` is when it started, so that another process with its number is not taken for it.

    The first edition wrote the moment as text, in the system's own words.
    """

    pid: int
    born: float | str
    port: int
    version: str

    @property
    def url(self) -> str:
        """Return the address at which the server answers."""
        return f"http://{HOST}:{self.port}"

    def process(self) -> psutil.Process | None:
        """Return the server's process, None if it has ended; an ended child of ours is reaped."""
        try:
            process = psutil.Process(self.pid)
            if process.status() == psutil.STATUS_ZOMBIE:
                process.wait(0)
                return None
            return process if abs(born(process) - _seconds(self.born)) < _JITTER else None
        except (psutil.NoSuchProcess, psutil.TimeoutExpired):
            return None


def born(process: psutil.Process) -> float:
    """Return when a process started, in seconds.

    On Linux they count from the start of the machine, for psutil adds the time of that start, which moves when the
    clock is set.
    """
    return float(process.create_time() - (psutil.boot_time() if psutil.LINUX else 0))


def _seconds(moment: float | str) -> float:
    """Return when a process started as `born` does; of a text of another form, a moment at which none did."""
    if not isinstance(moment, str):
        return moment
    try:
        if psutil.LINUX:
            return int(moment) / os.sysconf("SC_CLK_TCK")
        return time.mktime(time.strptime(moment, "%a %b %d %H:%M:%S %Y"))
    except ValueError:
        return -1.0


def read_state(folder: StudioFolder) -> State | None:
    """Return the server of `folder` if its process lives, None otherwise."""
    noted = (_noted(folder.state), _noted(folder.server_lock))
    return next((state for state in noted if state is not None and state.process()), None)


def last_port(folder: StudioFolder) -> int | None:
    """Return the port of the server of `folder`, or of the last one that ran there; None if none is known."""
    state = _noted(folder.state) or _noted(folder.server_lock)
    return state.port if state is not None else None


def _noted(path: Path) -> State | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=State)
    except (OSError, msgspec.DecodeError):
        return None


def require_free(port: int) -> None:
    """Raise `ServerError` if anything listens on `port`; Label Studio itself would silently take the next one."""
    if not 1 <= port <= 65535:
        raise ServerError(f"{port} is no port.", "Give a number from 1 to 65535 with --port.")
    try:
        free = is_free(port)
    except PermissionError as error:
        raise ServerError(f"Port {port} needs more rights.", "Choose one above 1023 with --port.") from error
    if not free:
        raise ServerError(
            f"Port {port} on {HOST} is in use by {_owner(port) or 'another program'}.",
            f"Stop that program, or choose another port: vinese studio up --port {port + 1}",
        )


def is_free(port: int) -> bool:
    """Return whether nothing listens on `port`; raise `PermissionError` if we may not."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            raise
        except OSError:
            return False
    return True


def _owner(port: int) -> str:
    """Return the name and number of the process that listens on `port`, empty where the system does not tell."""
    try:
        for connection in psutil.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port and connection.pid:
                return f"{psutil.Process(connection.pid).name()} (process {connection.pid})"
    except psutil.Error:
        pass
    return ""


def start(folder: StudioFolder, environment: Path, port: int, secrets: Secrets, version: str) -> State:
    """Start Label Studio from `environment` on the loopback `port`, detached, and remember it in `folder`.

    The secrets go by the process's environment, which only its owner can read; never by its command line. The server
    inherits a lock that it holds as long as it lives: raise `ServerError` if another server has it.
    """
    if not hasattr(os, "posix_spawn"):
        raise ServerError(
            "vinese cannot run Label Studio itself on this system.", "Start one, and name it with --url ADDRESS."
        )
    python, script = environment / "bin" / "python", environment / "bin" / "label-studio"
    command = [str(python), str(script), "start", "--no-browser", "--internal-host", HOST, "--port", str(port)]
    lock = _locked(folder)
    log = os.open(folder.log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        pid = os.posix_spawn(
            python,
            command,
            _variables(folder, environment, secrets),
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_DUP2, log, 1),
                (os.POSIX_SPAWN_DUP2, log, 2),
            ],
            setsid=True,
        )
        state = State(pid=pid, born=born(psutil.Process(pid)), port=port, version=version)
        content = record_bytes(state)
        os.truncate(lock, 0)
        os.write(lock, content)  # in place: another file of this name would not be the locked one
    finally:
        os.close(log)
        os.close(lock)
    write_bytes(folder.state, content, mode=0o600)
    return state


def _locked(folder: StudioFolder) -> int:
    """Return the server's lock as a descriptor for the server to inherit; raise `ServerError` if a server has it."""
    lock = os.open(folder.server_lock, os.O_RDWR | os.O_CREAT, 0o600)
    if not locks.lock(lock):
        os.close(lock)
        raise ServerError(
            f"A Label Studio has the database in {folder.path} open, and no file says which process it is.",
            f"End it (fuser {folder.server_lock} shows its process), then run the command again.",
        )
    os.set_inheritable(lock, True)
    return lock


def _variables(folder: StudioFolder, environment: Path, secrets: Secrets) -> dict[str, str]:
    """Return the whole environment of the server: nothing inherited, nothing sent out, no sign-up without a link.

    Label Studio reads any HOST, PORT, DEBUG, USERNAME or PASSWORD it finds, so it must find none of the user's.
    """
    return {
        "PATH": f"{environment / 'bin'}:/usr/local/bin:/usr/bin:/bin",
        "HOME": str(folder.data),
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
        "PYTHONNOUSERSITE": "1",
        "DJANGO_DB": "sqlite",
        "LABEL_STUDIO_BASE_DATA_DIR": str(folder.data),
        "LABEL_STUDIO_USERNAME": secrets.username,
        "LABEL_STUDIO_PASSWORD": secrets.password,
        "LABEL_STUDIO_USER_TOKEN": secrets.token,
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
        "LABEL_STUDIO_COLLECT_ANALYTICS": "false",
        "LABEL_STUDIO_SENTRY_DSN": "",
        "LABEL_STUDIO_FRONTEND_SENTRY_DSN": "",
        "LABEL_STUDIO_LATEST_VERSION_CHECK": "false",
        "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
        "LABEL_STUDIO_LOG_LEVEL": "WARNING",
    }


def end(state: State) -> None:
    """End the server's processes, politely, then by force; return when its port is free."""
    server = state.process()
    processes = [*server.children(recursive=True), server] if server else []
    for stop in (psutil.Process.terminate, psutil.Process.kill):
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                stop(process)
        deadline = time.monotonic() + _PATIENCE
        _, processes = psutil.wait_procs(processes, timeout=_PATIENCE)
        # A process counts as ended while its last threads still hold the port.
        while time.monotonic() < deadline:
            if not processes and is_free(state.port):
                return
            time.sleep(0.1)
    raise ServerError(
        f"Process {state.pid} does not end, or port {state.port} stays in use.",
        "See which program holds the port, and end it as its owner.",
    )


def log_tail(folder: StudioFolder, secrets: Secrets) -> str:
    """Return the last lines of the server's log, without the secrets."""
    try:
        text = folder.log.read_text(errors="replace")
    except OSError:
        return ""
    return "\n".join(f"  {line}" for line in secrets.scrub(text).splitlines()[-_LOG_LINES:])
