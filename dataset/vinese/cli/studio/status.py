"""Offer `vinese studio status`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from vinese.cli.common import json_option, print_json
from vinese.cli.studio.options import data_dir_option
from vinese.cli.studio.up import running_json

if TYPE_CHECKING:
    from vinese.studio.folder import StudioFolder


@click.command(name="status")
@data_dir_option
@json_option
def command(folder: StudioFolder, as_json: bool) -> int:
    """Say whether Label Studio runs, and where; exit 0 if it does, 1 if not.

    Example: vinese studio status
    """
    from vinese.studio.server import status  # noqa: PLC0415

    running = status(folder)
    if as_json:
        print_json({"running": running is not None, **(running_json(running) if running else {})})
    elif running is None:
        click.echo(f"No Label Studio runs in {folder.path}.")
    else:
        click.echo(f"Label Studio {running.version} runs at {running.url} (process {running.pid}).")
        click.echo(f"Its log is {running.log}.")
    return 0 if running else 1
