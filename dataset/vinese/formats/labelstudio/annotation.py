"""Turn one annotation into a document, leaving out, with an issue each, whatever is not sound."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any, NamedTuple

import msgspec

from vinese.checks.document import check_labels, in_utc
from vinese.core.files import text_digest
from vinese.core.issues import Issue, issue
from vinese.core.printable import listed
from vinese.core.schemas import validator
from vinese.corpus.layers import Layers
from vinese.formats.labelstudio.draft import Draft, Parts
from vinese.formats.labelstudio.regions import TOOL, Regions
from vinese.model.document import canonical, restricted
from vinese.model.links import Rules
from vinese.model.ontology import Ontology
from vinese.model.records import (
    GIVEN,
    JUDGEMENTS,
    Adjudication,
    Article,
    ArticleStance,
    Document,
    Provenance,
    Relation,
    Sentence,
    Undecided,
    Zone,
)
from vinese.text.sentences import sentences


class LayerContext(NamedTuple):
    """What all tasks of one layer share: the ontology with its rules, and who made the layer."""

    ontology: Ontology
    rules: Rules
    layer: str
    layers: Layers


class Read(NamedTuple):
    """The document of one annotation, and the places in its `result` of what is in the document.

    Of what stands at the places `told` the issue of another place speaks.
    """

    document: Document
    kept: frozenset[int]
    told: frozenset[int] = frozenset()


class Frame:
    """What all annotations of one task share: the text, the article, and where the task stands in the file.

    `stamp` may hold how the task was adjudicated as the record that it becomes.
    `hushed` holds, by annotation, the places of regions that are lost to something that is said of the whole task.
    """

    def __init__(self, text: str, article_id: str | None, pointer: str, task: dict[str, Any]) -> None:
        self.text = text
        self.article_id = article_id
        self.pointer = pointer
        meta, stamp = task.get("meta"), task.get("vinese")
        self.meta: dict[str, Any] = meta if isinstance(meta, dict) else {}
        self.stamp: dict[str, Any] = stamp if isinstance(stamp, dict) else {}
        listed = task.get("predictions")
        predictions = listed if isinstance(listed, list) else []
        self.models = [str(entry.get("model_version")) for entry in predictions if isinstance(entry, dict)]
        self.hushed: dict[int, set[int]] = {}
        self.article: Article | None = None
        self.sentences: tuple[Sentence, ...] = ()
        self.zones: tuple[Zone, ...] = ()
        self.sha256 = text_digest(text)

    def place(self, article: Article | None) -> None:
        """Take zones and sentences from the article, or find the sentences in the text."""
        self.article = article
        self.sentences = article.sentences if article else sentences(self.text)
        self.zones = article.zones if article else ()


def read_annotation(
    annotation: dict[str, Any], number: int, bad: set[int], frame: Frame, context: LayerContext
) -> Generator[Issue, None, Read]:
    """Yield what is wrong with one annotation, and return the document of what is sound.

    `bad` holds the places in its `result` that break the schema, `number` is its place in the task.
    """
    place = f"{frame.pointer}/annotations/{number}"

    def report(code: str, pointer: str = "", **fields: Any) -> Issue:
        return issue(code, article_id=frame.article_id, pointer=f"{place}/result{pointer}", **fields)

    hushed = frame.hushed.get(number, set())
    regions = Regions(annotation["result"], bad, frame.text, context.rules, report, hushed=hushed)
    yield from regions.read()
    draft = regions.draft
    if not context.ontology.article_stance.judgements:
        pass
    elif not draft.judgements and not regions.lost_judgements:
        yield report("article-stance-missing")
    elif len(draft.judgements) == 1:
        name, (_, index) = next(iter(draft.judgements.items()))
        missing = next(other for other in JUDGEMENTS if other != name)
        yield report("article-stance-incomplete", f"/{index}", name=name, missing=missing)
    work = Work(draft.notes, regions.predicted, regions.regions)
    provenance = yield from read_provenance(annotation, place, work, frame, context)
    document = yield from _sound(draft, provenance, frame, context, f"{place}/result")
    return Read(document, frozenset(draft.kept()), frozenset(regions.told))


class Work(NamedTuple):
    """The notes of an annotation, how many of its regions are as they were suggested, and how many there are."""

    notes: Sequence[str]
    predicted: int
    regions: int


def read_provenance(
    annotation: dict[str, Any], place: str, work: Work, frame: Frame, context: LayerContext
) -> Generator[Issue, None, Provenance]:
    """Yield what is to be told of who made an annotation, and return that; `place` is its pointer."""
    name = annotator(annotation.get("completed_by")) or "unknown"
    kind = context.layers.kind(context.layer, name)
    adjudication = yield from _adjudication(frame)
    if work.regions and work.predicted == work.regions and kind != "model" and adjudication is None:
        yield issue("prediction-untouched", article_id=frame.article_id, pointer=place)
    changed, version = annotation.get("updated_at"), frame.meta.get("tool_version")
    provenance = Provenance(
        layer=context.layer,
        annotator=name,
        annotator_kind=kind,
        tool=str(frame.meta.get("tool") or TOOL),
        tool_version=version if isinstance(version, str) and version else None,
        annotated_at=in_utc(changed),
        notes=tuple(work.notes),
        adjudication=adjudication,
        reviewed_by=_reviewer(frame, name, kind),
        **{key: value for key in GIVEN if isinstance(value := frame.meta.get(key), str) and value},
    )
    if changed is not None and provenance.annotated_at is None:
        yield issue("time-unreadable", article_id=frame.article_id, pointer=f"{place}/updated_at", said=changed)
    return provenance


def annotator(completed_by: Any) -> str | None:
    """Return an annotator's name: the pseudonym as it is, or `user-<number>` for an account of the server."""
    number = completed_by.get("id") if isinstance(completed_by, dict) else completed_by
    if isinstance(number, str):
        return number
    if isinstance(number, int | float) and not isinstance(number, bool) and abs(number) < 10**18:
        return f"user-{int(number)}"
    return None


