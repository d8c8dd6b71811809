"""Check what a document says beyond its schema: its text, its spans, and what is linked to what.

One set of checks serves documents, predictions and exports: an export is read into a document first, and the pointers
of what is found there are led back to the export's regions (`vinese.formats.labelstudio`).
"""

from __future__ import annotations

from collections.abc import Iterator

from vinese.checks.conventions import check_conventions
from vinese.checks.document_text import (
    check_document_hash,
    check_document_sentences,
    check_document_text,
    check_document_time,
    check_document_zones,
)
from vinese.checks.links import check_links
from vinese.checks.spans import check_spans
from vinese.core.issues import Issue
from vinese.model.links import rules_of
from vinese.model.ontology import Ontology
from vinese.model.records import Document

__all__ = ["check_document", "check_labels"]


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
