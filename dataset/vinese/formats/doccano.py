"""Read JSON Lines of doccano: sequence labelling, with relations or without."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from vinese.core.issues import Issue
from vinese.formats.format import Item
from vinese.formats.labelstudio.items import items

CONTROL = "label"
_SPANS = ("label", "labels", "entities")


class Doccano:
    """Lines such as `{"text": ..., "label": [[0, 4, "ORG"]]}`, or newer ones with `entities` and `relations`."""

    name = "doccano"

    def sniff(self, head: bytes, name: str) -> bool:  # noqa: ARG002
        """Return whether the first line that has labels has them as doccano writes them."""
        lines = head.removeprefix(BOM_UTF8).splitlines()
        for line in lines[: max(1, len(lines) - 1)]:
            if not line.strip():
                continue
            try:
                value = msgspec.json.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                return False
            own = _is_own(value)
            if own is not None:
                return own
        return False

    def items(self, path: Path) -> Iterator[Item | Issue]:
        """Yield each line as a task."""
        for item in items(path):
            yield item if isinstance(item, Issue) else _task(item)


def _is_own(value: Any) -> bool | None:
    """Return whether a line is doccano's; None if it has no label, which nothing can be told by."""
    if not isinstance(value, dict) or not isinstance(value.get("text", value.get("data")), str):
        return False
    if "provenance" in value or "annotations" in value:
        return False
    for key in _SPANS:
        spans = value.get(key)
        if isinstance(spans, list) and spans:
            return all(_span(span) is not None for span in spans)
    return None if any(isinstance(value.get(key), list) for key in _SPANS) else False


def _span(span: Any) -> tuple[Any, Any, str, Any] | None:
    """Return the start, end, label and id of a span of either form."""
    if isinstance(span, list) and len(span) == 3 and isinstance(span[2], str):
        return span[0], span[1], span[2], None
    if isinstance(span, dict) and {"start_offset", "end_offset", "label"} <= span.keys():
        return span["start_offset"], span["end_offset"], str(span["label"]), span.get("id")
    return None


def _task(item: Item) -> Item:
    value = item.value
    if not isinstance(value, dict):
        return item
    result: list[Any] = []
    places: dict[tuple[int, int], str] = {}
    for key in _SPANS:
        spans = value.get(key)
        for number, span in enumerate(spans if isinstance(spans, list) else []):
            read = _span(span)
            places[0, len(result)] = f"/{key}/{number}"
            if read is None:  # what is no span is told by the checks of entries
                result.append({"type": CONTROL, "value": span})
                continue
            start, end, label, name = read
            region = {"id": f"e{number}" if name is None else f"e{name}", "type": "labels", "from_name": CONTROL}
            result.append({**region, "to_name": "text", "value": {"start": start, "end": end, "labels": [label]}})
    relations = value.get("relations")
    for number, relation in enumerate(relations if isinstance(relations, list) else []):
        places[0, len(result)] = f"/relations/{number}"
        fields = relation if isinstance(relation, dict) else {}
        ends = {"from_id": f"e{fields.get('from_id')}", "to_id": f"e{fields.get('to_id')}"}
        result.append({"type": "relation", **ends, "direction": "right", "labels": [str(fields.get("type"))]})
    taken = {*_SPANS, "relations", "text", "data", "id"}
    data: dict[str, Any] = {key: inner for key, inner in value.items() if key not in taken and isinstance(inner, str)}
    data["text"] = value["text"] if "text" in value else value.get("data")
    task = {"id": value.get("id"), "data": data, "annotations": [{"completed_by": None, "result": result}]}
    return Item(item.pointer, item.raw, task, places=places)
