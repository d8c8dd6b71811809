"""`vinese convert`: turn an export into documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from vinese.cli.common import (
    FEW,
    SOURCE,
    Output,
    all_option,
    echo,
    json_option,
    project_option,
    repair_option,
    workers_options,
)
from vinese.core.errors import VineseError
from vinese.core.printable import counted
from vinese.core.project import Project
from vinese.core.urls import is_url, shown


@click.command(epilog="Example: vinese convert annotations/exports/gold.json --out gold.jsonl")
@click.argument("file", metavar="FILE", type=SOURCE)
@click.option(
    "--out", metavar="FILE.jsonl", default="-", show_default=True, help="Where to write; - is standard output."
)
@click.option(
    "--layer", metavar="NAME", help="The layer's name; by default the export's file name without its suffix."
)
@all_option
@repair_option
@workers_options
@json_option
@project_option
def command(*, file: str | Path, out: str, everything: bool, output: Output, project: Project, **options: Any) -> int:
    """Turn a Label Studio export into documents, one a line (JSON Lines); as FILE, - is standard input.

    FILE and --out may be URLs, such as https:// (read only), s3:// or gs://.

    Whatever is not sound is left out and reported on standard error. Where errors leave no document at all, what was
    at --out stays. With --json the report goes to standard output, unless the documents do. Ends with 1 if there is
    any error.
    """
    from vinese.formats.convert import Converted, convert_file

    output.limit, output.all_by = None if everything else FEW, "--all or --json"
    output.envelope_to_stderr = output.as_json and out == "-"
    try:
        converted = convert_file(file, out, project, report=output.issue, **options)
    except VineseError as error:
        output.end_of_file()
        output.result(Converted(shown(file), problem=error.message))
        raise
    output.end_of_file()
    line = _summary(converted.file, converted.out, converted.documents, shown(out))
    output.result(converted, lambda: echo(line, err=True))
    return 1 if converted.error else 0


def _summary(file: str, written: str | None, documents: int, out: str) -> str:
    """Return what was written where."""
    if written is None:
        rest = f"{out} stays as it was" if is_url(out) or Path(out).exists() else f"{out} was not made"
        return f"wrote nothing: {file} gives no document; {rest}"
    place = "" if out == "-" else f" to {out}"
    return f"wrote {counted(documents, 'document')}{place}"
