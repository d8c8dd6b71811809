"""Take the tasks out of whatever Label Studio writes: exports, pages of its API, webhooks, storage, JSON-MIN.

Each comes out in the form of a full JSON export, `data` beside `annotations`, with the pointer at which it stood.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from vinese.core.issues import Issue, issue
from vinese.core.schemas import list_under
from vinese.core.schemas import pointer as to_pointer
from vinese.formats.format import Item
from vinese.formats.labelstudio.items import is_task, json_min, nested
from vinese.formats.ledger import ENTRY

_OF_ANNOTATION = ("annotator", "annotation_id", "created_at", "updated_at", "lead_time")


def tasks_of(item: Item) -> Iterator[Item | Issue]:
    """Yield the tasks of one item of a file in the form of a full export, each with where it stands."""
    value = item.value
    if not isinstance(value, dict):
        yield item
    elif "completions" in value and "annotations" not in value:
        yield issue("export-legacy", pointer=item.pointer)
        rest = {key: inner for key, inner in value.items() if key != "completions"}
        task = rest | {"annotations": value["completions"]}
        yield Item(item.pointer, item.raw, task, names={"annotations": "completions"}, inclusive=True)
    elif is_task(value):
        yield item
    elif (inside := nested(value)) is not None:
        for path, task in inside:
            yield Item(item.pointer + to_pointer(path), item.raw, task)
    elif isinstance(value.get("task"), dict) and isinstance(
        value.get("annotation", value.get("result")), dict | list
    ):
        # A webhook has the annotation beside its task, a stored annotation has the task inside.
        annotation = value.get("annotation", {**value, "task": None})
        name = "annotation" if "annotation" in value else ""
        task = {**value["task"], "annotations": list_under(value["task"], "annotations") or [annotation]}
        yield Item(item.pointer, item.raw, task, names={"annotations/0": name})
    elif json_min(value):
        yield issue("export-json-min", pointer=item.pointer)
        yield _from_min(item)
    else:
        yield item


def _from_min(item: Item) -> Item:
    """Return a task of a JSON-MIN export: lists of labelled spans are regions again, under ids of ours."""
    value: dict[str, Any] = item.value
    result: list[Any] = []
    places: dict[tuple[int, int], str] = {}
    data: dict[str, Any] = {}
    for key, inner in value.items():
        if key in _OF_ANNOTATION:
            continue
        if isinstance(inner, list) and inner and all(isinstance(part, dict) and "start" in part for part in inner):
            for number, span in enumerate(inner):
                places[0, len(result)] = to_pointer((key, number))
                name = f"{key}-{number}" if str(key).isascii() else f"region-{len(result)}"
                kind = next((kind for kind in span if kind.endswith("labels")), "labels")
                # Which text a control is on is lost: ours has one, of another's screen the words of spans tell it.
                shown = "text" if "article_id" in value else key
                region = {"id": name, "type": kind, "from_name": key, "to_name": shown, "value": span}
                result.append(region)
        elif isinstance(inner, dict) and isinstance(inner.get("choices"), list):
            places[0, len(result)] = to_pointer((key,))
            choice = {"type": "choices", "from_name": key, "to_name": "text", "value": inner}
            result.append({"id": f"choice-{len(result)}", **choice})
        else:
            data[key] = inner
    names = {"annotator": "completed_by", "created_at": "created_at", "updated_at": "updated_at"}
    annotation = {"result": result, **{name: value[key] for key, name in names.items() if key in value}}
    task = {"data": data, "annotations": [annotation]}
    return Item(item.pointer, item.raw, task, places=places)


def relocated(issue: Issue, item: Item) -> Issue:
    """Return an issue about an item with its pointer into the file as it is."""
    if not (item.names or item.places) or not issue.pointer.startswith(item.pointer):
        return issue
    pointer = issue.pointer[len(item.pointer) :]
    entry = ENTRY.match(pointer)
    if entry is not None and (place := item.places.get((int(entry[1]), int(entry[2])))) is not None:
        rest = pointer[entry.end() :]
        if place.startswith("/"):
            pointer = place + rest.removeprefix("/value")
        else:
            pointer = f"/annotations/{entry[1]}/result/{place}{rest}"
    for name, other in item.names.items():
        if pointer.startswith(f"/{name}"):
            pointer = (f"/{other}" if other else "") + pointer[len(name) + 1 :]
    return msgspec.structs.replace(issue, pointer=item.pointer + pointer)
