"""Say of an issue where in the file it is about something, though the task was read in another form."""

from __future__ import annotations

import re

import msgspec

from vinese.core.issues import Issue
from vinese.formats.item import Item

_ENTRY = re.compile(r"/annotations/([0-9]+)/result/([0-9]+)")


def relocated(found: Issue, item: Item) -> Issue:
    """Return an issue about an item with its pointer into the file as it is."""
    if not (item.names or item.places) or not found.pointer.startswith(item.pointer):
        return found
    pointer = found.pointer[len(item.pointer) :]
    entry = _ENTRY.match(pointer)
    if entry is not None and (place := item.places.get((int(entry[1]), int(entry[2])))) is not None:
        rest = pointer[entry.end() :]
        if place.startswith("/"):
            pointer = place + rest.removeprefix("/value")
        else:
            pointer = f"/annotations/{entry[1]}/result/{place}{rest}"
    for name, other in item.names.items():
        if pointer.startswith(f"/{name}"):
            pointer = (f"/{other}" if other else "") + pointer[len(name) + 1 :]
    return msgspec.structs.replace(found, pointer=item.pointer + pointer)
