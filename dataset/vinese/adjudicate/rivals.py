"""Find which items in doubt exclude each other, so that a person decides between them in one place.

Candidates that no layer has both, at the same offsets, or of one type and overlapping, or with half their text in
common; stances too if they speak of the same target in one sentence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vinese.adjudicate.keys import Opinion, place
from vinese.agree.items import sentence_index
from vinese.agree.matching import jaccard, shared

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vinese.adjudicate.keys import ItemKey, Thing
    from vinese.agree.matching import Span
    from vinese.records import Sentence

_HALF = 0.5


def rivals(
    things: Mapping[ItemKey, Mapping[str, Thing]], layers: int, sentences: Sequence[Sentence]
) -> list[list[ItemKey]]:
    """Return the items that not all `layers` have, those together that exclude each other, in the order of the text.

    `things` maps each item to the layers that have it.
    """
    groups: list[list[ItemKey]] = []
    for key, have in things.items():
        if len(have) == layers:
            continue
        for group in groups:
            apart = all(have.keys().isdisjoint(things[other]) for other in group)
            if apart and any(_exclude(key, other, sentences) for other in group):
                group.append(key)
                break
        else:
            groups.append([key])
    return groups


def _exclude(a: ItemKey, b: ItemKey, sentences: Sequence[Sentence]) -> bool:
    if a.kind != b.kind:
        return False
    if _overlap(place(a), place(b)):
        return True
    if not isinstance(a.content, Opinion) or a.content.target != b.content.target:
        return False
    return sentence_index(sentences, place(a).start) == sentence_index(sentences, place(b).start)


def _overlap(a: Span, b: Span) -> bool:
    return a[:2] == b[:2] or (a.label == b.label and shared(a, b) > 0) or jaccard(a, b) >= _HALF
