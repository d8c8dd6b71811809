"""Offer `vinese studio adjudicate`."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import click
import msgspec

from vinese.cli.common import json_option, print_issues, print_json, project_option
from vinese.cli.progress import drawn
from vinese.cli.studio.options import data_dir_option, url_option
from vinese.core.issues import has_errors
from vinese.core.project import Project

if TYPE_CHECKING:
    from vinese.model.ontology import Language
    from vinese.studio.adjudicate import Adjudicated
    from vinese.studio.folder import StudioFolder


@click.command(name="adjudicate")
@click.argument("layers", nargs=-1, metavar="LAYER LAYER...")
@click.option(
    "--into", required=True, metavar="NAME", help="The layer to decide; the adjudicated one is called gold."
)
@click.option(
    "--lang", type=click.Choice(["vi", "en"]), help="The language of the screen; by default what it is, first vi."
)
@click.option("--update-config", is_flag=True, help="Replace a configuration that was changed by hand on the server.")
@project_option
@data_dir_option
@url_option
@json_option
def command(  # one a command-line option  # noqa: PLR0917
    layers: tuple[str, ...],
    into: str,
    lang: str | None,
    update_config: bool,
    project: Project,
    folder: StudioFolder,
    url: str | None,
    as_json: bool,
) -> int:
    """Make a project in which one person decides where layers differ; what all agree on is accepted already.

    LAYER is the name of an export in annotations/exports/, or the path of an export (.json) or of documents (.jsonl).
    When the work is done, fetch it with: vinese studio pull --layer NAME

    Example: vinese studio adjudicate first second --into gold
    """
    from vinese.studio.adjudicate import adjudicate

    with drawn(lines=True) as progress:
        done = adjudicate(
            layers,
            into,
            project=project,
            folder=folder,
            url=url,
            lang=cast("Language | None", lang),
            update_config=update_config,
            progress=progress,
        )
    if as_json:
        result = msgspec.to_builtins(done)
        issues = result.pop("issues")
        print_json({"adjudication": result, "issues": issues})
    else:
        print_issues(done.issues)
        _print(done)
    return 1 if has_errors(done.issues) else 0


def _print(done: Adjudicated) -> None:
    click.echo(f"Layer {done.layer} from {', '.join(done.layers)}: project {done.screen}.")
    new = f"{done.accepted} of {done.sent} new ones were accepted" if done.sent else "none is new"
    click.echo(f"{done.there} articles were there, {new}.")
    if done.mended:
        click.echo(f"{done.mended} suggestions were missing and sent.")
    click.echo(f"Articles: {done.articles}; agreed: {done.agreed}; to decide: {done.to_decide}.")
    click.echo(f"Open {done.url}")
