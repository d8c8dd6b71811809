"""Take from an adjudicator's pulled work what helped to decide, and record how every item was decided.

Decisions are told by content against the layers as they were when the adjudication was set up: the task carries them
as suggestions. They stand in the task under `vinese.adjudication` (`vinese.model.records.Adjudication`), by
the ids of the items in the last annotation that was submitted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from vinese.compare.decisions import adjudication
from vinese.compare.merged_task import MERGED
from vinese.compare.store import read_layer
from vinese.core.issues import Issue, issue
from vinese.core.project import Project
from vinese.formats.labelstudio.items import Item
from vinese.formats.labelstudio.read import reader_for
from vinese.formats.labelstudio.task import TaskReader
from vinese.formats.labelstudio.write import document_to_result
from vinese.generate.label_config import DECIDE
from vinese.model.ontology_file import load_ontology
from vinese.model.records import Document
from vinese.studio.tasks import fingerprint

Json = dict[str, Any]
Settle = Callable[[Json, str, str], Iterable["Issue"]]


def settler(layers: tuple[str, ...], project: Project) -> Settle | None:
    """Return what settles each pulled task of an adjudication of `layers`, None if there are none.

    It changes the task, and returns its issues, given the task's pointer and the file.
    """
    if not layers:
        return None
    now = _as_they_are(layers, project)
    reader = reader_for(project, MERGED)

    def settle(task: Json, pointer: str, file: str) -> list[Issue]:
        task["data"].pop(DECIDE, None)
        suggested = _suggested(task)
        found = [*_open(task), *_decided(task, layers, suggested, reader), *_changed(task, suggested, now)]
        return [msgspec.structs.replace(one, file=file, pointer=pointer + (one.pointer or "")) for one in found]

    return settle


def _suggested(task: Json) -> dict[str, list[Json]]:
    """Return the regions of each model's oldest suggestion."""
    found: dict[str, list[Json]] = {}
    for one in task["predictions"]:
        found.setdefault(one["model_version"], one["result"])
    return found


def _open(task: Json) -> Iterable[Issue]:
    """Take marks, and the notes that came with regions, out of annotations and drafts; report marks that are left."""
    suggested = _suggested(task).get(MERGED, [])
    notes = {region["id"]: region["meta"] for region in suggested if "meta" in region}
    for number, one in enumerate(task["annotations"]):
        count = _strip(one, notes)
        if count and not one.get("was_cancelled"):
            where = {"article_id": task["data"]["article_id"], "pointer": f"/annotations/{number}"}
            yield issue("adjudicate-open", **where, annotation=one["id"], count=count)
    for one in task["drafts"]:
        _strip(one, notes)


def _strip(work: Json, notes: dict[str, Json]) -> int:
    """Return how many marks were in an annotation or draft, and leave it without them."""
    result = work.get("result") or []
    kept = [region for region in result if region.get("from_name") != DECIDE]
    for region in kept:
        if region.get("meta") == notes.get(region.get("id"), ()):
            del region["meta"]
    work["result"] = kept
    return len({region["id"] for region in result if region.get("from_name") == DECIDE})


def _decided(
    task: Json, layers: tuple[str, ...], suggested: dict[str, list[Json]], reader: TaskReader
) -> list[Issue]:
    """Record in the task how the items of its annotation were decided."""
    submitted = [one for one in task["annotations"] if not one.get("was_cancelled")]
    if not submitted:
        return []
    name = task["data"]["article_id"]
    there = [layer for layer in layers if layer in suggested]
    if len(there) < 2:
        lacking = ", ".join(layer for layer in layers if layer not in suggested)
        return [issue("adjudicate-no-layers", article_id=name, pointer="/predictions", layers=lacking)]
    gold = _document(task, submitted[-1]["result"], reader)
    documents = {layer: _document(task, suggested[layer], reader) for layer in there}
    if gold is not None:
        sound = {layer: document for layer, document in documents.items() if document is not None}
        task["vinese"]["adjudication"] = msgspec.to_builtins(adjudication(gold, sound))
    return []


def _document(task: Json, result: list[Json], reader: TaskReader) -> Document | None:
    """Return the sound part of `result` as a document; what is not sound, `vinese validate` reports."""
    alone = {"data": task["data"], "annotations": [{"completed_by": MERGED, "result": result}]}
    raw = msgspec.json.encode(alone)
    found = reader.read(Item("", raw, msgspec.json.decode(raw)))
    return next((one for one in found if isinstance(one, Document)), None)


def _as_they_are(layers: tuple[str, ...], project: Project) -> dict[str, dict[str, str]]:
    """Return the fingerprint of each article's document, by layer, for the layers that the project still has."""
    ontology = load_ontology(project)
    found: dict[str, dict[str, str]] = {}
    for layer in layers:
        path = project.exports / f"{layer}.json"
        if path.is_file():
            shelf, _ = read_layer(layer, path, project)
            documents = map(shelf.get, sorted(shelf.ids()))
            found[layer] = {one.id: fingerprint(document_to_result(one, ontology)) for one in documents}
            shelf.close()
    return found


def _changed(task: Json, suggested: dict[str, list[Json]], now: dict[str, dict[str, str]]) -> Iterable[Issue]:
    """Report the layers that are no longer what the task carries."""
    name = task["data"]["article_id"]
    for layer, prints in now.items():
        if layer in suggested and prints.get(name) != fingerprint(suggested[layer]):
            yield issue("adjudicate-layer-changed", article_id=name, layer=layer)
