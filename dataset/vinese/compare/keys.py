"""Say by content, never by id, which items of a document are the same as another layer's.

Entities are the same if offsets and type are, events if the trigger's offsets and the type are (both as in
`vinese.compare.items`), stances if all they say is: the words, polarity, attribution, holders, source and target.
What comes twice in one layer is numbered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

from vinese.compare.items import numbered, trigger
from vinese.compare.matching import Span
from vinese.model.records import Document, Entity, Event, Stance

Thing = Entity | Event | Stance


Kind = Literal["entity", "event", "stance"]


class ItemKey(NamedTuple):
    """Know an item: its kind, its content, and how often that content came before."""

    kind: Kind
    content: Any
    number: int = 0


class LinkKey(NamedTuple):
    """Know a relation by what it joins: its start, its label (a role, `holder`, ...), its end."""

    source: ItemKey
    label: str
    target: ItemKey


class Opinion(NamedTuple):
    """Hold all that a stance says; mentions by whatever makes them the same as another layer's."""

    expression: Span
    polarity: str
    attribution: str
    holder: Any
    source: Any
    target: Any


def mentions(document: Document) -> dict[ItemKey, Thing]:
    """Return the entities and events of a document by key."""
    events = sorted(document.events, key=lambda event: (trigger(event), event.modality))
    return {
        **dict(_numbered("entity", ((entity_span(entity), entity) for entity in document.entities))),
        **dict(_numbered("event", ((trigger(event), event) for event in events))),
    }


def opinions(document: Document, same: Mapping[str, ItemKey]) -> dict[ItemKey, Thing]:
    """Return the stances of a document by key; `same` maps an id to what its mention is known by."""
    return dict(_numbered("stance", ((opinion(one, same.get, same.get), one) for one in document.stances)))


def links(items: Mapping[ItemKey, Thing]) -> Iterator[LinkKey]:
    """Yield the relations between the items of one document, each once."""
    by_id = {thing.id: key for key, thing in items.items()}
    found = (LinkKey(key, label, by_id[end]) for key, thing in items.items() for label, end in ends(thing))
    yield from dict.fromkeys(found)


def _numbered(kind: Kind, found: Iterable[tuple[Any, Thing]]) -> Iterator[tuple[ItemKey, Thing]]:
    pairs = list(found)
    for (content, number), (_, thing) in zip(numbered(content for content, _ in pairs), pairs, strict=True):
        yield ItemKey(kind, content, number), thing


def entity_span(entity: Entity) -> Span:
    """Return a mention's offsets with its type as the label."""
    return Span(entity.start, entity.end, entity.type)


def opinion(stance: Stance, entity: Callable[[str], Any], mention: Callable[[str], Any]) -> Opinion:
    """Return all that a stance says; `entity` and `mention` tell what an id is known by."""
    target = stance.target
    return Opinion(
        Span(stance.expression.start, stance.expression.end),
        stance.polarity,
        stance.attribution,
        frozenset(entity(key) for key in stance.holders) or stance.holder_kind,
        None if stance.source is None else entity(stance.source),
        (None if target.mention is None else mention(target.mention), target.topic),
    )


def ends(thing: Thing) -> Iterator[tuple[str, str]]:
    """Yield the relations that start from an item: label, and id at the end."""
    if isinstance(thing, Entity):
        yield from (("refers_to", end) for end in thing.refers_to)
    elif isinstance(thing, Event):
        yield from ((argument.role, argument.entity or argument.event or "") for argument in thing.arguments)
    else:
        yield from (("holder", end) for end in thing.holders)
        found = (("source", thing.source), ("target", thing.target.mention))
        yield from ((label, end) for label, end in found if end is not None)


def place(key: ItemKey) -> Span:
    """Return where an item stands in the text, with its type where it has one."""
    found: Span = key.content.expression if key.kind == "stance" else key.content
    return found
