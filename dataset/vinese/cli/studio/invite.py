"""Offer `vinese studio invite`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from vinese.cli.studio.options import data_dir_option, url_option

if TYPE_CHECKING:
    from vinese.studio.folder import StudioFolder


@click.command(name="invite")
@data_dir_option
@url_option
def command(folder: StudioFolder, url: str | None) -> int:
    """Show the link with which an annotator makes an own account; without it nobody can sign up.

    Whoever has the link can sign up, so hand it to annotators only. Each annotator needs an own account: pulled
    layers tell annotators apart by it.

    Example: vinese studio invite
    """
    from vinese.studio.connection import connect, invitation

    with connect(folder, url) as studio:
        click.echo(invitation(studio))
    return 0
