"""`vinese studio`: run Label Studio, and move work in and out of it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import click

from vinese.cli.common import Output, echo, json_option
from vinese.cli.progress import drawn
from vinese.cli.studio_options import data_dir_option, url_option
from vinese.cli.studio_share import assign, invite, progress_
from vinese.cli.studio_work import adjudicate, pull, push
from vinese.core.errors import MissingExtraError, UsageError
from vinese.core.printable import counted
from vinese.studio.folder import StudioFolder, read_secrets

if TYPE_CHECKING:
    from vinese.studio.project import LayerSummary


@click.group(name="studio")
def command() -> None:
    """Run Label Studio, send articles to annotators, fetch their work, decide where they differ.

    Example: vinese studio up && vinese studio push --layer trial
    """


@click.command()
@data_dir_option
@click.option(
    "--port",
    type=int,
    metavar="N",
    help="Listen on 127.0.0.1:N (default: the last port of this data folder, first 8080); a busy port is an error.",
)
@click.option(
    "--server-env",
    metavar="DIR",
    type=click.Path(file_okay=False),
    help="Use this environment, which has the server already (or set VINESE_STUDIO_ENV); it is not changed.",
)
@url_option
@json_option
def up(*, folder: StudioFolder, port: int | None, server_env: str | None, url: str | None, output: Output) -> int:
    """Start Label Studio on this machine, from nothing, or find the one that runs.

    It gets an environment, a database and secrets of its own, listens on 127.0.0.1 only and sends nothing out. With
    --url nothing is started: the server there is checked.

    Example: vinese studio up --port 8090
    """
    if url is not None:
        if port is not None or server_env is not None:
            raise UsageError("--url names a server that runs already.", "Leave out --port and --server-env.")
        from vinese.studio.connection import connect

        with connect(folder, url) as studio:
            line = f"Label Studio {studio.version} at {studio.url} takes the token."
            output.result({"url": studio.url, "version": studio.version}, lambda: echo(line))
        return 0
    from vinese.studio.environment import PACKAGES, SERVER_VERSION, to_make
    from vinese.studio.server import up as start

    if to_make(folder, server_env):
        echo(
            f"Installing Label Studio {SERVER_VERSION} first, once, in an environment of its own: {PACKAGES} "
            f"packages, 1 GB in {folder.environment}. That takes 2 to 10 minutes, most of it unpacking.",
            err=True,
        )
    with drawn(lines=True) as progress:
        running = start(folder, port=port, server_env=server_env, progress=progress)

    def text() -> None:
        done = "is up" if running.started else "runs already"
        echo(f"Label Studio {running.version} {done}: {running.url}")
        password = f"the password is in {running.secrets} (vinese studio password shows it)"
        echo(f"Log in as {running.username}; {password}.")
        echo("Next: vinese studio push --layer NAME")

    output.result(_plain(running), text)
    return 0


def _plain(running: object) -> dict[str, object]:
    """Return what a program may want to know of a running server; no secrets, but where they are."""
    names = ("url", "port", "pid", "version", "started", "username")
    paths = {name: str(getattr(running, name)) for name in ("secrets", "log")}
    return {name: getattr(running, name) for name in names} | paths


@click.command()
@data_dir_option
@json_option
def down(*, folder: StudioFolder, output: Output) -> int:
    """Stop the Label Studio that `vinese studio up` started; its data stays.

    Example: vinese studio down
    """
    from vinese.studio.server import down as stop

    stopped = stop(folder)
    line = "Label Studio is down; its data stays." if stopped else f"No Label Studio runs in {folder.path}."
    output.result({"stopped": stopped}, lambda: echo(line))
    return 0


@click.command()
@data_dir_option
@url_option
@json_option
def status(*, folder: StudioFolder, url: str | None, output: Output) -> int:
    """Show whether Label Studio runs, where, and which layers are on it; exit 0 if it does, 1 if not.

    With --url, show whether one answers there and takes the token; if not, the error says why (exit 2).

    Example: vinese studio status
    """
    from vinese.studio.connection import connect
    from vinese.studio.project import layers

    if url is not None:
        with connect(folder, url) as studio:
            there = layers(studio)
        line = f"Label Studio {studio.version} answers at {studio.url} and takes the token."
        _status(output, {"url": studio.url, "version": studio.version}, line, there)
        return 0
    from vinese.studio.server import status as find

    running = find(folder)
    if running is None:
        output.result({"running": False}, lambda: echo(f"No Label Studio runs in {folder.path}."))
        return 1
    head = f"Label Studio {running.version} runs at {running.url} (process {running.pid})."
    known: list[LayerSummary] | None = None
    with suppress(MissingExtraError), connect(folder) as studio:
        known = layers(studio)
    _status(output, _plain(running), f"{head}\nIts log is {running.log}.", known)
    return 0


def _status(output: Output, server: dict[str, object], line: str, layers: list[LayerSummary] | None) -> None:
    """Print where the server is, and the layers on it; None if nothing here can ask for them."""

    def text() -> None:
        echo(line)
        for layer in layers or ():
            work = f"{counted(layer.tasks, 'article')}, {layer.annotated} with work"
            what = f"decides between {', '.join(layer.adjudicates)}" if layer.adjudicates else f"stage {layer.stage}"
            echo(f"  {layer.layer}: {what}, {layer.lang}; {work}: {layer.url}")
        if layers is None:
            echo('To see its layers: pip install "vinese[studio]"')
        elif not layers:
            echo("It has no layer yet: vinese studio push --layer NAME")

    output.result({"running": True, **server, "layers": layers}, text)


@click.command()
@data_dir_option
@json_option
def password(*, folder: StudioFolder, output: Output) -> int:
    """Show the name and password to log in with; this is the one command that prints a secret.

    Example: vinese studio password
    """
    secrets = read_secrets(folder)
    login = {"username": secrets.username, "password": secrets.password}
    output.result(login, lambda: echo("\n".join(login.values())))
    return 0


for verb in (up, down, status, password, invite, assign, push, pull, progress_, adjudicate):
    command.add_command(verb)
