"""Check files and print what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import click

from vinese.cli.common import json_option, project_option
from vinese.core.errors import VineseError
from vinese.core.project import Project


@click.command(
    epilog="Example: vinese validate annotations/exports/*.json",
)
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--layer", metavar="NAME", help="The name of the layer; by default each export's file name without suffix."
)
@click.option("--all", "everything", is_flag=True, help="Print every issue, however often the same check fails.")
@json_option
@project_option
def command(*, files: tuple[Path, ...], layer: str | None, everything: bool, as_json: bool, project: Project) -> int:
    """Check exports, documents, predictions or articles.

    What a file holds is told by its content; - is standard input. Issues are printed as they come, then a line for
    each file. After ten issues of one check in a file the rest are only counted, unless --all or --json is given.
    Ends with 1 if there is any error, with 2 if a file could not be read; the others are checked nevertheless.
    """
    from vinese.cli.report import JsonReport, TextReport
    from vinese.core.issues import Tally
    from vinese.formats.validate import validate_file

    ended = 0
    with JsonReport() if as_json else TextReport(limit=None if everything else 10) as report:
        for path in files:
            tally = Tally(str(path))
            try:
                report.file(tally, validate_file(path, project, layer=layer, tally=tally))
            except VineseError as error:
                report.failed(tally, error)
                ended = 2
            ended = max(ended, 1 if tally.error else 0)
    return ended
