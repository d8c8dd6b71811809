"""An article with the annotation of one layer as lines for a terminal.

The text carries its marks in place; below each sentence stands what no place in it can show: arguments, holders,
targets.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from typing import Literal, NamedTuple

from rich.console import Console, Group, RenderableType
from rich.style import Style
from rich.table import Table
from rich.text import Text

from vinese.model.ontology import Label, Ontology
from vinese.model.records import Decided, Document, Entity, Event, Span, Stance
from vinese.render.spans import Kind, Mark, by_begin, by_stretch, segments
from vinese.render.terminal import words_only

Colors = Literal["standard", "256", "truecolor"]
WIDTH = 100
_LEGEND = "[TYPE:entity]  <E1.TYPE:trigger>  {S1.POLARITY:opinion}"


class Passage(NamedTuple):
    """A stretch `[start, end)` of the text that is shown by itself: a sentence, or text outside all of them."""

    start: int
    end: int


def render_article(
    document: Document, ontology: Ontology, *, width: int = WIDTH, colors: Colors | None = None
) -> str:
    """Return an article as lines, its annotation marked in place and explained below each sentence.

    Parameters
    ----------
    document
        The article with the annotation of one layer.
    ontology
        Where the colours of the labels stand.
    width
        The most columns that a line takes.
    colors
        What the terminal can show. Without it there are no escape codes, and the marks alone tell all.

    Examples
    --------
    >>> import vinese
    >>> project = vinese.Project()
    >>> document = next(iter(vinese.convert(project.exports / "gold.json", project)))
    >>> print(vinese.show(document, vinese.load_ontology()).splitlines()[0])
    000-fbdd747fbc1d4b56  layer gold: ... entities, ... events, ... opinions
    """
    console = words_only(Console(
        file=StringIO(), width=width, color_system=colors, force_terminal=colors is not None, no_color=False,
        highlight=False, markup=False, emoji=False, legacy_windows=False, force_jupyter=False,
    ))  # fmt: skip
    with console.capture() as capture:
        console.print(Group(*_head(document), _body(document, ontology), *_foot(document)))
    return "\n".join(line.rstrip() for line in capture.get().splitlines()) + "\n"


def _head(document: Document) -> Iterator[RenderableType]:
    counts = [
        (len(document.entities), "entities"),
        (len(document.events), "events"),
        (len(document.stances), "opinions"),
        *([(len(document.relations), "relations")] if document.relations else []),
    ]
    numbers = ", ".join(f"{count} {name}" for count, name in counts)
    yield Text.assemble((document.id, "bold"), f"  layer {document.provenance.layer}: {numbers}")
    yield Text(_LEGEND, "dim")


def _body(document: Document, ontology: Ontology) -> Table:
    text_passages = list(passages(document))
    marks = by_stretch(document_marks(document, ontology), text_passages)
    notes = Notes(document, ontology, text_passages)
    zone_types = {zone.start: zone.type for zone in document.zones if zone.start is not None}
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(justify="right", style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    shown_type = None
    for number, (start, end) in enumerate(text_passages, 1):
        if number == 1 or "\n" in document.text[text_passages[number - 2].end : start]:
            zone_type = zone_types.get(start)
            table.add_row("", Text(zone_type if zone_type and zone_type != shown_type else "", "dim italic"))
            shown_type = zone_type or shown_type
        table.add_row(str(number), marked_text(document.text, marks[number - 1], start, end))
        lines = list(notes.of(number - 1))
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
    for name, value in closing(document):
        table.add_row(name, value)
    yield Text()
    yield table


def passages(document: Document) -> Iterator[Passage]:
    """Yield the sentences of a document in order, and whatever text stands between them."""
    at = 0
    for sentence in (*document.sentences, None):
        start = len(document.text) if sentence is None else sentence.start
        between = document.text[at:start]
        if between.strip():
            first = at + len(between) - len(between.lstrip())
            yield Passage(first, first + len(between.strip()))
        if sentence is not None:
            yield Passage(sentence.start, sentence.end)
            at = sentence.end


_LIGHT = 0.179
"""The luminance (WCAG 2) from which black letters stand out more than white ones."""
_BRACKETS: dict[Kind, tuple[str, str]] = {"entity": ("[", "]"), "trigger": ("<", ">"), "expression": ("{", "}")}


def on(color: str | None) -> Style:
    """Return black or white letters, whichever stands out, on `color` (`#rrggbb`)."""
    if not color:
        return Style(reverse=True)
    channels = (int(color[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    light = sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return Style(color="#000000" if light > _LIGHT else "#ffffff", bgcolor=color)


def colors(labels: Iterable[Label]) -> dict[str, str]:
    """Return the colours of labels by id; a label without one has the empty string."""
    return {label.id: label.color or "" for label in labels}


def document_marks(document: Document, ontology: Ontology) -> list[Mark]:
    """Return the marks of a document: expressions, triggers, then entities.

    Marks of the same place open in this order. Events and stances are numbered from 1 in the order of the document.
    """
    entity_colors, event_colors = colors(ontology.entities), colors(ontology.events)
    expression_color = ontology.stance.expression.color or ""
    marks = [
        _mark("expression", stance.expression, f"S{number}.{stance.polarity}", expression_color)
        for number, stance in enumerate(document.stances, 1)
    ]
    marks += [
        _mark("trigger", event.trigger, f"E{number}.{event.type}", event_colors.get(event.type, ""))
        for number, event in enumerate(document.events, 1)
    ]
    marks += [
        _mark("entity", entity, entity.type, entity_colors.get(entity.type, "")) for entity in document.entities
    ]
    return marks


def _mark(kind: Kind, span: Span | Entity, label: str, color: str) -> Mark:
    return Mark(span.start, span.end, kind, label, color)


def marked_text(text: str, marks: Iterable[Mark], start: int, end: int) -> Text:
    """Return `text[start:end]` with its marks; one that runs over an edge is opened or closed elsewhere."""
    line = Text()
    for segment in segments(marks, start, end):
        for mark in segment.opened:
            if mark.start == segment.start:  # otherwise it was cut where another ended, and stands open
                line.append(f"{_BRACKETS[mark.kind][0]}{mark.label}:", _style(mark))
        line.append(text[segment.start : segment.end], _words_style(segment.spans))
        for mark in segment.closed:
            if mark.end == segment.end:
                line.append(_BRACKETS[mark.kind][1], _style(mark))
    return line


def _style(mark: Mark) -> Style:
    """Return how the brackets of a mark look."""
    return on(mark.color) + Style(bold=mark.kind == "trigger", underline=mark.kind == "expression")


def _words_style(marks: Sequence[Mark]) -> Style:
    """Return how words look under marks: as the shortest entity or trigger, underlined in an expression."""
    if not marks:
        return Style.null()
    inner = [mark for mark in marks if mark.kind != "expression"] or marks
    shortest = min(inner, key=lambda mark: (mark.end - mark.start, mark.kind != "entity"))
    return _style(shortest) + Style(underline=any(mark.kind == "expression" for mark in marks))


_POLES = {"FAVOR": "bold green", "AGAINST": "bold red", "MIXED": "bold yellow"}
_DIM = "dim"


class Notes:
    """Lines on what starts in each passage of a document; the passages stand in order."""

    def __init__(self, document: Document, ontology: Ontology, text_passages: Sequence[Passage]) -> None:
        self._starts = [passage.start for passage in text_passages]
        self._event_colors = colors(ontology.events)
        self._places = {entity.id: (entity.start, entity.text) for entity in document.entities}
        for number, event in enumerate(document.events, 1):
            self._places[event.id] = (event.trigger.start, f"E{number} {event.trigger.text}")
        adjudication = document.provenance.adjudication
        decisions = adjudication.decisions if adjudication else ()
        self._decisions = {
            (decision.kind, decision.id): decision
            for decision in decisions
            if decision.role is None and decision.how not in {"agreed", "single"}
        }
        events = ((event.trigger.start, (f"E{number}", event)) for number, event in enumerate(document.events, 1))
        stances = ((one.expression.start, (f"S{number}", one)) for number, one in enumerate(document.stances, 1))
        nominals = ((entity.start, entity) for entity in document.entities if entity.refers_to)
        self._events, self._stances = by_begin(events, text_passages), by_begin(stances, text_passages)
        self._nominals = by_begin(nominals, text_passages)
        relations = ((self._places[one.source][0], one) for one in document.relations or ())
        self._relations = by_begin(relations, text_passages)

    def of(self, passage: int) -> Iterator[tuple[str, Text]]:
        """Yield a sign and a line for all that starts in a passage, counted from 0, and has one of its own."""
        yield from ((sign, self._event(event)) for sign, event in self._events[passage])
        yield from ((sign, self._stance(stance)) for sign, stance in self._stances[passage])
        for entity in self._nominals[passage]:
            referents = self._names(entity.refers_to, entity.start)
            yield "=", Text(f"«{entity.text}» refers to ").append_text(referents)
        for relation in self._relations[passage]:
            here = self._places[relation.source][0]
            line = self._name(relation.source, here).append(" ").append(relation.type, "bold").append(" ")
            yield "→", line.append_text(self._name(relation.target, here))

    def _event(self, event: Event) -> Text:
        line = Text.assemble(
            (event.type, on(self._event_colors.get(event.type))), f" {event.modality} «{event.trigger.text}»"
        )
        for argument in event.arguments:
            filler = self._name(argument.filler, event.trigger.start)
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

    def _names(self, keys: tuple[str, ...], here: int) -> Text:
        return Text(", ").join(self._name(key, here) for key in keys)

    def _name(self, key: str, here: int) -> Text:
        """Return the words of a mention, and its passage where that is not the one that `here` is in."""
        start, words = self._places.get(key, (here, key))
        passage = bisect_right(self._starts, start)
        away = passage != bisect_right(self._starts, here)
        return Text.assemble(words, (f" (in {passage})" if away else "", _DIM))

    def _how(self, kind: Decided, key: str) -> Text:
        """Return how an item of an adjudicated layer came about, nothing where all layers had it."""
        decision = self._decisions.get((kind, key))
        if decision is None:
            return Text()
        origin = f"chosen from {', '.join(decision.layers)}" if decision.layers else "new in adjudication"
        return Text(f"  ({origin})", _DIM)


def closing(document: Document) -> Iterator[tuple[str, str]]:
    """Yield the stance of the whole article and the provenance of the layer, each with its name."""
    judged, provenance = document.article_stance, document.provenance
    if judged is None:
        yield "article stance", "not judged"
    else:
        yield (
            "article stance",
            f"outlet_stance {judged.outlet_stance}, overall_leaning {judged.overall_leaning}, towards {judged.topic}",
        )
    yield "annotator", f"{provenance.annotator} ({provenance.annotator_kind or 'person or model: not stated'})"
    yield "made with", " ".join(filter(None, (provenance.tool, provenance.tool_version, provenance.annotated_at)))
    if provenance.adjudication is not None:
        hows: list[str] = [decision.how for decision in provenance.adjudication.decisions]
        shown = ("agreed", "chosen", "new") if len(provenance.adjudication.layers) > 1 else ("single", "new")
        counts = ", ".join(f"{hows.count(how)} {how}" for how in shown)
        yield "adjudicated", f"from {', '.join(provenance.adjudication.layers)}: {counts}"
        yield from (("undecided", f"'{mark.text}' {mark.about}".rstrip()) for mark in provenance.adjudication.open)
    yield from (("note", note) for note in provenance.notes)
