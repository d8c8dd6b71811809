"""Lay an article and its annotation out as one text."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, NamedTuple

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from vinese.show.markup import marked, marks
from vinese.show.notes import Notes, closing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from vinese.ontology import Ontology
    from vinese.records import Document
    from vinese.show import Colors

_LEGEND = "[TYPE:entity]  <E1.TYPE:trigger>  {S1.POLARITY:opinion}"


class Unit(NamedTuple):
    """Hold a stretch to show by itself: a sentence, or what stands outside all of them."""

    start: int
    end: int


def page(document: Document, ontology: Ontology, *, width: int, colors: Colors | None) -> str:
    """Return the page; see `vinese.show.render`."""
    console = Console(
        file=StringIO(), width=width, color_system=colors, force_terminal=colors is not None, no_color=False,
        highlight=False, markup=False, emoji=False, legacy_windows=False, force_jupyter=False,
    )  # fmt: skip
    with console.capture() as capture:
        console.print(Group(*_head(document), _body(document, ontology), *_foot(document)))
    return "\n".join(line.rstrip() for line in capture.get().splitlines()) + "\n"


def _head(document: Document) -> Iterator[RenderableType]:
    counts = [
        (len(document.entities), "entities"),
        (len(document.events), "events"),
        (len(document.stances), "opinions"),
    ]
    said = ", ".join(f"{count} {name}" for count, name in counts)
    yield Text.assemble((document.id, "bold"), f"  layer {document.provenance.layer}: {said}")
    yield Text(_LEGEND, "dim")


def _body(document: Document, ontology: Ontology) -> Table:
    found, stretches = marks(document, ontology), list(units(document))
    notes = Notes(document, ontology, [unit.start for unit in stretches])
    titles = {zone.start: zone.type for zone in document.zones if zone.start is not None}
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(justify="right", style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    before = None
    for number, unit in enumerate(stretches, 1):
        if number == 1 or "\n" in document.text[stretches[number - 2].end : unit.start]:
            kind = titles.get(unit.start)
            table.add_row("", Text(kind if kind and kind != before else "", "dim italic"))
            before = kind or before
        table.add_row(str(number), marked(document.text, unit.start, unit.end, found))
        lines = list(notes.of(unit.start, unit.end))
        if lines:
            table.add_row("", _lines(lines))
    return table


def _lines(lines: list[tuple[str, Text]]) -> Table:
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(no_wrap=True, style="bold", min_width=4, justify="right")
    table.add_column(overflow="fold")
    for sign, line in lines:
        table.add_row(sign, line)
    return table


def _foot(document: Document) -> Iterator[RenderableType]:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, said in closing(document):
        table.add_row(name, said)
    yield Text()
    yield table


def units(document: Document) -> Iterator[Unit]:
    """Yield the sentences of a document in order, and whatever text stands between them."""
    at = 0
    for sentence in (*document.sentences, None):
        start = len(document.text) if sentence is None else sentence.start
        between = document.text[at:start]
        if between.strip():
            first = at + len(between) - len(between.lstrip())
            yield Unit(first, first + len(between.strip()))
        if sentence is not None:
            yield Unit(sentence.start, sentence.end)
            at = sentence.end
