"""Turn an export into documents."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from vinese.cli.common import json_option, project_option
from vinese.core.errors import VineseError
from vinese.core.project import Project

if TYPE_CHECKING:
    from vinese.formats.convert import Converted


@click.command(epilog="Example: vinese convert annotations/exports/gold.json --out gold.jsonl")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--out", metavar="FILE.jsonl", default="-", show_default=True, help="Where to write; - is standard output."
)
@click.option(
    "--layer", metavar="NAME", help="The layer's name; by default the export's file name without its suffix."
)
@click.option("--all", "everything", is_flag=True, help="Print every issue, however often the same check fails.")
@json_option
@project_option
def command(*, file: Path, out: str, layer: str | None, everything: bool, as_json: bool, project: Project) -> int:
    """Turn a Label Studio export into documents, one a line (JSON Lines); as FILE, - is standard input.

    Whatever is not sound is left out and reported on standard error. Where errors leave no document at all, what was
    at --out stays. With --json the report goes to standard output, unless the documents do. Ends with 1 if there is
    any error.
    """
    from vinese.cli.report import JsonReport, TextReport
    from vinese.formats.convert import Converted, convert_file

    limit = None if everything else 10
    with JsonReport(err=out == "-") if as_json else TextReport(limit, err=True) as report:
        try:
            told = convert_file(file, out, project, layer=layer, report=report.issue)
        except VineseError as error:
            report.failed(Converted(str(file)), error)
            return 2
        report.done(told)
        if not as_json:
            click.echo(_summary(told, out), err=True)
    return 1 if told.error else 0


def _summary(told: Converted, out: str) -> str:
    """Say what was written where."""
    if told.out is None:
        rest = f"{out} stays as it was" if Path(out).exists() else f"{out} was not made"
        return f"wrote nothing: {told.file} gives no document; {rest}"
    place = "" if out == "-" else f" to {out}"
    return f"wrote {told.documents:,} {'document' if told.documents == 1 else 'documents'}{place}"
