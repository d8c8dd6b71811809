"""Cut a large file into stretches of whole items that can be read apart, each item with its place in the file."""

from __future__ import annotations

import mmap
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from vinese.core.errors import FileProblemError
from vinese.core.files import problem
from vinese.formats.labelstudio.items import STDIN, UncutError, Unread, mapped, places_in

SIZE = 1 << 21
"""How many bytes a stretch has at least, the first and the last of a file aside."""

LARGE = 1 << 24
"""How many bytes a file has at least that is worth cutting: a smaller one is read sooner than workers are started."""

_HEAD = 1 << 16
_AGAIN = "Run it again once it is written."


class Stretch(NamedTuple):
    """Some items of a file: the number of the first, and in bytes where each begins and ends; blank ones are none."""

    path: Path
    first: int
    places: array[int]


def is_large(path: Path) -> bool:
    """Return whether a file is worth cutting."""
    try:
        return path != STDIN and path.is_file() and path.stat().st_size >= LARGE
    except OSError as error:
        raise problem(path, error, "read") from error


def stretches(path: Path) -> Iterator[Stretch]:
    """Yield the stretches of a file that is a list or JSON Lines, in order; the first is its first item alone.

    Raise `UncutError` if the file is something else. What is wrong with it may show in the end, and nothing that was
    yielded holds then.
    """
    buffer = mapped(path)
    root = bytes(buffer[:_HEAD]).lstrip(b" \t\r\n")[:1]
    places, first = array("Q"), 0
    for number, place in enumerate(places_in(memoryview(buffer)) if root == b"[" else _in_lines(buffer, root), 1):
        places.extend(place)
        if not first or places[-1] - places[0] >= SIZE:
            yield Stretch(path, first, places)
            places, first = array("Q"), number
    if places:
        yield Stretch(path, first, places)
    elif not first:
        raise UncutError


def _in_lines(buffer: mmap.mmap | bytes, root: bytes) -> Iterator[tuple[int, int]]:
    """Yield where the lines of a file begin and end; raise `UncutError` if it is one object, or begins with none."""
    try:
        msgspec.json.decode(buffer, type=msgspec.Raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        if root != b"{" or "trailing characters" not in str(error):
            raise UncutError from error
    else:
        raise UncutError
    start = 0
    while start < len(buffer):
        end = buffer.find(b"\n", start)
        end = len(buffer) if end < 0 else end
        yield start, end
        start = end + 1


def items_in(stretch: Stretch, file: str) -> Iterator[Unread]:
    """Yield the items of a stretch as those of the whole `file`; raise `FileProblemError` if it became shorter."""
    try:
        with stretch.path.open("rb") as opened:
            places = zip(stretch.places[::2], stretch.places[1::2], strict=True)
            for number, (start, end) in enumerate(places, stretch.first):
                opened.seek(start)
                raw = opened.read(end - start)
                if len(raw) < end - start:
                    raise FileProblemError(f"{file} became shorter while it was read.", _AGAIN)
                if raw and not raw.isspace():
                    yield Unread(f"/{number}", raw.rstrip(), file, start)
    except OSError as error:
        raise problem(stretch.path, error, "read") from error
