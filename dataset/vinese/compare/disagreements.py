"""List what two layers do not see alike in one article, paired so that a person can decide.

Numbers come from `vinese.compare.f1`; here items are paired as a reader would: what is the same first, then the
same place with another label, then what overlaps, and what is left is missing on the other side.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple

from vinese.compare.describe import Sides, View
from vinese.compare.items import Places, entity_span, sentence_index, trigger
from vinese.compare.matching import LabelledSpan, best_pairs, jaccard, neighbours, others, shared
from vinese.compare.records import Disagreement
from vinese.model.records import Document, Entity, Event, Stance

# Below this share of common text, two spans with different labels are two things, not one seen in two ways.
_SAME_THING = 0.5
_UNITS = ("entity", "event", "argument", "stance", "article_stance")


class Pairing(NamedTuple):
    """Pairs of indices of two sides, and the indices that one side has alone."""

    pairs: list[tuple[int, int]]
    only_a: list[int]
    only_b: list[int]


def disagreements(a: tuple[str, Document], b: tuple[str, Document]) -> list[Disagreement]:
    """Return the disagreements of two layers (name, document) on one article, in the order of the text."""
    sides = Sides(View(*a), View(*b))
    unsorted = [*_entities(sides), *_events(sides), *stance_disagreements(sides), *_article_stance(sides)]
    return sorted(unsorted, key=position)


def position(disagreement: Disagreement) -> tuple[int, int, int, str]:
    """Return what sorts disagreements of one article by the text; those about the whole article come first."""
    spans = [side.spans[0] for side in (disagreement.a, disagreement.b) if side is not None and side.spans]
    start, end = min(((span.start, -span.end) for span in spans), default=(-1, 0))
    return start, end, _UNITS.index(disagreement.unit), (disagreement.a or disagreement.b).text  # type: ignore[union-attr]


def pair_spans(a: Sequence[LabelledSpan], b: Sequence[LabelledSpan]) -> Pairing:
    """Pair spans: equal ones, then the same offsets, then the same label overlapping, then at least half the same."""

    def closeness(i: int, j: int) -> float:
        left, right = a[i], b[j]
        common = jaccard(left, right)
        if left.label == right.label:
            return 1 + common
        return common if common >= _SAME_THING else 0.0

    pairs: dict[int, int] = {}
    places = [span[:2] for span in a], [span[:2] for span in b]
    _pair_equal(pairs, a, b)
    _pair_equal(pairs, *places)
    rest_a, rest_b = others(len(a), pairs.keys()), others(len(b), pairs.values())
    bare_a, bare_b = (
        [LabelledSpan(*side[i]) for i in rest] for side, rest in zip(places, (rest_a, rest_b), strict=True)
    )
    overlaps = zip(rest_a, neighbours(bare_a, bare_b), strict=True)
    pairs |= best_pairs(((i, [rest_b[j] for j in overlap]) for i, overlap in overlaps), closeness)
    return Pairing(sorted(pairs.items()), others(len(a), pairs.keys()), others(len(b), pairs.values()))


def _pair_equal(pairs: dict[int, int], a: Sequence[Hashable], b: Sequence[Hashable]) -> None:
    """Add the indices of what is equal and not paired yet, first with first."""
    waiting: dict[Hashable, list[int]] = {}
    for j in reversed(others(len(b), pairs.values())):
        waiting.setdefault(b[j], []).append(j)
    for i in others(len(a), pairs.keys()):
        if waiting.get(a[i]):
            pairs[i] = waiting[a[i]].pop()


def _span_kinds(a: LabelledSpan, b: LabelledSpan) -> list[str]:
    return ["type"] * (a.label != b.label) + ["boundary"] * (a[:2] != b[:2])


def _entities(sides: Sides) -> Iterator[Disagreement]:
    a, b = sides.a.document.entities, sides.b.document.entities
    paired = pair_spans([entity_span(entity) for entity in a], [entity_span(entity) for entity in b])
    for i, j in paired.pairs:
        kinds = _span_kinds(entity_span(a[i]), entity_span(b[j]))
        if _referents(a[i], sides.a.places) != _referents(b[j], sides.b.places):
            kinds.append("refers_to")
        if kinds:
            yield sides.differ("entity", kinds, sides.a.entity(a[i], kinds), sides.b.entity(b[j], kinds))
    for i in paired.only_a:
        yield sides.differ("entity", ["missing"], sides.a.entity(a[i]), None)
    for j in paired.only_b:
        yield sides.differ("entity", ["missing"], None, sides.b.entity(b[j]))


def _referents(entity: Entity, places: Places) -> set[object]:
    return {places[key] for key in entity.refers_to}


def _events(sides: Sides) -> Iterator[Disagreement]:
    a, b = sides.a.document.events, sides.b.document.events
    paired = pair_spans([trigger(event) for event in a], [trigger(event) for event in b])
    for i, j in paired.pairs:
        kinds = _span_kinds(trigger(a[i]), trigger(b[j])) + ["modality"] * _differ(a[i].modality, b[j].modality)
        if kinds:
            yield sides.differ("event", kinds, sides.a.event(a[i], kinds), sides.b.event(b[j], kinds))
        yield from _arguments(sides, a[i], b[j])
    for i in paired.only_a:
        yield sides.differ("event", ["missing"], sides.a.event(a[i]), None)
    for j in paired.only_b:
        yield sides.differ("event", ["missing"], None, sides.b.event(b[j]))


def _differ(label: str, other: str) -> bool:
    """Return whether two labels differ that both sides give; a prediction may leave some out."""
    return bool(label and other) and label != other


def _arguments(sides: Sides, event_a: Event, event_b: Event) -> Iterator[Disagreement]:
    """Yield how the arguments of two events that were paired differ; those of a missing event are not listed."""
    a, b = event_a.arguments, event_b.arguments
    places = [sides.a.places[x.filler] for x in a], [sides.b.places[x.filler] for x in b]

    roles = [x.role for x in a], [x.role for x in b]
    wholes = [list(zip(*each, strict=True)) for each in zip(roles, places, strict=True)]
    pairs: dict[int, int] = {}
    for keys_a, keys_b in (wholes, places, roles):  # what is the same, then the same filler, then the same role
        _pair_equal(pairs, keys_a, keys_b)
    for i, j in sorted(pairs.items()):
        kinds = ["role"] * (a[i].role != b[j].role) + ["filler"] * (places[0][i] != places[1][j])
        if kinds:
            mine, theirs = sides.a.argument(event_a, a[i], kinds), sides.b.argument(event_b, b[j], kinds)
            yield sides.differ("argument", kinds, mine, theirs)
    for i in others(len(a), pairs.keys()):
        yield sides.differ("argument", ["missing"], sides.a.argument(event_a, a[i]), None)
    for j in others(len(b), pairs.values()):
        yield sides.differ("argument", ["missing"], None, sides.b.argument(event_b, b[j]))


def _article_stance(sides: Sides) -> Iterator[Disagreement]:
    a, b = sides.a.document.article_stance, sides.b.document.article_stance
    kinds = ["missing"]
    if a is not None and b is not None:
        kinds = [name for name in ("outlet_stance", "overall_leaning") if getattr(a, name) != getattr(b, name)]
    if a != b:
        mine = sides.a.article_stance(a) if a is not None else None
        theirs = sides.b.article_stance(b) if b is not None else None
        yield sides.differ("article_stance", kinds or ["target"], mine, theirs)


class _PlacedStance(NamedTuple):
    """A stance with its mentions as offsets, so that two layers can be compared."""

    stance: Stance
    sentence: int
    expression: LabelledSpan
    holders: frozenset[object]
    mention: object
    source: object


def stance_disagreements(sides: Sides) -> Iterator[Disagreement]:
    """Yield how the stances of two layers differ.

    Stances are paired within a sentence if they share the mention or topic they are about, or their expressions
    overlap; the more they share, the sooner. Which words express it is listed only where they do not even overlap.
    """
    a, b = _placed_stances(sides.a), _placed_stances(sides.b)
    by_sentence: dict[int, list[int]] = {}
    for j, placed in enumerate(b):
        by_sentence.setdefault(placed.sentence, []).append(j)
    near = ((i, by_sentence.get(placed.sentence, ())) for i, placed in enumerate(a))
    pairs = sorted(best_pairs(near, lambda i, j: _closeness(a[i], b[j])))
    for i, j in pairs:
        kinds = _kinds(a[i], b[j])
        if kinds:
            mine, theirs = sides.a.stance(a[i].stance, kinds), sides.b.stance(b[j].stance, kinds)
            yield sides.differ("stance", kinds, mine, theirs)
    for i in others(len(a), (i for i, _ in pairs)):
        yield sides.differ("stance", ["missing"], sides.a.stance(a[i].stance), None)
    for j in others(len(b), (j for _, j in pairs)):
        yield sides.differ("stance", ["missing"], None, sides.b.stance(b[j].stance))


def _placed_stances(view: View) -> list[_PlacedStance]:
    places = view.places
    return [
        _PlacedStance(
            stance,
            sentence_index(view.document.sentences, stance.expression.start),
            LabelledSpan(stance.expression.start, stance.expression.end),
            frozenset([places[key] for key in stance.holders] if stance.holders else [stance.holder_kind]),
            None if stance.target.mention is None else places[stance.target.mention],
            None if stance.source is None else places[stance.source],
        )
        for stance in view.document.stances
    ]


def _closeness(a: _PlacedStance, b: _PlacedStance) -> float:
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


def _kinds(a: _PlacedStance, b: _PlacedStance) -> list[str]:
    stance_a, stance_b = a.stance, b.stance
    differs = {
        "holder": a.holders != b.holders,
        "target": (a.mention, stance_a.target.topic) != (b.mention, stance_b.target.topic),
        "polarity": stance_a.polarity != stance_b.polarity,
        "attribution": _differ(stance_a.attribution, stance_b.attribution),
        "source": a.source != b.source,
        "expression": not shared(a.expression, b.expression),
    }
    return [kind for kind, differ in differs.items() if differ]
