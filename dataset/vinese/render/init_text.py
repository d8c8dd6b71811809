"""Print what `vinese init` found in somebody else's project, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

from vinese.formats.init import InitReport

if TYPE_CHECKING:
    from rich.console import Console

_SHOWN = 60


def print_init(report: InitReport, console: Console) -> None:
    """Print tables of labels, relations, choices and layers, and the counts of what came in, was kept and told."""
    contents, mapping = report.found, report.mapping
    console.print(f"{report.source}: {report.format}, {contents.tasks} tasks, {contents.annotations} annotations")
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
        console.print(f"layer {layer}: {documents} documents")
    counts = Table("", "in", "kept", "told")
    for name in ("regions", "relations", "choices"):
        counts.add_row(name, *(str(getattr(part, name)) for part in (report.held, report.kept, report.told)))
    console.print(counts)
