"""Check what a document says beyond its schema: its text, its spans, and what is linked to what.

One set of checks serves documents, predictions and exports: an export is read into a document first, and the pointers
of what is found there are led back to the export's regions (`vinese.formats.labelstudio`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from vinese.checks.article import first_sentence_problem, first_zone_problem
from vinese.checks.conventions import check_conventions
from vinese.checks.links import check_links
from vinese.checks.spans import check_spans
from vinese.core.files import text_digest
from vinese.core.issues import Issue, issue
from vinese.model.links import rules_of
from vinese.model.ontology import Ontology
from vinese.model.records import Document
from vinese.text.normalise import is_clean


def check_document(document: Document, ontology: Ontology) -> Iterator[Issue]:
    """Yield whatever is wrong with a document that its schema cannot see; pointers are into the document."""
    yield from check_document_text(document)
    yield from check_document_hash(document)
    yield from check_document_sentences(document)
    yield from check_document_zones(document)
    yield from check_document_time(document)
    yield from check_labels(document, ontology)


def check_labels(document: Document, ontology: Ontology, *, joined: bool = False) -> Iterator[Issue]:
    """Yield what is wrong with the entities, events and stances, taking text and sentences to be sound.

    `joined` is whether nothing is wrong with any span or link for sure, because `checks.sound` said so.
    """
    if not joined:
        yield from check_spans(document)
        yield from check_links(document, rules_of(ontology))
    yield from check_conventions(document, ontology)


_UTC_FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?Z")


def check_document_text(document: Document) -> Iterator[Issue]:
    """Report text that is not as `vinese ingest` leaves it: NFC, one kind of space, no empty line."""
    if not is_clean(document.text):
        yield issue("text-unclean", article_id=document.id, pointer="/text", what=what_is_unclean(document.text))


def what_is_unclean(text: str) -> str:
    """Return in words what is unclean about `text`."""
    lines = f"\n{text}\n"
    flaws = [
        words
        for words, present in (
            ("is not NFC", not unicodedata.is_normalized("NFC", text)),
            ("has carriage returns", "\r" in text),
            ("has tabs", "\t" in text),
            ("has runs of spaces", "  " in text),
            ("has empty lines", "\n\n" in lines),
            ("has spaces at the edge of a line", "\n " in lines or " \n" in lines),
        )
        if present
    ]
    return ", ".join(flaws) or "has characters that cannot be seen"


def check_document_hash(document: Document) -> Iterator[Issue]:
    """Report a digest that is not the text's."""
    if text_digest(document.text) != document.text_sha256:
        yield issue("text-hash-wrong", article_id=document.id, pointer="/text_sha256")


def check_document_sentences(document: Document) -> Iterator[Issue]:
    """Report sentences that overlap, cross a line or leave text out."""
    problem = first_sentence_problem(document.text, document.sentences)
    if problem is not None:
        pointer, start, end = problem
        yield issue("sentence-broken", article_id=document.id, pointer=pointer, start=start, end=end)


def check_document_zones(document: Document) -> Iterator[Issue]:
    """Report zones that do not make up the text; a document whose article was not at hand has none at all."""
    problem = first_zone_problem(document.text, document.zones) if document.zones else None
    if problem is not None:
        yield issue("zone-broken", article_id=document.id, pointer=problem[0], reason=problem[1])


def check_document_time(document: Document) -> Iterator[Issue]:
    """Report a moment that cannot be."""
    annotated_at = document.provenance.annotated_at
    if annotated_at is not None and moment(annotated_at) is None:
        yield issue("time-unreadable", article_id=document.id, pointer="/provenance/annotated_at", said=annotated_at)


def moment(value: Any) -> datetime | None:
    """Return the moment that a string names, to the microsecond, or None if it is none or has no offset."""
    try:
        time = datetime.fromisoformat(value) if isinstance(value, str) else None
        return time.astimezone(UTC) if time is not None and time.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def in_utc(value: Any) -> str | None:
    """Return a moment as it is if it is in UTC already, brought there if it has another offset, or else None.

    >>> in_utc("2026-11-22T10:48:45+07:00"), in_utc("2024-02-31T25:61:00Z")
    ('2026-11-22T03:48:45Z', None)
    """
    time = moment(value)
    if time is None:
        return None
    return value if _UTC_FORM.fullmatch(value) else time.isoformat().replace("+00:00", "Z")
