"""Send what a system, or an earlier layer, found as suggestions that annotators can take, change or leave.

A suggestion is a line of JSON or an item of a list: a prediction (`schema/v1/prediction.json`), a document, or a task
of a pulled layer. Its `model_version` in Label Studio is the prediction's `system`, the document's layer, or layer
and annotator. Of a pulled layer only those annotations are sent that the project itself lacks, or has without their
work, so that a layer's own file brings back what was lost and nothing else. Regions of controls that the
project's present stage has not are left out, and counted: Label Studio would drop the whole suggestion in silence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from vinese.core.files import HEAD, broken_json, read_bytes
from vinese.core.issues import Issue, issue
from vinese.corpus.articles import Articles
from vinese.formats.labelstudio.write import document_to_result
from vinese.generate.label_config import controls
from vinese.model.ontology import Ontology
from vinese.model.ontology_file import load_ontology
from vinese.model.records import Article, ArticleStance, Document, Entity, Event, Provenance, Stance
from vinese.studio.tasks import Job, Present, fingerprint, present

Region = dict[str, Any]
_BATCH = 200


@dataclass(frozen=True, slots=True)
class Known:
    """Hold the labels that the project's controls have, and the ontology that suggestions are written in."""

    labels: dict[str, frozenset[str]]
    ontology: Ontology


class Origin(msgspec.Struct, frozen=True):
    """Hold of a document's provenance what names a suggestion."""

    layer: str


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """Hold what predictions and documents have in common; other keys are not looked at."""

    id: str
    system: str | None = None
    entities: tuple[Entity, ...] = ()
    events: tuple[Event, ...] = ()
    stances: tuple[Stance, ...] = ()
    article_stance: ArticleStance | None = None
    provenance: Origin | None = None

    @property
    def model(self) -> str:
        """Return the name that Label Studio shows for it."""
        return self.system or (self.provenance.layer if self.provenance else "suggestion")


def send_suggestions(job: Job, path: str | Path) -> tuple[int, int]:
    """Send the suggestions of the file `path` that the project lacks; return how many were sent and accepted."""
    sent = accepted = 0
    for batch in _batches(_ready(job, path)):
        answer = job.studio.api.projects.import_predictions(id=job.target.id, request=batch)
        sent += len(batch)
        accepted += answer.created or 0
        job.progress("Sending suggestions", sent, None)
    if accepted != sent:
        layer = job.target.layer
        job.issues.append(issue("studio-not-accepted", what="suggestions", sent=sent, accepted=accepted, layer=layer))
    return sent, accepted


def _ready(job: Job, path: str | Path) -> Iterator[dict[str, Any]]:
    """Yield the suggestions that the project lacks, as Label Studio takes them."""
    there = present(job.studio, job.target, [], models=True)
    ontology = load_ontology(job.project)
    known = Known(controls(ontology, job.target.stage), ontology)
    for pointer, suggestion in read_suggestions(path, job.issues):
        where: dict[str, Any] = {"article_id": suggestion.id, "file": str(path), "pointer": pointer}
        article, task = Articles(job.project.articles).find(suggestion.id), there.get(suggestion.id)
        if article is None or task is None:
            job.issues.append(issue("studio-suggestion-unknown", **where))
        elif not (isinstance(suggestion, Annotated) and suggestion.made in task.work):
            result = to_regions(article, suggestion, known, job.issues, where)
            if result is not None and _is_new(task, suggestion.model, result, job.issues, where):
                yield {"task": task.task, "model_version": suggestion.model, "result": result}


def _is_new(task: Present, model: str, result: list[Region], issues: list[Issue], where: dict[str, Any]) -> bool:
    """Tell whether the task has no suggestion of this name yet, and note it; report one with other regions."""
    there = task.models.get(model)
    if there is None:
        task.models[model] = fingerprint(result)
        return True
    if there != fingerprint(result):
        issues.append(issue("studio-suggestion-changed", **where, system=model, task=task.task))
    return False


def _batches(predictions: Iterator[dict[str, Any]]) -> Iterator[list[Any]]:
    while batch := list(islice(predictions, _BATCH)):
        yield batch


