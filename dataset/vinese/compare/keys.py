"""Which items of a document are the same as another layer's, by content and never by id.

Entities are the same if offsets and type are, events if the trigger's offsets and the type are (both as in
`vinese.compare.items`), stances if all they say is: the words, polarity, attribution, holders, source and target.
What comes twice in one layer is numbered. `adjudication` compares an adjudicated document with its layers likewise:
an argument is known by its event's trigger and type, its role and the offsets of its filler, `refers_to` by the
offsets of both ends, a judgement of the article by its value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

from vinese.compare.items import argument_keys, entity_span, numbered, places_of, trigger
from vinese.compare.matching import LabelledSpan
from vinese.model.document import Named
from vinese.model.records import JUDGEMENTS, Adjudication, Decision, Document, Entity, Event, Stance

Item = Entity | Event | Stance


Kind = Literal["entity", "event", "stance"]


class ItemKey(NamedTuple):
    """The key of an item: its kind, its content, and how often that content came before."""

    kind: Kind
    content: Any
    number: int = 0


class LinkKey(NamedTuple):
    """The key of a relation: its start, its label (a role, `holder`, ...), its end."""

    source: ItemKey
    label: str
    target: ItemKey


class StanceContent(NamedTuple):
    """All that a stance says; mentions by whatever makes them the same as another layer's."""

    expression: LabelledSpan
    polarity: str
    attribution: str
    holder: Any
    source: Any
    target: Any


def mentions(document: Document) -> dict[ItemKey, Item]:
    """Return the entities and events of a document by key."""
    events = sorted(document.events, key=lambda event: (trigger(event), event.modality))
    return {
        **dict(_numbered("entity", ((entity_span(entity), entity) for entity in document.entities))),
        **dict(_numbered("event", ((trigger(event), event) for event in events))),
    }


def stances_by_key(document: Document, same: Mapping[str, ItemKey]) -> dict[ItemKey, Item]:
    """Return the stances of a document by key; `same` maps an id to what its mention is known by."""
    return dict(_numbered("stance", ((stance_content(stance, same), stance) for stance in document.stances)))


def links(document: Document, items: Mapping[ItemKey, Item]) -> Iterator[LinkKey]:
    """Yield the relations between the items of a document, each once, in the order of `items`."""
    by_id = {item.id: key for key, item in items.items()}
    order = {key: number for number, key in enumerate(items)}
    joined = [LinkKey(by_id[link.source], link.label, by_id[link.target]) for link in document.links()]
    yield from dict.fromkeys(sorted(joined, key=lambda link: order[link.source]))


def _numbered(kind: Kind, contents: Iterable[tuple[Any, Item]]) -> Iterator[tuple[ItemKey, Item]]:
    pairs = list(contents)
    for (content, number), (_, item) in zip(numbered(content for content, _ in pairs), pairs, strict=True):
        yield ItemKey(kind, content, number), item


def stance_content(stance: Stance, same: Mapping[str, Any]) -> StanceContent:
    """Return all that a stance says; `same` maps the id of a mention to what it is known by."""
    target = stance.target
    return StanceContent(
        LabelledSpan(stance.expression.start, stance.expression.end),
        stance.polarity,
        stance.attribution,
        frozenset(same[key] for key in stance.holders) or stance.holder_kind,
        None if stance.source is None else same[stance.source],
        (None if target.mention is None else same[target.mention], target.topic),
    )


def place(key: ItemKey) -> LabelledSpan:
    """Return where an item stands in the text, with its type where it has one."""
    span: LabelledSpan = key.content.expression if key.kind == "stance" else key.content
    return span


def adjudication(gold: Document, layers: Mapping[str, Document]) -> Adjudication:
    """Return how every item of `gold` stands to the layers that it was decided from, one or more."""
    have = {layer: {content for _, content in contents(document)} for layer, document in layers.items()}
    decisions = []
    for named, content in contents(gold):
        agreeing = tuple(layer for layer in layers if content in have[layer])
        shared = "agreed" if len(agreeing) == len(layers) else "chosen"
        how = "new" if not agreeing else "single" if len(layers) == 1 else shared
        decisions.append(Decision(**named._asdict(), how=how, layers=agreeing))  # type: ignore[arg-type]
    return Adjudication(layers=tuple(layers), decisions=tuple(decisions))


def contents(document: Document) -> Iterator[tuple[Named, Any]]:
    """Yield every item of a document, in its order, with the content that it is compared by."""
    places = places_of(document)
    for entity in document.entities:
        span = entity_span(entity)
        yield Named("entity", entity.id), ("entity", span)
        for key in entity.refers_to:
            yield Named("refers_to", entity.id, "refers_to", key), ("refers_to", span, places[key])
    for event in document.events:
        yield Named("event", event.id), ("event", trigger(event), event.modality)
        for argument, content in zip(event.arguments, argument_keys(event, places), strict=True):
            yield Named("argument", event.id, argument.role, argument.filler), ("argument", content)
    for stance in document.stances:
        yield Named("stance", stance.id), ("stance", stance_content(stance, places))
    if document.article_stance is not None:
        for name in JUDGEMENTS:
            yield Named("article_stance", name), (name, getattr(document.article_stance, name))
