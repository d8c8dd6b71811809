"""The server that vinese starts itself: found again, never on another port, its secrets kept."""

from __future__ import annotations

import json
import os
import socket
import sys

import psutil
import pytest

from support.studio import free_port
from vinese.cli import run
from vinese.core.errors import AuthError, FileProblemError, ServerError
from vinese.studio import environment as environments
from vinese.studio import process
from vinese.studio.folder import StudioFolder, ensure_secrets, read_secrets
from vinese.studio.server import down, status, up

SCRIPT = """\
import http.server, os, sys
print("user", os.environ["LABEL_STUDIO_PASSWORD"], os.environ["LABEL_STUDIO_USER_TOKEN"], flush=True)
if {ends}:
    sys.exit("no such table: soup")
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        token = self.headers.get("Authorization") == "Token " + os.environ["LABEL_STUDIO_USER_TOKEN"]
        self.send_response(200 if self.path == "/health" or token else 401)
        self.end_headers()
        self.wfile.write(b'{{"status": "UP", "release": "1.23.2", "id": 1, "email": "", "count": 0, "results": []}}')
http.server.HTTPServer(("127.0.0.1", int(sys.argv[-1])), Handler).serve_forever()
"""


@pytest.fixture
def make_environment(tmp_path):
    """Return a maker of environments whose `label-studio` is a script of ours."""

    def make(version=environments.SERVER_VERSION, ends=False):
        binaries = tmp_path / "env" / "bin"
        binaries.mkdir(parents=True)
        python = binaries / "python"
        python.write_text(f'#!/bin/sh\n[ "$1" = -I ] && echo {version} && exit\nexec {sys.executable} "$@"\n')
        python.chmod(0o755)
        (binaries / "label-studio").write_text(SCRIPT.format(ends=ends))
        return binaries.parent

    return make


@pytest.fixture
def running(folder, make_environment):
    found = up(folder, port=free_port(), server_env=make_environment(), patience=30)
    yield found
    down(folder)


def mode(path):
    return path.stat().st_mode & 0o777


def test_a_second_up_finds_the_first(running, folder):
    again = up(folder)
    assert (again.pid, again.url, again.started, running.started) == (running.pid, running.url, False, True)
    assert status(folder).pid == running.pid


def test_down_ends_it_and_says_whether_there_was_one(running, folder):
    assert down(folder)
    assert status(folder) is None
    assert not down(folder)


def test_secrets_are_for_their_owner_alone(running, folder):
    assert [mode(path) for path in (folder.path, folder.secrets, folder.log, folder.state)] == [
        0o700,
        0o600,
        0o600,
        0o600,
    ]
    secrets = read_secrets(folder)
    assert len(secrets.password) >= 20
    assert len(secrets.token) == 40


@pytest.mark.skipif(not os.path.exists("/proc/self/cmdline"), reason="needs /proc")  # noqa: PTH110
def test_no_secret_is_on_the_command_line_and_nothing_is_inherited(folder, make_environment, monkeypatch):
    monkeypatch.setenv("PORT", "9")
    monkeypatch.setenv("HOST", "0.0.0.0")
    found = up(folder, port=free_port(), server_env=make_environment(), patience=30)
    try:
        with open(f"/proc/{found.pid}/cmdline") as file:  # noqa: PTH123
            command = file.read()
        with open(f"/proc/{found.pid}/environ") as file:  # noqa: PTH123
            variables = dict(pair.split("=", 1) for pair in file.read().split("\0") if pair)
    finally:
        down(folder)
    secrets = read_secrets(folder)
    assert secrets.password not in command
    assert secrets.token not in command
    assert "127.0.0.1" in command
    assert not {"PORT", "HOST", "USERNAME", "PASSWORD", "DEBUG"} & variables.keys()
    assert variables["LABEL_STUDIO_COLLECT_ANALYTICS"] == "false"


def test_a_busy_port_is_an_error_that_names_it(folder, make_environment):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ServerError, match=rf"Port {port} .*in use(.|\n)*--port {port + 1}") as caught:
            up(folder, port=port, server_env=make_environment())
    assert not psutil.LINUX or f"(process {os.getpid()})" in str(caught.value)
    assert process.read_state(folder) is None


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_port_that_is_none(folder, make_environment, port):
    with pytest.raises(ServerError, match="no port"):
        up(folder, port=port, server_env=make_environment())


