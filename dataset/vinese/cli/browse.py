"""`vinese browse`: write a page to look at layers and predictions with."""

from __future__ import annotations

from pathlib import Path

import click

from vinese.cli.common import FEW, Output, echo, json_option, project_option
from vinese.cli.progress import drawn
from vinese.core.printable import counted
from vinese.core.project import Project


@click.command("browse")
@click.argument("layers", nargs=-1, metavar="[LAYER|PREDICTIONS ...]")
@click.option(
    "--out",
    metavar="DIR",
    default="site",
    show_default=True,
    type=click.Path(path_type=Path),
    help="The folder to make, or to make again.",
)
@project_option
@json_option
def command(*, layers: tuple[str, ...], out: Path, project: Project, output: Output) -> int:
    """Write a page to look at annotation with: layers, or gold and systems, side by side on the text.

    It has filters by label, polarity, modality and kind of error, a search, counts, and a link to each item; in
    Vietnamese and English, for the keyboard and for a telephone. Any browser opens it from the disk, and it asks
    nothing of a network. It holds the articles' words: mind their rights before you put it on a server.

    LAYER is the name of an export in annotations/exports/, or the path of an export, of documents or of predictions.
    Without any it is gold, or the only layer; gold is put beside predictions that are given alone. A system has no
    errors in kinds of items that it predicts nowhere.

    Example: vinese browse gold predictions.jsonl --out site
    """
    from vinese.render.browse import browse

    with drawn() as progress:
        report = browse(layers, out, project, progress=progress)
    output.limit = FEW
    output.issues(report.issues)

    def text() -> None:
        if report.page is None:
            echo("Nothing was written: see the errors above.", err=True)
            return
        differences = f", {counted(report.disagreements, 'difference')}" if len(report.layers) > 1 else ""
        echo(f"{report.page}: {counted(report.articles, 'article')} of {', '.join(report.layers)}{differences}")

    output.result(report, text)
    return output.code
