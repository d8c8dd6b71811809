"""Read files of words and tags in columns: CoNLL, PhoNER, VLSP; BIO, IOB1 or BIOES."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from vinese.core.files import reason
from vinese.core.issues import Issue, issue
from vinese.formats.format import Item
from vinese.formats.labelstudio.items import mapped

CONTROL = "label"
_TAG = re.compile(r"O|[BIESLUM]-\S.*")
_DOCUMENT = re.compile(r"-DOCSTART-|#\s*(newdoc|doc_?id|id)\b", re.IGNORECASE)
_BLOCK = 40  # sentences of a document, where the file does not part any
_NO_SPACE_BEFORE = frozenset(".,:;?!)]}»”’%…")
_NO_SPACE_AFTER = frozenset("([{«“‘")


class Word(NamedTuple):
    """A word of a file, its tag, and its line from 1."""

    text: str
    tag: str
    line: int


class Conll:
    """Lines of a word and its tag, the first column and the one that has tags; a blank line ends a sentence."""

    name = "CoNLL"

    def sniff(self, head: bytes, name: str) -> bool:  # noqa: ARG002
        """Return whether most lines end in a tag, or have one in the same column."""
        text = head.decode("utf-8", "replace").removeprefix("\ufeff")
        rows = [_columns(line) for line in text.splitlines()[:400]]
        rows = [row for row in rows[: max(1, len(rows) - 1)] if row and not _DOCUMENT.match(row[0])]
        rows = [row for row in rows if not row[0].startswith(("#", "<"))]
        return bool(rows) and text.lstrip()[:1] not in {"[", "{"} and _tag_column(rows) is not None

    def items(self, path: Path) -> Iterator[Item | Issue]:
        """Yield the sentences of each document as a task; a file that parts no documents is cut into blocks."""
        file = str(path)
        try:
            text = bytes(mapped(path)).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            yield issue("file-not-json", file=file, reason=reason(error))
            return
        lines = text.splitlines()
        column = _tag_column([row for line in lines[:4000] if (row := _columns(line)) and len(row) > 1])
        if column is None:
            yield issue("file-unknown", file=file)
            return
        whole = any(_DOCUMENT.match(line) for line in lines)
        number = 0
        for document, issues in _documents(lines, column, file, whole=whole):
            yield from issues
            if document:
                yield _task(document, number)
                number += 1


def _columns(line: str) -> list[str]:
    line = line.strip("\r\n")
    return [part.strip() for part in line.split("\t") if part.strip()] if "\t" in line else line.split()


def _tag_column(rows: list[list[str]]) -> int | None:
    """Return the column, counted from the end, that has tags in nearly every row, some of them not O."""
    rows = [row for row in rows if len(row) > 1 and not _DOCUMENT.match(row[0])]
    for back in (-1, -2, -3):
        tags = [row[back] for row in rows if len(row) >= -back + 1]
        good = sum(bool(_TAG.fullmatch(tag)) for tag in tags)
        if tags and good >= 0.9 * len(rows) and any(tag != "O" for tag in tags):
            return back
    return None


def _documents(
    lines: list[str], column: int, file: str, *, whole: bool
) -> Iterator[tuple[list[list[Word]], list[Issue]]]:
    """Yield the sentences of each document, and what of it is no row of a word and a tag."""
    document: list[list[Word]] = []
    sentence: list[Word] = []
    issues: list[Issue] = []

    def ended() -> None:
        if sentence:
            document.append(list(sentence))
            sentence.clear()

    for number, line in enumerate(lines, 1):
        row = _columns(line)
        if not row:
            ended()
        if (whole and row and _DOCUMENT.match(line)) or (not row and not whole and len(document) >= _BLOCK):
            ended()
            yield list(document), list(issues)
            document.clear()
            issues.clear()
        elif row and line.startswith(("#", "<")) and not _tagged(row, column):
            continue  # a comment, or a mark of a sentence
        elif row and not _tagged(row, column):
            issues.append(issue("conll-row", file=file, pointer=f"/{number}", line=line[:80]))
        elif row:
            sentence.append(Word(row[0], row[column], number))
    ended()
    yield document, issues


def _tagged(row: list[str], column: int) -> bool:
    return len(row) > -column and _TAG.fullmatch(row[column]) is not None


def _task(document: list[list[Word]], number: int) -> Item:
    """Return the sentences of a document as a task: a sentence a line, the words of a line set as print sets them."""
    lines: list[str] = []
    result: list[Any] = []
    places: dict[tuple[int, int], str] = {}
    at = 0
    for words in document:
        line, spans = _line(words)
        for start, end, label, first in _entities(words, spans):
            places[0, len(result)] = f"/{first}"
            value = {"start": at + start, "end": at + end, "text": line[start:end], "labels": [label]}
            region = {"id": f"e{len(result)}", "type": "labels", "from_name": CONTROL, "to_name": "text"}
            result.append({**region, "value": value})
        lines.append(line)
        at += len(line) + 1
    task = {"data": {"text": "\n".join(lines)}, "annotations": [{"completed_by": None, "result": result}]}
    return Item("", b"", {"id": number, **task}, places=places)


def _line(words: list[Word]) -> tuple[str, list[tuple[int, int]]]:
    """Return the words of a sentence as a line, those joined by `_` parted, and the place of each."""
    line, spans = "", []
    for index, word in enumerate(words):
        text = " ".join(part for part in word.text.split("_") if part) or word.text
        tight = not index or text in _NO_SPACE_BEFORE or line[-1:] in _NO_SPACE_AFTER
        start = len(line) + (not tight)
        line += ("" if tight else " ") + text
        spans.append((start, start + len(text)))
    return line, spans


def _entities(words: list[Word], spans: list[tuple[int, int]]) -> Iterator[tuple[int, int, str, int]]:
    """Yield the start, end, label and first line of each entity; a tag of any scheme begins one where it has to."""
    open_: tuple[int, int, str, int] | None = None
    for word, (start, end) in zip(words, spans, strict=True):
        prefix, _, label = word.tag.partition("-")
        goes_on = open_ is not None and prefix in {"I", "E", "L", "M"} and open_[2] == label
        if open_ is not None and not goes_on:
            yield open_
            open_ = None
        if word.tag == "O":
            continue
        open_ = (open_[0], end, label, open_[3]) if open_ is not None else (start, end, label, word.line)
        if prefix in {"S", "U", "E", "L"}:
            yield open_
            open_ = None
    if open_ is not None:
        yield open_