def test_another_port_while_it_runs_is_an_error(running, folder):
    with pytest.raises(ServerError, match=f"on port {running.port}"):
        up(folder, port=free_port())


def test_a_server_that_ends_shows_its_log_without_secrets(folder, make_environment):
    with pytest.raises(ServerError, match="no such table: soup") as caught:
        up(folder, port=free_port(), server_env=make_environment(ends=True), patience=30)
    secrets = read_secrets(folder)
    assert secrets.password not in str(caught.value)
    assert secrets.token not in str(caught.value)
    assert "[password] [token]" in str(caught.value)
    assert status(folder) is None


def test_a_process_that_has_the_number_by_chance_is_left_alone(folder):
    folder.make()
    folder.state.write_text(json.dumps({"pid": os.getpid(), "born": 0.0, "port": 1, "version": "1.23.2"}))
    assert status(folder) is None
    assert not down(folder)


def test_an_interrupted_up_is_finished_by_the_next(folder, make_environment):
    made = make_environment()
    first = process.start(folder_made(folder), made, free_port(), ensure_secrets(folder), environments.SERVER_VERSION)
    try:
        found = up(folder, patience=30)
        assert (found.pid, found.started) == (first.pid, False)
    finally:
        down(folder)


def folder_made(folder):
    folder.make()
    return folder


def test_another_version_that_runs_is_named(running, folder):
    state = json.loads(folder.state.read_bytes()) | {"version": "1.20.0"}
    folder.state.write_text(json.dumps(state))
    try:
        with pytest.raises(ServerError, match=r"1\.20\.0.*1\.23\.2"):
            up(folder)
    finally:
        folder.state.write_text(json.dumps(state | {"version": "1.23.2"}))


def test_secrets_of_another_database_are_refused(running, folder):
    secrets = json.loads(folder.secrets.read_bytes()) | {"token": "0" * 40}
    folder.secrets.write_text(json.dumps(secrets))
    with pytest.raises(AuthError, match=r"secrets\.json"):
        up(folder)


def test_a_database_without_its_secrets_is_refused(folder, make_environment):
    folder.make()
    folder.database.write_text("")
    with pytest.raises(ServerError, match="is gone"):
        up(folder, port=free_port(), server_env=make_environment())
    assert not folder.secrets.exists()


def test_broken_secrets_are_a_named_error(folder, make_environment):
    folder.make()
    folder.secrets.write_text("{}")
    with pytest.raises(FileProblemError, match=r"secrets\.json"):
        up(folder, port=free_port(), server_env=make_environment())


def test_a_given_environment_of_another_version_is_refused_by_name(folder, make_environment):
    with pytest.raises(ServerError, match=r"label-studio 1\.2\.0; vinese needs 1\.23\.2"):
        up(folder, port=free_port(), server_env=make_environment(version="1.2.0"))


def test_a_given_environment_that_is_none(folder, tmp_path):
    with pytest.raises(ServerError, match="has no label-studio"):
        up(folder, port=free_port(), server_env=tmp_path)


def test_an_unfinished_environment_is_made_anew_and_marked_when_whole(folder, monkeypatch):
    monkeypatch.delenv(environments.VARIABLE, raising=False)
    folder.make()
    ran = []

    def fails(command, *_):
        ran.append(command)
        if "pip" in command:
            raise ServerError("no network")

    monkeypatch.setattr(environments, "_run", fails)
    monkeypatch.setattr(environments, "installed_version", lambda _: environments.SERVER_VERSION)
    with pytest.raises(ServerError, match="no network"):
        environments.ensure_environment(folder)
    assert not environments.is_complete(folder.environment)
    monkeypatch.setattr(environments, "_run", lambda command, *_: ran.append(command))
    assert environments.ensure_environment(folder) == folder.environment
    assert environments.is_complete(folder.environment)
    assert ["--clear" in command for command in ran] == [True, False, True, False]
    environments.ensure_environment(folder)
    assert len(ran) == 4


def test_what_makes_the_environment_tells_why_it_failed():
    complaint = "import sys; print('Collecting soup'); sys.exit('No matching distribution')"
    told = []
    with pytest.raises(ServerError, match="No matching distribution"):
        environments._run([sys.executable, "-c", complaint], lambda *step: told.append(step))
    assert set(told) == {("Fetching Label Studio (packages)", 1, 156)}


