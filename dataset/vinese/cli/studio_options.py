"""The options that several verbs of `vinese studio` take."""

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
stage_option = click.option(
    "--stage",
    type=click.Choice(["all", "entities", "events", "stance"]),
    help="What the screen is for; a later stage shows the work of the earlier ones. Stages only go forward. By "
    "default what the project has; all when it is made.",
)
lang_option = click.option(
    "--lang",
    type=click.Choice(["vi", "en"]),
    help="The language of the screen; by default what the project has, at first vi for texts in Vietnamese.",
)
articles_option = click.option(
    "--articles",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False),
    help="Only the articles whose ids this file has, one a line. What a layer has already stays.",
)
sample_option = click.option(
    "--sample",
    type=click.IntRange(min=1),
    metavar="N",
    help="Only N articles, those that the seed chooses; a larger sample holds the smaller one.",
)
seed_option = click.option(
    "--seed", type=int, default=0, show_default=True, metavar="S", help="What a choice by chance follows from."
)
