"""`vinese show`: print an article with a layer's annotation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from vinese.cli.common import json_option, print_issues, print_json, project_option
from vinese.core.issues import has_errors
from vinese.core.project import Project

if TYPE_CHECKING:
    from vinese.render.article import Colors

_WIDEST = 120


@click.command("show")
@click.argument("article")
@click.option("--layer", metavar="NAME", help="The layer to show; by default gold, or the only one there is.")
@click.option("--width", type=click.IntRange(min=20), help=f"Columns; by default the terminal's, {_WIDEST} at most.")
@project_option
@json_option
def command(*, article: str, layer: str | None, width: int | None, project: Project, as_json: bool) -> int:
    """Print an article with a layer's annotation: marks in the text, arguments and holders below each sentence.

    ARTICLE is an id, or enough of its beginning. Colours are those of the ontology; without a terminal, or with
    NO_COLOR set, there are none, and with FORCE_COLOR=1 they stay in a pipe (to less -R).

    Example: vinese show 004 --layer gold
    """
    from rich.console import Console

    from vinese.formats.find import find
    from vinese.model.ontology_file import load_ontology
    from vinese.render.article import render_article

    found = find(project, article, layer)
    print_issues(found.issues)
    if found.document is None:
        click.echo(f"Nothing of {found.article_id} can be shown: see the errors above.", err=True)
    elif as_json:
        print_json(found.document)
    else:
        console = Console()
        columns = width or min(console.width, _WIDEST)
        click.echo(
            render_article(
                found.document,
                load_ontology(project),
                width=columns,
                colors=_colors(console.color_system, plain=console.no_color),
            ),
            color=True,
            nl=False,
        )
    return 1 if has_errors(list(found.issues)) else 0


def _colors(system: str | None, *, plain: bool) -> Colors | None:
    """Return what a terminal of rich's colour system `system` can show; None where there should be no colour."""
    known: dict[str | None, Colors] = {"standard": "standard", "256": "256", "truecolor": "truecolor"}
    return None if plain else known.get(system)
