"""What measures look at in one article: spans, arguments and opinions by place, never by id or order."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from vinese.compare.items import ArgumentKey, Place, Places, argument_keys, places_of, sentence_index, trigger
from vinese.compare.keys import stance_content
from vinese.compare.matching import LabelledSpan
from vinese.model.ontology import Ontology
from vinese.model.records import Document, Stance

Plover = Mapping[tuple[str, str], str | None]


class Outcome(NamedTuple):
    """The labels of what is right, of what was predicted and of what is gold in one article."""

    right: Sequence[str]
    predicted: Sequence[str]
    gold: Sequence[str]


@dataclass(frozen=True, slots=True)
class Scheme:
    """What measures take from the ontology: auxiliary types, coarse types, and codes by event type and modality."""

    auxiliary: frozenset[str]
    coarse: Mapping[str, str | None]
    plover: Plover | None

    @classmethod
    def of(cls, ontology: Ontology) -> Scheme:
        """Return the scheme of an ontology."""
        return cls(
            ontology.auxiliary_ids,
            {label.id: label.coarse for label in ontology.entities},
            ontology.projection("plover") or None,
        )


class Opinion(NamedTuple):
    """An opinion: the sentence of its expression, its set of holders or their kind, its target, and its labels."""

    sentence: int
    holders: frozenset[Place] | str
    mention: Place | None
    topic: str | None
    polarity: str
    attribution: str
    expression: LabelledSpan
    source: Place | None = None


class View:
    """One side's annotation of one article, looked at as often as measures want, worked out once."""

    def __init__(self, document: Document, scheme: Scheme) -> None:
        self.document = document
        self.scheme = scheme

    @cached_property
    def entities(self) -> set[LabelledSpan]:
        """The mentions, those of auxiliary types left out."""
        auxiliary = self.scheme.auxiliary
        make = tuple.__new__
        return {
            make(LabelledSpan, (entity.start, entity.end, entity.type))
            for entity in self.document.entities
            if entity.type not in auxiliary
        }

    @cached_property
    def triggers(self) -> set[LabelledSpan]:
        """The triggers with the types of their events."""
        return {trigger(event) for event in self.document.events}

    @cached_property
    def places(self) -> Places:
        """Where the mentions and triggers stand, by id."""
        return places_of(self.document)

    @cached_property
    def arguments(self) -> set[ArgumentKey]:
        """The arguments of all events."""
        return {key for event in self.document.events for key in argument_keys(event, self.places)}

    @cached_property
    def modalities(self) -> dict[Hashable, Counter[str]]:
        """The modalities of the events at each trigger, by trigger and type."""
        return counted((trigger(event), event.modality) for event in self.document.events)

    @cached_property
    def stances(self) -> tuple[Opinion, ...]:
        """The stances by place, those that say the same in the same words once."""
        return tuple(sorted({self._by_place(stance) for stance in self.document.stances}, key=repr))

    def _by_place(self, stance: Stance) -> Opinion:
        content = stance_content(stance, self.places)
        sentence = sentence_index(self.document.sentences, content.expression.start)
        mention, topic = content.target
        return Opinion(
            sentence,
            content.holder,
            mention,
            topic,
            content.polarity,
            content.attribution,
            content.expression,
            content.source,
        )

    def words(self, span: LabelledSpan) -> str:
        """Return the words of a span."""
        return self.document.text[span.start : span.end]

    @cached_property
    def _extents(self) -> tuple[list[int], list[int]]:
        places = sorted({(span.start, span.end) for span in self.entities})
        return [start for start, _ in places], list(accumulate((end for _, end in places), max))

    def holds(self, span: LabelledSpan) -> bool:
        """Return whether the span lies within a mention that is longer than it."""
        starts, reach = self._extents
        before = bisect_left(starts, span.start)
        if before and reach[before - 1] >= span.end:
            return True
        upto = bisect_right(starts, span.start)
        return upto > before and reach[upto - 1] > span.end


def counted(pairs: Iterable[tuple[Hashable, str]]) -> dict[Hashable, Counter[str]]:
    """Return how often each key has each label."""
    counts: dict[Hashable, Counter[str]] = {}
    for key, label in pairs:
        counts.setdefault(key, Counter())[label] += 1
    return counts


def same(gold: Collection[LabelledSpan], predicted: Collection[LabelledSpan]) -> Outcome:
    """Return what two sets of spans have in common, offsets and labels."""
    right = gold & predicted  # type: ignore[operator]
    return Outcome([span[2] for span in right], [span[2] for span in predicted], [span[2] for span in gold])


def judged(gold: Mapping[Hashable, Counter[str]], predicted: Mapping[Hashable, Counter[str]]) -> Outcome:
    """Return the labels of the units that both sides have; of several with one key, equal labels are paired first.

    A label that was not given is empty, and counts as not predicted.
    """
    right: list[str] = []
    rest: tuple[list[str], list[str]] = ([], [])
    for key in gold.keys() & predicted.keys():
        mine, theirs = gold[key], predicted[key]
        both = mine & theirs
        right += both.elements()
        others = min(mine.total(), theirs.total()) - both.total()
        rest[0].extend(sorted((mine - both).elements())[:others])
        rest[1].extend(sorted((theirs - both).elements())[:others])
    return Outcome(right, right + [label for label in rest[1] if label], right + rest[0])
