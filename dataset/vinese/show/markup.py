"""Mark entities, triggers and opinions where they stand in the text.

Each mark opens with its label and closes with a bracket of its kind: `[ORG_IGO:NATO]` an entity, `<E1.AGREE:ký>` a
trigger, `{S1.FAVOR:hoan nghênh}` an opinion. So nested and crossing marks can be told apart without any colour; with
colour, words stand on the colour of the innermost mark, and the words of an opinion are underlined.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from rich.style import Style
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vinese.ontology import Label, Ontology
    from vinese.records import Document, Entity, Span

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
