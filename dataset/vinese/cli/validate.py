"""`vinese validate`: check files and print what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from vinese.cli.common import (
    FEW,
    SOURCE,
    Output,
    all_option,
    echo,
    json_option,
    project_option,
    repair_option,
    workers_options,
)
from vinese.cli.studio_options import data_dir_option
from vinese.core.errors import VineseError
from vinese.core.issues import Tally
from vinese.core.printable import counted
from vinese.core.project import Project
from vinese.core.urls import readable, shown
from vinese.studio.folder import StudioFolder


@click.command(epilog="Example: vinese validate annotations/exports")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=SOURCE)
@click.option(
    "--layer", metavar="NAME", help="The name of the layer; by default each export's file name without suffix."
)
@all_option
@repair_option
@workers_options
@data_dir_option
@json_option
@project_option
def command(
    *,
    files: tuple[str | Path, ...],
    layer: str | None,
    everything: bool,
    folder: StudioFolder,
    output: Output,
    project: Project,
    **options: Any,
) -> int:
    """Check exports, documents, predictions or articles.

    Of a folder every file is checked that vinese reads, those of folders in it too, and it is said how many were left
    aside and why. What a file holds is told by its content; - is standard input; a URL, such as https:// or s3://, is
    read too. Issues are printed as they come, then a line for each file. After three issues of one check in a file
    the rest are only counted, unless --all or --json is given. Ends with 1 if there is any error, with 2 if a file
    could not be read; the others are checked nevertheless.
    What is wrong with a region or relation is said with its words, its sentence, and the link to its task in Label
    Studio if the layer was pushed or pulled on this machine.
    """
    from vinese.formats.folder import files_of
    from vinese.formats.tasks import layer_of
    from vinese.formats.validate import validate_file
    from vinese.studio.folder import address_of

    output.limit, output.all_by = None if everything else FEW, "--all or --json"
    output.to_stdout = True
    tallies: list[Tally] = []
    for given in files:
        inner: tuple[Path, ...] = ()
        with _problem_told(Tally(shown(given)), tallies, output):
            inner, aside = files_of(readable(given))
            output.issues(aside)
        for path in inner:
            tally = Tally(str(path))
            with _problem_told(tally, tallies, output):
                address = address_of(folder, project, layer_of(path, layer))
                issues = validate_file(path, project, layer=layer, tally=tally, address=address, **options)
                output.issues(issues)
                if not output.as_json:
                    echo(_summary(tally))
                tallies.append(tally)
    output.result(tallies)
    return 2 if any(tally.problem for tally in tallies) else int(any(tally.error for tally in tallies))


@contextmanager
def _problem_told(tally: Tally, tallies: list[Tally], output: Output) -> Iterator[None]:
    """Print why a file or folder cannot be read, and note it in its tally."""
    try:
        yield
    except VineseError as error:
        output.end_of_file()
        tally.problem = error.message
        tallies.append(tally)
        echo(f"vinese: {error}", err=True)


def _summary(tally: Tally) -> str:
    """Return one line on one file."""
    items = {"export": "task", "unknown": "item"}.get(tally.kind, tally.kind)
    parts = [counted(tally.items, items)]
    if tally.kind == "export":
        parts.append(counted(tally.documents, "document"))
    parts += [counted(tally.error, "error"), counted(tally.warning, "warning")]
    return f"{tally.file}: {', '.join(parts)}"
