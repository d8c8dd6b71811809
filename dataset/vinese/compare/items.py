"""What is compared of a document, as keys that do not depend on a layer's ids.

A mention is known by its offsets, an event by its trigger's offsets and its type, an opinion by the sentence of its
expression with each of its holders and its target. Two layers may choose other words for the expression and still
hold the same opinion; `expressions` compares the words.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from vinese.compare.matching import LabelledSpan
from vinese.model import records

K = TypeVar("K", bound="Hashable")

Place = tuple[int, int]
RATED = ("polarity", "attribution", "modality", "outlet_stance", "overall_leaning")


class ArgumentKey(NamedTuple):
    """The key of an argument: its event's trigger and type, its role, and the offsets of its filler."""

    trigger: LabelledSpan
    role: str
    filler: Place


class PairKey(NamedTuple):
    """The key of a holder and target: sentence, holder (offsets or kind), target's offsets and topic."""

    sentence: int
    holder: Place | str
    mention: Place | None
    topic: str | None


@dataclass(frozen=True, slots=True)
class Items:
    """What is compared of one document; `judgements` maps a name to values by unit."""

    entities: tuple[LabelledSpan, ...] = ()
    auxiliary: tuple[LabelledSpan, ...] = ()
    triggers: tuple[LabelledSpan, ...] = ()
    expressions: tuple[LabelledSpan, ...] = ()
    arguments: tuple[ArgumentKey, ...] = ()
    pairs: tuple[tuple[PairKey, int], ...] = ()
    tuples: tuple[tuple[tuple[PairKey, str], int], ...] = ()
    judgements: dict[str, dict[Hashable, str]] = field(default_factory=dict)


Places = dict[str, Place]


def places_of(document: records.Document) -> Places:
    """Return the offsets of every entity, trigger and expression by the id of its item."""
    return {key: (span.start, span.end) for key, span in document.span_by_id().items()}


def extract(document: records.Document, auxiliary: Collection[str]) -> Items:
    """Return what is compared of a document; entity types in `auxiliary` (NOM) are kept apart."""
    places = places_of(document)
    spans = [entity_span(entity) for entity in document.entities]
    pairs = [(key, each) for each in document.stances for key in stance_pairs(document, each, places)]
    numbered_pairs = numbered(key for key, _ in pairs)
    events = sorted(document.events, key=lambda event: (*trigger(event), event.modality))
    numbered_triggers = numbered(trigger(event) for event in events)
    stance = document.article_stance
    return Items(
        entities=tuple(span for span in spans if span.label not in auxiliary),
        auxiliary=tuple(span for span in spans if span.label in auxiliary),
        triggers=tuple(trigger(event) for event in document.events),
        expressions=tuple(LabelledSpan(s.expression.start, s.expression.end) for s in document.stances),
        arguments=tuple(key for event in document.events for key in argument_keys(event, places)),
        pairs=tuple(numbered_pairs),
        tuples=tuple(numbered((key, stance.polarity) for key, stance in pairs)),
        judgements={
            "polarity": {k: s.polarity for k, (_, s) in zip(numbered_pairs, pairs, strict=True)},
            # A prediction may leave these two out.
            "attribution": {
                k: s.attribution for k, (_, s) in zip(numbered_pairs, pairs, strict=True) if s.attribution
            },
            "modality": {
                key: event.modality for key, event in zip(numbered_triggers, events, strict=True) if event.modality
            },
            "outlet_stance": {stance.topic: stance.outlet_stance} if stance is not None else {},
            "overall_leaning": {stance.topic: stance.overall_leaning} if stance is not None else {},
        },
    )


def entity_span(entity: records.Entity) -> LabelledSpan:
    """Return a mention's offsets with its type as the label."""
    return LabelledSpan(entity.start, entity.end, entity.type)


def trigger(event: records.Event) -> LabelledSpan:
    """Return an event's trigger with its type as the label."""
    return LabelledSpan(event.trigger.start, event.trigger.end, event.type)


def argument_keys(event: records.Event, places: Places) -> Iterable[ArgumentKey]:
    """Return the keys of an event's arguments."""
    for argument in event.arguments:
        yield ArgumentKey(trigger(event), argument.role, places[argument.filler])


def stance_pairs(document: records.Document, stance: records.Stance, places: Places) -> Iterable[PairKey]:
    """Return the (holder, target) pairs of a stance, one a holder."""
    holders: list[Place | str] = [places[key] for key in stance.holders] or [stance.holder_kind]
    mention = places[stance.target.mention] if stance.target.mention is not None else None
    sentence = sentence_index(document.sentences, stance.expression.start)
    return [PairKey(sentence, holder, mention, stance.target.topic) for holder in holders]


def sentence_index(sentences: Sequence[records.Sentence], offset: int) -> int:
    """Return the index of the last sentence that starts at or before `offset`; -1 before the first."""
    return bisect_right(sentences, offset, key=lambda sentence: sentence.start) - 1


def numbered(keys: Iterable[K]) -> list[tuple[K, int]]:
    """Return each key with how often it has come before, so that repeated keys stay apart in a set."""
    seen: Counter[K] = Counter()
    result = []
    for key in keys:
        result.append((key, seen[key]))
        seen[key] += 1
    return result
