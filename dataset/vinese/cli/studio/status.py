"""Offer `vinese studio status`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from vinese.cli.common import json_option, print_json
from vinese.cli.studio.options import data_dir_option, url_option
from vinese.cli.studio.up import running_json

if TYPE_CHECKING:
    from vinese.studio.folder import StudioFolder


@click.command(name="status")
@data_dir_option
@url_option
@json_option
def command(folder: StudioFolder, url: str | None, as_json: bool) -> int:
    """Say whether Label Studio runs, and where; exit 0 if it does, 1 if not.

    With --url, say whether one answers there and takes the token; if not, the error says why (exit 2).

    Example: vinese studio status
    """
    if url is not None:
        return _elsewhere(folder, url, as_json=as_json)
    from vinese.studio.server import status

    running = status(folder)
    if as_json:
        print_json({"running": running is not None, **(running_json(running) if running else {})})
    elif running is None:
        click.echo(f"No Label Studio runs in {folder.path}.")
    else:
        click.echo(f"Label Studio {running.version} runs at {running.url} (process {running.pid}).")
        click.echo(f"Its log is {running.log}.")
    return 0 if running else 1


def _elsewhere(folder: StudioFolder, url: str, *, as_json: bool) -> int:
    from vinese.studio.connection import connect

    with connect(folder, url) as studio:
        if as_json:
            print_json({"running": True, "url": studio.url, "version": studio.version})
        else:
            click.echo(f"Label Studio {studio.version} answers at {studio.url} and takes the token.")
    return 0
