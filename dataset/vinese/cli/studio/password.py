"""Offer `vinese studio password`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from vinese.cli.studio.options import data_dir_option

if TYPE_CHECKING:
    from vinese.studio.folder import StudioFolder


@click.command(name="password")
@data_dir_option
def command(folder: StudioFolder) -> int:
    """Show the name and password to log in with; this is the one command that prints a secret.

    Example: vinese studio password
    """
    from vinese.studio.folder import read_secrets

    secrets = read_secrets(folder)
    click.echo(f"{secrets.username}\n{secrets.password}")
    return 0
