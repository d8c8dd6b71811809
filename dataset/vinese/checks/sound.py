"""Tell fast that nothing is wrong with the spans and links of a document, as is so of most.

Spans are rows, sorted as a document has them. What passes here yields nothing in `check_spans` and `check_links`;
what does not pass may be sound all the same, and is for those two to look at.
"""

from __future__ import annotations

from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from vinese.checks.spans import check_span
from vinese.model.links import Rules, rules_of
from vinese.model.ontology import Ontology
from vinese.model.records import Origin

EVENT, STANCE = "event ", "stance "
"""What the kind of an event begins with, before its type, and what that of a stance is; an entity's is its type."""

# What may stand beside a word and is no part of one.
_APART = frozenset(" \n\"'“”‘’«»()[].,:;!?/-–—…")


Row = tuple[int, int, str, str, str, Origin]
"""A span: its start, its end below zero, label, id, words and origin, so that rows are sorted as spans are."""

_FAR = 1 << 60  # beyond all text


def sentences_of(rows: list[Row], text: str, begins: list[int], *, nested: bool, twins: bool) -> list[int] | None:
    """Return how many sentences have begun by the start of each span, None unless the spans are sound.

    Parameters
    ----------
    rows
        The spans, in order.
    text
        What they are spans of; each has to be inside, and to hold its words.
    begins
        The starts of the sentences of `text`.
    nested
        Whether a span may neither cross another, nor leave its sentence.
    twins
        Whether two of the same words may have the same label.
    """
    places: list[int] = []
    around: list[int] = []
    limits = [*begins, _FAR]  # where the next sentence begins
    place = reach = ended = 0
    begun, named = -1, ""
    for start, until, label, _, words, _ in rows:
        end = -until
        if start < 0 or not words or text[start:end] != words:
            return None
        if start == begun and end == ended and label == named and not twins:
            return None
        begun, ended, named = start, end, label
        while start >= limits[place]:
            place += 1
        places.append(place)
        if not nested:
            continue
        if end > limits[place]:
            return None
        if start >= reach:
            around, reach = [end], end
            continue
        while around[-1] <= start:
            around.pop()
        if end > around[-1]:
            return None
        around.append(end)
    return places


def whole_words(text: str, starts: list[int], ends: list[int], *, syllables: bool) -> bool:
    """Return whether no span cuts a word; they have to begin inside `text`.

    `syllables` is whether the text is written in syllables, as Vietnamese is.
    """
    if not starts:
        return True
    if max(ends) > len(text):
        return False
    # Of one place the getter would return no tuple.
    at_starts, at_ends = itemgetter(*starts, starts[0]), itemgetter(*ends, ends[0])
    before, after = at_starts(" " + text), at_ends(text + " ")
    first, last = at_starts(text), at_ends(" " + text)
    if _APART.issuperset(before) and _APART.issuperset(after) and "".join(first + last).isalnum():
        return True
    return all(
        check_span(text, start, end, text[start:end], syllables=syllables) is None
        for start, end, edges in zip(starts, ends, zip(before, after, first, last, strict=True), strict=False)
        if not (_APART.issuperset(edges[:2]) and edges[2].isalnum() and edges[3].isalnum())
    )


class Join(NamedTuple):
    """How a label joins two kinds of items.

    `order` is that of the label in the ontology, `many` whether one source may have several, `near` whether the ends
    have to stand in one sentence, None where the label may not join them.
    """

    order: int = 0
    many: bool = False
    near: bool | None = None


class Joins(dict[tuple[str, str, str], Join]):
    """The join of a label, a kind of source and a kind of target."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules

    def __missing__(self, key: tuple[str, str, str]) -> Join:
        label, source, target = key
        rule = self.rules.links.get(label)
        # Only roles and the target of a stance have room for an event.
        roomy = rule is not None and (rule.source == "event" or label == "target" or not target.startswith(EVENT))
        if rule is not None and roomy and rule.starts_at(*_kind(source)) and rule.takes(*_kind(target)):
            self[key] = Join(rule.order, rule.many, near=not rule.anywhere)
        else:
            self[key] = Join()
        return self[key]


def _kind(kind: str) -> tuple[str, str]:
    """Return a kind as rules take it: what it is and its type, which has no space in it."""
    first, space, last = kind.partition(" ")
    return (first, last) if space else ("entity", kind)


@lru_cache(maxsize=8)
def joins_of(ontology: Ontology) -> Joins:
    """Return the joins of `ontology`, found out when they are first asked for."""
    return Joins(rules_of(ontology))
