"""Send what a system, or an earlier layer, found as suggestions that annotators can take, change or leave.

Predictions come in every form that `vinese score` reads: records of `schema/v1/prediction.json`, documents, rows,
tokens with tags. Their `model_version` in Label Studio is the prediction's `system`, the document's layer, or the
file's name, and every region says it, so that work which began as a suggestion shows it. Of a pulled layer only those
annotations are sent that the project itself lacks, or has with less work, so that a layer's own file brings back
what was lost and nothing else. "Label All Tasks" begins with what one model suggests: the one of the last file that
has no other. Regions of controls that the project's present stage has not are left out, and counted: Label Studio
would drop the whole suggestion in silence. A layer by which agreement is measured gets nothing but its own.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from vinese.core.errors import UsageError
from vinese.core.issues import Issue, issue
from vinese.core.project import Project
from vinese.corpus.articles import Articles
from vinese.corpus.layers import load_layers
from vinese.formats.format import Item
from vinese.formats.labelstudio.items import items
from vinese.formats.labelstudio.write import document_to_result, joined
from vinese.formats.validate import file_kind
from vinese.generate.label_config import controls
from vinese.model.ontology import Ontology
from vinese.model.ontology_file import load_ontology
from vinese.model.records import Article, Document
from vinese.score.read import Reader
from vinese.score.submission import Labelled, Submission, Text, as_document, with_words
from vinese.studio.layer_file import Json, LayerTask
from vinese.studio.tasks import Present, Sending, present, suggestion_digest

_BATCH = 200  # suggestions sent at a time


@dataclass(frozen=True, slots=True)
class Predicted:
    """What a system found in one article, and where it was read: a file, with the line where it has lines."""

    id: str
    model: str
    place: str
    found: Labelled


@dataclass(frozen=True, slots=True)
class Annotated:
    """One annotation of an article: the name that Label Studio shows for it, the article's text, its regions.

    `place` is where it was read, `made` its number and when it was made, which no other annotation has.
    """

    id: str
    model: str
    place: str
    made: tuple[str, str]
    text: str
    result: list[Json]


def refuse_bias(project: Project, layer: str, path: str | Path) -> None:
    """Raise `UsageError` if agreement is measured by `layer` and the file at `path` is not of the layer itself."""
    if layer not in load_layers(project).independent or _is_of(layer, Path(path)):
        return
    raise UsageError(
        f"Agreement is measured by layer {layer}: suggestions would make people agree with what they are shown.",
        "Suggest to another layer, or take this one out of `independent` in annotations/layers.json.",
    )


def _is_of(layer: str, path: Path) -> bool:
    """Return whether a file is a pulled state of a layer."""
    if not path.is_file() or file_kind(path) != "export":
        return False
    tasks = (item.value for item in items(path) if not isinstance(item, Issue))
    return all(isinstance(task, dict) and (task.get("vinese") or {}).get("layer") == layer for task in tasks)


def send_suggestions(sending: Sending, path: str | Path) -> tuple[int, int]:
    """Send the suggestions of the file `path` that the project lacks; return how many were sent and accepted."""
    sent = accepted = 0
    models: set[str] = set()
    suggestions = sending.collect(_lacking(sending, path, models))
    while batch := list(islice(suggestions, _BATCH)):
        accepted += sending.suggestions(batch)
        sent += len(batch)
        sending.progress("Sending suggestions", sent, None)
    sending.check_suggestions(sent, accepted)
    # What a layer that measures agreement gets is the lost work of one person, with which no other may begin.
    if len(models) == 1 and accepted == sent and sending.target.layer not in load_layers(sending.project).independent:
        sending.begin_with(*models)
    return sent, accepted


def _lacking(sending: Sending, path: str | Path, models: set[str]) -> Iterator[Json | Issue]:
    """Yield the suggestions that the project lacks, as Label Studio takes them, and what cannot be sent.

    The models whose suggestions it has, or is sent, are added to `models`.
    """
    listed = present(sending.studio, sending.target, models=True)
    tasks = {task.article_id: task for task in listed if isinstance(task, Present)}
    ontology, articles = load_ontology(sending.project), Articles(sending.project.articles)
    offered = controls(ontology, sending.target.stage)
    for record in read_suggestions(path, sending.project):
        if isinstance(record, Issue):
            yield record
            continue
        where: Json = {"article_id": record.id, "file": record.place}
        article, task = articles.find(record.id), tasks.get(record.id)
        if article is None or task is None:
            yield issue("studio-suggestion-unknown", **where)
            continue
        if isinstance(record, Annotated) and task.work.get(record.made, 0) >= len(record.result):
            continue
        regions = yield from _regions(article, record, ontology, where)
        if regions is not None:
            shown = _shown(regions, offered)
            if len(shown) < len(regions):
                left_out = len(regions) - len(shown)
                yield issue("studio-suggestion-cut", **where, left_out=left_out, regions=len(regions))
            models.add(record.model)
            digest_there = task.models.get(record.model)
            if digest_there is None:
                task.models[record.model] = suggestion_digest(shown)
                yield {"task": task.task, "model_version": record.model, "result": shown}
            elif digest_there != suggestion_digest(shown):
                yield issue("studio-suggestion-changed", **where, system=record.model, task=task.task)


def read_suggestions(path: str | Path, project: Project) -> Iterator[Predicted | Annotated | Issue]:
    """Yield each suggestion of a file, and an issue for what is none."""
    if Path(path).is_file() and file_kind(Path(path)) == "export":
        for item in items(Path(path)):
            if isinstance(item, Issue):
                yield item
                continue
            try:
                yield from _annotated(item, str(path))
            except msgspec.ValidationError as error:
                yield issue("studio-suggestion-unreadable", file=str(path), pointer=item.pointer, reason=str(error))
        return
    texts = {article.id: Text(article.text, article.sentences) for article in Articles(project.articles)}
    side = Reader(project, load_ontology(project), texts).side(path, Path(path).stem)
    yield from side.issues
    for name, found in side.annotations.items():
        place = str(side.place(name))
        if isinstance(found, Submission) and found.failed:
            yield issue("studio-suggestion-failed", article_id=name, file=place, why=found.failed)
        else:
            model = found.provenance.layer if isinstance(found, Document) else found.system
            yield Predicted(name, model or Path(path).stem, place, found)


def _annotated(item: Item, file: str) -> Iterator[Annotated]:
    """Yield the annotations that count of a pulled task."""
    task = msgspec.convert(item.value, LayerTask)
    layer = (task.vinese and task.vinese.layer) or "export"
    for annotation in task.annotations:
        if annotation.result and not annotation.was_cancelled:
            yield Annotated(
                id=task.data.article_id,
                model=f"{layer}/{annotation.annotator}" if annotation.annotator else layer,
                place=f"{file}:{item.pointer}",
                made=(str(annotation.id), str(annotation.created_at)),
                text=task.data.text,
                result=annotation.result,
            )


def _regions(
    article: Article, record: Predicted | Annotated, ontology: Ontology, where: Json
) -> Generator[Issue, None, list[Json] | None]:
    """Return the regions of a suggestion; if its words are not the article's, yield an issue and return None."""
    if isinstance(record, Annotated):
        if record.text == article.text:
            return joined(record.result)
        yield issue("text-changed", **where, id=article.id)
        return None
    document = with_words(as_document(record.found, Text(article.text, article.sentences)))
    for _, span in document.spans():
        if article.text[span.start : span.end] != span.text:
            yield issue("studio-suggestion-text", **where, start=span.start, end=span.end, text=span.text)
            return None
    return [_marked(region, record.model) for region in document_to_result(document, ontology)]


def _marked(region: Json, model: str) -> Json:
    """Return a region with a note that says who suggests it; choices and relations have no place for one."""
    return region | {"meta": {"text": [f"suggested by {model}"]}} if region.get("type") == "labels" else region


def _shown(regions: list[Json], offered: dict[str, frozenset[str]]) -> list[Json]:
    """Return the regions whose control and labels the project offers, without relations that lose an end."""

    def fits(region: Json) -> bool:
        if region.get("type") == "relation":
            return set(region.get("labels") or ()) <= offered["relation"]
        value = region.get("value") or {}
        labels = value.get("labels") or value.get("choices") or ()
        control: Any = region.get("from_name")
        return control in offered and set(labels) <= offered[control]

    shown = [region for region in regions if fits(region)]
    ids = {region.get("id") for region in shown}
    return [
        region
        for region in shown
        if region.get("type") != "relation" or {region.get("from_id"), region.get("to_id")} <= ids
    ]
