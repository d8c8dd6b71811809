"""Tell of every item of an adjudicated document whether all layers have it, some of them, or none.

Compared by content, as `vinese.compare.keys` and `vinese.compare.items` do: an entity by offsets and type, an event
by trigger, type and modality, an argument by its event's trigger and type, its role and the offsets of what fills it,
`refers_to` likewise, a stance by all that it says, a judgement of the article by its value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from vinese.compare.items import argument_keys, places_of, trigger
from vinese.compare.keys import entity_span, opinion
from vinese.model.document import Named
from vinese.model.records import JUDGEMENTS, Adjudication, Decision, Document


def adjudication(gold: Document, layers: Mapping[str, Document]) -> Adjudication:
    """Return how every item of `gold` stands to the layers that it was decided from."""
    have = {layer: {content for _, content in contents(document)} for layer, document in layers.items()}
    decisions = (
        _decision(named, tuple(layer for layer in layers if (content in have[layer])), len(layers))
        for named, content in contents(gold)
    )
    return Adjudication(layers=tuple(layers), decisions=tuple(decisions))


def _decision(named: Named, layers: tuple[str, ...], count: int) -> Decision:
    how = "agreed" if len(layers) == count else "chosen" if layers else "new"
    return Decision(**named._asdict(), how=how, layers=layers)  # type: ignore[arg-type]


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
        yield Named("stance", stance.id), ("stance", opinion(stance, places))
    if document.article_stance is not None:
        for name in JUDGEMENTS:
            yield Named("article_stance", name), (name, getattr(document.article_stance, name))
