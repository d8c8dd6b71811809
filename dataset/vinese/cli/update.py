"""`vinese update`: make stale kept files again."""

from __future__ import annotations

from typing import Any

import click

from vinese.cli.check import NAMES
from vinese.cli.common import Output, built_layer_option, echo, json_option, project_option, workers_options
from vinese.cli.progress import drawn
from vinese.core.project import Project

SHOWN = 10


@click.command(epilog=f"{NAMES}\n\nExample: vinese update words splits")
@click.argument("names", nargs=-1, metavar="[NAME...]")
@built_layer_option
@click.option(
    "--pass",
    "passes",
    multiple=True,
    metavar="PASS",
    help="With quality: record that you made this pass again, of the layer as it is now; once for each pass.",
)
@workers_options
@project_option
@json_option
def command(*, names: tuple[str, ...], project: Project, output: Output, **options: Any) -> int:
    """Make kept files that are stale again, in the order of what depends on what.

    Without a NAME this is whatever the project keeps; what it does not keep yet is made if it is named. What depends
    on data with errors is left out. Articles, layers and quality passes are made by people: they are checked only.

    Whoever has made a quality pass again corrects its figures in annotations/quality.json and then says so with
    quality --pass PASS: that is no command to run for a clean report. The error hunt is called error_hunt.
    """
    from vinese.release.check import update

    with drawn() as progress:
        report = update(*names, project=project, progress=progress, **options)

    def text() -> None:
        for path in report.written[:SHOWN]:
            echo(f"wrote {path}")
        if len(report.written) > SHOWN:
            echo(f"... and {len(report.written) - SHOWN} more files (--json lists them)")
        for name in report.left_out:
            echo(f"left out {name}: what it is made from has errors", err=True)
        for name in report.passes:
            echo(f"recorded as made again: {name}")
        if not (report.written or report.left_out or report.passes):
            echo("Nothing was written.")

    output.limit = SHOWN
    output.issues(report.issues)
    output.result(report, text)
    return output.code
