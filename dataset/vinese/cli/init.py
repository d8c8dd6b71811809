"""`vinese init`: make a project of somebody else's annotation."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vinese.cli.common import FEW, Output, all_option, echo, json_option
from vinese.cli.progress import drawn
from vinese.core.printable import counted

if TYPE_CHECKING:
    from vinese.formats.init import InitReport

_SHOWN = 60
_LAYER = (
    "The layer's name, if the file is one annotator's work; by default the first file's name. "
    "Another annotator's file needs one of its own."
)


@click.command(epilog="Example: vinese init my-corpus --from export.json --config label_config.xml")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--from", "source", metavar="FILE", required=True, type=click.Path(path_type=Path), help="The file.")
@click.option(
    "--config",
    metavar="FILE.xml",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The project's label configuration in Label Studio: colours, keys, labels that nobody used.",
)
@click.option("--text", metavar="KEY", help="The key of the text in the data of tasks, if another is found.")
@click.option("--language", metavar="TAG", help="The language of the texts, such as vi or en, if another is found.")
@click.option("--layer", metavar="NAME", help=_LAYER)
@all_option
@json_option
def command(
    *,
    folder: Path,
    source: Path,
    config: Path | None,
    text: str | None,
    language: str | None,
    layer: str | None,
    everything: bool,
    output: Output,
) -> int:
    """Make a project in DIR of an export of Label Studio, or of a file of doccano or CoNLL.

    Prints what the file has and what became of it; schema/mapping.json has that for you to edit, and the same command
    again, or one with a newer export, follows it. validate, agree, build and all other verbs then work in DIR.
    Ends with 1 if there is any error.
    """
    from vinese.formats.init import init

    output.limit, output.all_by = None if everything else FEW, "--all or --json"
    with drawn() as progress:
        report = init(folder, source, config=config, text=text, language=language, layer=layer, progress=progress)
    output.issues(report.issues)

    output.result(report, lambda: _print(report))
    return output.code


def _print(report: InitReport) -> None:
    """Print tables of labels, relations, choices and layers, and the counts of what came in, was kept and told."""
    from rich.table import Table

    from vinese.render.terminal import stdout_console

    console = stdout_console()
    contents, mapping = report.found, report.mapping
    if not contents.tasks:
        return
    held = f"{counted(contents.tasks, 'task')}, {counted(contents.annotations, 'annotation')}"
    console.print(f"{report.source}: {report.format}, {held}")
    console.print(f"text: data.{mapping.text}, language: {mapping.language}")
    table = Table("control", "label", "count", "becomes")
    rows = [
        (control, label, str(count), mapping.labels.get(control, {}).get(label.strip()) or "left out")
        for control, labels in contents.labels.items()
        for label, count in labels.most_common()
    ]
    rows += [
        ("relation", label, str(count), mapping.relations.get(label) or "left out")
        for label, count in contents.relations.most_common()
    ]
    rows += [
        (control, value, str(count), "no place in documents")
        for control, values in contents.choices.items()
        for value, count in values.most_common()
    ]
    for row in rows[:_SHOWN]:
        table.add_row(*row)
    if rows:
        console.print(table)
    if len(rows) > _SHOWN:
        console.print(f"... and {len(rows) - _SHOWN} more, in schema/mapping.json")
    console.print(f"articles: {report.articles}, {report.new_articles} of them new")
    for layer, documents in report.layers.items():
        console.print(f"layer {layer}: {counted(documents, 'document')}")
    counts = Table("", "in", "kept", "told")
    for name in ("regions", "relations", "choices"):
        counts.add_row(name, *(str(getattr(part, name)) for part in (report.held, report.kept, report.told)))
    console.print(counts)
    if report.layers:
        several = " && vinese agree" if len(report.layers) > 1 else ""
        echo(f"\nGo on:\n  cd {shlex.quote(report.project)}")
        echo(f"  vinese update splits && vinese update{several} && vinese build")
