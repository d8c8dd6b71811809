"""Count what a layer holds, one document at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vinese.records import Document


class Pass(msgspec.Struct, kw_only=True):
    """Count one layer: documents, annotations, who made them, where they came from, how often each label occurs.

    `annotators` maps a pseudonym to `person`, `model` or null; `labels` has the names of `Ontology.lists`, beside
    `outlet_stance` and `overall_leaning`.
    """

    layer: str
    documents: int = 0
    counts: dict[str, int] = msgspec.field(
        default_factory=lambda: dict.fromkeys(("entities", "events", "arguments", "stances"), 0)
    )
    annotators: dict[str, str | None] = msgspec.field(default_factory=dict)
    origins: dict[str, int] = msgspec.field(default_factory=dict)
    labels: dict[str, dict[str, int]] = msgspec.field(default_factory=dict)

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


def _count(counts: dict[str, int], name: str) -> None:
    counts[name] = counts.get(name, 0) + 1


def _labels(document: Document) -> Iterator[tuple[str, str]]:
    """Yield every label of a document with the name of its list."""
    for entity in document.entities:
        yield "entity_type", entity.type
    for event in document.events:
        yield "event_type", event.type
        yield "modality", event.modality
        yield from (("role", argument.role) for argument in event.arguments)
    for stance in document.stances:
        yield "polarity", stance.polarity
        yield "attribution", stance.attribution
        yield "holder_kind", stance.holder_kind
        if stance.target.topic is not None:
            yield "topic", stance.target.topic
    if document.article_stance is not None:
        yield "outlet_stance", document.article_stance.outlet_stance
        yield "overall_leaning", document.article_stance.overall_leaning
