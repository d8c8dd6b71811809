"""Offer `vinese studio pull`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from vinese.cli.common import json_option, print_issues, print_json, project_option
from vinese.cli.progress import progress
from vinese.cli.studio.options import data_dir_option, layer_option, url_option
from vinese.issues import Issue, has_errors

if TYPE_CHECKING:
    from vinese.resources import Project
    from vinese.studio.folder import StudioFolder
    from vinese.studio.pull import Pulled


@click.command(name="pull")
@layer_option
@click.option(
    "--out", metavar="FILE", type=click.Path(dir_okay=False), help="Default: annotations/exports/NAME.json."
)
@click.option(
    "--accept", is_flag=True, help="Write the file although there are errors: work that is gone, unknown labels."
)
@project_option
@data_dir_option
@url_option
@json_option
def command(  # noqa: PLR0917  # one a command-line option
    layer: str,
    out: str | None,
    accept: bool,
    project: Project,
    folder: StudioFolder,
    url: str | None,
    as_json: bool,
) -> int:
    """Fetch the work of a layer into one file, without personal data; unchanged work is unchanged bytes.

    Example: vinese studio pull --layer trial
    """
    from vinese.studio.pull import pull  # noqa: PLC0415

    issues: list[Issue] = []
    with progress() as report:
        pulled = pull(
            layer,
            issues,
            project=project,
            folder=folder,
            url=url,
            out=Path(out) if out else None,
            accept=accept,
            report=report,
        )
    if as_json:
        print_json({"pulled": pulled, "issues": [msgspec.to_builtins(found) for found in issues]})
    else:
        print_issues(issues)
        _print(pulled, refused=has_errors(issues) and not accept)
    return 1 if has_errors(issues) else 0


def _print(pulled: Pulled, *, refused: bool) -> None:
    click.echo(
        f"Layer {pulled.layer}: {pulled.tasks} of {pulled.on_server} articles hold work, {pulled.annotations} "
        f"annotations ({pulled.cancelled} skipped) by {pulled.annotators} annotators, {pulled.drafts} drafts."
    )
    if refused:
        click.echo(f"{pulled.file} stays as it was; see the errors above.")
    else:
        click.echo(f"{pulled.file} {'was written' if pulled.written else 'is unchanged'}.")
