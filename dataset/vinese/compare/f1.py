"""F1 of two layers, from counts of what they have in common, summed over articles.

With A and B the items of two layers, of which `hits_a` and `hits_b` have a counterpart on the other side,

    F1 = (hits_a + hits_b) / (|A| + |B|)

which is the usual 2TP / (2TP + FP + FN) wherever the match is one to one, for then `hits_a == hits_b`. It does not
matter which layer comes first. Kappa is not defined for spans, since nobody can count what was rightly left unmarked;
F1 is what it tends to (Hripcsak and Rothschild 2005, "Agreement, the F-measure, and reliability in information
retrieval").

Overlap is counted in two ways, and both are reported:

- `overlap`: an item counts as found if any item of the other side with its label shares a code point with it. This
  definition reproduces published figures; its blind spot is that one long span can stand for several short ones.
- `overlap-1-1`: the largest one-to-one matching of such items, so that each stands for one only. Never higher.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from typing import NamedTuple, TypeVar

from vinese.compare.items import ArgumentKey, Items
from vinese.compare.matching import LabelledSpan, maximum_matching, neighbours, one_to_one, overlapped

T = TypeVar("T", bound="Hashable")


class Counts(NamedTuple):
    """The numbers of items of two sides, and of those with a counterpart on the other."""

    a: int
    b: int
    hits_a: int
    hits_b: int

    def f1(self) -> float | None:
        """Return the F1; None where neither side has any item, since nothing was there to agree on."""
        return (self.hits_a + self.hits_b) / (self.a + self.b) if self.a + self.b else None


class Key(NamedTuple):
    """The key of a series of counts: what is measured, how, and for which label (None: all together)."""

    measure: str
    variant: str
    label: str | None = None


class CountTable:
    """Counts per key and article, sparse: an article with nothing on either side takes no room."""

    def __init__(self) -> None:
        self.rows: dict[Key, array[int]] = {}

    def add(self, key: Key, article: int, counts: Counts) -> None:
        """Add the counts of one article, known by its index."""
        if counts.a or counts.b:
            self.rows.setdefault(key, array("i")).extend((article, *counts))

    def extend(self, other: CountTable) -> None:
        """Add every row of another tally, so that counts are pooled."""
        for key, rows in other.rows.items():
            self.rows.setdefault(key, array("i")).extend(rows)

    def total(self, key: Key) -> Counts:
        """Return the counts of `key` over all articles."""
        rows = self.rows.get(key, ())
        return Counts(*(sum(rows[column::5]) for column in range(1, 5)))


def compare_keys(a: Collection[T], b: Collection[T]) -> Counts:
    """Return the counts of the keys that two sides have in common; each side is taken as a set.

    >>> compare_keys("abc", "bcd").f1()
    0.6666666666666666
    """
    left, right = set(a), set(b)
    both = len(left & right)
    return Counts(len(left), len(right), both, both)


def compare_overlap(a: Collection[LabelledSpan], b: Collection[LabelledSpan]) -> Counts:
    """Return the counts of the spans of either side that any span of the other with their label overlaps.

    >>> long, short = LabelledSpan(0, 9, "ORG"), [LabelledSpan(0, 4, "ORG"), LabelledSpan(5, 9, "ORG")]
    >>> compare_overlap([long], short), compare_one_to_one([long], short).f1()
    (Counts(a=1, b=2, hits_a=1, hits_b=2), 0.6666666666666666)
    """
    left, right = set(a), set(b)
    return Counts(len(left), len(right), overlapped(left, right), overlapped(right, left))


def compare_one_to_one(a: Collection[LabelledSpan], b: Collection[LabelledSpan]) -> Counts:
    """Return the counts of a largest one-to-one matching of overlapping spans with the same label."""
    pairs = len(one_to_one(a, b))
    return Counts(len(set(a)), len(set(b)), pairs, pairs)


SPAN_VARIANTS: dict[str, Callable[[Collection[LabelledSpan], Collection[LabelledSpan]], Counts]] = {
    "exact": compare_keys,
    "overlap": compare_overlap,
    "overlap-1-1": compare_one_to_one,
}


def compare_spans(
    a: Collection[LabelledSpan], b: Collection[LabelledSpan], *, labels: bool = True
) -> Iterator[tuple[Key, Counts]]:
    """Yield the counts of two sets of spans: exact, overlap, overlap one to one; over all and per label.

    Nested spans count like any other. The measure of the keys is left empty for the caller to fill in. With
    `labels=False` only the offsets count, the variants are called `untyped ...`, and nothing is given per label.
    """
    prefix = "" if labels else "untyped "
    left, right = (set(a), set(b)) if labels else (_bare(a), _bare(b))
    groups: list[tuple[str | None, tuple[set[LabelledSpan], set[LabelledSpan]]]] = [(None, (left, right))]
    if labels:
        by_label: dict[str, tuple[set[LabelledSpan], set[LabelledSpan]]] = {}
        for index, side in enumerate((left, right)):
            for span in side:
                by_label.setdefault(span.label, (set(), set()))[index].add(span)
        groups += sorted(by_label.items())
    for label, (mine, theirs) in groups:
        for variant, compare in SPAN_VARIANTS.items():
            yield Key("", prefix + variant, label), compare(mine, theirs)


def _bare(spans: Iterable[LabelledSpan]) -> set[LabelledSpan]:
    return {LabelledSpan(span.start, span.end) for span in spans}


MEASURES = {
    "entities": "named mentions: offsets and type",
    "auxiliary mentions": "nominal and pronominal mentions (auxiliary types): offsets",
    "triggers": "event triggers: offsets and type",
    "arguments": "arguments, attached: trigger, event type, role and filler",
    "expressions": "expressions of opinion: offsets",
    "stance pairs": "who holds an opinion about what, in which sentence",
    "stance tuples": "the same with its polarity",
}


def compare(a: Items, b: Items) -> Iterator[tuple[Key, Counts]]:
    """Yield the counts of every measure for one article.

    Spans: see `compare_spans`. Arguments: `exact` needs the trigger's offsets, the event's type, the role and the
    filler's offsets to be the same, `without role` all but the role; for `loose trigger` the triggers need only
    overlap (paired one to one, type the same). Stance pairs and tuples: exact, holder and target by their offsets.
    """
    for measure in ("entities", "triggers"):
        for labels in (True, False):
            for key, counts in compare_spans(getattr(a, measure), getattr(b, measure), labels=labels):
                yield key._replace(measure=measure), counts
    sides = {"auxiliary mentions": (a.auxiliary, b.auxiliary), "expressions": (a.expressions, b.expressions)}
    for measure, spans in sides.items():
        for key, counts in compare_spans(*spans):
            if key.label is None:
                yield key._replace(measure=measure), counts
    yield from _arguments(a, b)
    yield Key("stance pairs", "exact"), compare_keys(a.pairs, b.pairs)
    yield Key("stance tuples", "exact"), compare_keys(a.tuples, b.tuples)


def _arguments(a: Items, b: Items) -> Iterator[tuple[Key, Counts]]:
    mine, theirs = set(a.arguments), set(b.arguments)
    yield Key("arguments", "exact"), compare_keys(mine, theirs)
    for role in sorted({key.role for key in mine | theirs}):
        yield (
            Key("arguments", "exact", role),
            compare_keys({key for key in mine if key.role == role}, {key for key in theirs if key.role == role}),
        )
    bare = [{(key.trigger, key.filler) for key in side} for side in (mine, theirs)]
    yield Key("arguments", "without role"), compare_keys(*bare)
    yield Key("arguments", "loose trigger"), compare_keys(mine, _moved(theirs, a.triggers, b.triggers))


def _moved(
    arguments: set[ArgumentKey], mine: tuple[LabelledSpan, ...], theirs: tuple[LabelledSpan, ...]
) -> set[ArgumentKey | tuple[str, ArgumentKey]]:
    """Return `arguments` with each trigger of `theirs` replaced by the trigger of `mine` it is paired with.

    Triggers that both have are paired first, the rest by the largest matching; an unpaired one is marked, so that it
    equals nothing.
    """
    left, right = sorted(set(mine) - set(theirs)), sorted(set(theirs) - set(mine))
    partner = {span: span for span in set(mine) & set(theirs)}
    partner |= {right[j]: left[i] for j, i in maximum_matching(neighbours(left, right)).items()}
    return {
        key._replace(trigger=partner[key.trigger]) if key.trigger in partner else ("unpaired", key)
        for key in arguments
    }
