"""Tell what a file's content is by its first bytes, and why it cannot be read as JSON."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vinese.issues import issue

if TYPE_CHECKING:
    from vinese.issues import Issue

HEAD = 4096
_MAGIC = {
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "an archive",
    b"\x1f\x8b": "a compressed file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
}
_BYTE = re.compile(r"\(byte ([0-9]+)\)")


def kind_of(content: bytes) -> str:
    """Return what else than plain text `content` is by its first bytes; empty for text."""
    for magic, kind in _MAGIC.items():
        if content.startswith(magic):
            return kind
    head = content[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if head.startswith((b"<!doctype html", b"<html", b"<?xml")):
        return "an HTML or XML page"
    if head.startswith((b'{"', b"[{")):
        return "JSON"
    return "binary data" if b"\0" in content[:HEAD] else ""


def broken_json(head: bytes, error: Exception, file: str, offset: int = 0) -> Issue:
    """Return the issue of a file that begins with `head` and is no JSON, or not all of it.

    `offset` is where in the file that begins which the error counts from.
    """
    if isinstance(error, RecursionError):
        return issue("item-unreadable", file=file, reason=reason(error))
    kind = kind_of(head)
    first = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if kind not in {"", "JSON"}:
        return issue("file-not-json", file=file, reason=f"it is {kind}")
    cut = "truncated" in str(error)
    if first not in b"[{" and not cut and not isinstance(error, UnicodeDecodeError):
        return issue("file-not-json", file=file, reason="it is text of another kind")
    return issue("file-truncated" if cut else "file-not-json", file=file, reason=reason(error, offset))


def reason(error: Exception, offset: int = 0) -> str:
    """Return why JSON could not be read, for the end of a sentence; bytes are counted from `offset` on."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return f"it is not UTF-8 ({error.reason} at byte {error.start + offset})"
    said = str(error).removeprefix("JSON is malformed: ").rstrip(".")
    return _BYTE.sub(lambda found: f"(byte {int(found[1]) + offset})", said[:1].lower() + said[1:])


def not_utf8(content: bytes, error: UnicodeDecodeError) -> UnicodeDecodeError:
    """Return `error` as it is of the whole `content`: a decoder of JSON counts from the string that it is in."""
    try:
        content.decode()
    except UnicodeDecodeError as whole:
        return whole
    return error
