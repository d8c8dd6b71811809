"""Offer `vinese studio up`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from vinese.cli.common import json_option, print_json
from vinese.cli.progress import drawn
from vinese.cli.studio.options import data_dir_option, url_option
from vinese.core.errors import UsageError

if TYPE_CHECKING:
    from vinese.studio.folder import StudioFolder
    from vinese.studio.server import Running


@click.command(name="up")
@data_dir_option
@click.option("--port", type=int, metavar="N", help="Listen on 127.0.0.1:N (default: 8080); a busy port is an error.")
@click.option(
    "--server-env",
    metavar="DIR",
    type=click.Path(file_okay=False),
    help="Use this environment, which has the server already (or set VINESE_STUDIO_ENV); it is not changed.",
)
@url_option
@json_option
def command(folder: StudioFolder, port: int | None, server_env: str | None, url: str | None, as_json: bool) -> int:
    """Start Label Studio on this machine, from nothing, or find the one that runs.

    It gets an environment, a database and secrets of its own, listens on 127.0.0.1 only and sends nothing out. With
    --url nothing is started: the server there is checked.

    Example: vinese studio up --port 8090
    """
    if url is not None:
        if port is not None or server_env is not None:
            raise UsageError("--url names a server that runs already.", "Leave out --port and --server-env.")
        return _check(folder, url, as_json=as_json)
    from vinese.studio.server import up

    with drawn(lines=True) as progress:
        running = up(folder, port=port, server_env=server_env, progress=progress)
    print_json(running_json(running)) if as_json else _print(running)
    return 0


def _check(folder: StudioFolder, url: str, *, as_json: bool) -> int:
    from vinese.studio.connection import connect

    with connect(folder, url) as studio:
        if as_json:
            print_json({"url": studio.url, "version": studio.version})
        else:
            click.echo(f"Label Studio {studio.version} at {studio.url} takes the token.")
    return 0


def running_json(running: Running) -> dict[str, object]:
    """Return what a program may want to know of the server; no secrets, but where they are."""
    return {
        "url": running.url,
        "port": running.port,
        "pid": running.pid,
        "version": running.version,
        "started": running.started,
        "username": running.username,
        "secrets": str(running.secrets),
        "log": str(running.log),
    }


def _print(running: Running) -> None:
    done = "is up" if running.started else "runs already"
    click.echo(f"Label Studio {running.version} {done}: {running.url}")
    click.echo(
        f"Log in as {running.username}; the password is in {running.secrets} (vinese studio password shows it)."
    )
    click.echo("Next: vinese studio push --layer NAME")
