"""Share what several verbs need: options, and the printing of issues."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click
import msgspec

from vinese.core.errors import UsageError
from vinese.core.issues import Issue
from vinese.core.project import Project


def _project(_ctx: click.Context, _param: click.Parameter, value: str | None) -> Project:
    return Project.here(value)


project_option = click.option(
    "--project",
    metavar="DIR",
    callback=_project,
    type=click.Path(exists=True, file_okay=False),
    help="The folder with annotations/, schema/ and card/; by default this one if it has annotations/, "
    "schema/ontology.json or card/, or else vinese's own corpus.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")


def one_mode(**given: bool) -> str | None:
    """Return the name of the flag that is given, None without one; raise `UsageError` for two of them."""
    modes = [name for name, is_given in given.items() if is_given]
    if len(modes) > 1:
        raise UsageError(f"{' and '.join(f'--{mode}' for mode in modes)} do not go together.", "Give one of them.")
    return modes[0] if modes else None


def print_json(value: object) -> None:
    """Print `value` (records, lists, dictionaries) as indented JSON, Vietnamese letters as they are."""
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def print_issues(issues: Iterable[Issue], *, err: bool = True) -> tuple[int, int, int]:
    """Print every issue for a person; return how many errors, warnings and infos there were."""
    counts = {"error": 0, "warning": 0, "info": 0}
    colors = {"error": "red", "warning": "yellow", "info": "blue"}
    for found in issues:
        counts[found.level] += 1
        head, _, rest = found.line().partition(" ")
        click.echo(click.style(head, fg=colors[found.level]) + " " + rest, err=err)
    return counts["error"], counts["warning"], counts["info"]


def folder(value: str | Path) -> Path:
    """Return `value` as a path with `~` spelled out."""
    return Path(value).expanduser()
