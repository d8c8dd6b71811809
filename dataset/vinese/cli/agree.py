"""`vinese agree`: measure how far layers agree, and list where they do not."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import click

from vinese.cli.common import FEW, Output, echo, json_option, project_option
from vinese.cli.progress import drawn
from vinese.core.project import Project


@click.command("agree")
@click.argument("layers", nargs=-1, metavar="[LAYER LAYER...]")
@project_option
@json_option
@click.option(
    "--html", metavar="FILE", type=click.Path(dir_okay=False), help="Write a page with the layers side by side."
)
@click.option(
    "--resamples", type=click.IntRange(0, 100_000), default=1000, show_default=True, help="Draws per interval."
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of the draws.")
@click.option(
    "--since", metavar="DAY", help="Only articles annotated since this day, as 2026-11-01, by their last layer."
)
@click.option(
    "--by",
    type=click.Choice(["batch", "week", "month"]),
    help="Show agreement over time, too: by the push that sent an article, or by when it was annotated.",
)
@click.option("--show", type=click.IntRange(min=0), default=20, show_default=True, help="Disagreements to print.")
def command(  # one a command-line option
    *,
    layers: tuple[str, ...],
    project: Project,
    output: Output,
    html: str | None,
    resamples: int,
    seed: int,
    since: str | None,
    by: Any,
    show: int,
) -> int:
    """Measure how far layers agree, with intervals, and list where they do not.

    LAYER is the name of an export in annotations/exports/, or the path of an export, of documents or of predictions;
    without any, the layers are those that annotations/layers.json calls independent. How far these agree is kept in
    annotations/agreement.json by vinese update agreement, with the same draws each time.

    Entities, triggers, arguments and opinions are compared by F1; polarity, attribution, modality and the judgements
    of whole articles by Krippendorff's alpha. Ends with 1 if a layer has errors; what is sound is compared all the
    same. Disagreements are no errors.

    Example: vinese agree first second --html agreement.html
    """
    from vinese.compare.agree import agree
    from vinese.compare.saved import independent
    from vinese.compare.store import named
    from vinese.core.files import refuse_input
    from vinese.render.agreement_page import write_agreement_page

    files = named(layers or independent(project), project)
    if html:
        refuse_input(html, files.values(), project)
    with drawn() as progress:
        report = agree(
            files,
            project,
            resamples=resamples,
            seed=seed,
            since=since,
            by=by,
            page=partial(write_agreement_page, Path(html).expanduser()) if html else None,
            progress=progress,
        )

    def text() -> None:
        from vinese.render.agreement_text import print_report
        from vinese.render.terminal import stdout_console

        print_report(report, stdout_console(), shown=show)
        if html:
            echo(f"\nWrote {html}")

    output.limit = FEW
    output.issues(report.issues)
    output.result(report, text)
    return output.code
