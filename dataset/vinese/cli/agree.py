"""`vinese agree`: say how far layers agree, and where they do not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from vinese.cli.common import json_option, print_issues, print_json, project_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vinese.issues import Issue
    from vinese.resources import Project

_FEW = 5


@click.command("agree")
@click.argument("layers", nargs=-1, metavar="LAYER LAYER...")
@project_option
@json_option
@click.option(
    "--html", metavar="FILE", type=click.Path(dir_okay=False), help="Write a page with the layers side by side."
)
@click.option(
    "--resamples", type=click.IntRange(0, 100_000), default=1000, show_default=True, help="Draws per interval."
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of the draws.")
@click.option("--show", type=click.IntRange(min=0), default=20, show_default=True, help="Disagreements to print.")
def command(
    *,
    layers: tuple[str, ...],
    project: Project,
    as_json: bool,
    html: str | None,
    resamples: int,
    seed: int,
    show: int,
) -> int:
    """Say how far layers agree, with intervals, and list where they do not.

    LAYER is the name of an export in annotations/exports/, or the path of an export (.json) or of documents (.jsonl).
    Entities, triggers, arguments and opinions are compared by F1; polarity, attribution, modality and the judgements
    of whole articles by Krippendorff's alpha. Ends with 1 if a layer has errors; what is sound is compared all the
    same. Disagreements are no errors.

    Example: vinese agree first second --html agreement.html
    """
    from rich.console import Console  # noqa: PLC0415

    from vinese.agree import agree, named  # noqa: PLC0415

    with Console(stderr=True).status("reading") as status:
        report = agree(
            named(layers, project),
            project,
            resamples=resamples,
            seed=seed,
            html=Path(html).expanduser() if html else None,
            progress=status.update,
        )
    errors = _issues(report.issues)
    if as_json:
        print_json(report)
    else:
        from vinese.agree.text import print_report  # noqa: PLC0415

        print_report(report, Console(), shown=show)
        if html:
            click.echo(f"\nWrote {html}")
    return 1 if errors else 0


def _issues(issues: Sequence[Issue]) -> int:
    """Print issues, of the articles that a layer lacks the first few only; return how many errors there were."""
    lacking = [found for found in issues if found.code == "agree-article-missing"]
    others = [found for found in issues if found.code != "agree-article-missing"]
    errors, _, _ = print_issues([*others, *lacking[:_FEW]])
    if len(lacking) > _FEW:
        click.echo(f"{len(lacking) - _FEW} more articles are not in every layer; --json lists them.", err=True)
    return errors
