"""What a format of annotation is to the rest of vinese: it knows its own files, and hands on their items as tasks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import msgspec

from vinese.core.issues import Issue


class Format(Protocol):
    """A format that is read.

    `name` is what people call it. `sniff` returns whether a file that begins with `head` and has this name is its
    own. `items` yields the items of a file, and an issue for whatever cannot be read.

    The value of an item of annotation is a task in Label Studio's form: `{"data": {"text": ...}, "annotations":
    [{"completed_by": ..., "result": [...]}]}`, its offsets code points, its `pointer` and `places` where in the file
    it and each entry of `result` stand. What a format cannot put into that it yields as an issue.
    """

    name: str

    def sniff(self, head: bytes, name: str) -> bool:
        """Return whether a file is of this format, by its first bytes and its name."""
        ...

    def items(self, path: Path) -> Iterator[Item | Issue]:
        """Yield the items of a file."""
        ...


class Item(msgspec.Struct, frozen=True):
    """An item of a file: its JSON Pointer, its bytes, and its decoded value.

    Where the value was brought into another form, `names` says what a part of a pointer into it was called in the
    file, and `places` where the entry of `result` with these two numbers (annotation, entry) stood: its number, or,
    with a slash before it, its pointer from the item on. Where `inclusive`, spans name their last code point.
    """

    pointer: str
    raw: bytes
    value: Any
    names: dict[str, str] = {}
    places: dict[tuple[int, int], str] = {}
    inclusive: bool = False
