"""Write a document as Label Studio would have exported it: the `result` of one annotation, or a whole task."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from vinese.formats.labelstudio.regions import NOTE, TEXT, as_shown
from vinese.model.ontology import Ontology
from vinese.model.records import GIVEN, JUDGEMENTS, Document, Entity, Event, Span, Stance

Region = dict[str, Any]


def document_to_result(document: Document, ontology: Ontology) -> list[Region]:
    """Return the regions, choices, relations and notes of a document, as Label Studio stores and reads them.

    Reading them back with `vinese.formats.read` gives the same document, for every sound
    document in canonical order.
    """
    expression = ontology.stance.expression.id
    regions = [_region("entity", entity.type, entity, entity) for entity in document.entities]
    for event in document.events:
        regions.append(_region("event", event.type, event, event.trigger))
        regions.append(_choice("modality", event.modality, event, event.trigger))
    for stance in document.stances:
        regions.append(_region("stance", expression, stance, stance.expression))
        regions.extend(_stance_choices(stance))
    relations = [relation(link.source, link.target, link.label) for link in document.links()]
    return [*regions, *joined(relations), *_of_article(document)]


def relation(source: str, target: str, label: str) -> Region:
    """Return a relation with one label between two regions, by their ids."""
    return {"type": "relation", "from_id": source, "to_id": target, "direction": "right", "labels": [label]}


def joined(result: list[Region]) -> list[Region]:
    """Return `result` with one relation, which has all labels, for every two regions and direction.

    Label Studio shows one, and drops the others when the annotation is saved.
    """
    relations: dict[tuple[Any, ...], Region] = {}
    regions = []
    for region in result:
        ends = region.get("from_id"), region.get("to_id"), region.get("direction", "right")
        if region.get("type") != "relation":
            regions.append(region)
        elif ends not in relations:
            relations[ends] = dict(region)
            regions.append(relations[ends])
        else:
            labels = [*(relations[ends].get("labels") or ()), *(region.get("labels") or ())]
            relations[ends]["labels"] = list(dict.fromkeys(labels))
    return regions


def document_to_task(document: Document, ontology: Ontology, title: str = "") -> dict[str, Any]:
    """Return a document as one task of an export, the inverse of reading it.

    Parameters
    ----------
    document
        A sound document in canonical order.
    ontology
        The ontology that the label configuration is made from.
    title
        What the screen shows above the text.
    """
    provenance = document.provenance
    stamp = {"layer": provenance.layer, "adjudication": msgspec.to_builtins(provenance.adjudication)}
    given = {name: value for name in (*GIVEN, "reviewed_by") if (value := getattr(provenance, name)) is not None}
    return {
        **({"vinese": stamp} if provenance.adjudication is not None else {}),
        "data": {
            "text": document.text,
            "title": title,
            "article_id": document.id,
            "text_sha256": document.text_sha256,
        },
        "meta": {"tool": provenance.tool, "tool_version": provenance.tool_version, **given},
        "annotations": [
            {
                "completed_by": provenance.annotator,
                "updated_at": provenance.annotated_at,
                "was_cancelled": False,
                "result": document_to_result(document, ontology),
            }
        ],
    }


def _region(control: str, label: str, item: Entity | Event | Stance, span: Span | Entity) -> Region:
    value = {"start": span.start, "end": span.end, "text": as_shown(span.text), "labels": [label]}
    return _with_origin(
        {"id": item.id, "type": "labels", "from_name": control, "to_name": TEXT, "value": value}, item
    )


def _choice(control: str, choice: str, item: Event | Stance, span: Span) -> Region:
    value = {"start": span.start, "end": span.end, "text": as_shown(span.text), "choices": [choice]}
    return _with_origin(
        {"id": item.id, "type": "choices", "from_name": control, "to_name": TEXT, "value": value}, item
    )


def _with_origin(region: Region, item: Entity | Event | Stance) -> Region:
    if item.origin is not None:
        region["origin"] = item.origin
    return region


def _stance_choices(stance: Stance) -> Iterator[Region]:
    for control in ("polarity", "attribution", "holder_kind"):
        yield _choice(control, getattr(stance, control), stance, stance.expression)
    if stance.target.topic is not None:
        yield _choice("topic", stance.target.topic, stance, stance.expression)


def _of_article(document: Document) -> Iterator[Region]:
    stance = document.article_stance
    if stance is not None:
        for control in JUDGEMENTS:
            value = {"choices": [getattr(stance, control)]}
            yield {
                "id": f"article-{control}",
                "type": "choices",
                "from_name": control,
                "to_name": TEXT,
                "value": value,
            }
    if document.provenance.notes:
        value = {"text": list(document.provenance.notes)}
        yield {"id": "article-note", "type": "textarea", "from_name": NOTE, "to_name": TEXT, "value": value}
