"""Turn an export into documents."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vinese.cli.common import project_option

if TYPE_CHECKING:
    from vinese.issues import Issue
    from vinese.resources import Project


@click.command(epilog="Example: vinese convert annotations/exports/gold.json --out gold.jsonl")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--out", metavar="FILE.jsonl", default="-", show_default=True, help="Where to write; - is standard output."
)
@click.option(
    "--layer", metavar="NAME", help="The layer's name; by default the export's file name without its suffix."
)
@project_option
def command(file: Path, out: str, layer: str | None, project: Project) -> int:
    """Turn a Label Studio export into documents, one a line (JSON Lines).

    Whatever is not sound is left out and reported on standard error. Ends with 1 if there is any error.
    """
    from vinese.cli.report import TextReport  # noqa: PLC0415
    from vinese.convert import convert_layer, write_documents  # noqa: PLC0415
    from vinese.files import replacing  # noqa: PLC0415

    report = TextReport(limit=10, err=True)
    errors = 0

    def tell(found: Issue) -> None:
        nonlocal errors
        errors += found.level == "error"
        report.issue(found)

    documents = convert_layer(file, project, layer=layer)
    if out == "-":
        count = write_documents(documents, sys.stdout.buffer, tell)
        sys.stdout.buffer.flush()
    else:
        with replacing(out) as target:
            count = write_documents(documents, target, tell)
    report.end()
    place = "" if out == "-" else f" to {out}"
    click.echo(f"wrote {count:,} {'document' if count == 1 else 'documents'}{place}", err=True)
    return 1 if errors else 0
