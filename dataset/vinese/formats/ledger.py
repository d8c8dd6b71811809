"""The count of what a file's annotations hold: every region, relation and choice is kept, or an issue names it."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import msgspec

from vinese.core.issues import Issue, issue
from vinese.core.schemas import list_under

NOT_REGIONS = frozenset(("choices", "taxonomy", "rating", "number", "datetime", "ranker", "pairwise"))
ENTRY = re.compile(r"/annotations/([0-9]+)/result/([0-9]+)")
"""How a pointer leads to an entry of a task: the numbers of annotation and entry."""


class Counts(msgspec.Struct):
    """How many regions, relations and choices."""

    regions: int = 0
    relations: int = 0
    choices: int = 0

    def add(self, result: list[Any]) -> Counts:
        """Count the entries of a `result`, and return the counts."""
        for entry in result:
            kind = entry_kind(entry)
            if kind is not None:
                setattr(self, kind, getattr(self, kind) + 1)
        return self

    def total(self) -> int:
        """Return how many there are of all three."""
        return self.regions + self.relations + self.choices

    def said(self) -> str:
        """Return the counts in words.

        >>> Counts(regions=1, choices=2).said()
        '1 region and 2 choices'
        """
        parts = []
        for name in ("regions", "relations", "choices"):
            count = getattr(self, name)
            if count:
                parts.append(f"{count} {name[:-1] if count == 1 else name}")
        return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 2 else parts) or "nothing"


class Balance(msgspec.Struct):
    """What all annotations read so far held, what of it is in documents, and what an issue named instead."""

    held: Counts = msgspec.field(default_factory=Counts)
    kept: Counts = msgspec.field(default_factory=Counts)
    told: Counts = msgspec.field(default_factory=Counts)

    def keep(self, counts: Counts) -> None:
        """Count what an annotation held, and kept all of."""
        for name in ("regions", "relations", "choices"):
            for total in (self.held, self.kept):
                setattr(total, name, getattr(total, name) + getattr(counts, name))


def entry_kind(entry: Any) -> str | None:
    """Return which of the three an entry of `result` is; None for a note, and for what is no entry."""
    if not isinstance(entry, dict):
        return None
    kind = str(entry.get("type"))
    if kind == "relation":
        return "relations"
    if kind == "textarea":
        return None
    value = entry.get("value")
    if kind in NOT_REGIONS or (isinstance(value, dict) and NOT_REGIONS & value.keys() and "labels" not in value):
        return "choices"
    return "regions"


def works(annotation: Any) -> list[Any]:
    """Return the `result` of an annotation, a draft or a prediction; empty where it has none."""
    result = annotation.get("result") if isinstance(annotation, dict) else None
    return result if isinstance(result, list) else []


class Ledger:
    """The entries of one task's annotations, and which of them were kept or named by an issue."""

    def __init__(self, task: dict[str, Any], balance: Balance) -> None:
        self.results = [works(annotation) for annotation in list_under(task, "annotations")]
        self.balance = balance
        self.named: set[tuple[int, int]] = set()
        self.kept: set[tuple[int, int]] = set()

    def note(self, issue: Issue) -> None:
        """Take note of an issue about an entry; pointers are still those of the form that was read."""
        place = ENTRY.search(issue.pointer)
        if place is not None:
            self.named.add((int(place[1]), int(place[2])))

    def name(self, number: int) -> str:
        """Take note that one issue is about a whole annotation, and return in words what that held."""
        self.named.update((number, index) for index in range(len(self.results[number])))
        return Counts().add(self.results[number]).said()

    def close(self, pointer: str, article_id: str | None, reasons: dict[int, str]) -> list[Issue]:
        """Return an issue for each annotation of which something is neither kept nor named, and balance the counts.

        `reasons` says of an annotation why nothing of it was kept.
        """
        issues = []
        for number, result in enumerate(self.results):
            lost = Counter[str]()
            for index, entry in enumerate(result):
                kind = entry_kind(entry)
                if kind is None:
                    continue
                kept = (number, index) in self.kept
                for counts in (self.balance.held, self.balance.kept if kept else self.balance.told):
                    setattr(counts, kind, getattr(counts, kind) + 1)
                if not kept and (number, index) not in self.named:
                    lost[kind] += 1
            if lost:
                what = Counts(**lost).said()
                why = reasons.get(number, "see the other issues of this task")
                place = f"{pointer}/annotations/{number}"
                issues.append(issue("annotation-lost", article_id=article_id, pointer=place, what=what, why=why))
        return issues
