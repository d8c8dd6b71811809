"""Read a big JSON file one item at a time (a list, one object, or one object a line), and tell what its items are.

A large file is mapped, not loaded: one pass finds where each item begins and ends, then each is decoded in its turn,
and pages that were read are given back, so that a process is no larger for a larger file.
A small one is loaded, so that it cannot change while it is read: a mapped file that becomes shorter ends the process.
"""

from __future__ import annotations

import mmap
import os
import re
import shutil
import stat
import tempfile
from array import array
from codecs import BOM_UTF8
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple

import msgspec

from vinese.core.errors import FileProblemError
from vinese.core.files import HEAD, broken_json, not_utf8, problem, reason
from vinese.core.issues import Issue, issue
from vinese.formats.format import Item
from vinese.formats.labelstudio.salvage import salvaged

STDIN = Path("-")
_LARGE = 1 << 24  # bytes
_HELD = 1 << 24  # bytes of a mapped file that are read before their pages are given back
_TRAILING = re.compile(r"trailing characters \(byte (\d+)\)")
_WIDE = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
_KINDS = {"n": "null", "t": "true or false", "f": "true or false", '"': "a string"}


class Unread(NamedTuple):
    """An item that is not decoded yet: its pointer, its bytes, its file, and the byte of that at which it begins."""

    pointer: str
    raw: bytes
    file: str
    at: int

    def item(self) -> Item | Issue:
        """Return the item decoded, or the issue that says why it cannot be."""
        try:
            return Item(self.pointer, self.raw, msgspec.json.decode(self.raw))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            why = reason(not_utf8(self.raw, error), self.at)
        except RecursionError as error:
            why = reason(error)
        return issue("item-unreadable", file=self.file, pointer=self.pointer, reason=why)


def items(path: Path) -> Iterator[Item | Issue]:
    """Yield each item of a JSON or JSON Lines file, and an issue for whatever cannot be read; `-` is standard input.

    A file that is missing, a folder, or not readable is a `FileProblemError`, and so is a large one that becomes
    shorter meanwhile.
    """
    return (found.item() if isinstance(found, Unread) else found for found in unread(path))


def unread(path: Path) -> Iterator[Unread | Item | Issue]:
    """Yield what `items` does, each item as its bytes where it can be taken out of the file as it is."""
    buffer = mapped(Path(path))
    for item in _items(buffer, str(path)):
        yield item
        if isinstance(buffer, mmap.mmap) and buffer.size() < len(buffer):  # what is gone must not be touched
            raise FileProblemError(f"{path} became shorter while it was read.", "Run it again once it is written.")


def _items(buffer: mmap.mmap | bytes, file: str) -> Iterator[Unread | Item | Issue]:
    encoding = next((name for mark, name in _WIDE.items() if buffer[:2] == mark), None)
    if encoding is not None:
        try:
            buffer = bytes(buffer).decode(encoding).encode()
            yield issue("file-utf16", file=file, encoding=encoding)
        except UnicodeError:
            pass  # what it is instead is said below
    view = memoryview(buffer)
    if bytes(view[:3]) == BOM_UTF8:
        yield issue("file-bom", file=file)
        view = view[3:]
    root = _first(view)
    if not root:
        yield issue("file-empty", file=file)
    elif root == "[":
        yield from _list(view, file)
    elif root == "{":
        yield from _objects(view, file)
    else:
        yield from _wrong_root(view, root, file)


def mapped(path: Path) -> mmap.mmap | bytes:
    """Return the file's bytes; those of a large one are mapped.

    What is no regular file is copied into one first.
    """
    try:
        with _opened(path) as file:
            found = os.fstat(file.fileno())
            if stat.S_ISREG(found.st_mode):
                return map_file(file) if found.st_size > _LARGE else file.read()
            with tempfile.TemporaryFile() as spool:
                shutil.copyfileobj(file, spool)
                spool.flush()
                return map_file(spool)
    except OSError as error:
        raise problem("standard input" if path == STDIN else path, error, "read") from error


def _opened(path: Path) -> IO[bytes]:
    return open(0, "rb", closefd=False) if path == STDIN else path.open("rb")


