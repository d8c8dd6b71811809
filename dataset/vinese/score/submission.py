"""What a system hands in for one article, as typed records that decode fast, and as the document it amounts to."""

from __future__ import annotations

from typing import Any

import msgspec

from vinese.model.records import (
    ArticleStance,
    Document,
    Entity,
    Event,
    Provenance,
    Record,
    Sentence,
    Span,
    Stance,
)


class SubmittedSpan(Span, frozen=True, kw_only=True, gc=False):
    """A span whose words may be left out."""

    text: str = ""


class SubmittedEntity(Entity, frozen=True, kw_only=True, gc=False):
    """A mention whose words may be left out."""

    text: str = ""


class SubmittedEvent(Event, frozen=True, kw_only=True, gc=False):
    """An event whose trigger's words may be left out, and its modality, which is empty then."""

    modality: str = ""
    trigger: SubmittedSpan


class SubmittedStance(Stance, frozen=True, kw_only=True, gc=False):
    """An opinion whose expression's words may be left out, and its attribution, which is empty then."""

    attribution: str = ""
    expression: SubmittedSpan


class Submission(Record, frozen=True, kw_only=True, gc=False):
    """The predictions for one article: `schema/v1/prediction.json`. What is absent counts as nothing found.

    Types are checked as it is made; what `vinese.score.check` and `vinese.score.columns` check is not.
    """

    schema_version: str = "1.0"
    id: str
    system: str | None = None
    failed: str | None = None
    entities: tuple[SubmittedEntity, ...] = ()
    events: tuple[SubmittedEvent, ...] = ()
    stances: tuple[SubmittedStance, ...] = ()
    article_stance: ArticleStance | None = None


class Text(msgspec.Struct, frozen=True):
    """An article's text and the places of its sentences, where these are known.

    Without `exact` it was put together from sentences: which white space is between them is not known.
    """

    text: str
    sentences: tuple[Sentence, ...] = ()
    exact: bool = True

    def says(self, words: str, other: str) -> bool:
        """Return whether two stretches are the same as far as is known."""
        return words == other or (not self.exact and words.split() == other.split())


Labelled = Submission | Document
"""What can be scored, or scored against: both have `id`, `entities`, `events`, `stances` and `article_stance`."""

_PROVENANCE = Provenance(layer="prediction", annotator="system", annotator_kind="model", tool="unknown")


def as_document(submitted: Labelled, text: Text | None) -> Document:
    """Return what was submitted as a document of the article's text; a document stays as it is."""
    if isinstance(submitted, Document):
        return submitted
    article = text or Text("")
    return Document(
        id=submitted.id,
        text=article.text,
        text_sha256="",
        zones=(),
        sentences=article.sentences,
        entities=submitted.entities,
        events=submitted.events,
        stances=submitted.stances,
        article_stance=submitted.article_stance,
        provenance=_PROVENANCE,
    )


def with_words(document: Document) -> Document:
    """Return the document with the words of every span filled in from its text, for showing it."""
    text = document.text

    def filled(span: Any) -> Any:
        return span if span.text else msgspec.structs.replace(span, text=text[span.start : span.end])

    return msgspec.structs.replace(
        document,
        entities=tuple(filled(entity) for entity in document.entities),
        events=tuple(msgspec.structs.replace(event, trigger=filled(event.trigger)) for event in document.events),
        stances=tuple(
            msgspec.structs.replace(stance, expression=filled(stance.expression)) for stance in document.stances
        ),
    )
