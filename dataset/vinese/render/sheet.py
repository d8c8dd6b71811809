"""An article as its layers see it, line by line, with what they do not see alike numbered and marked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import NamedTuple

from vinese.compare.describe import View
from vinese.compare.disagreements import position
from vinese.compare.records import Disagreement
from vinese.model.ontology import Ontology
from vinese.model.records import ArticleStance, Document, Entity, Event, Span, Stance
from vinese.render.spans import Kind, Mark, Token, by_begin, by_stretch, tokens

_PLAIN = "#7d7d7d"
_POLARITIES = ("#2e9d4f", "#d1372c", "#d99000")
_MARKED: dict[str, Kind] = {"entity": "entity", "event": "trigger", "stance": "expression"}


class Reading(NamedTuple):
    """The documents of one article by layer, and where they part."""

    documents: Mapping[str, Document]
    disagreements: Sequence[Disagreement]


class Facet(NamedTuple):
    """By what an item is filtered: its unit, label and status, the kinds of its errors, and its layer."""

    unit: str
    label: str
    status: str
    errors: tuple[str, ...]
    layer: str


@dataclass(frozen=True, slots=True)
class Numbered:
    """A disagreement with the number by which its article refers to it, its kinds, and the labels of its sides."""

    number: int
    disagreement: Disagreement
    kinds: tuple[str, ...]
    labels: tuple[str, ...]

    @property
    def begins(self) -> int | None:
        """The code point at which it begins, None if it is about the article as a whole."""
        if self.disagreement.sentence is None:
            return None
        sides = (self.disagreement.a, self.disagreement.b)
        return min(side.spans[0].start for side in sides if side is not None and side.spans)

    @property
    def errors(self) -> tuple[str, ...]:
        """Its kinds, each with the unit that it is about."""
        return tuple(f"{self.disagreement.unit}:{kind}" for kind in self.kinds)


@dataclass(frozen=True, slots=True)
class EventLine:
    """An event as it stands below its line of text, with the role and words of each argument."""

    event: Event
    color: str
    arguments: tuple[tuple[str, str], ...]
    numbers: tuple[int, ...]
    errors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StanceLine:
    """A stance as it stands below its line of text; `target` has the words of its mention, if it has one."""

    stance: Stance
    color: str
    holder: str
    target: str
    numbers: tuple[int, ...]
    errors: tuple[str, ...]


class RelationLine(NamedTuple):
    """A relation as it stands below the line of text where its source is: its type and the words of its ends."""

    type: str
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One line of the text as one layer annotates it."""

    layer: str
    tokens: list[Token]
    events: list[EventLine]
    stances: list[StanceLine]
    relations: list[RelationLine]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the text as every layer sees it, and the disagreements that begin in it."""

    cells: list[Cell]
    differences: list[Numbered]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One article of the page; `whole` are the disagreements about the article as a whole."""

    id: str
    text: str
    language: str
    layers: list[str]
    judged: list[ArticleStance | None]
    whole: list[Numbered]
    rows: list[Row]
    differences: list[Numbered]
    facets: Counter[Facet]

    @property
    def title(self) -> str:
        """Return the first line of the text."""
        return self.text.split("\n", 1)[0]


def colors_of(ontology: Ontology) -> dict[str, str]:
    """Return the colour of every label; polarities without one get one by their order."""
    labels = (*ontology.entities, *ontology.events, *ontology.stance.polarities)
    polarities = dict(zip((label.id for label in ontology.stance.polarities), cycle(_POLARITIES)))
    return polarities | {label.id: label.color for label in labels if label.color}


def sheet(reading: Reading, colors: Mapping[str, str], reference: str | None = None) -> Sheet:
    """Return an article line by line; what the layer `reference` has alone is missed, what it lacks a false alarm."""
    views = [View(*item) for item in reading.documents.items()]
    first = views[0].document
    labelled = {layer: _labelled(document) for layer, document in reading.documents.items()}
    in_text_order = sorted(reading.disagreements, key=position)
    numbered = [
        Numbered(number, disagreement, _kinds(disagreement, reference), _labels(disagreement, labelled))
        for number, disagreement in enumerate(in_text_order, 1)
    ]
    lines, start = [], 0
    for line in first.text.split("\n"):
        lines.append(Line(start, start + len(line)))
        start += len(line) + 1
    columns = [Column(view, numbered, colors, lines) for view in views]
    begun = by_begin(((note.begins, note) for note in numbered if note.begins is not None), _with_ends(lines))
    rows = [Row([column.cell(row) for column in columns], notes) for row, notes in enumerate(begun)]
    facets = Counter(facet for column in columns for facet in column.facets())
    return Sheet(
        id=first.id,
        text=first.text,
        language=first.language,
        layers=[view.layer for view in views],
        judged=[view.document.article_stance for view in views],
        whole=[note for note in numbered if note.disagreement.sentence is None],
        rows=rows,
        differences=numbered,
        facets=facets,
    )


def _kinds(disagreement: Disagreement, reference: str | None) -> tuple[str, ...]:
    """Return the kinds of a disagreement; beside gold, what is missing was missed or is a false alarm."""
    if reference != disagreement.layers[0] or "missing" not in disagreement.kinds:
        return disagreement.kinds
    return ("missed" if disagreement.b is None else "false_alarm",)