def read_suggestions(path: str | Path, issues: list[Issue]) -> Iterator[tuple[str, Suggestion | Annotated]]:
    """Yield each suggestion of a JSON list, object or lines with its pointer; what is none is an issue."""
    content = read_bytes(path)
    if not content.strip():
        issues.append(issue("file-empty", file=str(path)))
        return
    try:
        records = _split(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        issues.append(broken_json(content[:HEAD], error, str(path)))
        return
    for number, record in enumerate(records):
        try:
            found = _decoded(record)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            issues.append(
                issue("studio-suggestion-unreadable", file=str(path), pointer=f"/{number}", reason=str(error))
            )
        else:
            yield from ((f"/{number}", one) for one in found)


def _decoded(record: Any) -> list[Annotated] | list[Suggestion]:
    """Return the annotations of a task of an export, or else the one suggestion that the record is."""
    try:
        return list(annotated(record))
    except msgspec.DecodeError:
        return [msgspec.json.decode(record, type=Suggestion)]


def _split(content: bytes) -> list[Any]:
    """Return the records of a file, still undecoded."""
    if content.lstrip()[:1] == b"[":
        return msgspec.json.decode(content, type=list[msgspec.Raw])
    try:
        return [msgspec.json.decode(content, type=msgspec.Raw)]
    except msgspec.DecodeError:
        return [line for line in content.splitlines() if line.strip()]


def to_regions(
    article: Article,
    suggestion: Suggestion | Annotated,
    known: Known,
    issues: list[Issue],
    where: dict[str, Any],
) -> list[Region] | None:
    """Return the regions of a suggestion that the project's controls know, None if it does not fit the article."""
    if isinstance(suggestion, Annotated):
        if suggestion.text != article.text:
            issues.append(issue("text-changed", **where, id=article.id))
            return None
        regions = suggestion.result
    else:
        found = _regions(article, suggestion, known, issues, where)
        if found is None:
            return None
        regions = found
    kept = [region for region in regions if _fits(region, known.labels)]
    ids = {region.get("id") for region in kept}
    kept = [one for one in kept if one.get("type") != "relation" or {one.get("from_id"), one.get("to_id")} <= ids]
    if len(kept) < len(regions):
        issues.append(
            issue("studio-suggestion-cut", **where, left_out=len(regions) - len(kept), regions=len(regions))
        )
    return kept


def _regions(
    article: Article, suggestion: Suggestion, known: Known, issues: list[Issue], where: dict[str, Any]
) -> list[Region] | None:
    """Return the regions of a prediction or document, None if its words are not the article's."""
    document = _document(article, suggestion)
    for _, span in document.spans():
        if article.text[span.start : span.end] != span.text:
            issues.append(issue("studio-suggestion-text", **where, start=span.start, end=span.end, text=span.text))
            return None
    return document_to_result(document, known.ontology)


def _fits(region: Region, known: dict[str, frozenset[str]]) -> bool:
    """Tell whether the project has the region's control and label."""
    if region.get("type") == "relation":
        return set(region.get("labels") or ()) <= known.get("relation", frozenset())
    control, value = region.get("from_name"), region.get("value") or {}
    chosen = value.get("labels") or value.get("choices") or ()
    return control in known and set(chosen) <= known[control]


def _document(article: Article, suggestion: Suggestion) -> Document:
    return Document(
        id=article.id,
        text=article.text,
        text_sha256=article.text_sha256,
        language=article.language,
        zones=article.zones,
        sentences=article.sentences,
        entities=suggestion.entities,
        events=suggestion.events,
        stances=suggestion.stances,
        article_stance=suggestion.article_stance,
        provenance=Provenance(
            layer=suggestion.model, annotator=suggestion.model, annotator_kind="model", tool="vinese"
        ),
    )


class _Data(msgspec.Struct, frozen=True):
    text: str
    article_id: str


class _Annotation(msgspec.Struct, frozen=True):
    result: list[Region]
    id: int | str | None = None
    created_at: str | None = None
    completed_by: int | str | dict[str, Any] | None = None
    was_cancelled: bool | None = None


class _Stamp(msgspec.Struct, frozen=True):
    layer: str = "export"


class _Task(msgspec.Struct, frozen=True):
    data: _Data
    annotations: list[_Annotation]
    vinese: _Stamp = _Stamp()


class Annotated(msgspec.Struct, frozen=True, kw_only=True):
    """Hold one annotation of an article: the name that Label Studio shows for it, its text and regions.

    `made` is its number and when it was made, which no other annotation has.
    """

    id: str
    model: str
    made: tuple[str, str]
    text: str
    result: list[Region]


def annotated(record: msgspec.Raw | bytes) -> Iterator[Annotated]:
    """Yield the annotations that count of a pulled task; raise `DecodeError` if the record is none."""
    task = msgspec.json.decode(record, type=_Task)
    for one in task.annotations:
        if one.was_cancelled or not one.result:
            continue
        by = one.completed_by
        yield Annotated(
            id=task.data.article_id,
            model=f"{task.vinese.layer}/{by}" if isinstance(by, str) else task.vinese.layer,
            made=(str(one.id), str(one.created_at)),
            text=task.data.text,
            result=one.result,
        )
