"""Tell of every item of an adjudicated document whether all layers have it, some of them, or none.

Compared by content, as `vinese.adjudicate.keys` and `vinese.agree.items` do: an entity by offsets and type, an event
by trigger, type and modality, an argument by its event's trigger and type, its role and the offsets of what fills it,
`refers_to` likewise, a stance by all that it says, a judgement of the article by its value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from vinese.adjudicate.keys import entity_span, opinion
from vinese.agree.items import Places, argument_keys, trigger
from vinese.export.names import JUDGEMENTS
from vinese.records import Adjudication, Decision

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vinese.records import Decided, Document


class Named(NamedTuple):
    """Name one item of a document."""

    kind: Decided
    id: str
    role: str | None = None
    filler: str | None = None


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
    places = Places(document)
    for entity in document.entities:
        span = entity_span(entity)
        yield Named("entity", entity.id), ("entity", span)
        for key in entity.refers_to:
            yield Named("refers_to", entity.id, "refers_to", key), ("refers_to", span, places.entity(key))
    for event in document.events:
        yield Named("event", event.id), ("event", trigger(event), event.modality)
        for argument, content in zip(event.arguments, argument_keys(event, places), strict=True):
            filler = argument.entity or argument.event
            yield Named("argument", event.id, argument.role, filler), ("argument", content)
    for stance in document.stances:
        yield Named("stance", stance.id), ("stance", opinion(stance, places.entity, places.mention))
    if document.article_stance is not None:
        for name in JUDGEMENTS:
            yield Named("article_stance", name), (name, getattr(document.article_stance, name))


def restricted(adjudication: Adjudication, document: Document) -> Adjudication:
    """Return the decisions on what is in `document`, in its order."""
    known = {Named(one.kind, one.id, one.role, one.filler): one for one in adjudication.decisions}
    found = (known.get(named) for named, _ in contents(document))
    return Adjudication(layers=adjudication.layers, decisions=tuple(one for one in found if one is not None))
