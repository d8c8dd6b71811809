"""Check a document's text, its fingerprint, its sentences, zones and time."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator

from vinese.checks.article import wrong_sentence, wrong_zone
from vinese.core.issues import Issue, issue
from vinese.core.times import moment
from vinese.model.records import Document
from vinese.text.normalise import is_clean


def check_text(text: str, article_id: str | None, pointer: str = "/text") -> Iterator[Issue]:
    """Report text that is not as `vinese ingest` leaves it: NFC, one kind of space, no empty line."""
    if not is_clean(text):
        yield issue("text-unclean", article_id=article_id, pointer=pointer, what=what_is_unclean(text))


def what_is_unclean(text: str) -> str:
    """Return in words what is unclean about `text`."""
    found = [
        words
        for words, there in (
            ("is not NFC", not unicodedata.is_normalized("NFC", text)),
            ("has carriage returns", "\r" in text),
            ("has tabs", "\t" in text),
            ("has runs of spaces", "  " in text),
            ("has empty lines", "" in text.split("\n")),
            ("has spaces at the edge of a line", any(line != line.strip(" ") for line in text.split("\n"))),
        )
        if there
    ]
    return ", ".join(found) or "has characters that cannot be seen"


def sha256(text: str) -> str:
    """Return the SHA-256 of the UTF-8 bytes of `text`, in hexadecimal."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def check_hash(document: Document) -> Iterator[Issue]:
    """Report a fingerprint that is not the text's."""
    if sha256(document.text) != document.text_sha256:
        yield issue("text-hash-wrong", article_id=document.id, pointer="/text_sha256")


def check_sentences(document: Document) -> Iterator[Issue]:
    """Report sentences that do not part the text."""
    wrong = wrong_sentence(document.text, document.sentences)
    if wrong is not None:
        pointer, start, end = wrong
        yield issue("sentence-broken", article_id=document.id, pointer=pointer, start=start, end=end)


def check_zones(document: Document) -> Iterator[Issue]:
    """Report zones that do not make up the text; a document whose article was not at hand has none at all."""
    wrong = wrong_zone(document.text, document.zones) if document.zones else None
    if wrong is not None:
        yield issue("zone-broken", article_id=document.id, pointer=wrong[0], reason=wrong[1])


def check_time(document: Document) -> Iterator[Issue]:
    """Report a moment that cannot be."""
    said = document.provenance.annotated_at
    if said is not None and moment(said) is None:
        yield issue("time-unreadable", article_id=document.id, pointer="/provenance/annotated_at", said=said)
