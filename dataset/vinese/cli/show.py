"""`vinese show`: print an article with a layer's annotation."""

from __future__ import annotations

from typing import Literal

import click

from vinese.cli.common import Output, echo, json_option, project_option
from vinese.core.project import Project

Colors = Literal["standard", "256", "truecolor"]
_WIDEST = 120


@click.command("show")
@click.argument("article")
@click.option(
    "--layer",
    metavar="NAME",
    help="A layer, or a file of documents or predictions; by default gold, or the only layer.",
)
@click.option("--width", type=click.IntRange(min=20), help=f"Columns; by default the terminal's, {_WIDEST} at most.")
@project_option
@json_option
def command(*, article: str, layer: str | None, width: int | None, project: Project, output: Output) -> int:
    """Print an article with a layer's annotation: marks in the text, arguments and holders below each sentence.

    ARTICLE is an id, or enough of its beginning. Colours are those of the ontology; without a terminal, or with
    NO_COLOR set, there are none, and with FORCE_COLOR=1 they stay in a pipe (to less -R).

    Example: vinese show 004 --layer gold
    """
    from rich.console import Console

    from vinese.formats.find import find_document
    from vinese.model.ontology_file import load_ontology
    from vinese.render.article import render_article

    shown = find_document(project, article, layer)
    output.issues(shown.issues)
    document = shown.document
    if document is None:
        line = f"Nothing of {shown.article_id} can be shown: see the errors above."
        output.result(None, lambda: echo(line, err=True))
        return output.code
    console = Console()
    color_systems: dict[str | None, Colors] = {"standard": "standard", "256": "256", "truecolor": "truecolor"}
    colors = None if console.no_color else color_systems.get(console.color_system)
    columns = width or min(console.width, _WIDEST)
    output.result(
        document,
        lambda: click.echo(
            render_article(document, load_ontology(project), width=columns, colors=colors), color=True, nl=False
        ),
    )
    return output.code