def _labels(disagreement: Disagreement, labelled: Mapping[str, Mapping[str, list[str]]]) -> tuple[str, ...]:
    """Return the labels of the items that a disagreement is about; `labelled` holds those of each layer by id."""
    labels: dict[str, None] = {}
    for layer, side in zip(disagreement.layers, (disagreement.a, disagreement.b), strict=True):
        if side is not None and side.id is not None:
            labels.update(dict.fromkeys(labelled[layer].get(side.id, ())))
    return tuple(labels)


def _labelled(document: Document) -> dict[str, list[str]]:
    labels: dict[str, list[str]] = {}
    for key, label in (
        *((entity.id, entity.type) for entity in document.entities),
        *((event.id, event.type) for event in document.events),
        *((stance.id, stance.polarity) for stance in document.stances),
    ):
        labels.setdefault(key, []).append(label)
    return labels


class Line(NamedTuple):
    """A line `[start, end)` of the text, without its line feed."""

    start: int
    end: int


def _with_ends(lines: Sequence[Line]) -> list[Line]:
    """Return lines with their line feeds, where something without words may stand."""
    return [Line(start, end + 1) for start, end in lines]


class Column:
    """One layer of an article; `cell` gives its view of a line."""

    def __init__(
        self, view: View, numbered: Sequence[Numbered], colors: Mapping[str, str], lines: Sequence[Line]
    ) -> None:
        self._view = view
        self._lines = lines
        self._colors = colors
        self._notes: dict[tuple[str, str], list[Numbered]] = {}
        self._marks: list[Mark] = []
        for note in numbered:
            if view.layer in note.disagreement.layers:
                self._note(note)
        document = view.document
        for entity in document.entities:
            self._mark("entity", entity.id, entity, entity.type)
        for event in document.events:
            self._mark("event", event.id, event.trigger, event.type, event.modality)
        for stance in document.stances:
            self._mark("stance", stance.id, stance.expression, stance.polarity)

        ends, relations = _with_ends(lines), document.relations or ()
        self._line_marks = by_stretch(self._marks, lines)
        self._events = by_begin(((event.trigger.start, event) for event in document.events), ends)
        self._stances = by_begin(((stance.expression.start, stance) for stance in document.stances), ends)
        self._relations = by_begin(((view.spans[each.source].start, each) for each in relations), ends)

    def cell(self, row: int) -> Cell:
        """Return the layer's view of a line, counted from 0."""
        return Cell(
            self._view.layer,
            tokens(self._view.document.text, self._line_marks[row], *self._lines[row]),
            [self._event(event) for event in self._events[row]],
            [self._stance(stance) for stance in self._stances[row]],
            [RelationLine(relation.type, *self._view.ends(relation)) for relation in self._relations[row]],
        )

    def facets(self) -> Iterator[Facet]:
        """Yield by what each item of the layer is filtered; what it lacks is no item."""
        units = {kind: unit for unit, kind in _MARKED.items()}
        for mark in self._marks:
            if mark.kind != "gap":
                yield Facet(units[mark.kind], mark.label, mark.status, mark.errors, self._view.layer)

    def _note(self, note: Numbered) -> None:
        """Note which item of this layer a disagreement is about, or where this layer lacks one."""
        disagreement = note.disagreement
        mine, other = disagreement.a, disagreement.b
        if disagreement.layers[0] != self._view.layer:
            mine, other = other, mine
        unit = "event" if disagreement.unit == "argument" else disagreement.unit
        if mine is not None and mine.id is not None:
            self._notes.setdefault((unit, mine.id), []).append(note)
        elif mine is None and other is not None and disagreement.unit in _MARKED:
            place = other.spans[0]
            label = note.labels[0] if note.labels else ""
            self._marks.append(Mark(place.start, place.end, "gap", label, numbers=(note.number,), errors=note.errors))

    def _mark(self, unit: str, key: str, span: Entity | Span, label: str, status: str = "") -> None:
        color = self._colors.get(label, _PLAIN)
        numbers, errors = self._of(unit, key)
        self._marks.append(Mark(span.start, span.end, _MARKED[unit], label, color, status, key, numbers, errors))

    def _of(self, unit: str, key: str) -> tuple[tuple[int, ...], tuple[str, ...]]:
        """Return the numbers of the disagreements about an item, and their kinds."""
        notes = self._notes.get((unit, key), ())
        return tuple(note.number for note in notes), tuple(sorted({error for note in notes for error in note.errors}))

    def _event(self, event: Event) -> EventLine:
        arguments = tuple((argument.role, self._view.filler(argument)) for argument in event.arguments)
        return EventLine(event, self._colors.get(event.type, _PLAIN), arguments, *self._of("event", event.id))

    def _stance(self, stance: Stance) -> StanceLine:
        color = self._colors.get(stance.polarity, _PLAIN)
        holder, mention = self._view.holder(stance), stance.target.mention
        target = self._view.spans[mention].text if mention is not None else ""
        return StanceLine(stance, color, holder, target, *self._of("stance", stance.id))
