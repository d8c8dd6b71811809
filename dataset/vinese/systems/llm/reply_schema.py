"""The JSON Schema of a reply, made of the ontology: strict at every level, as OpenAI's structured outputs want it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from vinese.core.errors import UsageError
from vinese.model.ontology import Ontology

TASKS = ("entities", "events", "opinions")
"""What a language model can be asked for; `vinese score --task` scores each."""

_NEEDS = {"events": "events", "opinions": "stances"}
Schema = dict[str, Any]
_TEXT: Schema = {"type": "string"}
_NUMBER: Schema = {"type": "integer"}


def reply_schema(task: str, ontology: Ontology) -> Schema:
    """Return the schema of a reply to a task: every key is required and no other is allowed, labels are closed lists.

    A mention is given by the number of its sentence and its words; where all mentions are listed, the n-th listing
    stands for the n-th occurrence. Where only those are listed that something refers to, they have ids, auxiliary
    types are among them, and `occurrence` says which occurrence in the sentence is meant.

    Parameters
    ----------
    task
        One of `TASKS`.
    ontology
        Where the labels come from.

    Raises
    ------
    UsageError
        If there is no such task, or the ontology has no labels for it.

    Examples
    --------
    >>> from vinese.model.ontology_file import load_ontology
    >>> from vinese.core.project import Project
    >>> schema = reply_schema("entities", load_ontology(Project()))
    >>> schema["required"], schema["additionalProperties"]
    (['entities'], False)
    """
    check_task(task, ontology)
    labels = ontology.enums()
    if task == "entities":
        mention = _object(sentence=_NUMBER, text=_TEXT, type=_one_of(ontology.named_entity_ids))
        return _object(entities=_list(mention))
    mention = _object(id=_TEXT, sentence=_NUMBER, text=_TEXT, occurrence=_NUMBER, type=_one_of(labels["entity_type"]))
    event = {
        "id": _TEXT,
        "sentence": _NUMBER,
        "trigger": _TEXT,
        "occurrence": _NUMBER,
        "type": _one_of(labels["event_type"]),
        "modality": _one_of(labels["modality"]),
    }
    if task == "events":
        argument = _object(role=_one_of(labels["role"]), filler=_TEXT)
        return _object(entities=_list(mention), events=_list(_object(**event, arguments=_list(argument))))
    opinion = _object(
        sentence=_NUMBER,
        expression=_TEXT,
        occurrence=_NUMBER,
        polarity=_one_of(labels["polarity"]),
        attribution=_one_of(labels["attribution"]),
        holder_kind=_one_of(labels["holder_kind"]),
        holders=_list(_TEXT),
        target=_or_null(_TEXT),
        topic=_or_null(_one_of(labels["topic"])) if labels["topic"] else {"type": "null"},
    )
    events = {"events": _list(_object(**event))} if ontology.events else {}
    return _object(entities=_list(mention), **events, opinions=_list(opinion))


def check_task(task: str, ontology: Ontology) -> None:
    """Raise `UsageError` if there is no such task, or the ontology has no labels for it."""
    if task not in TASKS:
        raise UsageError(f"There is no task {task!r} for language models.", f"Tasks: {', '.join(TASKS)}.")
    if _NEEDS.get(task) in ontology.absent:
        raise UsageError(f"The ontology has no labels for the task {task!r}.", "Ask for another task.")


def _object(**properties: Schema) -> Schema:
    keys = list(properties)
    return {"type": "object", "properties": properties, "required": keys, "additionalProperties": False}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _one_of(labels: Iterable[str]) -> Schema:
    return {"type": "string", "enum": list(labels)}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}
