"""Make `schema/v1/labels.json`: every closed list of labels, for the other schemas to refer to."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec

from vinese.core.files import read_bytes
from vinese.core.project import packaged
from vinese.model.ontology import Label, Ontology

SCHEMA_ID = "https://w3id.org/vinese/schema/v1/labels.json"

_LISTS = {
    "entity_type": ("Entity type", "The type of an entity mention, the auxiliary ones too."),
    "event_type": ("Event type", "The type of an event mention."),
    "modality": ("Modality", "How an event stands to fact and time."),
    "role": ("Role", "The part that an argument plays in an event."),
    "relation": ("Relation", "What a relation in Label Studio may be labelled: the roles, then the other links."),
    "polarity": ("Polarity", "Which way an opinion leans."),
    "attribution": ("Attribution", "How an opinion reaches the reader."),
    "holder_kind": ("Holder kind", "Whether an opinion's holder is in the text, is the outlet, or goes unsaid."),
    "topic": ("Topic", "What an opinion is about, from a closed list."),
    "stance_expression": ("Stance expression", "The label of the words that carry an opinion."),
    "article_stance_judgement": ("Article judgement", "Which judgement of a whole article is meant."),
    "article_stance_value": ("Article stance", "Which way a whole article leans."),
    "article_stance_topic": ("Article stance topic", "The topic that whole articles are judged on."),
}


def labels_schema(ontology: Ontology) -> dict[str, Any]:
    """Return the JSON Schema of the closed lists: one `$defs` entry each, with every value documented."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "Labels of vinese",
        "description": (
            "Every closed list of labels, for other schemas to refer to. "
            "Generated from schema/ontology.json by `vinese update`; do not edit. "
            "`x-ontology-version` is the version of that file; `x-labels` documents each value."
        ),
        "x-ontology-version": ontology.version,
        "$defs": {name: _definition(name, labels) for name, labels in ontology.lists().items()},
    }


def _definition(name: str, labels: tuple[Label, ...]) -> dict[str, Any]:
    title, description = _LISTS[name]
    return {
        "title": title,
        "description": description,
        "type": "string",
        "enum": [label.id for label in labels],
        "x-labels": {
            label.id: {
                language: {"name": getattr(label.name, language), "definition": getattr(label.definition, language)}
                for language in ("en", "vi")
            }
            for label in labels
        },
    }


@lru_cache(maxsize=8)
def labels_of(ontology: Ontology | None) -> str:
    """Return `labels.json` for `ontology` as text, so that equal ontologies share one compiled schema."""
    if ontology is None:
        return read_bytes(packaged("schema", "v1", "labels.json")).decode()
    return msgspec.json.encode(labels_schema(ontology)).decode()
