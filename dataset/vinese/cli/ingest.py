"""`vinese ingest`: turn scraped pages into articles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import click

from vinese.cli.common import Output, echo, json_option, project_option, workers_options
from vinese.cli.progress import drawn
from vinese.core.project import Project

_EXAMPLE = """\b
Examples:
  vinese ingest pages/*.txt
  vinese ingest pages/*.html
  vinese ingest pages/017_vov.txt --zones reviewed.tsv

Each FILE is one scraped page: its text, UTF-8, one paragraph a line, named *.txt, or its HTML, named *.html, which
needs the extra `html`; its name gives the article its id. Where the rules are unsure what a line is, the article says
so in needs_review."""


@click.command("ingest", epilog=_EXAMPLE)
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path())
@click.option("--zones", metavar="TSV", type=click.Path(), help="Zones that a person reviewed: file, line, zone.")
@click.option(
    "--replace", is_flag=True, help="Let a page take the place of another with its id, or of its own zones."
)
@workers_options
@project_option
@json_option
def command(*, files: tuple[str, ...], project: Project, output: Output, **options: Any) -> int:
    """Turn scraped pages into articles: clean text, every line's zone, and where it came from."""
    from vinese.ingest.run import ingest_files

    outcomes = []
    try:
        with drawn() as progress:
            for number, outcome in enumerate(ingest_files(files, project, **options), 1):
                progress("ingesting", number, len(files))
                outcomes.append(outcome)
    finally:  # what was done before a disk filled up is told all the same
        output.result(outcomes, lambda: _print(outcomes))
        output.issues(issue for outcome in outcomes for issue in outcome.issues)
        counts = Counter(outcome.status for outcome in outcomes)
        if counts and not output.as_json:
            summary = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
            echo(f"{summary}; in {project.articles}")
    return int(any(outcome.status == "refused" for outcome in outcomes))


def _print(outcomes: Sequence[Any]) -> None:
    """Print a line for each file."""
    width = max((len(outcome.article_id or outcome.file) for outcome in outcomes), default=0)
    for outcome in outcomes:
        echo(_line(outcome, width))


def _line(outcome: Any, width: int) -> str:
    """Return what became of one file as a line."""
    head = f"{outcome.status:<9}  {outcome.article_id or outcome.file:<{width}}"
    if outcome.status == "refused":
        return f"{head}  {', '.join(dict.fromkeys(issue.code for issue in outcome.issues))}"
    zones = ", ".join(f"{zone} {count}" for zone, count in outcome.zones.items())
    review = ", ".join(dict.fromkeys(doubt.code for doubt in outcome.needs_review))
    tail = f"  needs review: {review}" if review else ""
    return f"{head}  {outcome.sentences:>3} sentences  {outcome.zoning:<8}  {zones}{tail}"
