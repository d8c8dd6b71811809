"""The page of an agreement report: layers side by side on the text, with their disagreements marked.

One file, nothing fetched: it works from a disk, without a network and on paper. All text is escaped by the template,
and a content security policy lets only the page's own script run.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, count, cycle
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, StrictUndefined, Template

from vinese.compare.describe import View
from vinese.compare.disagreements import disagreements, position
from vinese.compare.records import AgreementReport, Disagreement
from vinese.compare.store import Shelf
from vinese.core.files import replacing
from vinese.model.ontology import Ontology
from vinese.model.records import Entity, Event, Span, Stance
from vinese.render.agreement_text import coefficient, interval, lines, percent, reasons
from vinese.render.spans import Kind, Mark, segments

SHOWN = 100
_POLARITIES = ("#2e9d4f", "#d1372c", "#d99000")
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the text as every layer sees it, and the disagreements that begin in it."""

    cells: list[Cell]
    differences: list[Numbered]


@dataclass(frozen=True, slots=True)
class ArticleView:
    """One article of the page; `whole` are the disagreements about the article as a whole."""

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
    """Write the page of an agreement report, one article in memory at a time.

    A page of very many articles opens in no browser: it shows the `SHOWN` with the most disagreements, and says so.

    Parameters
    ----------
    file
        Where the page goes; what stands there is replaced as a whole.
    report
        The agreement of two layers or more.
    common
        The id of each article that all layers have, with the layers.
    per_article
        The number of disagreements in each of these articles.
    ontology
        Labels with their colours and definitions.
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
        pairs = combinations(documents.items(), 2)
        in_text_order = sorted((disagreement for a, b in pairs for disagreement in disagreements(a, b)), key=position)
        numbered = [Numbered(next(numbers), disagreement) for disagreement in in_text_order]
        yield _article([View(*item) for item in documents.items()], numbered, colors)


def _article(views: list[View], numbered: list[Numbered], colors: Mapping[str, str]) -> ArticleView:
    first = views[0].document
    columns = [Column(view, numbered, colors) for view in views]
    rows, start = [], 0
    for line in first.text.split("\n"):
        end = start + len(line)
        begun = [note for note in numbered if note.begins is not None and start <= note.begins <= end]
        rows.append(Row([column.cell(start, end) for column in columns], begun))
        start = end + 1
    return ArticleView(
        id=first.id,
        title=first.text.split("\n", 1)[0],
        language=first.language,
        layers=[view.layer for view in views],
        judged=[_judged(view) for view in views],
        whole=[note for note in numbered if note.disagreement.sentence is None],
        rows=rows,
        differences=len(numbered),
    )


def _judged(view: View) -> str:
    stance = view.document.article_stance
    return view.article_stance(stance).text if stance is not None else "not judged"


_PLAIN = "#7d7d7d"
_ORDER: tuple[Kind, ...] = ("gap", "expression", "trigger", "entity")
_MARKED: dict[str, Kind] = {"entity": "entity", "event": "trigger", "stance": "expression"}


class Numbered(NamedTuple):
    """A disagreement with the number by which the page refers to it."""

    number: int
    disagreement: Disagreement

    @property
    def begins(self) -> int | None:
        """The code point at which it begins, None if it is about the article as a whole."""
        if self.disagreement.sentence is None:
            return None
        sides = (self.disagreement.a, self.disagreement.b)
        return min(side.spans[0].start for side in sides if side is not None and side.spans)


@dataclass(frozen=True, slots=True)
class EventLine:
    """An event as it stands below its line of text, with the role and words of each argument."""

    event: Event
    color: str
    arguments: tuple[tuple[str, str], ...]
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StanceLine:
    """A stance as it stands below its line of text."""

    stance: Stance
    color: str
    holder: str
    target: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One line of the text as one layer annotates it."""

    layer: str
    tokens: list[Token]
    events: list[EventLine]
    stances: list[StanceLine]


class Column:
    """One layer of an article; `cell` gives its view of a line."""

    def __init__(self, view: View, numbered: Sequence[Numbered], colors: Mapping[str, str]) -> None:
        self._view = view
        self._colors = colors
        self._numbers: dict[tuple[str, str], list[int]] = {}
        self._marks: list[Mark] = []
        for number, disagreement in numbered:
            if view.layer in disagreement.layers:
                self._note(number, disagreement)
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

    def _note(self, number: int, disagreement: Disagreement) -> None:
        """Note which item of this layer a disagreement is about, or where this layer lacks one."""
        mine, other = disagreement.a, disagreement.b
        if disagreement.layers[0] != self._view.layer:
            mine, other = other, mine
        unit = "event" if disagreement.unit == "argument" else disagreement.unit
        if mine is not None and mine.id is not None:
            self._numbers.setdefault((unit, mine.id), []).append(number)
        elif mine is None and other is not None and disagreement.unit in _MARKED:
            place, label = other.spans[0], f"no {disagreement.unit}"
            self._marks.append(
                Mark(place.start, place.end, "gap", label, title=f"{other.layer}: {other.text}", numbers=(number,))
            )

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


_DEEPEST = 6


@dataclass(slots=True)
class Token:
    """A piece of text, or the opening or closing of a mark.

    Of a mark that is cut where it crosses another only the last piece has `last` set, and shows the label. `height`
    is how many marks lie inside, so that the lines under nested marks do not run into each other.
    """

    text: str = ""
    opens: Mark | None = None
    closes: Mark | None = None
    last: bool = True
    height: int = 0


def tokens(text: str, marks: Iterable[Mark], start: int, end: int) -> list[Token]:
    """Return `text[start:end]` as tokens, with the parts of the marks that lie in it.

    Opening and closing tokens are always balanced; joined, the texts are `text[start:end]` again.
    """
    result: list[Token] = []
    stack: list[Token] = []
    for segment in segments(sorted(marks, key=lambda mark: _ORDER.index(mark.kind)), start, end):
        for mark in segment.opened:
            stack.append(Token(opens=mark))
            result.append(stack[-1])
        result.append(Token(text[segment.start : segment.end]))
        for mark in segment.closed:
            opening = stack.pop()
            opening.last = min(mark.end, end) == segment.end
            result.append(Token(closes=mark, last=opening.last))
            if stack:
                stack[-1].height = min(_DEEPEST, max(stack[-1].height, opening.height + 1))
    return result
