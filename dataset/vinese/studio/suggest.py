"""Send what a system, or an earlier layer, found as suggestions that annotators can take, change or leave.

A suggestion is a line of JSON or an item of a list: a prediction (`schema/v1/prediction.json`), a document, or a task
of a pulled layer. Its `model_version` in Label Studio is the prediction's `system`, the document's layer, or layer
and annotator. Of a pulled layer only those annotations are sent that the project itself lacks, or has without their
work, so that a layer's own file brings back what was lost and nothing else. Regions of controls that the
project's present stage has not are left out, and counted: Label Studio would drop the whole suggestion in silence.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from vinese.core.issues import Issue, issue
from vinese.corpus.articles import Articles
from vinese.formats.item import Item
from vinese.formats.labelstudio.items import item_kind, items
from vinese.formats.labelstudio.write import document_to_result, joined
from vinese.generate.label_config import controls
from vinese.model.ontology import Ontology
from vinese.model.ontology_file import load_ontology
from vinese.model.records import Article, ArticleStance, Document, Entity, Event, Provenance, Stance
from vinese.studio.layer_file import Json, LayerTask
from vinese.studio.tasks import Present, Sending, fingerprint, present

_BATCH = 200  # suggestions sent at a time


class Origin(msgspec.Struct, frozen=True):
    """What names a suggestion in the provenance of a document."""

    layer: str


class Prediction(msgspec.Struct, frozen=True, kw_only=True):
    """What predictions and documents have in common; other keys are not looked at."""

    id: str
    system: str | None = None
    entities: tuple[Entity, ...] = ()
    events: tuple[Event, ...] = ()
    stances: tuple[Stance, ...] = ()
    article_stance: ArticleStance | None = None
    provenance: Origin | None = None

    @property
    def model(self) -> str:
        """The name that Label Studio shows for it."""
        return self.system or (self.provenance.layer if self.provenance else "suggestion")

    def on(self, article: Article) -> Document:
        """Return it as a document of `article`."""
        return Document(
            id=article.id,
            text=article.text,
            text_sha256=article.text_sha256,
            language=article.language,
            zones=article.zones,
            sentences=article.sentences,
            entities=self.entities,
            events=self.events,
            stances=self.stances,
            article_stance=self.article_stance,
            provenance=Provenance(layer=self.model, annotator=self.model, annotator_kind="model", tool="vinese"),
        )


@dataclass(frozen=True, slots=True)
class Annotated:
    """One annotation of an article: the name that Label Studio shows for it, the article's text, its regions.

    `made` is its number and when it was made, which no other annotation has.
    """

    id: str
    model: str
    made: tuple[str, str]
    text: str
    result: list[Json]


def send_suggestions(sending: Sending, path: str | Path) -> tuple[int, int]:
    """Send the suggestions of the file `path` that the project lacks; return how many were sent and accepted."""
    sent = accepted = 0
    suggestions = sending.collect(_lacking(sending, path))
    while batch := list(islice(suggestions, _BATCH)):
        accepted += sending.suggestions(batch)
        sent += len(batch)
        sending.progress("Sending suggestions", sent, None)
    sending.check_suggestions(sent, accepted)
    return sent, accepted


def _lacking(sending: Sending, path: str | Path) -> Iterator[Json | Issue]:
    """Yield the suggestions that the project lacks, as Label Studio takes them, and what cannot be sent."""
    listed = present(sending.studio, sending.target, models=True)
    tasks = {task.article_id: task for task in listed if isinstance(task, Present)}
    ontology, articles = load_ontology(sending.project), Articles(sending.project.articles)
    offered = controls(ontology, sending.target.stage)
    for suggestion in read_suggestions(path):
        if isinstance(suggestion, Issue):
            yield suggestion
            continue
        pointer, record = suggestion
        where: Json = {"article_id": record.id, "file": str(path), "pointer": pointer}
        article, task = articles.find(record.id), tasks.get(record.id)
        if article is None or task is None:
            yield issue("studio-suggestion-unknown", **where)
            continue
        if isinstance(record, Annotated) and record.made in task.work:
            continue
        regions = yield from _regions(article, record, ontology, where)
        if regions is not None:
            shown = _shown(regions, offered)
            if len(shown) < len(regions):
                left_out = len(regions) - len(shown)
                yield issue("studio-suggestion-cut", **where, left_out=left_out, regions=len(regions))
            fingerprint_there = task.models.get(record.model)
            if fingerprint_there is None:
                task.models[record.model] = fingerprint(shown)
                yield {"task": task.task, "model_version": record.model, "result": shown}
            elif fingerprint_there != fingerprint(shown):
                yield issue("studio-suggestion-changed", **where, system=record.model, task=task.task)


def read_suggestions(path: str | Path) -> Iterator[tuple[str, Prediction | Annotated] | Issue]:
    """Yield each suggestion of a JSON list, object or lines with its pointer, and an issue for what is none."""
    file = str(path)
    for item in items(Path(path)):
        if isinstance(item, Issue):
            yield item
            continue
        try:
            records = _records(item)
        except msgspec.ValidationError as error:
            yield issue("studio-suggestion-unreadable", file=file, pointer=item.pointer, reason=str(error))
        else:
            yield from ((item.pointer, record) for record in records)


def _records(item: Item) -> list[Prediction | Annotated]:
    """Return the annotations that count of a pulled task, or else the one prediction that the item is."""
    if item_kind(item.value) != "export":
        return [msgspec.convert(item.value, Prediction)]
    task = msgspec.convert(item.value, LayerTask)
    layer = (task.vinese and task.vinese.layer) or "export"
    return [
        Annotated(
            id=task.data.article_id,
            model=f"{layer}/{annotation.annotator}" if annotation.annotator else layer,
            made=(str(annotation.id), str(annotation.created_at)),
            text=task.data.text,
            result=annotation.result,
        )
        for annotation in task.annotations
        if annotation.result and not annotation.was_cancelled
    ]


def _regions(
    article: Article, record: Prediction | Annotated, ontology: Ontology, where: Json
) -> Generator[Issue, None, list[Json] | None]:
    """Return the regions of a suggestion; if its words are not the article's, yield an issue and return None."""
    if isinstance(record, Annotated):
        if record.text == article.text:
            return joined(record.result)
        yield issue("text-changed", **where, id=article.id)
        return None
    document = record.on(article)
    for _, span in document.spans():
        if article.text[span.start : span.end] != span.text:
            yield issue("studio-suggestion-text", **where, start=span.start, end=span.end, text=span.text)
            return None
    return document_to_result(document, ontology)


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
