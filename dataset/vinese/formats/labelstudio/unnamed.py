"""Name relations that were drawn without a name, where their two ends allow one name only."""

from __future__ import annotations

from collections import Counter
from typing import Any

from vinese.model.links import Rules

Region = dict[str, Any]


def name_relations(result: list[Region], rules: Rules) -> Counter[str]:
    """Give each unnamed relation of a `result` the only label that may join its ends; return how many got which.

    Where no label may, or several, a relation stays as it is; so does one whose end is missing or has labels of two
    kinds, and one from an opinion that has all that it may have of this label.
    """
    kinds: dict[str, list[tuple[str, str]]] = {}
    taken: set[tuple[str, str]] = set()
    relations = [region for region in result if region.get("type") == "relation"]
    for region in result:
        labels = (region.get("value") or {}).get("labels")
        if region.get("type") == "labels" and labels:
            kinds.setdefault(str(region.get("id")), []).append((str(region.get("from_name")), str(labels[0])))
    for relation in relations:
        taken.update((_ends(relation)[0], label) for label in relation.get("labels") or ())
    named: Counter[str] = Counter()
    for relation in relations:
        start, end = _ends(relation)
        starts, ends = kinds.get(start, []), kinds.get(end, [])
        if relation.get("labels") or relation.get("direction") == "bi" or start == end:
            continue
        if len(starts) != 1 or len(ends) != 1:
            continue
        able = [
            rule
            for rule in rules.links.values()
            if rule.starts_at(*starts[0]) and rule.takes(*ends[0]) and (rule.many or (start, rule.label) not in taken)
        ]
        if len(able) == 1:
            relation["labels"] = [able[0].label]
            taken.add((start, able[0].label))
            named[able[0].label] += 1
    return named


def _ends(relation: Region) -> tuple[str, str]:
    ends = str(relation.get("from_id")), str(relation.get("to_id"))
    return ends if relation.get("direction") != "left" else ends[::-1]
