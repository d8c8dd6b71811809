"""What a document can do that needs the ontology or an article: canonical order, predictions, names of items."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from vinese.model.links import Rules, rules_of
from vinese.model.ontology import Ontology
from vinese.model.records import (
    JUDGEMENTS,
    Adjudication,
    Argument,
    Article,
    Decided,
    Document,
    Entity,
    Event,
    Relation,
    Stance,
    to_record,
)

_replace = msgspec.structs.replace


def entity_key(entity: Entity) -> tuple[int, int, str, str]:
    """Sort entities by start, longest first, then type and id."""
    return entity.start, -entity.end, entity.type, entity.id


def event_key(event: Event) -> tuple[int, int, str, str]:
    """Sort events by trigger, longest first, then type and id."""
    return event.trigger.start, -event.trigger.end, event.type, event.id


def stance_key(stance: Stance) -> tuple[int, int, str]:
    """Sort stances by expression, longest first, then id."""
    return stance.expression.start, -stance.expression.end, stance.id


def relation_key(relation: Relation) -> tuple[str, str, str]:
    """Sort relations by where they start, then type, then where they end."""
    return relation.source, relation.type, relation.target


def argument_key(argument: Argument, rules: Rules) -> tuple[int, str, str]:
    """Sort arguments by role in the ontology's order, then filler."""
    rule = rules.links.get(argument.role)
    return rule.order if rule else len(rules.links), argument.role, argument.filler


def canonical(document: Document, ontology: Ontology) -> Document:
    """Return `document` in the order that `vinese.model.records.Document` describes."""
    rules = rules_of(ontology)
    entities = [
        _replace(entity, refers_to=tuple(sorted(entity.refers_to))) if len(entity.refers_to) > 1 else entity
        for entity in document.entities
    ]
    events = [
        _replace(event, arguments=tuple(sorted(event.arguments, key=lambda argument: argument_key(argument, rules))))
        if len(event.arguments) > 1
        else event
        for event in document.events
    ]
    stances = [
        _replace(stance, holders=tuple(sorted(stance.holders))) if len(stance.holders) > 1 else stance
        for stance in document.stances
    ]
    return _replace(
        document,
        entities=tuple(sorted(entities, key=entity_key)),
        events=tuple(sorted(events, key=event_key)),
        stances=tuple(sorted(stances, key=stance_key)),
        relations=tuple(sorted(document.relations, key=relation_key)) if document.relations else msgspec.UNSET,
    )


def to_document(prediction: dict[str, Any], article: Article) -> Document:
    """Return a prediction, valid by its schema, as a document of `article`; spans without a text get the words.

    The layer is `prediction`; a text that is given stays, for `vinese.checks.document` to compare. A modality or an
    attribution that is not predicted is empty.
    """
    text = article.text
    value = {
        "id": article.id,
        "text": text,
        "text_sha256": article.text_sha256,
        "language": article.language,
        "zones": article.zones,
        "sentences": article.sentences,
        "entities": [_with_text(entity, text) for entity in prediction.get("entities", ())],
        "events": [_inside({"modality": "", **event}, "trigger", text) for event in prediction.get("events", ())],
        "stances": [
            _inside({"attribution": "", **stance}, "expression", text) for stance in prediction.get("stances", ())
        ],
        "article_stance": prediction.get("article_stance"),
        "provenance": {
            "layer": "prediction",
            "annotator": "system",
            "annotator_kind": "model",
            "tool": prediction.get("system") or "unknown",
        },
    }
    return to_record(value, Document)


def _with_text(span: dict[str, Any], text: str) -> dict[str, Any]:
    return span if "text" in span else {**span, "text": text[int(span["start"]) : int(span["end"])]}


def _inside(item: dict[str, Any], key: str, text: str) -> dict[str, Any]:
    return {**item, key: _with_text(item[key], text)}


class Named(NamedTuple):
    """The name of one item of a document: its kind and id, and of a link the role and the filler."""

    kind: Decided
    id: str
    role: str | None = None
    filler: str | None = None


def named_items(document: Document) -> Iterator[Named]:
    """Yield the name of every item that an adjudicator decides on, in the document's order."""
    for entity in document.entities:
        yield Named("entity", entity.id)
        for filler in entity.refers_to:
            yield Named("refers_to", entity.id, "refers_to", filler)
    for event in document.events:
        yield Named("event", event.id)
        for argument in event.arguments:
            yield Named("argument", event.id, argument.role, argument.filler)
    for stance in document.stances:
        yield Named("stance", stance.id)
    if document.article_stance is not None:
        yield from (Named("article_stance", judgement) for judgement in JUDGEMENTS)


def restricted(adjudication: Adjudication, document: Document) -> Adjudication:
    """Return the decisions on what is in `document`, in its order."""
    decisions = {(each.kind, each.id, each.role, each.filler): each for each in adjudication.decisions}
    in_order = (decisions.get(named) for named in named_items(document))
    return _replace(adjudication, decisions=tuple(decision for decision in in_order if decision is not None))
