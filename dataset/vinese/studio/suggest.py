"""Send what a system, or an earlier layer, found as suggestions that annotators can take, change or leave.

A suggestion is a line of JSON or an item of a list: a prediction (`schema/v1/prediction.json`) or a document. Its
`model_version` in Label Studio is the prediction's `system` or the document's layer. Regions of controls that the
project's present stage has not are left out, and counted: Label Studio would drop the whole suggestion in silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import msgspec

from vinese.articles import find_article
from vinese.files import read_bytes
from vinese.issues import issue
from vinese.ontology import load_ontology
from vinese.records import ArticleStance, Document, Entity, Event, Provenance, Stance
from vinese.studio.screen import vocabulary
from vinese.studio.tasks import present

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from vinese.issues import Issue
    from vinese.ontology import Ontology
    from vinese.records import Article
    from vinese.studio.job import Job

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
        job.report("Sending suggestions", sent, None)
    if accepted != sent:
        layer = job.target.layer
        job.issues.append(issue("studio-not-accepted", what="suggestions", sent=sent, accepted=accepted, layer=layer))
    return sent, accepted


def _ready(job: Job, path: str | Path) -> Iterator[dict[str, Any]]:
    """Yield the suggestions that the project lacks, as Label Studio takes them."""
    there = present(job.studio, job.target, [], models=True)
    known = Known(vocabulary(job.target.config), load_ontology(job.project))
    for pointer, suggestion in read_suggestions(path, job.issues):
        where: dict[str, Any] = {"article_id": suggestion.id, "file": str(path), "pointer": pointer}
        article, task = find_article(job.project.articles, suggestion.id), there.get(suggestion.id)
        if article is None or task is None:
            job.issues.append(issue("studio-suggestion-unknown", **where))
        elif suggestion.model not in task.models:
            result = to_regions(article, suggestion, known, job.issues, where)
            if result is not None:
                yield {"task": task.task, "model_version": suggestion.model, "result": result}


def _batches(predictions: Iterator[dict[str, Any]]) -> Iterator[list[Any]]:
    while batch := list(islice(predictions, _BATCH)):
        yield batch


def read_suggestions(path: str | Path, issues: list[Issue]) -> Iterator[tuple[str, Suggestion]]:
    """Yield each suggestion of a JSON list, object or lines with its pointer; what is none is an issue."""
    content = read_bytes(path)
    if not content.strip():
        issues.append(issue("file-empty", file=str(path)))
        return
    try:
        records = _split(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        issues.append(issue("file-truncated", file=str(path), reason=str(error).rstrip(".")))
        return
    for number, record in enumerate(records):
        try:
            yield f"/{number}", msgspec.json.decode(record, type=Suggestion)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            issues.append(
                issue("studio-suggestion-unreadable", file=str(path), pointer=f"/{number}", reason=str(error))
            )


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
    suggestion: Suggestion,
    known: Known,
    issues: list[Issue],
    where: dict[str, Any],
) -> list[Region] | None:
    """Return the regions of a suggestion that the project's controls know, None if it does not fit the article."""
    from vinese.export.result import document_to_result  # noqa: PLC0415

    for span in _spans(suggestion):
        if article.text[span.start : span.end] != span.text:
            issues.append(issue("studio-suggestion-text", **where, start=span.start, end=span.end, text=span.text))
            return None
    regions = document_to_result(_document(article, suggestion), known.ontology)
    kept = [region for region in regions if _fits(region, known.labels)]
    ids = {region.get("id") for region in kept}
    kept = [one for one in kept if one["type"] != "relation" or {one["from_id"], one["to_id"]} <= ids]
    if len(kept) < len(regions):
        issues.append(
            issue("studio-suggestion-cut", **where, left_out=len(regions) - len(kept), regions=len(regions))
        )
    return kept


def _spans(suggestion: Suggestion) -> Iterator[Any]:
    yield from suggestion.entities
    yield from (event.trigger for event in suggestion.events)
    yield from (stance.expression for stance in suggestion.stances)


def _fits(region: Region, known: dict[str, frozenset[str]]) -> bool:
    """Tell whether the project has the region's control and label."""
    if region["type"] == "relation":
        return set(region.get("labels", ())) <= known.get("relation", frozenset())
    control = region["from_name"]
    chosen = region["value"].get("labels") or region["value"].get("choices") or ()
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
