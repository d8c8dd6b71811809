"""Count what a layer holds: documents, annotations, annotators, origins, and how often each label occurs."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from vinese.compare.records import AdjudicationRate
from vinese.model.ontology import Ontology, ids
from vinese.model.records import JUDGEMENTS, Document

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


class LayerCounts(msgspec.Struct, kw_only=True):
    """The counts of one layer: documents, annotations, who made them, where they came from, and labels.

    `annotators` maps a pseudonym to `person`, `model` or null; `labels` has the names of `COUNTED`, lists of
    `Ontology.lists`, beside `outlet_stance` and `overall_leaning`. `adjudication` is null for a layer that was not
    decided from others. `reviewed` counts the documents whose labels a person went through, `notes` what annotators
    noted beside their labels, `modalities` the events by type and modality.
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
    reviewed: int = 0
    notes: int = 0
    modalities: dict[str, dict[str, int]] = msgspec.field(default_factory=dict)

    def add(self, document: Document) -> None:
        """Count a document."""
        self.documents += 1
        self.reviewed += document.provenance.reviewed_by is not None
        self.notes += len(document.provenance.notes)
        self.annotators[document.provenance.annotator] = document.provenance.annotator_kind
        for name in ("entities", "events", "stances"):
            items = getattr(document, name)
            self.counts[name] += len(items)
            _count(self.origins, [item.origin or "not stated" for item in items])
        if document.relations:
            self.counts["relations"] = self.counts.get("relations", 0) + len(document.relations)
        for event in document.events:
            _count(self.modalities.setdefault(event.type, {}), [event.modality])
        self.counts["arguments"] += sum(len(event.arguments) for event in document.events)
        for name, labels in _labels(document):
            if labels:
                _count(self.labels.setdefault(name, {}), labels)

    def unused(self, ontology: Ontology) -> dict[str, tuple[str, ...]]:
        """Return the labels of the ontology that the layer never uses, by list, without lists that are used up."""
        lists = ontology.lists() | {"relation": ontology.relations}
        labels = {
            name: tuple(label for label in ids(lists[name]) if label not in self.labels.get(name, {}))
            for name in COUNTED
        }
        if not self.counts["stances"] and ontology.stance.polarities:
            labels["stance_expression"] = (ontology.stance.expression.id,)
        return {name: unused for name, unused in labels.items() if unused}


def _count(counts: dict[str, int], names: list[str]) -> None:
    for name in names:
        counts[name] = counts.get(name, 0) + 1


def _labels(document: Document) -> Iterator[tuple[str, list[str]]]:
    """Yield the name of each list with the labels that a document has of it."""
    events, stances = document.events, document.stances
    yield "entity_type", [entity.type for entity in document.entities]
    yield "event_type", [event.type for event in events]
    yield "modality", [event.modality for event in events]
    yield "polarity", [stance.polarity for stance in stances]
    yield "attribution", [stance.attribution for stance in stances]
    yield "holder_kind", [stance.holder_kind for stance in stances]
    yield "topic", [stance.target.topic for stance in stances if stance.target.topic is not None]
    yield "role", [argument.role for event in events for argument in event.arguments]
    yield "relation", [link.label for link in msgspec.structs.replace(document, events=()).links()]
    if document.article_stance is not None:
        for name in JUDGEMENTS:
            value = getattr(document.article_stance, name)
            yield from ((name, [value]), ("article_stance_judgement", [name]), ("article_stance_value", [value]))
