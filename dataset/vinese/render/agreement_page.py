"""Write a page that shows layers side by side on the text, with their disagreements marked.

One file, nothing fetched: it works from a disk, without a network and on paper. All text is escaped by the template,
and a content security policy lets only the page's own script run.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from itertools import combinations, count, cycle
from pathlib import Path
from typing import Literal, NamedTuple

from jinja2 import Environment, StrictUndefined, Template

from vinese.compare.describe import View
from vinese.compare.disagreements import disagreements, position
from vinese.compare.records import AgreementReport, Disagreement
from vinese.compare.store import Shelf
from vinese.core.files import replacing
from vinese.model.ontology import Ontology
from vinese.model.records import Document, Entity, Event, Span, Stance
from vinese.render.agreement_text import coefficient, interval, lines, percent, reasons

SHOWN = 100
_POLARITIES = ("#2e9d4f", "#d1372c", "#d99000")
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Row:
    """Hold one line of the text as every layer sees it, and what they disagree on in it."""

    cells: list[Cell]
    differences: list[Numbered]


@dataclass(frozen=True, slots=True)
class ArticleView:
    """Hold one article for the page; `whole` are the disagreements about the article as a whole."""

    id: str
    title: str
    language: str
    layers: list[str]
    judged: list[str]
    whole: list[Numbered]
    rows: list[Row]
    differences: int


def write_page(
    file: Path,
    report: AgreementReport,
    common: Sequence[tuple[str, tuple[Shelf, ...]]],
    per_article: Sequence[int],
    ontology: Ontology,
) -> None:
    """Write the page of a report to `file`, one article in memory at a time.

    A page of very many articles opens in no browser: it shows the `SHOWN` with the most disagreements, and says so.
    """
    most = sorted(sorted(range(len(common)), key=lambda index: -per_article[index])[:SHOWN])
    script = _read("page.js")
    parts = _template().generate(
        report=report,
        ontology=ontology,
        colors=_colors(ontology),
        contents=[(common[index][0], per_article[index]) for index in most],
        articles=_articles([common[index] for index in most], _colors(ontology)),
        style=_read("page.css"),
        script=script,
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )
    with replacing(file) as page:
        for part in parts:
            page.write(part.encode())


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _template() -> Template:

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(percent=percent, coefficient=coefficient)
    environment.globals.update(interval=interval, lines=lines, reasons=reasons)
    return environment.from_string(_read("page.html.j2"))


def _colors(ontology: Ontology) -> dict[str, str]:
    """Return the colour of every label; polarities without one get one by their order."""
    labels = (*ontology.entities, *ontology.events, *ontology.stance.polarities)
    polarities = dict(zip((label.id for label in ontology.stance.polarities), cycle(_POLARITIES)))
    return polarities | {label.id: label.color for label in labels if label.color}


def _articles(common: Iterable[tuple[str, tuple[Shelf, ...]]], colors: Mapping[str, str]) -> Iterator[ArticleView]:
    numbers = count(1)
    for article_id, shelves in common:
        documents = {shelf.name: shelf.get(article_id) for shelf in shelves}
        found = [Numbered(next(numbers), one) for one in _between(documents)]
        yield _article([View(*item) for item in documents.items()], found, colors)


def _between(documents: Mapping[str, Document]) -> list[Disagreement]:
    """Return what any two layers do not see alike, in the order of the text."""
    found = [one for a, b in combinations(documents.items(), 2) for one in disagreements(a, b)]
    return sorted(found, key=position)


def _article(views: list[View], found: list[Numbered], colors: Mapping[str, str]) -> ArticleView:
    first = views[0].document
    columns = [Column(view, found, colors) for view in views]
    rows, start = [], 0
    for line in first.text.split("\n"):
        end = start + len(line)
        rows.append(Row([column.cell(start, end) for column in columns], _within(found, start, end)))
        start = end + 1
    return ArticleView(
        id=first.id,
        title=first.text.split("\n", 1)[0],
        language=first.language,
        layers=[view.layer for view in views],
        judged=[_judged(view) for view in views],
        whole=[one for one in found if one.found.sentence is None],
        rows=rows,
        differences=len(found),
    )


def _within(found: Iterable[Numbered], start: int, end: int) -> list[Numbered]:
    """Return the disagreements that begin in `text[start:end]`, or at its end."""
    places = {one.number: _begins(one.found) for one in found if one.found.sentence is not None}
    return [one for one in found if start <= places.get(one.number, -1) <= end]


def _begins(found: Disagreement) -> int:
    return min(side.spans[0].start for side in (found.a, found.b) if side is not None and side.spans)


def _judged(view: View) -> str:
    stance = view.document.article_stance
    return view.article_stance(stance).text if stance is not None else "not judged"


_PLAIN = "#7d7d7d"
_MARKED: dict[str, Kind] = {"entity": "entity", "event": "trigger", "stance": "expression"}


class Numbered(NamedTuple):
    """Give a disagreement the number by which the page knows it."""

    number: int
    found: Disagreement


@dataclass(frozen=True, slots=True)
class EventLine:
    """Show one event below its line of text: who does what in which role."""

    event: Event
    color: str
    arguments: tuple[tuple[str, str], ...]
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StanceLine:
    """Show one opinion below its line of text."""

    stance: Stance
    color: str
    holder: str
    target: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """Hold one layer's view of one line."""

    layer: str
    tokens: list[Token]
    events: list[EventLine]
    stances: list[StanceLine]


