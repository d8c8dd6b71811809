"""Run `vinese ingest`."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from vinese.cli.common import json_option, print_issues, print_json, project_option
from vinese.core.project import Project

if TYPE_CHECKING:
    from vinese.ingest.run import Outcome

_EXAMPLE = """\b
Examples:
  vinese ingest pages/*.txt
  vinese ingest pages/017_vov.txt --zones reviewed.tsv

Each FILE is the text of one scraped page, UTF-8, one paragraph a line, named *.txt; its name gives the article its
id. Where the rules are unsure what a line is, the article says so in needs_review."""


@click.command("ingest", epilog=_EXAMPLE)
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path())
@click.option("--zones", metavar="TSV", type=click.Path(), help="Zones that a person reviewed: file, line, zone.")
@click.option(
    "--replace", is_flag=True, help="Let a page take the place of another with its id, or of its own zones."
)
@project_option
@json_option
def command(files: tuple[str, ...], zones: str | None, replace: bool, project: Project, as_json: bool) -> int:
    """Turn scraped pages into articles: clean text, every line's zone, and where it came from."""
    from vinese.ingest.run import ingest_files

    outcomes: list[Outcome] = []
    try:
        outcomes.extend(_with_progress(ingest_files(files, project, zones=zones, replace=replace), len(files)))
    finally:  # what was done before a disk filled up is told all the same
        if as_json:
            print_json(outcomes)
        else:
            _print(outcomes, str(project.articles))
    return int(any(outcome.status == "refused" for outcome in outcomes))


def _with_progress(outcomes: Iterator[Outcome], total: int) -> Iterator[Outcome]:
    """Pass the outcomes on, with a bar on a terminal once they have taken more than a second."""
    begun = time.monotonic()
    for done, outcome in enumerate(outcomes, 1):
        yield outcome
        if time.monotonic() - begun > 1 and sys.stderr.isatty():
            yield from _bar(outcomes, done, total)


def _bar(outcomes: Iterator[Outcome], done: int, total: int) -> Iterator[Outcome]:
    """Pass the rest of the outcomes on and draw a bar."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("ingest", total=total, completed=done)
        for outcome in outcomes:
            yield outcome
            progress.advance(task)


def _print(outcomes: list[Outcome], folder: str) -> None:
    """Print a line per file, the issues, and a summary."""
    width = max((len(outcome.article_id or outcome.file) for outcome in outcomes), default=0)
    for outcome in outcomes:
        click.echo(_line(outcome, width))
    for outcome in outcomes:
        print_issues(outcome.issues)
    counts = Counter(outcome.status for outcome in outcomes)
    if counts:
        click.echo(", ".join(f"{count} {status}" for status, count in sorted(counts.items())) + f"; in {folder}")


def _line(outcome: Outcome, width: int) -> str:
    """Return what became of one file as a line."""
    head = f"{outcome.status:<9}  {outcome.article_id or outcome.file:<{width}}"
    if outcome.status == "refused":
        return f"{head}  {', '.join(dict.fromkeys(found.code for found in outcome.issues))}"
    zones = ", ".join(f"{zone} {count}" for zone, count in outcome.zones.items())
    review = ", ".join(dict.fromkeys(doubt.code for doubt in outcome.needs_review))
    tail = f"  needs review: {review}" if review else ""
    return f"{head}  {outcome.sentences:>3} sentences  {outcome.zoning:<8}  {zones}{tail}"
