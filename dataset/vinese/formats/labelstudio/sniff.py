"""Recognise what a JSON file holds by its first item: a Label Studio export, one of its lossy forms, or ours."""

from __future__ import annotations

from typing import Any, Literal

from vinese.core.issues import Issue, issue

Kind = Literal["export", "article", "document", "prediction", "unknown"]

_NAMES = {"article": "an article", "document": "a document", "prediction": "a prediction"}
_MIN = {"annotation_id", "lead_time"}
_OLD_MIN = {"id", "annotator"}
_FOUND = ("entities", "events", "stances", "article_stance")


def foreign(value: Any) -> Issue | None:
    """Return the issue of a Label Studio form that cannot be read without loss, or None."""
    if not isinstance(value, dict) or "annotations" in value:
        return None
    if "completions" in value:
        return issue("export-legacy")
    # JSON-MIN puts the keys of a task's data beside those of the annotation, so that nothing but these tells it.
    if "data" not in value and (_MIN & value.keys() or value.keys() >= _OLD_MIN):
        return issue("export-json-min")
    return None


def refused(value: Any, kind: Kind | None = None) -> Issue | None:
    """Return why a file whose first item is `value` cannot be read, be it for not being of the wanted `kind`."""
    found = kind_of(value)
    lossy = foreign(value)
    if lossy is not None:
        return lossy
    if found == "unknown":
        return issue("file-unknown")
    return None if kind in {None, found} else issue("export-other", kind=_NAMES[found])


def kind_of(value: Any) -> Kind:
    """Return what an item is, by its keys."""
    if not isinstance(value, dict):
        return "unknown"
    if "annotations" in value or "data" in value or foreign(value) is not None:
        return "export"
    if "provenance" in value:
        return "document"
    if "raw" in value or "zoning" in value:
        return "article"
    if "text" in value and any(key in value for key in (*_FOUND, "sentences")):
        return "document"
    return "prediction" if any(key in value for key in _FOUND) else "unknown"
