"""The short way through a task: decode it into typed structs, and make a document of them if nothing is wrong.

Most tasks of an export are sound, and this is all that they need. Wherever anything has to be said, or may have to,
there is no document, and `TaskReader` reads the task the long way, which says it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, NamedTuple, TypeVar

import msgspec

from vinese.checks.document import check_labels, what_is_unclean
from vinese.checks.personal import surely_impersonal
from vinese.core.files import text_digest
from vinese.core.issues import Issue, issue
from vinese.core.schemas import Validator
from vinese.formats.labelstudio.annotation import (
    Frame,
    LayerContext,
    Said,
    Work,
    decided,
    document_of,
    read_provenance,
)
from vinese.formats.labelstudio.entries import Entry, Mark, taken_apart
from vinese.formats.labelstudio.passage import Passages
from vinese.formats.labelstudio.typed import LongWayError, Typed, known_of, sure
from vinese.formats.ledger import Counts
from vinese.formats.offsets import cleaned, same
from vinese.model.records import JUDGEMENTS, Article, ArticleStance, Document
from vinese.text.normalise import is_clean

T = TypeVar("T")


class Sound(NamedTuple):
    """The document of a sound task, how much its annotation held, and what is to be told beforehand."""

    document: Document
    counts: Counts
    issues: tuple[Issue, ...]


class ShortWay:
    """Read sound tasks of one layer.

    Parameters
    ----------
    context
        The ontology, its rules and the layer.
    schema
        The validator of tasks; it looks at all but the entries of `result`.
    find_article
        Returns the article of an id, or None.
    address
        Where tasks are opened, to which issues are linked.
    """

    def __init__(
        self,
        context: LayerContext,
        schema: Validator,
        find_article: Callable[[str], Article | None],
        address: str | None = None,
    ) -> None:
        self.context = context
        self.schema = schema
        self.find_article = find_article
        self.address = address
        self.known = known_of(context.ontology)

    def read(self, raw: bytes, pointer: str) -> Sound | None:
        """Return what a task says, None if anything may be wrong with it."""
        try:
            return self._read(raw, pointer)
        except (LongWayError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None

    def _read(self, raw: bytes, pointer: str) -> Sound:
        task, annotation, entries, adjudication = taken_apart(raw)
        self._look_around(task, annotation)
        data = task["data"]
        issues = [] if is_clean(data["text"]) else [self._cleaned(data, entries, pointer)]
        frame = Frame(data["text"], data["article_id"], pointer, task)
        article = self.find_article(data["article_id"])
        if article is None or article.text != frame.text or data["text_sha256"] != frame.sha256:
            raise LongWayError
        frame.place(article)
        if adjudication is not None:
            frame.stamp["adjudication"] = sure(adjudication)
        typed = Typed(entries, self.known, frame.text, frame.sentences, article.language)
        if not surely_impersonal(task, raw, typed.notes):
            raise LongWayError
        document = self._document(typed, annotation, frame, issues)
        if next(check_labels(document, self.context.ontology, joined=True), None) is not None:
            raise LongWayError
        passages = Passages(task, pointer, self.address)
        return Sound(document, typed.counts, tuple(map(passages.of, issues)))

    def _cleaned(self, data: dict[str, Any], entries: list[Entry], pointer: str) -> Issue:
        """Clean the text of a task and move its regions along; return the issue that says so."""
        raw = data["text"]
        moved, count = cleaned(raw), 0
        for entry in entries:
            if isinstance(entry, Mark):
                value = entry.value
                if not same(raw, value.text, value.start, value.end):
                    raise LongWayError
                span = moved.span(value.start, value.end)
                count += span != (value.start, value.end)
                value.start, value.end = span
                value.text = moved.text[value.start : value.end]
        if data["text_sha256"] != text_digest(raw) or not moved.text:
            raise LongWayError
        data["text"], data["text_sha256"] = moved.text, text_digest(moved.text)
        name, place, what = data["article_id"], f"{pointer}/data/text", what_is_unclean(raw)
        return issue("text-cleaned", article_id=name, pointer=place, what=what, count=count)

    def _look_around(self, task: dict[str, Any], annotation: dict[str, Any]) -> None:
        """Raise `LongWayError` unless all but the entries follows the schema, and says nothing that is told of."""
        predictions = task.get("predictions")
        if isinstance(predictions, list):
            task = {**task, "predictions": []}
        if task.get("drafts") or annotation.get("was_cancelled") or not self.schema.is_valid(task):
            raise LongWayError

    def _document(self, typed: Typed, annotation: dict[str, Any], frame: Frame, issues: list[Issue]) -> Document:
        """Return the document, having added to `issues` what is to be told of who made it."""
        asked, judged = self.context.ontology.article_stance, None
        if asked.judgements:
            if len(typed.judged) != len(JUDGEMENTS):
                raise LongWayError
            judged = ArticleStance(topic=asked.topic, **typed.judged)
        work = Work(typed.notes, typed.predicted, typed.counts.regions)
        place = f"{frame.pointer}/annotations/0"
        provenance = _noted(read_provenance(annotation, place, work, frame, self.context), issues)
        said = Said(typed.records(), typed.relations(), judged)
        return decided(document_of(said, provenance, frame, self.context))


def _noted(reading: Generator[Issue, None, T], issues: list[Issue]) -> T:
    """Return what a reading returns, having added to `issues` what it yields."""
    while True:
        try:
            issues.append(next(reading))
        except StopIteration as end:
            value: T = end.value
            return value
