"""Offer `vinese studio down`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from vinese.cli.studio.options import data_dir_option

if TYPE_CHECKING:
    from vinese.studio.folder import StudioFolder


@click.command(name="down")
@data_dir_option
def command(folder: StudioFolder) -> int:
    """Stop the Label Studio that `vinese studio up` started; its data stays.

    Example: vinese studio down
    """
    from vinese.studio.server import down

    click.echo("Label Studio is down; its data stays." if down(folder) else f"No Label Studio runs in {folder.path}.")
    return 0
