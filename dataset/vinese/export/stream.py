"""Read a big JSON file one item at a time: a list, one object, or one object a line.

The file is mapped, not loaded: one pass finds where each item begins and ends, then each is decoded in its turn.
"""

from __future__ import annotations

import mmap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from vinese.files import problem
from vinese.issues import Issue, issue

if TYPE_CHECKING:
    from collections.abc import Iterator

_BOM = b"\xef\xbb\xbf"
_KINDS = {"n": "null", "t": "true or false", "f": "true or false", '"': "a string"}


class Item(msgspec.Struct, frozen=True):
    """Hold one item of a file: its JSON Pointer, its bytes, and the value they spell."""

    pointer: str
    raw: bytes
    value: Any


def items(path: Path) -> Iterator[Item | Issue]:
    """Yield each item of a JSON or JSON Lines file, and an issue for whatever cannot be read.

    A file that is missing, a folder, or not readable is a `FileProblemError`.
    """
    buffer = _mapped(path)
    file = str(path)
    view = memoryview(buffer)
    if view[:3] == _BOM:
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


def _mapped(path: Path) -> mmap.mmap | bytes:
    """Return the file's bytes, mapped; an empty file cannot be."""
    try:
        with Path(path).open("rb") as file:
            empty = file.seek(0, 2) == 0
            return b"" if empty else mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError as error:
        raise problem(path, error, "read") from error


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
        yield issue("file-truncated", file=file, reason=reason(error))
    else:
        yield issue("file-root", file=file, found=_KINDS.get(root, "a number"))


def _list(view: memoryview, file: str) -> Iterator[Item | Issue]:
    try:
        raws = msgspec.json.decode(view, type=list[msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        yield issue("file-truncated", file=file, reason=reason(error))
        return
    if not raws:
        yield issue("file-no-items", file=file)
    for index, raw in enumerate(raws):
        yield _item(f"/{index}", bytes(memoryview(raw)), file)


def _objects(view: memoryview, file: str) -> Iterator[Item | Issue]:
    """Read one object, or one a line."""
    try:
        msgspec.json.decode(view, type=msgspec.Raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        if "trailing characters" in str(error):
            yield from _lines(view, file)
        else:
            yield issue("file-truncated", file=file, reason=reason(error))
        return
    yield _item("", bytes(view), file)


def _lines(view: memoryview, file: str) -> Iterator[Item | Issue]:
    """Read JSON Lines; the pointer of the item on line 1 is `/0`, as if the file were a list."""
    start, index, found = 0, 0, view.obj.find  # type: ignore[attr-defined]
    offset = len(view.obj) - len(view)  # type: ignore[arg-type]
    while start < len(view):
        end = found(b"\n", start + offset) - offset
        end = len(view) if end < 0 else end
        line = bytes(view[start:end])
        if line.strip():
            yield _item(f"/{index}", line, file)
        start, index = end + 1, index + 1


def _item(pointer: str, raw: bytes, file: str) -> Item | Issue:
    try:
        return Item(pointer, raw, msgspec.json.decode(raw))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return issue("item-unreadable", file=file, pointer=pointer, reason=reason(error))


def reason(error: Exception) -> str:
    """Return why JSON could not be read, for the end of a sentence."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return f"it is not UTF-8 ({error.reason} at byte {error.start})"
    return str(error)[:1].lower() + str(error)[1:] if "JSON" not in str(error)[:4] else str(error)
