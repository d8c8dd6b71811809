"""Turn what is in doubt into places to decide, each with the layers' views in words.

Items that exclude each other (`vinese.compare.merge`) are one place. An item that all have, with a modality or
relation in doubt, is a place by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from vinese.compare.describe import View
from vinese.compare.keys import ItemKey, Opinion, Thing, place
from vinese.compare.merge import Merged
from vinese.model.records import Entity, Event

ABSENT = "–"


@dataclass(frozen=True, slots=True)
class Mark:
    """Hold one place to decide: where, in what the layers differ, and what each of them has."""

    keys: tuple[ItemKey, ...]
    start: int
    end: int
    text: str
    kinds: tuple[str, ...]
    views: dict[str, str]

    def lines(self) -> list[str]:
        """Return the mark in words: what differs, then a line a layer."""
        kind = self.keys[0].kind
        return [f"{kind}: {', '.join(self.kinds)}", *(f"{layer}: {said}" for layer, said in self.views.items())]


def marks(merged: Merged) -> list[Mark]:
    """Return the places to decide, in the order of the text."""
    disputed = merged.disputed()
    views = {layer: View(layer, document) for layer, document in merged.documents.items()}
    text = next(iter(merged.documents.values())).text
    found = []
    alone = [[key] for key in disputed if merged.agreed(merged.items[key])]
    for group in [*merged.groups, *alone]:
        first = place(group[0])
        kinds = _kinds(merged, group, disputed)
        said = {layer: _said(merged, group, view, kinds) for layer, view in views.items()}
        found.append(Mark(tuple(group), first.start, first.end, text[first.start : first.end], kinds, said))
    return sorted(found, key=lambda mark: (mark.start, -mark.end, mark.keys[0].kind))


def _said(merged: Merged, group: list[ItemKey], view: View, kinds: tuple[str, ...]) -> str:
    things = [merged.items[key].things.get(view.layer) for key in group]
    return "; ".join(_describe(view, thing, kinds) for thing in things if thing is not None) or ABSENT


def _describe(view: View, thing: Thing, kinds: tuple[str, ...]) -> str:
    if isinstance(thing, Entity):
        return view.entity(thing, kinds).text
    return view.event(thing, kinds).text if isinstance(thing, Event) else view.stance(thing, kinds).text


def _kinds(merged: Merged, group: list[ItemKey], disputed: dict[ItemKey, tuple[str, ...]]) -> tuple[str, ...]:
    """Return in what the items of a group differ, as `vinese.compare.records.Disagreement` names it."""
    have = {layer for key in group for layer in merged.items[key].things}
    kinds = ["missing"] if len(have) < len(merged.documents) else []
    spans = [place(key) for key in group]
    if group[0].kind == "stance":
        names = Opinion._fields
        kinds += [name for name in names if len({getattr(key.content, name) for key in group}) > 1]
    else:
        kinds += ["type"] * (len({span.label for span in spans}) > 1)
        kinds += ["boundary"] * (len({span[:2] for span in spans}) > 1)
    kinds += [what for key in group for what in disputed.get(key, ())]
    return tuple(dict.fromkeys(kinds))