def map_file(file: IO[bytes]) -> mmap.mmap | bytes:
    """Return the bytes of a regular file; an empty one cannot be mapped."""
    empty = os.fstat(file.fileno()).st_size == 0
    return b"" if empty else mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _first(view: memoryview) -> str:
    """Return the first character that is not white space, or nothing."""
    for start in range(0, len(view), 4096):
        head = bytes(view[start : start + 4096]).lstrip(b" \t\r\n")
        if head:
            return chr(head[0])
    return ""


def _wrong_root(view: memoryview, root: str, file: str) -> Iterator[Issue]:
    """Report a file whose root is neither a list nor an object."""
    try:
        msgspec.json.decode(view)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        yield broken_json(bytes(view[:HEAD]), not_utf8(bytes(view), error), file, _before(view))
    else:
        yield issue("file-root", file=file, found=_KINDS.get(root, "a number"))


def _before(view: memoryview) -> int:
    """Return how many bytes of the file stand before `view`, which goes on to its end."""
    return len(view.obj) - len(view)  # type: ignore[arg-type]


def _list(view: memoryview, file: str) -> Iterator[Unread | Item | Issue]:
    try:
        places = array("Q", chain.from_iterable(places_in(view)))
    except UncutError:
        yield from _mended(view, _fault(view), file)
        return
    if not places:
        yield issue("file-no-items", file=file)
    before, held = _before(view), 0
    for number in range(0, len(places), 2):
        start, end = places[number], places[number + 1]
        yield Unread(f"/{number // 2}", bytes(view[start:end]).rstrip(), file, before + start)
        held = _given_back(view, held, end)


class UncutError(Exception):
    """The items of a file cannot be told apart, for as a whole it is no JSON."""