def _reviewer(frame: Frame, name: str, kind: str | None) -> str | None:
    """Return who reviewed the labels: whoever the file names, or the person to whom a layer's work was suggested.

    A suggestion of a layer is called `layer/annotator`; those of an adjudication are what it decides between.
    """
    named = frame.meta.get("reviewed_by")
    if isinstance(named, str) and named:
        return named
    of_layer = any("/" in model for model in frame.models)
    return name if kind == "person" and of_layer and "adjudication" not in frame.stamp else None


def _adjudication(frame: Frame) -> Generator[Issue, None, Adjudication | None]:
    """Return how the items of an adjudicated task came about, None for a task of any other layer."""
    value = frame.stamp.get("adjudication")
    if value is None:
        return None
    place = f"{frame.pointer}/vinese/adjudication"
    if isinstance(value, Adjudication):
        adjudication = value
    else:
        for wrong in validator("common#/$defs/adjudication").problems(value):
            fields = {"reason": wrong.issue().message.rstrip("."), "pointer": place + wrong.pointer}
            yield issue("adjudication-unreadable", article_id=frame.article_id, **fields)
            return None
        adjudication = msgspec.convert(value, type=Adjudication)
    if marks := adjudication.open:
        about: dict[str, Any] = {"count": len(marks), "what": undecided(marks)}
        yield issue("adjudicate-open", article_id=frame.article_id, pointer=f"{place}/open", **about)
    return adjudication


def undecided(marks: Sequence[Undecided]) -> str:
    """Return the first places that an adjudicator left undecided, in words, and how many more there are."""
    words = [f"'{mark.text}'{f' ({mark.about})' if mark.about else ''}" for mark in marks]
    return listed(words)


def _sound(
    draft: Draft, provenance: Provenance, frame: Frame, context: LayerContext, result: str
) -> Generator[Issue, None, Document]:
    """Check the document of a draft, take out what is wrong, and check again until nothing is.

    Yield the issues, led back to the regions at the pointer `result`, and return the document.
    """
    blamed: set[int] = set()
    gone: set[int] = set()
    while True:
        document = _document(draft, provenance, frame, context)
        issues = list(check_labels(document, context.ontology))
        errors = [each for each in issues if each.level == "error"]
        origins = draft.origins(document) if issues else {}
        # A warning counts only once nothing is wrong any more: what will be left out needs none.
        for each in errors or issues:
            index, pointer = draft.locate(each.pointer, origins)
            yield msgspec.structs.replace(each, article_id=frame.article_id, pointer=result + pointer)
            blamed.add(index)
        if not errors:
            break
        gone |= draft.drop([each.pointer for each in errors], origins)
    for index in sorted(gone - blamed):
        yield issue("left-out", article_id=frame.article_id, pointer=f"{result}/{index}")
    return document


def _document(draft: Draft, provenance: Provenance, frame: Frame, context: LayerContext) -> Document:
    judged = draft.article_stance(context.ontology.article_stance.topic)
    said = Said(draft.parts(frame.text), draft.relations(), judged)
    return decided(canonical(document_of(said, provenance, frame, context), context.ontology))


class Said(NamedTuple):
    """What an annotation says of an article."""

    parts: Parts
    relations: tuple[Relation, ...]
    article_stance: ArticleStance | None


def document_of(said: Said, provenance: Provenance, frame: Frame, context: LayerContext) -> Document:
    """Return the document of a task's text and of what an annotation says of it."""
    entities, events, stances = said.parts
    return Document(
        id=frame.article_id or "",
        text=frame.text,
        text_sha256=frame.sha256,
        language=frame.article.language if frame.article else context.ontology.language,
        zones=frame.zones,
        sentences=frame.sentences,
        entities=entities,
        events=events,
        stances=stances,
        relations=said.relations or msgspec.UNSET,
        article_stance=said.article_stance,
        provenance=provenance,
    )


def decided(document: Document) -> Document:
    """Return a document, if it was adjudicated with the decisions on what is in it alone."""
    provenance = document.provenance
    if provenance.adjudication is None:
        return document
    kept = restricted(provenance.adjudication, document)
    return msgspec.structs.replace(document, provenance=msgspec.structs.replace(provenance, adjudication=kept))
