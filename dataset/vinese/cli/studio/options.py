"""Share the options of `vinese studio`."""

from __future__ import annotations

import click

from vinese.studio.folder import StudioFolder


def _folder(_ctx: click.Context, _param: click.Parameter, value: str | None) -> StudioFolder:
    return StudioFolder.at(value)


data_dir_option = click.option(
    "--data-dir",
    "folder",
    metavar="DIR",
    envvar="VINESE_STUDIO_DIR",
    callback=_folder,
    type=click.Path(file_okay=False),
    help="Where vinese keeps its Label Studio (default: ~/.local/share/vinese/studio, or VINESE_STUDIO_DIR).",
)
url_option = click.option(
    "--url",
    metavar="URL",
    help="Use the Label Studio that runs there; its token is taken from the variable VINESE_STUDIO_TOKEN.",
)
layer_option = click.option("--layer", required=True, metavar="NAME", help="The layer; one project holds it.")
