"""Print what `vinese.release.rendered` does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from vinese.cli.common import folder, json_option, print_issues, print_json, project_option
from vinese.cli.progress import drawn
from vinese.core.issues import has_errors
from vinese.core.project import Project

if TYPE_CHECKING:
    from vinese.release.rendered import Rendered


@click.command(epilog="Example: vinese card --check")
@click.option("--check", "check", is_flag=True, help="Fail if card/rendered is not what a build now says.")
@click.option("--layer", metavar="NAME", help="The layer to describe; by default gold, or the only one there is.")
@click.option("--out", metavar="DIR", help="The folder to write; by default card/rendered of the project.")
@project_option
@json_option
def command(check: bool, layer: str | None, out: str | None, project: Project, as_json: bool) -> int:
    """Render card, data statement, datasheet and figures into card/rendered, to be read and committed.

    They are what vinese build puts beside the data, without the YAML, which depends on the versions of libraries.
    """
    from vinese.release.rendered import Rendered, check_card, render_to

    if check and out is not None:
        raise click.UsageError("--check looks at card/rendered; leave --out away.")
    with drawn() as progress:
        if check:
            made = Rendered(out=None, files=(), issues=tuple(check_card(project, layer, progress=progress)))
        else:
            made = render_to(project, layer, out=folder(out) if out else None, progress=progress)
    if as_json:
        print_json(made)
    else:
        print_issues(made.issues)
        _say(made, check=check)
    return 1 if has_errors(list(made.issues)) else 0


def _say(made: Rendered, *, check: bool) -> None:
    if check and not made.issues:
        click.echo("card/rendered is what a build now says.")
    elif made.out is not None:
        click.echo(f"Rendered {len(made.files)} files to {made.out}.")
    elif not check:
        click.echo("Nothing was rendered: see the errors above.", err=True)
