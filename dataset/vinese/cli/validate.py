"""`vinese validate`: check files and print what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import click

from vinese.cli.common import FEW, Output, counted, echo, json_option, project_option, repair_option
from vinese.cli.studio_options import data_dir_option
from vinese.core.errors import VineseError
from vinese.core.issues import Tally
from vinese.core.project import Project
from vinese.studio.folder import StudioFolder


@click.command(epilog="Example: vinese validate annotations/exports/*.json")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--layer", metavar="NAME", help="The name of the layer; by default each export's file name without suffix."
)
@click.option("--all", "everything", is_flag=True, help="Print every issue, however often the same check fails.")
@repair_option
@data_dir_option
@json_option
@project_option
def command(
    *,
    files: tuple[Path, ...],
    layer: str | None,
    everything: bool,
    repair: bool,
    folder: StudioFolder,
    output: Output,
    project: Project,
) -> int:
    """Check exports, documents, predictions or articles.

    What a file holds is told by its content; - is standard input. Issues are printed as they come, then a line for
    each file. After three issues of one check in a file the rest are only counted, unless --all or --json is given.
    Ends with 1 if there is any error, with 2 if a file could not be read; the others are checked nevertheless.
    What is wrong with a region or relation is said with its words, its sentence, and the link to its task in Label
    Studio if the layer was pushed or pulled on this machine.
    """
    from vinese.formats.tasks import layer_of
    from vinese.formats.validate import validate_file
    from vinese.studio.folder import address_of

    output.limit, output.all_by = None if everything else FEW, "--all or --json"
    output.to_stdout = True
    tallies: list[Tally] = []
    ended = 0
    for path in files:
        tally = Tally(str(path))
        tallies.append(tally)
        try:
            address = address_of(folder, project, layer_of(path, layer))
            issues = validate_file(path, project, layer=layer, tally=tally, repair=repair, address=address)
            output.issues(issues)
            if not output.as_json:
                echo(_summary(tally))
        except VineseError as error:
            output.end_of_file()
            tally.problem = error.message
            echo(f"vinese: {error}", err=True)
            ended = 2
        ended = max(ended, 1 if tally.error else 0)
    output.result(tallies)
    return ended


def _summary(tally: Tally) -> str:
    """Return one line on one file."""
    items = {"export": "task", "unknown": "item"}.get(tally.kind, tally.kind)
    parts = [counted(tally.items, items)]
    if tally.kind == "export":
        parts.append(counted(tally.documents, "document"))
    parts += [counted(tally.error, "error"), counted(tally.warning, "warning")]
    return f"{tally.file}: {', '.join(parts)}"
