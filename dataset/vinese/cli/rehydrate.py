"""`vinese rehydrate`: put the text back into a dataset without it."""

from __future__ import annotations

import click

from vinese.cli.common import Output, echo, folder, json_option


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
def command(source: str, articles: str, out: str | None, output: Output) -> int:
    """Put the text back into a dataset that was published without it.

    Every copy is checked by its hash; if one is missing or differs, nothing is written.

    Example: vinese rehydrate vinese --articles annotations/articles
    """
    from vinese.hub.rehydrate import rehydrate

    published = folder(source)
    target = folder(out) if out else published.absolute().with_name(f"{published.absolute().name}-full")
    report = rehydrate(published, folder(articles), target)

    def text() -> None:
        if report.out is None:
            echo("Nothing was written: see the errors above.", err=True)
        else:
            echo(f"{report.out}: {report.files} files with the text of {report.articles} articles")

    output.issues(report.issues)
    output.result(report, text)
    return output.code