class Column:
    """Hold one layer of an article; `cell` gives its view of a line."""

    def __init__(self, view: View, found: Sequence[Numbered], colors: Mapping[str, str]) -> None:
        self._view = view
        self._colors = colors
        self._numbers: dict[tuple[str, str], list[int]] = {}
        self._marks: list[Mark] = []
        for one in found:
            if view.layer in one.found.layers:
                self._note(one)
        document = view.document
        for entity in document.entities:
            self._mark("entity", entity.id, entity, entity.type, entity.type)
        for event in document.events:
            self._mark("event", event.id, event.trigger, event.type, f"{event.type} {event.modality}")
        for stance in document.stances:
            self._mark(
                "stance", stance.id, stance.expression, stance.polarity, f"{stance.polarity} {stance.attribution}"
            )

    def cell(self, start: int, end: int) -> Cell:
        """Return the layer's view of the line `text[start:end]`."""
        document = self._view.document
        return Cell(
            self._view.layer,
            tokens(document.text, self._marks, start, end),
            [self._event(event) for event in document.events if start <= event.trigger.start <= end],
            [self._stance(stance) for stance in document.stances if start <= stance.expression.start <= end],
        )

    def _note(self, one: Numbered) -> None:
        """Note which item of this layer a disagreement is about, or where this layer lacks one."""
        at = one.found.layers.index(self._view.layer)
        mine, other = (one.found.a, one.found.b) if at == 0 else (one.found.b, one.found.a)
        unit = "event" if one.found.unit == "argument" else one.found.unit
        if mine is not None and mine.id is not None:
            self._numbers.setdefault((unit, mine.id), []).append(one.number)
        elif mine is None and other is not None and one.found.unit in _MARKED:
            place, name = other.spans[0], one.found.unit
            title = f"{other.layer}: {other.text}"
            self._marks.append(Mark(place.start, place.end, "gap", f"no {name}", "", title, (one.number,)))

    def _mark(self, unit: str, key: str, span: Entity | Span, label: str, title: str) -> None:
        color = self._colors.get(label, _PLAIN)
        self._marks.append(Mark(span.start, span.end, _MARKED[unit], label, color, title, self._of(unit, key)))

    def _of(self, unit: str, key: str) -> tuple[int, ...]:
        return tuple(sorted(self._numbers.get((unit, key), ())))

    def _event(self, event: Event) -> EventLine:
        arguments = tuple((argument.role, self._view.filler(argument)) for argument in event.arguments)
        return EventLine(event, self._colors.get(event.type, _PLAIN), arguments, self._of("event", event.id))

    def _stance(self, stance: Stance) -> StanceLine:
        color = self._colors.get(stance.polarity, _PLAIN)
        holder, target = self._view.holder(stance), self._view.target(stance)
        return StanceLine(stance, color, holder, target, self._of("stance", stance.id))


Kind = Literal["entity", "trigger", "expression", "gap"]
_ORDER: tuple[Kind, ...] = ("gap", "expression", "trigger", "entity")
_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Mark:
    """Mark a span of the text; `numbers` are those of the disagreements it takes part in.

    A `gap` shows where the other layer has something and this one has nothing.
    """

    start: int
    end: int
    kind: Kind
    label: str = ""
    color: str = ""
    title: str = ""
    numbers: tuple[int, ...] = ()


@dataclass(slots=True)
class Token:
    """Hold a piece of text, or the opening or closing of a mark.

    A mark that crosses another is cut: only the last piece has `last` set, and shows the label. `height` is how many
    marks lie inside, so that the lines under nested marks do not run into each other.
    """

    text: str = ""
    opens: Mark | None = None
    closes: Mark | None = None
    last: bool = True
    height: int = 0


@dataclass(order=True, slots=True)
class _Piece:
    start: int
    negative_end: int
    rank: int
    serial: int
    mark: Mark = field(compare=False)

    @property
    def end(self) -> int:
        return -self.negative_end


def tokens(text: str, marks: Iterable[Mark], start: int, end: int) -> list[Token]:
    """Return `text[start:end]` as tokens, with the parts of the marks that lie in it.

    Opening and closing tokens are always balanced; joined, the texts are `text[start:end]` again.
    """
    waiting = [
        _Piece(max(mark.start, start), -min(mark.end, end), _ORDER.index(mark.kind), serial, mark)
        for serial, mark in enumerate(marks)
        if mark.start < end and mark.end > start
    ]
    heapify(waiting)
    found: list[Token] = []
    stack: list[tuple[_Piece, Token]] = []
    position = start
    while waiting or stack:
        if stack and (not waiting or stack[-1][0].end <= waiting[0].start):
            position = _text(found, text, position, stack[-1][0].end)
            _close(found, stack)
        else:
            piece = heappop(waiting)
            position = _text(found, text, position, piece.start)
            _open(found, stack, piece, waiting)
    _text(found, text, position, end)
    return found


def _text(found: list[Token], text: str, start: int, end: int) -> int:
    if start < end:
        found.append(Token(text[start:end]))
    return end


def _open(found: list[Token], stack: list[tuple[_Piece, Token]], piece: _Piece, waiting: list[_Piece]) -> None:
    """Open a piece inside the innermost open one; what reaches beyond that one waits as a piece of its own."""
    last = True
    if stack and piece.end > stack[-1][0].end:
        cut = stack[-1][0].end
        heappush(waiting, _Piece(cut, piece.negative_end, piece.rank, piece.serial, piece.mark))
        piece = _Piece(piece.start, -cut, piece.rank, piece.serial, piece.mark)
        last = False
    token = Token(opens=piece.mark, last=last)
    found.append(token)
    stack.append((piece, token))


def _close(found: list[Token], stack: list[tuple[_Piece, Token]]) -> None:
    piece, token = stack.pop()
    found.append(Token(closes=piece.mark, last=token.last))
    if stack:
        outer = stack[-1][1]
        outer.height = min(_DEEPEST, max(outer.height, token.height + 1))
