"""Cut a large file into stretches of whole items that can be read apart, each item with its place in the file."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from vinese.core.errors import FileProblemError
from vinese.core.files import problem
from vinese.formats.labelstudio.items import STDIN, Unread, mapped, places_in

SIZE = 1 << 21
"""How many bytes a stretch has at least, the last of a file aside."""

_HEAD = 1 << 16
_AGAIN = "Run it again once it is written."


class Stretch(NamedTuple):
    """Some items of a file: the number of the first, and where each begins and ends in bytes; blank ones are none."""

    path: Path
    first: int
    places: tuple[tuple[int, int], ...]


def is_large(path: Path) -> bool:
    """Return whether a file may have several stretches."""
    try:
        return path != STDIN and path.is_file() and path.stat().st_size >= 2 * SIZE
    except OSError as error:
        raise problem(path, error, "read") from error


def stretches(path: Path) -> Iterator[Stretch]:
    """Yield the stretches of a file that is a sound list or JSON Lines, in order; of any other file none."""
    buffer = mapped(path)
    root = bytes(buffer[:_HEAD]).lstrip(b" \t\r\n")[:1]
    places = _in_list(buffer) if root == b"[" else _in_lines(buffer) if root == b"{" else []
    first = 0
    for number, (_, end) in enumerate(places, 1):
        if end - places[first][0] >= SIZE or number == len(places):
            yield Stretch(path, first, tuple(places[first:number]))
            first = number


def _in_list(buffer: mmap.mmap | bytes) -> list[tuple[int, int]]:
    """Return where the items of a list begin and end; none if it is not sound."""
    places = places_in(memoryview(buffer)) or ()
    return list(zip(places[::2], places[1::2], strict=True))


def _in_lines(buffer: mmap.mmap | bytes) -> list[tuple[int, int]]:
    """Return where the lines of a file begin and end; none if it is one object."""
    try:
        msgspec.json.decode(buffer, type=msgspec.Raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        if "trailing characters" not in str(error):
            return []
    else:
        return []
    places, start = [], 0
    while start < len(buffer):
        end = buffer.find(b"\n", start)
        end = len(buffer) if end < 0 else end
        places.append((start, end))
        start = end + 1
    return places


def items_in(stretch: Stretch, file: str) -> Iterator[Unread]:
    """Yield the items of a stretch as those of the whole `file`; raise `FileProblemError` if it became shorter."""
    try:
        with stretch.path.open("rb") as opened:
            for number, (start, end) in enumerate(stretch.places, stretch.first):
                opened.seek(start)
                raw = opened.read(end - start)
                if len(raw) < end - start:
                    raise FileProblemError(f"{file} became shorter while it was read.", _AGAIN)
                if raw and not raw.isspace():
                    yield Unread(f"/{number}", raw.rstrip(), file, start)
    except OSError as error:
        raise problem(stretch.path, error, "read") from error
