"""Show one article with one layer's annotation, for a person at a terminal.

The text carries its marks in place; below each sentence stands what no place in it can show: arguments, holders,
targets.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Literal, NamedTuple

from rich.console import Console, Group, RenderableType
from rich.style import Style
from rich.table import Table
from rich.text import Text

from vinese.model.ontology import Label, Ontology
from vinese.model.records import Decided, Document, Entity, Event, Span, Stance

Colors = Literal["standard", "256", "truecolor"]
WIDTH = 100


_LEGEND = "[TYPE:entity]  <E1.TYPE:trigger>  {S1.POLARITY:opinion}"


class Unit(NamedTuple):
    """Hold a stretch to show by itself: a sentence, or what stands outside all of them."""

    start: int
    end: int


def render(document: Document, ontology: Ontology, *, width: int = WIDTH, colors: Colors | None = None) -> str:
    """Return the article as lines of at most `width` columns, its annotation marked and, by sentence, explained.

    `colors` says what the terminal can show; without it there is no escape code, and the marks alone tell all.
    """
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


Kind = Literal["entity", "event", "stance"]

_LIGHT = 0.179
"""The luminance (WCAG 2) from which black letters stand out more than white ones."""


class Mark(NamedTuple):
    """Mark `[start, end)` of the text; the order of marks is the order in which they open."""

    start: int
    length: int
    rank: int
    label: str
    brackets: str
    color: str | None
    underline: bool

    @property
    def end(self) -> int:
        """Return where the mark closes."""
        return self.start - self.length

    @property
    def style(self) -> Style:
        """Return how the words of the mark look."""
        return on(self.color) + Style(bold=self.rank == 1, underline=self.underline)


def on(color: str | None) -> Style:
    """Return black or white letters, whichever stands out, on `color` (`#rrggbb`)."""
    if color is None:
        return Style(reverse=True)
    channels = (int(color[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    light = sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return Style(color="#000000" if light > _LIGHT else "#ffffff", bgcolor=color)


def colors(labels: Iterable[Label]) -> dict[str, str | None]:
    """Return the colours of labels by id."""
    return {label.id: label.color for label in labels}


def marks(document: Document, ontology: Ontology) -> list[Mark]:
    """Return every mark of a document in the order in which they open; events and stances are numbered from 1."""
    entities, events = colors(ontology.entities), colors(ontology.events)
    found = [_mark(one, "entity", one.type, entities.get(one.type)) for one in document.entities]
    for number, event in enumerate(document.events, 1):
        found.append(_mark(event.trigger, "event", f"E{number}.{event.type}", events.get(event.type)))
    for number, stance in enumerate(document.stances, 1):
        label = f"S{number}.{stance.polarity}"
        found.append(_mark(stance.expression, "stance", label, ontology.stance.expression.color))
    return sorted(found, key=lambda mark: mark[:4])


def _mark(span: Span | Entity, kind: Kind, label: str, color: str | None) -> Mark:
    rank = ("stance", "event", "entity").index(kind)
    # Longer marks open first, so the length counts downwards.
    return Mark(span.start, span.start - span.end, rank, label, ("{}", "<>", "[]")[rank], color, kind == "stance")


def marked(text: str, start: int, end: int, found: list[Mark]) -> Text:
    """Return `text[start:end]` with its marks; one that runs over an edge is opened or closed elsewhere."""
    inside = [mark for mark in found if mark.start < end and mark.end > start]
    line = Text()
    places = {place for mark in inside for place in (mark.start, mark.end) if start <= place <= end}
    edges = sorted({start, end, *places})
    for here, after in zip(edges, [*edges[1:], end], strict=True):
        for piece, style in _signs(inside, here, start, end):
            line.append(piece, style)
        over = [mark for mark in inside if mark.start <= here < mark.end]
        line.append(text[here:after], _look(over))
    return line


def _signs(inside: list[Mark], here: int, start: int, end: int) -> Iterator[tuple[str, Style]]:
    """Yield what closes at a place, the last to open first, then what opens there."""
    if here > start:
        yield from ((mark.brackets[1], mark.style) for mark in reversed(inside) if mark.end == here)
    if here < end:
        yield from ((f"{mark.brackets[0]}{mark.label}:", mark.style) for mark in inside if mark.start == here)


def _look(over: list[Mark]) -> Style:
    """Return how words look under marks: as the shortest entity or trigger, underlined in an opinion."""
    if not over:
        return Style.null()
    inner = [mark for mark in over if mark.rank] or over
    shortest = min(inner, key=lambda mark: (-mark.length, -mark.rank))
    return shortest.style + Style(underline=any(mark.underline for mark in over))


_POLES = {"FAVOR": "bold green", "AGAINST": "bold red", "MIXED": "bold yellow"}
_DIM = "dim"


class Notes:
    """Describe what starts in a stretch of a document; `units` are the starts of its stretches."""

    def __init__(self, document: Document, ontology: Ontology, units: list[int]) -> None:
        self.document = document
        self._units = units
        self._events = colors(ontology.events)
        self._places: dict[str, tuple[int, str]] = {one.id: (one.start, one.text) for one in document.entities}
        for number, event in enumerate(document.events, 1):
            self._places[event.id] = (event.trigger.start, f"E{number} {event.trigger.text}")
        adjudication = document.provenance.adjudication
        decisions = adjudication.decisions if adjudication else ()
        self._decided = {(one.kind, one.id): one for one in decisions if one.role is None and one.how != "agreed"}

    def of(self, start: int, end: int) -> Iterator[tuple[str, Text]]:
        """Yield a sign and a line for every event, opinion and nominal that starts in `[start, end)`."""
        for number, event in enumerate(self.document.events, 1):
            if start <= event.trigger.start < end:
                yield f"E{number}", self._event(event)
        for number, stance in enumerate(self.document.stances, 1):
            if start <= stance.expression.start < end:
                yield f"S{number}", self._stance(stance)
        for entity in self.document.entities:
            if start <= entity.start < end and entity.refers_to:
                yield "=", self._nominal(entity)

    def _event(self, event: Event) -> Text:
        line = Text.assemble(
            (event.type, on(self._events.get(event.type))), f" {event.modality} «{event.trigger.text}»"
        )
        for argument in event.arguments:
            filler = self._name(argument.entity or argument.event or "?", event.trigger.start)
            line.append("; ").append(argument.role, "bold").append(" ").append_text(filler)
        if not event.arguments:
            line.append("; no arguments", _DIM)
        return line.append_text(self._how("event", event.id))

    def _stance(self, stance: Stance) -> Text:
        here = stance.expression.start
        line = Text.assemble((stance.polarity, _POLES.get(stance.polarity, "bold")), f" {stance.attribution}: ")
        line.append_text(self._names(stance.holders, here) if stance.holders else Text(stance.holder_kind))
        line.append(" → ", "bold")
        parts = [self._name(stance.target.mention, here)] if stance.target.mention is not None else []
        parts += [Text(f"topic {stance.target.topic}")] if stance.target.topic is not None else []
        line.append_text(Text(", ").join(parts))
        if stance.source is not None:
            line.append("; source ", "bold").append_text(self._name(stance.source, here))
        return line.append_text(self._how("stance", stance.id))

    def _nominal(self, entity: Entity) -> Text:
        line = Text(f"«{entity.text}» refers to ")
        return line.append_text(self._names(entity.refers_to, entity.start))

    def _names(self, keys: tuple[str, ...], here: int) -> Text:
        return Text(", ").join(self._name(key, here) for key in keys)

    def _name(self, key: str, here: int) -> Text:
        """Return the words of a mention, and its sentence where that is not the one that `here` is in."""
        start, words = self._places.get(key, (here, key))
        unit = bisect_right(self._units, start)
        away = unit != bisect_right(self._units, here)
        return Text.assemble(words, (f" (in {unit})" if away else "", _DIM))

    def _how(self, kind: Decided, key: str) -> Text:
        """Return how an item of an adjudicated layer came about, nothing where all layers had it."""
        decision = self._decided.get((kind, key))
        if decision is None:
            return Text()
        said = f"chosen from {', '.join(decision.layers)}" if decision.layers else "new in adjudication"
        return Text(f"  ({said})", _DIM)


def closing(document: Document) -> Iterator[tuple[str, str]]:
    """Yield what is said of the whole article and of the layer, each with its name."""
    judged, made = document.article_stance, document.provenance
    if judged is None:
        yield "article stance", "not judged"
    else:
        yield (
            "article stance",
            f"outlet_stance {judged.outlet_stance}, overall_leaning {judged.overall_leaning}, towards {judged.topic}",
        )
    yield "annotator", f"{made.annotator} ({made.annotator_kind or 'person or model: not stated'})"
    yield "made with", " ".join(filter(None, (made.tool, made.tool_version, made.annotated_at)))
    if made.adjudication is not None:
        hows = [one.how for one in made.adjudication.decisions]
        counts = ", ".join(f"{hows.count(how)} {how}" for how in ("agreed", "chosen", "new"))
        yield "adjudicated", f"from {', '.join(made.adjudication.layers)}: {counts}"
    yield from (("note", note) for note in made.notes)
