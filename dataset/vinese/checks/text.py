"""Check a document's text, its fingerprint, and its sentences."""

from __future__ import annotations

import hashlib
import unicodedata
from typing import TYPE_CHECKING

from vinese.issues import issue
from vinese.text.normalise import is_clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vinese.issues import Issue
    from vinese.records import Document


def check_text(text: str, article_id: str | None, pointer: str = "/text") -> Iterator[Issue]:
    """Report text that is not as `vinese ingest` leaves it: NFC, one kind of space, no empty line."""
    if not is_clean(text):
        yield issue("text-unclean", article_id=article_id, pointer=pointer, what=_what(text))


def _what(text: str) -> str:
    """Say what is unclean about `text`, in words."""
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
    """Report the first sentence that is out of order, empty, outside the text, or crosses a line."""
    reached = 0
    for index, sentence in enumerate(document.sentences):
        sound = reached <= sentence.start < sentence.end <= len(document.text)
        if not sound or "\n" in document.text[sentence.start : sentence.end]:
            pointer = f"/sentences/{index}"
            yield issue(
                "sentence-broken", article_id=document.id, pointer=pointer, start=sentence.start, end=sentence.end
            )
            return
        reached = sentence.end
