"""Print what `vinese.corpus.words` finds and makes."""

from __future__ import annotations

import click

from vinese.cli.common import json_option, one_mode, print_issues, print_json, project_option
from vinese.core.project import Project


@click.command(epilog="Example: vinese words --update")
@click.option("--check", is_flag=True, help="Tell whose words are missing (the default).")
@click.option("--update", is_flag=True, help="Make those that are missing or of another text.")
@project_option
@json_option
def command(check: bool, update: bool, project: Project, as_json: bool) -> int:
    """Keep the words of the articles, which the config entities_words is made from.

    They stand in annotations/words/, so that a build needs no segmenter. Only --update does: pip install
    "vinese[words]".
    """
    from vinese.corpus import words

    report = words.update(project) if one_mode(check=check, update=update) == "update" else words.check(project)
    if as_json:
        print_json(report)
    else:
        print_issues(report.issues)
        for one in report.written:
            click.echo(f"wrote annotations/words/{one}.json")
        click.echo(f"{report.words:,} words in {report.articles:,} articles.")
    return 1 if report.issues else 0
