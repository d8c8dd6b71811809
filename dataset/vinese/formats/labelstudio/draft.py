"""What an annotation says while it is turned into a document, with the region that said it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import msgspec

from vinese.model.records import Argument, ArticleStance, Document, Entity, Event, Relation, Span, Stance, Target

REFERS_TO = "refers_to"

Parts = tuple[tuple[Entity, ...], tuple[Event, ...], tuple[Stance, ...]]


class Arrow(msgspec.Struct):
    """A label of a relation that starts from a region: the id at its end, the place of both in `result`."""

    label: str
    to: str
    index: int
    pointer: str


class Drawn(msgspec.Struct):
    """A labelled region, its choices (value and place in `result`) and the relations that start from it."""

    id: str
    kind: str
    start: int
    end: int
    label: str
    origin: Any
    index: int
    choices: dict[str, tuple[str, int]] = {}
    arrows: list[Arrow] = []

    def dependants(self) -> Iterator[int]:
        """Yield the places in `result` of what goes when this region goes."""
        yield from (index for _, index in self.choices.values())
        yield from (arrow.index for arrow in self.arrows)

    def choice(self, name: str) -> str | None:
        """Return the value of one choice, or None."""
        given = self.choices.get(name)
        return given[0] if given else None


Origin = tuple[Drawn, Arrow | None]


class Draft:
    """The regions of one annotation by id; `parts` makes records of them, `origins` finds them again."""

    def __init__(self) -> None:
        self.drawn: dict[str, Drawn] = {}
        self.judgements: dict[str, tuple[str, int]] = {}
        self.notes: list[str] = []

    def kept(self) -> Iterator[int]:
        """Yield the places in `result` of all that is in the document of this draft."""
        for region in self.drawn.values():
            yield region.index
            yield from region.dependants()
        if len(self.judgements) > 1:
            yield from (index for _, index in self.judgements.values())

    def parts(self, text: str) -> Parts:
        """Return the entities, events and stances, in the order of the regions."""
        entities: list[Entity] = []
        events: list[Event] = []
        stances: list[Stance] = []
        for region in self.drawn.values():
            if region.kind == "entity":
                entities.append(_entity(region, text))
            elif region.kind == "event":
                events.append(self._event(region, text))
            else:
                stances.append(_stance(region, text))
        return tuple(entities), tuple(events), tuple(stances)

    def _event(self, region: Drawn, text: str) -> Event:
        arguments = []
        for arrow in region.arrows:
            end = self.drawn.get(arrow.to)
            kind = "event" if end is not None and end.kind == "event" else "entity"
            arguments.append(Argument(role=arrow.label, **{kind: arrow.to}))
        return Event(
            id=region.id,
            type=region.label,
            modality=region.choices["modality"][0],
            trigger=Span(region.start, region.end, text[region.start : region.end]),
            arguments=tuple(arguments),
            origin=region.origin,
        )

    def relations(self) -> tuple[Relation, ...]:
        """Return the relations between entities that a document has no field of their own for."""
        return tuple(
            Relation(type=arrow.label, source=region.id, target=arrow.to)
            for region in self.drawn.values()
            if region.kind == "entity"
            for arrow in region.arrows
            if arrow.label != REFERS_TO
        )

    def article_stance(self, topic: str) -> ArticleStance | None:
        """Return the two judgements, or None unless both are there."""
        if len(self.judgements) < 2:
            return None
        values = {name: value for name, (value, _) in self.judgements.items()}
        return ArticleStance(topic=topic, **values)

    def origins(self, document: Document) -> dict[str, Origin]:
        """Return, for the pointer of each item and link of the document of this draft, what it was made from."""
        origins: dict[str, Origin] = {}
        for name in ("entities", "events", "stances"):
            for number, item in enumerate(getattr(document, name)):
                origins[f"/{name}/{number}"] = self.drawn[item.id], None
        waiting: dict[tuple[str, str, str], list[Origin]] = defaultdict(list)
        for region in self.drawn.values():
            for arrow in region.arrows:
                waiting[region.id, arrow.label, arrow.to].append((region, arrow))
        for link in document.links():
            origins[link.pointer] = waiting[link.source, link.label, link.target].pop(0)
        return origins

    def locate(self, pointer: str, origins: dict[str, Origin]) -> tuple[int, str]:
        """Return where in `result` stands what a pointer into the document is about: its index, and its pointer."""
        region, arrow = _origin(pointer, origins)
        if arrow is not None:
            return arrow.index, arrow.pointer
        part = pointer.rpartition("/")[2]
        if part in region.choices:
            index = region.choices[part][1]
            return index, f"/{index}/value/choices/0"
        inside = {"start": "/value/start", "end": "/value/end", "text": "/value/text", "id": "/id"}.get(part, "")
        return region.index, f"/{region.index}{inside}"

    def drop(self, pointers: list[str], origins: dict[str, Origin]) -> set[int]:
        """Take out what pointers into the document are about: links, or regions with all that hangs on them.

        Return the places in `result` of the regions that went and of what went with them.
        """
        gone: set[int] = set()
        dropped = [_origin(pointer, origins) for pointer in pointers]
        arrows = {id(arrow) for _, arrow in dropped}
        for region in {region.id: region for region, arrow in dropped if arrow is not None}.values():
            region.arrows = [arrow for arrow in region.arrows if id(arrow) not in arrows]
        for region, arrow in dropped:
            if arrow is None and self.drawn.pop(region.id, None) is not None:
                gone.add(region.index)
                gone.update(region.dependants())
        return gone


def _origin(pointer: str, origins: dict[str, Origin]) -> Origin:
    """Return what the innermost item or link that a pointer leads into was made from."""
    while pointer not in origins:
        pointer = pointer.rpartition("/")[0]
    return origins[pointer]


def _entity(region: Drawn, text: str) -> Entity:
    return Entity(
        id=region.id,
        start=region.start,
        end=region.end,
        text=text[region.start : region.end],
        type=region.label,
        refers_to=tuple([arrow.to for arrow in region.arrows if arrow.label == REFERS_TO]),
        origin=region.origin,
    )


def _stance(region: Drawn, text: str) -> Stance:
    ends = {arrow.label: arrow.to for arrow in region.arrows}
    kind: Any = region.choice("holder_kind") or "ENTITY"
    return Stance(
        id=region.id,
        polarity=region.choices["polarity"][0],
        attribution=region.choices["attribution"][0],
        expression=Span(region.start, region.end, text[region.start : region.end]),
        holder_kind=kind,
        holders=tuple([arrow.to for arrow in region.arrows if arrow.label == "holder"]),
        source=ends.get("source"),
        target=Target(mention=ends.get("target"), topic=region.choice("topic")),
        origin=region.origin,
    )
