"""Offer `vinese studio push`."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import click
import msgspec

from vinese.cli.common import json_option, print_issues, print_json, project_option
from vinese.cli.progress import drawn
from vinese.cli.studio.options import data_dir_option, layer_option, url_option
from vinese.core.issues import has_errors
from vinese.core.project import Project

if TYPE_CHECKING:
    from vinese.generate.label_config import Stage
    from vinese.model.ontology import Language
    from vinese.studio.folder import StudioFolder
    from vinese.studio.push import Pushed


@click.command(name="push")
@layer_option
@click.option(
    "--stage",
    type=click.Choice(["all", "entities", "events", "stance"]),
    help="What the screen is for; a later stage shows the work of the earlier ones. Stages only go forward. By "
    "default what the project has; all when it is made.",
)
@click.option(
    "--lang",
    type=click.Choice(["vi", "en"]),
    help="The language of the screen; by default what the project has, vi when it is made.",
)
@click.option(
    "--suggest",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help="Predictions or documents (JSON or JSON lines) that annotators can take, change or leave; or a pulled "
    "layer, of which what the project lost comes back.",
)
@click.option("--update-config", is_flag=True, help="Replace a configuration that was changed by hand on the server.")
@project_option
@data_dir_option
@url_option
@json_option
def command(  # one a command-line option  # noqa: PLR0917
    layer: str,
    stage: str | None,
    lang: str | None,
    suggest: str | None,
    update_config: bool,
    project: Project,
    folder: StudioFolder,
    url: str | None,
    as_json: bool,
) -> int:
    """Make the project of a layer and send it the articles; what is there already stays as it is.

    Example: vinese studio push --layer trial
    """
    from vinese.studio.push import push

    with drawn(lines=True) as progress:
        pushed = push(
            layer,
            project=project,
            folder=folder,
            url=url,
            stage=cast("Stage | None", stage),
            lang=cast("Language | None", lang),
            suggest=suggest,
            update_config=update_config,
            progress=progress,
        )
    if as_json:
        result = msgspec.to_builtins(pushed)
        issues = result.pop("issues")
        print_json({"pushed": result, "issues": issues})
    else:
        print_issues(pushed.issues)
        _print(pushed, suggested=suggest is not None)
    return 1 if has_errors(pushed.issues) else 0


def _print(pushed: Pushed, *, suggested: bool) -> None:
    stage = _change(pushed.stage_before, pushed.stage)
    lang = _change(pushed.lang_before, pushed.lang)
    click.echo(f"Layer {pushed.layer}, stage {stage}, language {lang}: project {pushed.screen}.")
    new = f"{pushed.accepted} of {pushed.sent} new ones were accepted" if pushed.sent else "none is new"
    click.echo(f"{pushed.there} articles were there, {new}.")
    if suggested:
        taken = f"{pushed.suggestions_accepted} of {pushed.suggested} new suggestions were accepted"
        click.echo(f"{taken if pushed.suggested else 'No suggestion is new'}.")
    click.echo(f"Open {pushed.url}")


def _change(before: str | None, now: str) -> str:
    return now if before in {None, now} else f"{before} -> {now}"
