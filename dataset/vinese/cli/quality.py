"""Print what `vinese.corpus.quality` knows of the passes over a layer, and record that some were made again."""

from __future__ import annotations

import click

from vinese.cli.common import json_option, print_issues, print_json, project_option
from vinese.core.project import Project


@click.command(epilog="Example: vinese quality --repeated completeness --repeated structure")
@click.option(
    "--repeated",
    "repeated",
    multiple=True,
    metavar="PASS",
    help="Record that you made this pass again, of the layer as it is now; once for each pass.",
)
@project_option
@json_option
def command(repeated: tuple[str, ...], project: Project, as_json: bool) -> int:
    """Say of which state of a layer the passes in annotations/quality.json were made.

    A pass is of the export that it looked at; when the layer changes, the card says that it was of an earlier state.
    Whoever has made it again corrects its figures in the file and says so with --repeated: that is no command to run
    for a clean report. The error hunt is called error_hunt.
    """
    from vinese.corpus.quality import renew, report

    found = renew(project, repeated) if repeated else report(project)
    if as_json:
        print_json(found)
        return 0
    print_issues(found.issues)
    if found.layer is None:
        click.echo("No file says that anybody looked the layer over.")
    for one in found.passes:
        unknown = one.state == "not recorded"
        click.echo(f"{one.name}: {'a state that is not recorded' if unknown else one.state} of {found.layer}")
    if found.renewed:
        click.echo(f"Recorded as made again: {', '.join(found.renewed)}.")
    return 0
