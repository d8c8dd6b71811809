"""One item of a file of annotation, in any format."""

from __future__ import annotations

from typing import Any

import msgspec


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
