"""Tell fast that nothing is wrong with the spans and links of a document, as is so of most.

Spans are looked at together, as columns: lists of their starts, ends and words. What passes here yields nothing in
`check_spans` and `check_links`; what does not pass may be sound all the same, and is for those two to look at.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import lru_cache
from itertools import repeat
from operator import itemgetter
from typing import NamedTuple

from vinese.checks.spans import check_span
from vinese.model.links import Rules, rules_of
from vinese.model.ontology import Ontology

EVENT, STANCE = "event ", "stance "
"""What the kind of an event begins with, before its type, and what that of a stance is; an entity's is its type."""

# What may stand beside a word and is no part of one.
_APART = frozenset(" \n\"'“”‘’«»()[].,:;!?/-–—…")


def whole_words(text: str, starts: list[int], ends: list[int], words: list[str], *, syllables: bool) -> bool:
    """Return whether every span is inside `text`, holds these words, and does not cut any.

    `syllables` is whether the text is written in syllables, as Vietnamese is.
    """
    if not starts:
        return True
    if [text[start:end] for start, end in zip(starts, ends, strict=True)] != words or "" in words:
        return False
    if min(starts) < 0 or max(ends) > len(text):
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


def nested(starts: list[int], ends: list[int]) -> bool:
    """Return whether no span crosses another; they come in canonical order."""
    around: list[int] = []
    reach = 0
    for start, end in zip(starts, ends, strict=True):
        if start >= reach:
            around, reach = [end], end
            continue
        while around[-1] <= start:
            around.pop()
        if end > around[-1]:
            return False
        around.append(end)
    return True


def sentences_of(begins: list[int], places: list[int], *, inside: bool = True) -> list[int]:
    """Return how many sentences begin up to each place, or before it if it is not `inside` any more, as an end."""
    return list(map(bisect_right if inside else bisect_left, repeat(begins), places))


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
