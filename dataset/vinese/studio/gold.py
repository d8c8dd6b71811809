"""The work of an adjudicator when it is pulled: without what helped to decide, with how every item was decided.

Decisions are told by content against the layers as they were when the adjudication was set up: the task carries them
as suggestions. They stand in the task under `vinese.adjudication` (`vinese.model.records.Adjudication`), by
the ids of the items in the last annotation that was submitted, with the places whose marks were left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from vinese.compare.keys import adjudication
from vinese.compare.merged_task import HAVE, MERGED
from vinese.compare.store import read_layer
from vinese.core.issues import Issue, issue
from vinese.core.project import Project
from vinese.formats.format import Item
from vinese.formats.labelstudio.annotation import undecided
from vinese.formats.labelstudio.task import TaskReader
from vinese.formats.labelstudio.write import document_to_result
from vinese.formats.tasks import reader_for
from vinese.generate.label_config import DECIDE
from vinese.model.ontology_file import load_ontology
from vinese.model.records import Document, Undecided
from vinese.studio.layer_file import Json
from vinese.studio.tasks import suggestion_digest

Settle = Callable[[Json, str, str], list[Issue]]


def settler(layers: tuple[str, ...], project: Project) -> Settle | None:
    """Return what settles each pulled task of an adjudication of `layers`, None if there are none.

    It changes the task, and returns its issues, given the task's pointer and the file.
    """
    if not layers:
        return None
    current = _suggestion_digests(layers, project)
    reader = reader_for(project, MERGED)

    def settle(task: Json, pointer: str, file: str) -> list[Issue]:
        task["data"].pop(DECIDE, None)
        name, alone = task["data"]["article_id"], task["data"].pop(HAVE, None)
        suggested: dict[str, list[Json]] = {}
        for prediction in task["predictions"]:  # oldest first
            suggested.setdefault(prediction["model_version"], prediction["result"])
        marks = _marks(task, suggested.get(MERGED, []))
        expected = (alone,) if alone in layers else layers
        issues = [
            *_decide(task, expected, suggested, reader, marks),
            *(
                issue("adjudicate-layer-changed", article_id=name, layer=layer)
                for layer, digests in current.items()  # no longer what the task carries
                if layer in suggested and digests.get(name) != suggestion_digest(suggested[layer])
            ),
        ]
        return [msgspec.structs.replace(each, file=file, pointer=pointer + each.pointer) for each in issues]

    return settle


def _marks(task: Json, merged: list[Json]) -> list[Undecided]:
    """Remove marks, and the notes that came with regions, from annotations and drafts.

    Return the marks that the last annotation that was submitted had.
    """
    notes = {region["id"]: region["meta"] for region in merged if "meta" in region}
    text, marks = task["data"]["text"], []
    for annotation in task["annotations"]:
        stripped = _strip(annotation, notes)
        if not annotation.get("was_cancelled"):
            marks = stripped
    for draft in task["drafts"]:
        _strip(draft, notes)
    spans = {(region["value"]["start"], region["value"]["end"]): _about(region, notes) for region in marks}
    return [Undecided(start, end, text[start:end], about) for (start, end), about in sorted(spans.items())]


def _strip(work: Json, notes: dict[str, Json]) -> list[Json]:
    """Return the marks that were in an annotation or draft, and leave it without them."""
    result = work.get("result") or []
    kept = [region for region in result if region.get("from_name") != DECIDE]
    for region in kept:
        if region.get("meta") == notes.get(region.get("id"), ()):
            del region["meta"]
    work["result"] = kept
    return [region for region in result if region.get("from_name") == DECIDE]


def _about(mark: Json, notes: dict[str, Json]) -> str:
    """Return what a mark is about, the first line of the note that came with it."""
    words = (mark.get("meta") or notes.get(mark.get("id", "")) or {}).get("text") or [""]
    return str(words[0] if isinstance(words, list) else words).partition("\n")[0]


def _decide(
    task: Json, layers: tuple[str, ...], suggested: dict[str, list[Json]], reader: TaskReader, marks: list[Undecided]
) -> Iterator[Issue]:
    """Record in the task how the items of its annotation were decided; without the `layers` that is an issue."""
    submitted = [annotation for annotation in task["annotations"] if not annotation.get("was_cancelled")]
    if not submitted:
        return
    name = task["data"]["article_id"]
    if marks:
        pointer = f"/annotations/{task['annotations'].index(submitted[-1])}"
        yield issue("adjudicate-open", article_id=name, pointer=pointer, count=len(marks), what=undecided(marks))
    lacking = [layer for layer in layers if layer not in suggested]
    if len(layers) - len(lacking) < min(2, len(layers)):
        yield issue("adjudicate-no-layers", article_id=name, pointer="/predictions", layers=", ".join(lacking))
        return
    gold = _document(task, submitted[-1]["result"], reader)
    documents = {layer: _document(task, suggested[layer], reader) for layer in layers if layer in suggested}
    if gold is not None:
        sound = {layer: document for layer, document in documents.items() if document is not None}
        decided = msgspec.structs.replace(adjudication(gold, sound), open=tuple(marks))
        task["vinese"]["adjudication"] = msgspec.to_builtins(decided)


def _document(task: Json, result: list[Json], reader: TaskReader) -> Document | None:
    """Return the sound part of `result` as a document; what is not sound, `vinese validate` reports."""
    alone = {"data": task["data"], "annotations": [{"completed_by": MERGED, "result": result}]}
    raw = msgspec.json.encode(alone)
    stream = reader.read(Item("", raw, msgspec.json.decode(raw)))
    return next((record for record in stream if isinstance(record, Document)), None)


def _suggestion_digests(layers: tuple[str, ...], project: Project) -> dict[str, dict[str, str]]:
    """Return the digest of each article's document, by layer, for the layers that the project still has."""
    ontology = load_ontology(project)
    digests: dict[str, dict[str, str]] = {}
    for layer in layers:
        path = project.export(layer)
        if path.is_file():
            shelf, _ = read_layer(layer, path, project)
            documents = map(shelf.get, sorted(shelf.ids()))
            digests[layer] = {
                document.id: suggestion_digest(document_to_result(document, ontology)) for document in documents
            }
            shelf.close()
    return digests
