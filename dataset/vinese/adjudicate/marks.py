"""Turn what is in doubt into places to decide, each with the layers' views in words.

Items that exclude each other make one place: candidates in doubt that no layer has both, at the same offsets, or of
one type and overlapping, or with half their text in common; stances too if they speak of the same target in one
sentence. An item that all have, with a modality or relation in doubt, is a place by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vinese.adjudicate.keys import Opinion, place
from vinese.agree.describe import View
from vinese.agree.items import sentence_index
from vinese.agree.matching import jaccard, shared
from vinese.records import Entity, Event

if TYPE_CHECKING:
    from vinese.adjudicate.keys import ItemKey, Thing
    from vinese.adjudicate.merge import Merged
    from vinese.agree.matching import Span

ABSENT = "–"
_HALF = 0.5


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
    for group in _groups(merged, disputed):
        first = place(group[0])
        said = {layer: _said(merged, group, layer, view) for layer, view in views.items()}
        kinds = _kinds(merged, group, disputed)
        found.append(Mark(tuple(group), first.start, first.end, text[first.start : first.end], kinds, said))
    return sorted(found, key=lambda mark: (mark.start, -mark.end, mark.keys[0].kind))


def _groups(merged: Merged, disputed: dict[ItemKey, tuple[str, ...]]) -> list[list[ItemKey]]:
    """Return the items in doubt, those together that exclude each other."""
    groups: list[list[ItemKey]] = []
    for key, item in merged.items.items():
        if merged.agreed(item):
            if key in disputed:
                groups.append([key])
            continue
        near = [group for group in groups if _near(merged, group, key)]
        if near:
            near[0].append(key)
        else:
            groups.append([key])
    return groups


def _near(merged: Merged, group: list[ItemKey], key: ItemKey) -> bool:
    """Tell whether an item in doubt excludes one of the group, and no layer has it beside any of them."""
    layers = merged.items[key].things.keys()
    if merged.agreed(merged.items[group[0]]) or any(layers & merged.items[other].things.keys() for other in group):
        return False
    return any(_rivals(merged, other, key) for other in group)


def _rivals(merged: Merged, a: ItemKey, b: ItemKey) -> bool:
    if a.kind != b.kind:
        return False
    if _overlap(place(a), place(b)):
        return True
    if not isinstance(a.content, Opinion) or a.content.target != b.content.target:
        return False
    sentences = next(iter(merged.documents.values())).sentences
    return sentence_index(sentences, place(a).start) == sentence_index(sentences, place(b).start)


def _overlap(a: Span, b: Span) -> bool:
    return a[:2] == b[:2] or (a.label == b.label and shared(a, b) > 0) or jaccard(a, b) >= _HALF


def _said(merged: Merged, group: list[ItemKey], layer: str, view: View) -> str:
    things = [merged.items[key].things.get(layer) for key in group]
    return "; ".join(_describe(view, thing) for thing in things if thing is not None) or ABSENT


def _describe(view: View, thing: Thing) -> str:
    if isinstance(thing, Entity):
        return view.entity(thing).text
    return view.event(thing).text if isinstance(thing, Event) else view.stance(thing).text


def _kinds(merged: Merged, group: list[ItemKey], disputed: dict[ItemKey, tuple[str, ...]]) -> tuple[str, ...]:
    """Return in what the items of a group differ, as `vinese.agree.records.Disagreement` names it."""
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
