"""Offer `vinese studio pull`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from vinese.cli.common import json_option, print_issues, print_json, project_option
from vinese.cli.progress import drawn
from vinese.cli.studio.options import data_dir_option, layer_option, url_option
from vinese.core.issues import has_errors
from vinese.core.project import Project

if TYPE_CHECKING:
    from vinese.studio.folder import StudioFolder
    from vinese.studio.pull import Pulled


@click.command(name="pull")
@layer_option
@click.option(
    "--out", metavar="FILE", type=click.Path(dir_okay=False), help="Default: annotations/exports/NAME.json."
)
@click.option(
    "--accept",
    multiple=True,
    metavar="ARTICLE",
    help="Bring this article up to the server although work on it is gone, or it has other errors; give it again for "
    "more articles, or give all. Unknown labels need --accept-labels.",
)
@click.option("--accept-labels", is_flag=True, help="Write also articles that have labels which the ontology lacks.")
@project_option
@data_dir_option
@url_option
@json_option
def command(  # one a command-line option  # noqa: PLR0917
    layer: str,
    out: str | None,
    accept: tuple[str, ...],
    accept_labels: bool,
    project: Project,
    folder: StudioFolder,
    url: str | None,
    as_json: bool,
) -> int:
    """Fetch the work of a layer into one file, without personal data; unchanged work is unchanged bytes.

    An article whose work is gone from the server, or that has another error, stays in the file as it was; the others
    are written.

    Example: vinese studio pull --layer trial
    """
    from vinese.studio.pull import pull

    with drawn(lines=True) as progress:
        pulled = pull(
            layer,
            project=project,
            folder=folder,
            url=url,
            out=Path(out) if out else None,
            accept="all" in accept or accept,
            accept_labels=accept_labels,
            progress=progress,
        )
    if as_json:
        result = msgspec.to_builtins(pulled)
        issues = result.pop("issues")
        print_json({"pulled": result, "issues": issues})
    else:
        print_issues(pulled.issues)
        _print(pulled)
    return 1 if has_errors(pulled.issues) else 0


def _print(pulled: Pulled) -> None:
    click.echo(
        f"Layer {pulled.layer}: {pulled.tasks} of {pulled.on_server} articles hold work, {pulled.annotations} "
        f"annotations ({pulled.cancelled} skipped) by {pulled.annotators} annotators, {pulled.drafts} drafts."
    )
    if pulled.kept:
        click.echo(f"Not brought up to the server because of the errors above: {', '.join(pulled.kept)}.")
    if pulled.records:
        click.echo(f"{pulled.file} {'was written' if pulled.written else 'is unchanged'}.")
    else:
        click.echo(f"There is nothing to write; {pulled.file} {'was removed' if pulled.written else 'was not made'}.")
