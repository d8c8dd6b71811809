"""Tasks of somebody else's file: laid flat, each entry with its place in the file, and what of them is left out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from vinese.core.issues import Issue, issue
from vinese.core.schemas import list_under
from vinese.formats.format import Format, Item
from vinese.formats.labelstudio.items import refused
from vinese.formats.labelstudio.shapes import tasks_of
from vinese.formats.ledger import Counts, entry_kind, works
from vinese.formats.markup import readable

_EXAMPLES = 3


class LeftOut:
    """What was left out, by kind: how many, and the places of the first of them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.counts: Counter[tuple[str, str]] = Counter()
        self.places: dict[tuple[str, str], list[str]] = defaultdict(list)

    def add(self, what: str, why: str, place: str, count: int = 1) -> None:
        """Take note of what was left out, and how many of it."""
        self.counts[what, why] += count
        if len(self.places[what, why]) < _EXAMPLES:
            self.places[what, why].append(place)

    def entry(self, item: Item, number: int, index: int, entry: Any, why: str) -> None:
        """Take note of an entry of an annotation, if it is one that counts."""
        kind = entry_kind(entry)
        if kind is not None:
            self.add(kind, why, place_of(item, number, index))

    def annotation(self, item: Item, number: int, why: str) -> None:
        """Take note of all entries of an annotation."""
        for index, entry in enumerate(works(item.value["annotations"][number])):
            self.entry(item, number, index, entry, why)

    def task(self, item: Item, why: str) -> None:
        """Take note of all entries of a task."""
        for number, index, entry in entries_of(item):
            self.entry(item, number, index, entry, why)

    def unsubmitted(self, items: Sequence[Item]) -> None:
        """Take note of suggestions where there are no annotations, and of drafts."""
        suggested = drafted = 0
        for item in items:
            if not item.value.get("annotations"):
                suggested += sum(len(works(prediction)) for prediction in list_under(item.value, "predictions"))
            drafted += sum(len(works(draft)) for draft in list_under(item.value, "drafts"))
        if suggested:
            self.add("entries of suggestions", "a suggestion is no annotation", "/predictions", suggested)
        if drafted:
            self.add("entries of drafts", "they were never submitted", "/drafts", drafted)

    def issues(self) -> Iterator[Issue]:
        """Yield one issue a kind."""
        for (what, why), count in self.counts.items():
            places = self.places[what, why]
            said = Counts(**{what: count}).said() if what in Counts.__struct_fields__ else f"{count} {what}"
            fields = {"what": said, "why": why, "examples": ", ".join(places)}
            yield issue("init-left-out", file=self.file, pointer=places[0], **fields)


def tasks_in(source: Path, form: Format, issues: list[Issue]) -> Iterator[Item]:
    """Yield the tasks of a file in their full form, laid flat, their text a string; add what is none to `issues`.

    Of a file whose first item is no task, nothing more is read.
    """
    file = str(source)
    forms = Counter[str]()
    begun = False
    for item in form.items(source):
        if isinstance(item, Item) and isinstance(item.value, dict) and not begun:
            begun = True
            if (other := refused(item.value, "export")) is not None:
                issues.append(msgspec.structs.replace(other, file=file, pointer=item.pointer))
                return
        for task in [item] if isinstance(item, Issue) else tasks_of(item):
            if isinstance(task, Issue):
                issues.append(task if task.file else msgspec.structs.replace(task, file=file))
            elif not isinstance(task.value, dict):
                issues.append(issue("item-unreadable", file=file, pointer=task.pointer, reason="it is no task"))
            else:
                read, what = readable(_flat(task))
                forms[what] += 1
                yield read
    for what, count in forms.items():
        if what:
            issues.append(issue("init-read", file=file, count=count, what=what))


def _flat(item: Item) -> Item:
    """Return a task whose annotations are a list and whose lists inside of `result` are laid flat."""
    annotations = item.value.get("annotations")
    if not isinstance(annotations, list):
        return msgspec.structs.replace(item, value={**item.value, "annotations": []})
    places = dict(item.places)
    changed = []
    for number, annotation in enumerate(annotations):
        result = works(annotation)
        if not any(isinstance(entry, list) for entry in result):
            changed.append(annotation)
            continue
        laid: list[Any] = []
        for index, entry in enumerate(result):
            for inner, part in enumerate(entry if isinstance(entry, list) else [entry]):
                places[number, len(laid)] = f"{index}/{inner}" if isinstance(entry, list) else str(index)
                laid.append(part)
        changed.append({**annotation, "result": laid})
    return msgspec.structs.replace(item, value={**item.value, "annotations": changed}, places=places)


def entries_of(item: Item) -> Iterator[tuple[int, int, Any]]:
    """Yield every entry of all annotations, with the numbers of annotation and entry."""
    for number, annotation in enumerate(list_under(item.value, "annotations")):
        for index, entry in enumerate(works(annotation)):
            yield number, index, entry


def place_of(item: Item, number: int, index: int) -> str:
    """Return where in the file an entry stands."""
    place = item.places.get((number, index), str(index))
    if place.startswith("/"):
        return item.pointer + place
    name = item.names.get(f"annotations/{number}")
    if name is not None:
        return f"{item.pointer}{f'/{name}' if name else ''}/result/{place}"
    return f"{item.pointer}/{item.names.get('annotations', 'annotations')}/{number}/result/{place}"