def test_what_is_installed_is_counted_where_it_stands(tmp_path):
    for name in ("soup", "spoon"):
        (tmp_path / "lib" / "python3.11" / "site-packages" / f"{name}-1.0.dist-info").mkdir(parents=True)
    told = []
    says = "print('Collecting soup\\nInstalling collected packages: soup')"
    environments._run([sys.executable, "-c", says], lambda *step: told.append(step), tmp_path)
    assert told[-1] == ("Installing Label Studio (packages)", 2, 156)


def test_the_command_says_what_it_installs_before_it_does(folder, monkeypatch, capfd):
    monkeypatch.delenv(environments.VARIABLE, raising=False)

    def fails(*_):
        raise ServerError("no network")

    monkeypatch.setattr(environments, "_run", fails)
    assert run(["studio", "up", "--data-dir", str(folder.path), "--port", str(free_port())]) == 2
    said = capfd.readouterr().err
    assert "156 packages" in said.replace("\n", " ")
    assert str(folder.environment) in said


def test_a_server_is_found_again_although_its_note_is_lost(running, folder):
    folder.state.unlink()
    assert status(folder).pid == running.pid
    again = up(folder)
    assert (again.pid, again.port, again.started) == (running.pid, running.port, False)


def test_two_servers_never_open_one_database(running, folder, make_environment):
    folder.state.unlink()
    folder.server_lock.write_text("{}")
    with pytest.raises(ServerError, match=f"has the database in {folder.path} open"):
        up(folder, port=free_port(), server_env=running_environment(running))
    folder.server_lock.write_text(
        json.dumps(
            {
                "pid": running.pid,
                "born": process.born(psutil.Process(running.pid)),
                "port": running.port,
                "version": running.version,
            }
        )
    )
    assert down(folder)
    assert up(folder, server_env=running_environment(running), patience=30).port == running.port


def running_environment(running):
    return running.log.parents[1] / "env"


def test_the_port_of_a_data_folder_is_remembered(folder, make_environment):
    made, port = make_environment(), free_port()
    up(folder, port=port, server_env=made, patience=30)
    down(folder)
    try:
        assert up(folder, server_env=made, patience=30).port == port
    finally:
        down(folder)


@pytest.mark.skipif(not psutil.LINUX, reason="the text is the system's own")
def test_a_note_of_the_first_edition_is_understood(running, folder):
    ticks = round(process.born(psutil.Process(running.pid)) * os.sysconf("SC_CLK_TCK"))
    state = json.loads(folder.state.read_bytes()) | {"born": str(ticks)}
    folder.state.write_text(json.dumps(state))
    folder.server_lock.write_text("")
    assert status(folder).pid == running.pid
    folder.state.write_text(json.dumps(state | {"born": "Mon Jan  1"}))
    assert status(folder) is None
    folder.state.write_text(json.dumps(state))


def test_two_at_once_are_refused(folder):
    with folder.locked(), pytest.raises(ServerError, match="Another vinese"), folder.locked():
        pass


def test_the_folder_follows_xdg(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert StudioFolder.at().path == tmp_path / "vinese" / "studio"
    monkeypatch.setenv("XDG_DATA_HOME", "not/absolute")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert StudioFolder.at().path == tmp_path / "home" / ".local" / "share" / "vinese" / "studio"


def test_the_commands_say_where_it_is_and_keep_the_password(folder, make_environment, capfd):
    place = ["--data-dir", str(folder.path)]
    assert run(["studio", "status", *place]) == 1
    assert run(["studio", "up", *place, "--port", str(free_port()), "--server-env", str(make_environment())]) == 0
    try:
        password = read_secrets(folder).password
        assert run(["studio", "status", *place, "--json"]) == 0
        said = capfd.readouterr()
        assert password not in said.out + said.err
        assert str(folder.secrets) in said.out
        assert run(["studio", "password", *place]) == 0
        assert capfd.readouterr().out.split() == ["vinese@localhost", password]
    finally:
        assert run(["studio", "down", *place]) == 0
    assert run(["studio", "up", *place, "--url", "http://x.example.org", "--port", "1"]) == 2
