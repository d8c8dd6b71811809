"""Say by content, never by id, which items of a document are the same as another layer's.

Entities are the same if offsets and type are, events if the trigger's offsets and the type are (both as in
`vinese.agree.items`), stances if all they say is: the words, polarity, attribution, holders, source and target, whose
mentions are known by their offsets. What comes twice in one layer is numbered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from vinese.agree.items import Places, numbered, trigger
from vinese.agree.matching import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vinese.records import Document, Entity, Event, Stance

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
    """Hold all that a stance says; mentions by their offsets."""

    expression: Span
    polarity: str
    attribution: str
    holder: Any
    source: Any
    target: Any


@dataclass(frozen=True, slots=True)
class Keyed:
    """Hold a document's items and relations by key."""

    items: dict[ItemKey, Thing]
    links: tuple[LinkKey, ...]


def keyed(document: Document) -> Keyed:
    """Return the items and relations of a document by what makes them the same as another layer's."""
    places = Places(document)
    events = sorted(document.events, key=lambda event: (trigger(event), event.modality))
    items: dict[ItemKey, Thing] = {
        **dict(_numbered("entity", ((entity_span(entity), entity) for entity in document.entities))),
        **dict(_numbered("event", ((trigger(event), event) for event in events))),
        **dict(_numbered("stance", ((opinion(stance, places), stance) for stance in document.stances))),
    }
    by_id = {thing.id: key for key, thing in items.items()}
    links = (
        LinkKey(key, label, by_id[end]) for key, thing in items.items() for label, end in ends(thing) if end in by_id
    )
    return Keyed(items, tuple(dict.fromkeys(links)))


def _numbered(kind: Kind, found: Iterable[tuple[Any, Thing]]) -> Iterator[tuple[ItemKey, Thing]]:
    pairs = list(found)
    for (content, number), (_, thing) in zip(numbered(content for content, _ in pairs), pairs, strict=True):
        yield ItemKey(kind, content, number), thing


def entity_span(entity: Entity) -> Span:
    """Return a mention's offsets with its type as the label."""
    return Span(entity.start, entity.end, entity.type)


def opinion(stance: Stance, places: Places) -> Opinion:
    """Return all that a stance says."""
    target = stance.target
    return Opinion(
        Span(stance.expression.start, stance.expression.end),
        stance.polarity,
        stance.attribution,
        frozenset(places.entity(key) for key in stance.holders) or stance.holder_kind,
        None if stance.source is None else places.entity(stance.source),
        (None if target.mention is None else places.mention(target.mention), target.topic),
    )


def ends(thing: Thing) -> Iterator[tuple[str, str]]:
    """Yield the relations that start from an item: label, and id at the end."""
    from vinese.records import Entity, Event  # noqa: PLC0415

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
