"""List what two layers do not see alike among the opinions of one article."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vinese.agree.items import sentence_index
from vinese.agree.matching import Span, best_pairs, others, shared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vinese.agree.describe import Sides, View
    from vinese.agree.records import Disagreement
    from vinese.records import Stance


class _Opinion(NamedTuple):
    """Hold an opinion with its mentions as offsets, so that two layers can be compared."""

    stance: Stance
    sentence: int
    expression: Span
    holders: frozenset[object]
    mention: object
    source: object


def stance_disagreements(sides: Sides) -> Iterator[Disagreement]:
    """Yield how the opinions of two layers differ.

    Opinions are paired within a sentence if they share the mention or topic they are about, or their expressions
    overlap; the more they share, the sooner. Which words express it is listed only where they do not even overlap.
    """
    a, b = _opinions(sides.a), _opinions(sides.b)
    pairs = sorted(best_pairs(range(len(a)), range(len(b)), lambda i, j: _closeness(a[i], b[j])))
    for i, j in pairs:
        kinds = _kinds(a[i], b[j])
        if kinds:
            mine, theirs = sides.a.stance(a[i].stance, kinds), sides.b.stance(b[j].stance, kinds)
            yield sides.differ("stance", kinds, mine, theirs)
    for i in others(len(a), (i for i, _ in pairs)):
        yield sides.differ("stance", ["missing"], sides.a.stance(a[i].stance), None)
    for j in others(len(b), (j for _, j in pairs)):
        yield sides.differ("stance", ["missing"], None, sides.b.stance(b[j].stance))


def _opinions(view: View) -> list[_Opinion]:
    places = view.places
    return [
        _Opinion(
            stance,
            sentence_index(view.document.sentences, stance.expression.start),
            Span(stance.expression.start, stance.expression.end),
            frozenset([places.entity(key) for key in stance.holders] or [stance.holder_kind]),
            None if stance.target.mention is None else places.mention(stance.target.mention),
            None if stance.source is None else places.entity(stance.source),
        )
        for stance in view.document.stances
    ]


def _closeness(a: _Opinion, b: _Opinion) -> float:
    """Return how much two opinions look like one: 0 if they are in different sentences or have nothing in common."""
    if a.sentence != b.sentence:
        return 0.0
    holders = len(a.holders & b.holders) / len(a.holders | b.holders)
    mention = 1.0 if a.mention == b.mention and a.mention is not None else 0.0
    topic = 1.0 if a.stance.target.topic == b.stance.target.topic and a.stance.target.topic is not None else 0.0
    overlap = 2.0 if a.expression == b.expression else 1.0 * bool(shared(a.expression, b.expression))
    if not (overlap or mention or topic):
        return 0.0
    # Polarity last: it breaks ties between opinions that are otherwise equally near.
    return 2 * holders + mention + topic + 1.5 * overlap + 0.1 * (a.stance.polarity == b.stance.polarity)


def _kinds(a: _Opinion, b: _Opinion) -> list[str]:
    one, other = a.stance, b.stance
    differs = {
        "holder": a.holders != b.holders,
        "target": (a.mention, one.target.topic) != (b.mention, other.target.topic),
        "polarity": one.polarity != other.polarity,
        "attribution": one.attribution != other.attribution,
        "source": a.source != b.source,
        "expression": not shared(a.expression, b.expression),
    }
    return [kind for kind, differ in differs.items() if differ]
