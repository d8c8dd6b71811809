"""Read the items of a file that no strict parser of JSON takes as a whole, one by one.

NaN and infinity, lone surrogates, bytes that are not UTF-8, a comma before the end, several lists in a row: each
costs what it stands in, if that, and not the file. A file that ends too early is not read at all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from vinese.core.issues import Issue, issue
from vinese.core.schemas import pointer as to_pointer
from vinese.formats.format import Item
from vinese.formats.ledger import Counts, works

_BLANK = re.compile(r"[\s,]*")
_SURROGATE = re.compile("[\ud800-\udfff]")


class _NotANumber:
    """A number that JSON does not have, NaN or an infinity."""


def salvaged(content: bytes, file: str, why: str) -> list[Item | Issue] | None:
    """Return the items of a file, and an issue for each fault; None if its items cannot be told apart."""
    text = content.decode("utf-8", "surrogateescape")
    values = _values(text)
    if not values:
        return None
    items = [item for number, value in enumerate(values) for item in _looked(value, f"/{number}", file)]
    return items if len(items) > len(values) else [issue("file-mended", file=file, reason=why), *items]


def _values(text: str) -> list[Any] | None:
    """Return the items of all lists and objects that a text holds one after the other."""
    decoder = json.JSONDecoder(strict=False, parse_constant=lambda _: _NotANumber())
    values: list[Any] = []
    place = _skip(text, 0)
    while place < len(text):
        inside = text[place] == "["
        place = _skip(text, place + 1) if inside else place
        while not (inside and text[place : place + 1] == "]"):
            try:
                value, place = decoder.raw_decode(text, place)
            except (ValueError, RecursionError):
                return None
            if not isinstance(value, dict):
                return None
            values.append(value)
            place = _skip(text, place)
            if not inside:
                break
        place = _skip(text, place + 1) if inside else place
    return values


def _skip(text: str, place: int) -> int:
    blank = _BLANK.match(text, place)
    return blank.end() if blank else place


def _looked(value: Any, pointer: str, file: str) -> Iterator[Item | Issue]:
    """Yield an item without what no JSON has, and issues; of an item with a broken string, an issue alone."""
    numbers: list[str] = []
    try:
        broken = next(_broken(value, (), numbers), None)
        if broken is None:
            value = _without(value) if numbers else value
            if numbers:
                where = ", ".join(numbers[:3]) + (" and others" if len(numbers) > 3 else "")
                yield issue("number-none", file=file, pointer=pointer, count=len(numbers), where=where)
            yield Item(pointer, msgspec.json.encode(value), value)
            return
        reason = f"the string at {pointer}{broken} holds what is no character; with it goes {_held(value)}"
    except RecursionError:
        reason = "it is nested too deeply"
    yield issue("item-unreadable", file=file, pointer=pointer, reason=reason)


def _held(value: Any) -> str:
    counts = Counts()
    for name in ("annotations", "completions"):
        inner = value.get(name) if isinstance(value, dict) else None
        for annotation in inner if isinstance(inner, list) else []:
            counts.add(works(annotation))
    return counts.said()


def _broken(value: Any, path: tuple[str | int, ...], numbers: list[str]) -> Iterator[str]:
    """Yield the place of every string that is no text; add those of numbers that are none."""
    if isinstance(value, str):
        if _SURROGATE.search(value):
            yield to_pointer(path)
    elif _is_no_number(value):
        numbers.append(to_pointer(path))
    elif isinstance(value, dict):
        for key, inner in value.items():
            if _SURROGATE.search(key):
                yield to_pointer(path)
            yield from _broken(inner, (*path, key), numbers)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _broken(inner, (*path, index), numbers)


def _without(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_without(inner) for inner in value]
    return None if _is_no_number(value) else value


def _is_no_number(value: Any) -> bool:
    return isinstance(value, _NotANumber) or (isinstance(value, float) and value - value != 0)
