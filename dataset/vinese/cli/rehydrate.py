"""Print what `vinese.hub.rehydrate` does."""

from __future__ import annotations

from pathlib import Path

import click

from vinese.cli.common import folder, json_option, print_issues, print_json
from vinese.core.issues import has_errors


@click.command()
@click.argument("source", metavar="DIR", type=click.Path(exists=True, file_okay=False))
@click.option(
    "--articles",
    metavar="FOLDER",
    required=True,
    type=click.Path(exists=True, file_okay=False),
    help="Your own copies of the articles, as vinese ingest writes them.",
)
@click.option("--out", metavar="DIR", help="The folder to make; by default DIR with -full added.")
@json_option
def command(source: str, articles: str, out: str | None, as_json: bool) -> int:
    """Put the text back into a dataset that was published without it.

    Every copy is checked by its hash; if one is missing or differs, nothing is written.

    Example: vinese rehydrate vinese --articles annotations/articles
    """
    from vinese.hub.rehydrate import rehydrate

    report = rehydrate(folder(source), folder(articles), folder(out) if out else _beside(folder(source)))
    if as_json:
        print_json(report)
    else:
        print_issues(report.issues)
        if report.out is None:
            click.echo("Nothing was written: see the errors above.", err=True)
        else:
            click.echo(f"{report.out}: {report.files} files with the text of {report.articles} articles")
    return 1 if has_errors(list(report.issues)) else 0


def _beside(source: Path) -> Path:
    return source.absolute().with_name(f"{source.absolute().name}-full")
