"""Hold what an annotation says while it is turned into a document, and remember which region said what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from vinese.model.links import Rules
from vinese.model.records import Argument, ArticleStance, Entity, Event, Span, Stance, Target

Parts = tuple[tuple[Entity, ...], tuple[Event, ...], tuple[Stance, ...]]


class Link(msgspec.Struct):
    """Hold one relation: its label, the id at its end, and its place in `result`."""

    label: str
    to: str
    index: int


class Drawn(msgspec.Struct):
    """Hold one labelled region, its choices (value and place in `result`) and the relations that start from it."""

    id: str
    kind: str
    start: int
    end: int
    label: str
    origin: Any
    index: int
    choices: dict[str, tuple[str, int]] = {}
    links: list[Link] = []

    def dependants(self) -> Iterator[int]:
        """Yield the places in `result` of what goes when this region goes."""
        yield from (index for _, index in self.choices.values())
        yield from (link.index for link in self.links)

    def choice(self, name: str) -> str | None:
        """Return the value of one choice, or None."""
        found = self.choices.get(name)
        return found[0] if found else None


class Draft:
    """Hold the regions of one annotation by id; `parts` makes records of them, `locate` leads pointers back."""

    def __init__(self) -> None:
        self.drawn: dict[str, Drawn] = {}
        self.judgements: dict[str, tuple[str, int]] = {}
        self.notes: list[str] = []
        self._lists: dict[str, list[Drawn]] = {}

    def parts(self, text: str, rules: Rules) -> Parts:
        """Return the entities, events and stances in canonical order."""
        entities: list[Drawn] = []
        events: list[Drawn] = []
        stances: list[Drawn] = []
        lists = {"entity": entities, "event": events, "stance": stances}
        for one in self.drawn.values():
            lists[one.kind].append(one)
        entities.sort(key=_place)
        events.sort(key=_place)
        stances.sort(key=_stance_place)
        self._lists = {"entities": entities, "events": events, "stances": stances}
        return (
            tuple([self._entity(one, text) for one in entities]),
            tuple([self._event(one, text, rules) for one in events]),
            tuple([_stance(one, text) for one in stances]),
        )

    def _entity(self, one: Drawn, text: str) -> Entity:
        refers_to: tuple[str, ...] = ()
        if one.links:
            one.links.sort(key=lambda link: link.to)
            refers_to = tuple([link.to for link in one.links])
        return Entity(
            id=one.id,
            start=one.start,
            end=one.end,
            text=text[one.start : one.end],
            type=one.label,
            refers_to=refers_to,
            origin=one.origin,
        )

    def _event(self, one: Drawn, text: str, rules: Rules) -> Event:
        links = rules.links
        if one.links:
            one.links.sort(key=lambda link: (links[link.label].order, link.to))
        return Event(
            id=one.id,
            type=one.label,
            modality=one.choices["modality"][0],
            trigger=Span(one.start, one.end, text[one.start : one.end]),
            arguments=tuple([self._argument(link) for link in one.links]),
            origin=one.origin,
        )

    def _argument(self, link: Link) -> Argument:
        end = self.drawn.get(link.to)
        if end is not None and end.kind == "event":
            return Argument(role=link.label, event=link.to)
        return Argument(role=link.label, entity=link.to)

    def article_stance(self, topic: str) -> ArticleStance | None:
        """Return the two judgements, or None unless both are there."""
        if len(self.judgements) < 2:
            return None
        values = {name: value for name, (value, _) in self.judgements.items()}
        return ArticleStance(topic=topic, **values)

    def locate(self, pointer: str) -> str:
        """Return the pointer into `result` for a pointer into the document that `parts` made."""
        one, link = self._find(pointer)
        rest = pointer.split("/")[3:]
        if link is not None:
            return f"/{link.index}"
        name = rest[-1] if rest else ""
        if name in one.choices:
            return f"/{one.choices[name][1]}/value/choices/0"
        if name in {"start", "end", "text"}:
            return f"/{one.index}/value/{name}"
        return f"/{one.index}/id" if name == "id" else f"/{one.index}"

    def _link(self, one: Drawn, rest: list[str]) -> Link | None:
        """Return the relation that the rest of a pointer is about, if it is about one."""
        if len(rest) > 1 and rest[0] in {"arguments", "refers_to"}:
            return one.links[int(rest[1])]
        if len(rest) > 1 and rest[0] == "holders":
            return _of(one, "holder")[int(rest[1])]
        name = "target" if rest == ["target", "mention"] else "source" if rest == ["source"] else ""
        found = _of(one, name)
        return found[0] if found else None

    def drop(self, pointers: list[str]) -> set[int]:
        """Take out what pointers into the document are about: links, or whole regions with all that hangs on them.

        Return the places in `result` of the regions that went and of what went with them.
        """
        found = [self._find(pointer) for pointer in pointers]
        gone: set[int] = set()
        for one, link in found:
            if link is not None:
                one.links = [other for other in one.links if other is not link]
            elif self.drawn.pop(one.id, None) is not None:
                gone.add(one.index)
                gone.update(one.dependants())
        return gone

    def _find(self, pointer: str) -> tuple[Drawn, Link | None]:
        _, kind, number, *rest = pointer.split("/")
        one = self._lists[kind][int(number)]
        return one, self._link(one, rest)


def _place(one: Drawn) -> tuple[int, int, str, str]:
    return one.start, -one.end, one.label, one.id


def _stance_place(one: Drawn) -> tuple[int, int, str]:
    return one.start, -one.end, one.id


def _of(one: Drawn, label: str) -> list[Link]:
    """Return the links of one label, by the id at their end."""
    return sorted((link for link in one.links if link.label == label), key=lambda link: link.to)


def _stance(one: Drawn, text: str) -> Stance:
    holders: list[str] = []
    source = mention = None
    for link in one.links:
        if link.label == "holder":
            holders.append(link.to)
        elif link.label == "source":
            source = link.to
        else:
            mention = link.to
    holders.sort()
    kind: Any = one.choice("holder_kind") or "ENTITY"
    return Stance(
        id=one.id,
        polarity=one.choices["polarity"][0],
        attribution=one.choices["attribution"][0],
        expression=Span(one.start, one.end, text[one.start : one.end]),
        holder_kind=kind,
        holders=tuple(holders),
        source=source,
        target=Target(mention=mention, topic=one.choice("topic")),
        origin=one.origin,
    )
