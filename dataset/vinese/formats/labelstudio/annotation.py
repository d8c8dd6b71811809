"""Turn one annotation into a document, leaving out, with an issue each, whatever is not sound."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any

import msgspec

from vinese.checks.document import check_labels
from vinese.core.issues import Issue, issue
from vinese.core.times import in_utc
from vinese.formats.labelstudio.annotators import annotator
from vinese.formats.labelstudio.controls import TOOL
from vinese.formats.labelstudio.draft import Draft
from vinese.formats.labelstudio.frame import Frame, LayerContext
from vinese.formats.labelstudio.regions import Regions, Report
from vinese.model.document import restricted
from vinese.model.records import JUDGEMENTS, Adjudication, Document, Provenance


def read_annotation(
    annotation: dict[str, Any], number: int, bad: set[int], frame: Frame, context: LayerContext
) -> Generator[Issue, None, Document]:
    """Yield what is wrong with one annotation, and return the document of what is sound."""
    place = f"{frame.pointer}/annotations/{number}"
    frame.result = f"{place}/result"

    def report(code: str, pointer: str = "", **fields: Any) -> Issue:
        return issue(code, article_id=frame.article_id, pointer=frame.result + pointer, **fields)

    regions = Regions(annotation["result"], bad, frame.text, context.rules, report)
    yield from regions.read()
    yield from _judgements(regions, report)
    name = annotator(annotation.get("completed_by")) or "unknown"
    kind = context.layers.kind(context.layer, name)
    adjudication = yield from _adjudication(frame)
    if regions.regions and regions.predicted == regions.regions and kind != "model" and adjudication is None:
        yield issue("prediction-untouched", article_id=frame.article_id, pointer=place)
    provenance = Provenance(
        layer=context.layer,
        annotator=name,
        annotator_kind=kind,
        tool=str(frame.meta.get("tool") or TOOL),
        tool_version=_version(frame.meta.get("tool_version")),
        annotated_at=in_utc(annotation.get("updated_at")),
        notes=tuple(regions.draft.notes),
        adjudication=adjudication,
    )
    said = annotation.get("updated_at")
    if said is not None and provenance.annotated_at is None:
        yield issue("time-unreadable", article_id=frame.article_id, pointer=f"{place}/updated_at", said=said)
    return (yield from _settle(regions.draft, provenance, frame, context, report))


def _judgements(regions: Regions, report: Report) -> Iterator[Issue]:
    """Report an article that nobody judged, or that only half was."""
    given = regions.draft.judgements
    if not given and not regions.lost_judgements:
        yield report("article-stance-missing")
    elif len(given) == 1:
        name, (_, index) = next(iter(given.items()))
        missing = next(other for other in JUDGEMENTS if other != name)
        yield report("article-stance-incomplete", f"/{index}", name=name, missing=missing)


def _adjudication(frame: Frame) -> Generator[Issue, None, Adjudication | None]:
    """Return how the items of an adjudicated task came about, None for a task of any other layer."""
    said = frame.stamp.get("adjudication")
    if said is None:
        return None
    try:
        return msgspec.convert(said, type=Adjudication)
    except msgspec.ValidationError as error:
        place = f"{frame.pointer}/vinese/adjudication"
        yield issue("adjudication-unreadable", article_id=frame.article_id, pointer=place, reason=str(error))
        return None


def _version(said: Any) -> str | None:
    return said if isinstance(said, str) and said else None


def _settle(
    draft: Draft, provenance: Provenance, frame: Frame, context: LayerContext, report: Report
) -> Generator[Issue, None, Document]:
    """Check the document of a draft, take out what is wrong, and check again until nothing more is."""
    blamed: set[int] = set()
    gone: set[int] = set()
    while True:
        document = _document(draft, provenance, frame, context)
        found = list(check_labels(document, context.ontology))
        wrong = [one for one in found if one.level == "error"]
        # A warning counts only once nothing is wrong any more: what will be left out needs none.
        for one in wrong or found:
            place = draft.locate(one.pointer)
            yield msgspec.structs.replace(one, article_id=frame.article_id, pointer=frame.result + place)
            blamed.add(int(place.split("/")[1]))
        if not wrong:
            break
        gone.update(draft.drop([one.pointer for one in wrong]))
    for index in sorted(gone - blamed):
        yield report("left-out", f"/{index}")
    return document


def _document(draft: Draft, provenance: Provenance, frame: Frame, context: LayerContext) -> Document:
    entities, events, stances = draft.parts(frame.text, context.rules)
    document = Document(
        id=frame.article_id or "",
        text=frame.text,
        text_sha256=frame.sha256,
        language=frame.article.language if frame.article else context.ontology.language,
        zones=frame.zones,
        sentences=frame.sentences,
        entities=entities,
        events=events,
        stances=stances,
        article_stance=draft.article_stance(context.ontology.article_stance.topic),
        provenance=provenance,
    )
    if provenance.adjudication is None:
        return document
    kept = restricted(provenance.adjudication, document)
    return msgspec.structs.replace(document, provenance=msgspec.structs.replace(provenance, adjudication=kept))