def places_in(view: memoryview) -> Iterator[tuple[int, int]]:
    """Yield where each item of a list begins and ends; raise `UncutError`, be it in the end, if it is not sound JSON.

    The parser says after which byte it met something behind a value, so no more than an item is looked at at a time.
    """
    held, at = 0, _next(view, _next(view, 0) + 1)
    if bytes(view[at : at + 1]) == b"]" and _next(view, at + 1) == len(view):
        return
    while True:
        try:
            msgspec.json.decode(view[at:], type=msgspec.Raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            trailing = _TRAILING.search(str(error))
        else:
            raise UncutError
        if trailing is None:
            raise UncutError
        after = at + int(trailing[1])
        yield at, after - 1
        if bytes(view[after - 1 : after]) == b"]" and _next(view, after) == len(view):
            return
        if bytes(view[after - 1 : after]) != b",":
            raise UncutError
        at, held = _next(view, after), _given_back(view, held, after)


def _fault(view: memoryview) -> Exception:
    """Return what keeps a list from being JSON as a whole."""
    try:
        msgspec.json.decode(view, type=list[msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return error
    return ValueError("its items cannot be told apart")


def _next(view: memoryview, at: int) -> int:
    """Return the place of the first byte from `at` on that is not white space, or the end."""
    while at < len(view) and view[at] in b" \t\r\n":
        at += 1
    return at


def _given_back(view: memoryview, held: int, end: int) -> int:
    """Return up to where pages of a mapped file are given back, which all are before `end` once that is worth it."""
    if end - held < _HELD or not isinstance(view.obj, mmap.mmap) or not hasattr(mmap, "MADV_DONTNEED"):
        return held
    view.obj.madvise(mmap.MADV_DONTNEED, 0, (_before(view) + end) // mmap.PAGESIZE * mmap.PAGESIZE)
    return end


def _objects(view: memoryview, file: str) -> Iterator[Unread | Item | Issue]:
    """Read one object, or one a line."""
    try:
        msgspec.json.decode(view, type=msgspec.Raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        if "trailing characters" in str(error):
            yield from _lines(view, file)
        else:
            yield from _mended(view, error, file)
        return
    yield Unread("", bytes(view), file, _before(view))


def _mended(view: memoryview, error: Exception, file: str) -> Iterator[Item | Issue]:
    """Yield the items of a file that is no JSON as a whole, or the issue that says why none can be read."""
    found = None if "truncated" in str(error) else salvaged(bytes(view), file, reason(error, _before(view)))
    yield from found or [broken_json(bytes(view[:HEAD]), error, file, _before(view))]


def _lines(view: memoryview, file: str) -> Iterator[Unread]:
    """Read JSON Lines; the pointer of the item on line 1 is `/0`, as if the file were a list."""
    start, index, found = 0, 0, view.obj.find  # type: ignore[attr-defined]
    offset = _before(view)
    while start < len(view):
        end = found(b"\n", start + offset) - offset
        end = len(view) if end < 0 else end
        line = bytes(view[start:end])
        if line.strip():
            yield Unread(f"/{index}", line, file, start + offset)
        start, index = end + 1, index + 1


Kind = Literal["export", "article", "document", "prediction", "unknown"]

_NAMES = {"article": "an article", "document": "a document", "prediction": "a prediction"}
_MIN = {"annotation_id", "lead_time"}
_OLD_MIN = {"id", "annotator"}
_LAYERS = ("entities", "events", "stances", "article_stance")
_BARE = {"id", "schema_version", "system", "failed"}  # all that a prediction of nothing has
_WORK = ("annotations", "completions", "predictions", "drafts")


def is_task(value: Any) -> bool:
    """Return whether a value is a task: data with work on it."""
    return isinstance(value, dict) and ("annotations" in value or "completions" in value or _data(value) is not None)


def _data(value: dict[str, Any]) -> dict[str, Any] | None:
    data = value.get("data")
    return data if isinstance(data, dict) else None


def nested(value: dict[str, Any]) -> list[tuple[tuple[str | int, ...], Any]] | None:
    """Return the tasks of a page of the API, or of an object that has tasks by their numbers; None for all else."""
    for key in ("tasks", "results"):
        inner = value.get(key)
        if isinstance(inner, list) and inner and all(is_task(one) for one in inner):
            return [((key, number), one) for number, one in enumerate(inner)]
    if value and all(isinstance(one, dict) and _data(one) is not None for one in value.values()):
        return [((str(key),), one) for key, one in value.items()]
    return None


def json_min(value: Any) -> bool:
    """Return whether a value is a task of a JSON-MIN export.

    JSON-MIN puts the keys of a task's data beside those of the annotation, so that nothing but these, or lists of
    labelled spans, tells it.
    """
    if not isinstance(value, dict) or _data(value) is not None or any(key in value for key in _WORK):
        return False
    if _MIN & value.keys() or value.keys() >= _OLD_MIN:
        return True
    return any(isinstance(inner, list) and inner and all(_labelled(one) for one in inner) for inner in value.values())


def _labelled(value: Any) -> bool:
    return isinstance(value, dict) and "start" in value and any(str(key).endswith("labels") for key in value)


def refused(value: Any, kind: Kind | None = None) -> Issue | None:
    """Return the issue of a file whose first item is `value` if it is nothing known, or not of the wanted `kind`."""
    actual = item_kind(value)
    if actual == "unknown":
        return issue("file-unknown")
    return None if kind in {None, actual} else issue("export-other", kind=_NAMES[actual])


def item_kind(value: Any) -> Kind:
    """Return what an item is, by its keys."""
    if not isinstance(value, dict):
        return "unknown"
    if "annotations" in value or "data" in value or "completions" in value or _of_studio(value):
        return "export"
    if "provenance" in value:
        return "document"
    if "raw" in value or "zoning" in value:
        return "article"
    if "text" in value and any(key in value for key in (*_LAYERS, "sentences")):
        return "document"
    empty = "id" in value and value.keys() <= _BARE
    return "prediction" if empty or any(key in value for key in _LAYERS) else "unknown"


def _of_studio(value: dict[str, Any]) -> bool:
    """Return whether a value is one of the other forms in which Label Studio hands on tasks."""
    if isinstance(value.get("task"), dict) and ("annotation" in value or "result" in value):
        return True
    return json_min(value) or nested(value) is not None


class LabelStudio:
    """Label Studio's JSON in all its forms, and the records of vinese itself, which are JSON too."""

    name = "Label Studio"

    def sniff(self, head: bytes, name: str) -> bool:  # noqa: ARG002
        """Return whether a file may hold JSON."""
        return head.removeprefix(BOM_UTF8).lstrip()[:1] in (b"[", b"{")

    def items(self, path: Path) -> Iterator[Item | Issue]:
        """Yield the items of a file."""
        return items(path)

    def unread(self, path: Path) -> Iterator[Unread | Item | Issue]:
        """Yield the items of a file, most of them not decoded yet."""
        return unread(path)
