"""Count what a layer holds, one document at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from vinese.agree.records import AdjudicationRate  # noqa: TC001 (msgspec needs it to decode a pass)
from vinese.export.names import JUDGEMENTS
from vinese.ontology import ids

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vinese.ontology import Ontology
    from vinese.records import Document, Stance

COUNTED = (
    "entity_type",
    "event_type",
    "modality",
    "role",
    "relation",
    "polarity",
    "attribution",
    "holder_kind",
    "topic",
    "article_stance_judgement",
    "article_stance_value",
)


class Pass(msgspec.Struct, kw_only=True):
    """Count one layer: documents, annotations, who made them, where they came from, how often each label occurs.

    `annotators` maps a pseudonym to `person`, `model` or null; `labels` has the names of `COUNTED`, lists of
    `Ontology.lists`, beside `outlet_stance` and `overall_leaning`. `adjudication` is null for a layer that was not
    decided from others.
    """

    layer: str
    documents: int = 0
    counts: dict[str, int] = msgspec.field(
        default_factory=lambda: dict.fromkeys(("entities", "events", "arguments", "stances"), 0)
    )
    annotators: dict[str, str | None] = msgspec.field(default_factory=dict)
    origins: dict[str, int] = msgspec.field(default_factory=dict)
    labels: dict[str, dict[str, int]] = msgspec.field(default_factory=dict)
    adjudication: AdjudicationRate | None = None

    def add(self, document: Document) -> None:
        """Count a document."""
        self.documents += 1
        self.annotators[document.provenance.annotator] = document.provenance.annotator_kind
        for name in ("entities", "events", "stances"):
            items = getattr(document, name)
            self.counts[name] += len(items)
            for item in items:
                _count(self.origins, item.origin or "not stated")
        self.counts["arguments"] += sum(len(event.arguments) for event in document.events)
        for name, label in _labels(document):
            _count(self.labels.setdefault(name, {}), label)


def unused(ontology: Ontology, counted: Pass) -> dict[str, tuple[str, ...]]:
    """Return the labels of the ontology that a layer never uses, by list; lists that are used up are left out."""
    lists = ontology.lists() | {"relation": ontology.relations}
    found = {
        name: tuple(one for one in ids(lists[name]) if one not in counted.labels.get(name, {})) for name in COUNTED
    }
    if not counted.counts["stances"]:
        found["stance_expression"] = (ontology.stance.expression.id,)
    return {name: labels for name, labels in found.items() if labels}


def _count(counts: dict[str, int], name: str) -> None:
    counts[name] = counts.get(name, 0) + 1


def _labels(document: Document) -> Iterator[tuple[str, str]]:
    """Yield every label of a document with the name of its list."""
    for entity in document.entities:
        yield "entity_type", entity.type
        yield from (("relation", "refers_to") for _ in entity.refers_to)
    for event in document.events:
        yield "event_type", event.type
        yield "modality", event.modality
        yield from (("role", argument.role) for argument in event.arguments)
    for stance in document.stances:
        yield from _labels_of(stance)
    if document.article_stance is not None:
        for name in JUDGEMENTS:
            value = getattr(document.article_stance, name)
            yield from ((name, value), ("article_stance_judgement", name), ("article_stance_value", value))


def _labels_of(stance: Stance) -> Iterator[tuple[str, str]]:
    """Yield every label of an opinion."""
    yield "polarity", stance.polarity
    yield "attribution", stance.attribution
    yield "holder_kind", stance.holder_kind
    yield from (("relation", "holder") for _ in stance.holders)
    if stance.source is not None:
        yield "relation", "source"
    if stance.target.mention is not None:
        yield "relation", "target"
    if stance.target.topic is not None:
        yield "topic", stance.target.topic
