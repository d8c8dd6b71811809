"""Bring the entries of somebody else's annotation into our form: spans, relations and notes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from vinese.formats.foreign import LeftOut, place_of
from vinese.formats.foreign_articles import ForeignTask
from vinese.formats.ledger import entry_kind, works
from vinese.formats.mapping import Mapping
from vinese.formats.survey import labels_in, relation_labels


class Mapped:
    """The entries of one annotation as a mapping has them.

    `result` is what Label Studio would have exported; `places` says where each of its entries stands in the file,
    and `names` what each entry of the file became: ids of regions, or relations with their two ends.
    """

    def __init__(
        self, task: ForeignTask, number: int, *, mapping: Mapping, shown_as: Collection[str], left: LeftOut
    ) -> None:
        """Map annotation `number` of a task; spans on other objects of the screen than `shown_as` are left out."""
        self.result: list[Any] = []
        self.places: dict[tuple[int, int], str] = {}
        self.names: dict[int, list[Any]] = defaultdict(list)
        self._task, self._number = task, number
        self._mapping, self._shown_as, self._left = mapping, shown_as, left
        self._ids: dict[Any, str] = {}
        entries = works(task.item.value["annotations"][number])
        self._regions = [entry.get("id") for entry in entries if labels_in(entry)]
        for index, entry in enumerate(entries):
            if labels := labels_in(entry):
                self._region(index, entry, labels)
        for index, entry in enumerate(entries):
            if not labels_in(entry):
                self._other(index, entry)

    def _leave(self, index: int, entry: Any, why: str) -> None:
        self._left.entry(self._task.item, self._number, index, entry, why)

    def _add(self, index: int, entry: dict[str, Any]) -> None:
        item = self._task.item
        self.places[0, len(self.result)] = place_of(item, self._number, index)[len(item.pointer) :]
        self.result.append(entry)

    def _region(self, index: int, entry: Any, labels: list[str]) -> None:
        """Add the spans that a region becomes, one a type."""
        control = str(entry.get("from_name"))
        known = self._mapping.labels.get(control, {})
        types = [known[label] for label in labels if known.get(label)]
        span = self._task.spans.get((self._number, index))
        if str(entry.get("to_name")) not in self._shown_as:
            why = f"it is on {entry.get('to_name')}, and articles are made of data.{self._mapping.text}"
            self._leave(index, entry, why)
        elif not types:
            self._leave(index, entry, f"schema/mapping.json leaves out {', '.join(labels)} of {control}")
        elif isinstance(entry["value"]["start"], str) and "startOffset" in entry["value"]:
            self._leave(
                index, entry, "an XPath says where it is, and its globalOffsets are missing or of another text"
            )
        elif span is None or span[0] >= span[1]:
            self._leave(index, entry, "the span is empty or not within the text")
        else:
            for extra, name in enumerate(dict.fromkeys(types)):
                key = f"r{index}" if not extra else f"r{index}-{extra}"
                self._ids.setdefault(entry.get("id") if not isinstance(entry.get("id"), dict | list) else None, key)
                self.names[index].append(key)
                origin = entry.get("origin")
                words = self._task.article.text[slice(*span)]
                value = {"start": span[0], "end": span[1], "text": words, "labels": [name]}
                region = {"id": key, "type": "labels", "from_name": "entity", "to_name": "text", "value": value}
                self._add(index, region | ({"origin": origin} if origin else {}))

    def _other(self, index: int, entry: Any) -> None:
        """Add a relation or a note, or take note of what is left out."""
        kind = entry_kind(entry)
        if kind == "relations":
            self._relation(index, entry)
        elif kind == "choices":
            self._leave(index, entry, f"documents have no place for {entry.get('from_name')}")
        elif kind == "regions":
            is_span = isinstance(entry.get("value"), dict) and "start" in entry["value"]
            why = "the region has no label" if is_span else f"{entry.get('type')} is no span of text"
            self._leave(index, entry, why)
        elif isinstance(entry, dict) and isinstance(entry.get("value"), dict):
            words = entry["value"].get("text")
            lines = words if isinstance(words, list) else [words]
            lines = [line for line in lines if isinstance(line, str) and line.strip()]
            if lines:
                if entry.get("id") in self._regions:
                    place = place_of(self._task.item, self._number, index)
                    self._left.add("notes on regions", "they became notes on the whole text", place)
                note = {"id": f"note-{index}", "type": "textarea", "from_name": "note", "to_name": "text"}
                self._add(index, note | {"value": {"text": lines}})

    def _relation(self, index: int, entry: Any) -> None:
        """Add the relations that one becomes, one a label and way."""
        ends = [
            self._ids.get(entry.get(key)) if isinstance(entry.get(key), str | int) else None
            for key in ("from_id", "to_id")
        ]
        if None in ends or ends[0] == ends[1]:
            self._leave(index, entry, "an end of the relation was left out or does not exist")
            return
        if entry.get("direction") == "left":
            ends.reverse()
        ways = [ends, ends[::-1]] if entry.get("direction") == "bi" else [ends]
        for label in relation_labels(entry):
            name = self._mapping.relations.get(label)
            if name is None:
                self._leave(index, entry, f"schema/mapping.json leaves out {label}")
                continue
            for source, target in ways:
                self.names[index].append((source, name, target))
                arrow = {"type": "relation", "from_id": source, "to_id": target, "direction": "right"}
                self._add(index, arrow | {"labels": [name]})
