"""Print what `vinese.corpus.splitting` finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from vinese.cli.common import json_option, one_mode, print_issues, print_json, project_option
from vinese.core.project import Project

if TYPE_CHECKING:
    from vinese.corpus.splits import Count
    from vinese.corpus.splitting import SplitsReport


@click.command(epilog="Example: vinese splits --update")
@click.option("--check", is_flag=True, help="Search, and compare with the files (the default).")
@click.option("--update", is_flag=True, help="Give new articles a place, and save the audit.")
@project_option
@json_option
def command(check: bool, update: bool, project: Project, as_json: bool) -> int:
    """Keep articles that repeat each other in one split and one fold.

    Near-duplicates are searched for among all articles. annotations/splits.json says where each article belongs, and
    no article in it is ever moved; annotations/leakage.json has the audit that the card prints. Needs: pip install
    "vinese[splits]".
    """
    from vinese.corpus import splitting as splits

    report = splits.update(project) if one_mode(check=check, update=update) == "update" else splits.check(project)
    if as_json:
        print_json(report)
    else:
        print_issues(report.issues)
        _print(report)
    return 0 if report.sound else 1


def _print(report: SplitsReport) -> None:
    found = report.audit
    sizes = ", ".join(f"{name} {number:,}" for name, number in report.splits.items())
    click.echo(f"{found.articles:,} articles in {found.groups:,} groups: {sizes or 'none has a place'}")
    if report.added:
        click.echo(f"added {len(report.added):,}: {', '.join(report.added[:10])}{', …' * (len(report.added) > 10)}")
    for name, counted in _counts(report):
        click.echo(f"  articles that repeat another{name}: {counted.exact:,} exactly, {counted.near:,} nearly")


def _counts(report: SplitsReport) -> list[tuple[str, Count]]:
    found = report.audit
    return [
        ("", found.repeated),
        (" of another split", found.across_splits),
        (" of another fold", found.across_folds),
    ]
