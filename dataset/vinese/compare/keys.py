"""Say by content, never by id, which items of a document are the same as another layer's.

Entities are the same if offsets and type are, events if the trigger's offsets and the type are (both as in
`vinese.compare.items`), stances if all they say is: the words, polarity, attribution, holders, source and target.
What comes twice in one layer is numbered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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
    return dict(_numbered("stance", ((opinion(one, same), one) for one in document.stances)))


def links(document: Document, items: Mapping[ItemKey, Thing]) -> Iterator[LinkKey]:
    """Yield the relations between the items of a document, each once, in the order of `items`."""
    by_id = {thing.id: key for key, thing in items.items()}
    order = {key: number for number, key in enumerate(items)}
    joined = [LinkKey(by_id[link.source], link.label, by_id[link.target]) for link in document.links()]
    yield from dict.fromkeys(sorted(joined, key=lambda link: order[link.source]))


def _numbered(kind: Kind, found: Iterable[tuple[Any, Thing]]) -> Iterator[tuple[ItemKey, Thing]]:
    pairs = list(found)
    for (content, number), (_, thing) in zip(numbered(content for content, _ in pairs), pairs, strict=True):
        yield ItemKey(kind, content, number), thing


def entity_span(entity: Entity) -> Span:
    """Return a mention's offsets with its type as the label."""
    return Span(entity.start, entity.end, entity.type)


def opinion(stance: Stance, same: Mapping[str, Any]) -> Opinion:
    """Return all that a stance says; `same` maps the id of a mention to what it is known by."""
    target = stance.target
    return Opinion(
        Span(stance.expression.start, stance.expression.end),
        stance.polarity,
        stance.attribution,
        frozenset(same[key] for key in stance.holders) or stance.holder_kind,
        None if stance.source is None else same[stance.source],
        (None if target.mention is None else same[target.mention], target.topic),
    )


def place(key: ItemKey) -> Span:
    """Return where an item stands in the text, with its type where it has one."""
    found: Span = key.content.expression if key.kind == "stance" else key.content
    return found
