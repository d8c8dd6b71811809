"""Lay out one layer's view of an article for the page: marks on the text, events and opinions below each line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from vinese.agree.marks import Kind, Mark, Token, tokens

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vinese.agree.describe import View
    from vinese.agree.records import Disagreement
    from vinese.records import Entity, Event, Span, Stance

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
