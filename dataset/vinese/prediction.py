"""Complete what a system submits: give a prediction the text that its offsets count in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vinese.decode import to_record
from vinese.records import Document

if TYPE_CHECKING:
    from vinese.records import Article


def to_document(prediction: dict[str, Any], article: Article) -> Document:
    """Return a prediction, valid by its schema, as a document of `article`; spans without a text get the words.

    The layer is `prediction`; a text that is given stays, for `vinese.checks` to compare.
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
        "events": [_inside(event, "trigger", text) for event in prediction.get("events", ())],
        "stances": [_inside(stance, "expression", text) for stance in prediction.get("stances", ())],
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


def _inside(thing: dict[str, Any], key: str, text: str) -> dict[str, Any]:
    return {**thing, key: _with_text(thing[key], text)}
