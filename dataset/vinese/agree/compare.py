"""Compare one article's items between two layers, measure by measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vinese.agree.counts import Counts, Key, compare_keys, compare_spans
from vinese.agree.matching import Span, maximum_matching, neighbours

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vinese.agree.items import ArgumentKey, Items

MEASURES = {
    "entities": "named mentions: offsets and type",
    "nominals": "nominal and pronominal mentions (auxiliary types): offsets",
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
    for measure in ("nominals", "expressions"):
        for key, counts in compare_spans(getattr(a, measure), getattr(b, measure)):
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
    arguments: set[ArgumentKey], mine: tuple[Span, ...], theirs: tuple[Span, ...]
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
