"""Make records of typed entries: the short way of `regions` and `draft`, for annotations with nothing wrong.

Wherever something may be wrong stands `LongWayError`; those two then say what it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from vinese.checks.sound import EVENT, STANCE, Joins, joins_of, nested, sentences_of, whole_words
from vinese.checks.spans import stance_content
from vinese.formats.labelstudio.draft import REFERS_TO, Parts
from vinese.formats.labelstudio.entries import Arrow, Choice, Entry, Mark, Note
from vinese.formats.labelstudio.mend import REGION_ID
from vinese.formats.labelstudio.regions import CHOICES
from vinese.formats.ledger import Counts
from vinese.model.document import relation_key
from vinese.model.ontology import Ontology
from vinese.model.records import (
    JUDGEMENTS,
    Argument,
    Entity,
    Event,
    Origin,
    Relation,
    Sentence,
    Span,
    Stance,
    Target,
)

_ENDS = frozenset(("source", "target"))
_IDS = re.compile("[A-Za-z0-9_-]+")


class LongWayError(Exception):
    """What was read is nothing that the short way leads through."""


class Known(NamedTuple):
    """What may be in an annotation: labels and choices by the name of their control, and what links may join."""

    labels: dict[str, frozenset[str]]
    joins: Joins


@lru_cache(maxsize=8)
def known_of(ontology: Ontology) -> Known:
    """Return what `ontology` says may be in an annotation."""
    lists = {"entity": "entity_type", "event": "event_type", "stance": "stance_expression"}
    lists |= dict.fromkeys(JUDGEMENTS, "article_stance_value") | {name: name for name in CHOICES}
    enums = ontology.enums()
    labels = {control: frozenset(enums[name]) for control, name in lists.items()}
    return Known(labels, joins_of(ontology))


class Marks:
    """The labelled regions of one control as columns, in the canonical order of what they become.

    `twins` is whether any two have the same stretch and label.
    """

    def __init__(self, marks: list[Mark]) -> None:
        values = [mark.value for mark in marks]
        keys = [(value.start << 32) - value.end for value in values]
        if keys != sorted(keys):
            marks = [marks[index] for index in sorted(range(len(keys)), key=keys.__getitem__)]
            values = [mark.value for mark in marks]
        self.twins = False
        if len(set(keys)) < len(keys):
            marks = sorted(marks, key=_canonical)
            values = [mark.value for mark in marks]
            self.twins = len({(value.start, value.end, value.labels) for value in values}) < len(values)
        self.ids = [mark.id for mark in marks]
        self.origins = [mark.origin for mark in marks]
        self.starts = [value.start for value in values]
        self.ends = [value.end for value in values]
        self.words = [value.text for value in values]
        self.labels = [value.labels[0] for value in values]

    def rows(self) -> Iterator[tuple[str, int, int, str, str, Origin | None]]:
        """Yield the id, start, end, words, label and origin of each."""
        return zip(self.ids, self.starts, self.ends, self.words, self.labels, self.origins, strict=True)


def _canonical(mark: Mark) -> tuple[int, int, str, str]:
    value = mark.value
    return value.start, -value.end, value.labels[0], mark.id


class Typed:
    """The entries of one annotation by what they are, nothing wrong with any span or link.

    Parameters
    ----------
    entries
        What decoded.
    known
        What may be in an annotation.
    text, sentences, language
        Those of the article.

    Attributes
    ----------
    entities, events, stances
        The labelled regions of each control.
    judged
        The judgements of the article.
    notes
        What was written on the article.
    counts, predicted
        How many regions, relations and choices there are, and how many of the regions were suggested.

    Raises
    ------
    LongWayError
        If an entry has no place, or may be wrong.
    """

    def __init__(
        self, entries: list[Entry], known: Known, text: str, sentences: tuple[Sentence, ...], language: str
    ) -> None:
        groups: dict[type[Any], list[Any]] = {Mark: [], Choice: [], Arrow: [], Note: []}
        for entry in entries:
            groups[entry.__class__].append(entry)
        self.counts = Counts(len(groups[Mark]), len(groups[Arrow]), len(groups[Choice]))
        by_control: dict[str, list[Mark]] = {"entity": [], "event": [], "stance": []}
        for mark in groups[Mark]:
            by_control[mark.from_name].append(mark)
        self.entities, self.events, self.stances = columns = [Marks(marks) for marks in by_control.values()]
        self.predicted = sum(marks.origins.count("prediction") for marks in columns)
        for control, marks in zip(by_control, columns, strict=True):
            if not known.labels[control].issuperset(marks.labels) or (marks.twins and control != "stance"):
                raise LongWayError
        begins = [sentence.start for sentence in sentences]
        self._spans(text, begins, syllables=language == "vi")
        self._choices(groups[Choice], known.labels)
        self._links(groups[Arrow], known.joins)
        self.notes = [line for note in groups[Note] for line in _lines(note)]

    def _spans(self, text: str, begins: list[int], *, syllables: bool) -> None:
        entities, events, stances = self.entities, self.events, self.stances
        words = entities.words + events.words + stances.words
        starts, ends = entities.starts + events.starts + stances.starts, entities.ends + events.ends + stances.ends
        self.places = sentences_of(begins, starts)
        if not (
            whole_words(text, starts, ends, words, syllables=syllables)
            and nested(entities.starts, entities.ends)
            and self.places[: len(entities.starts)] == sentences_of(begins, entities.ends, inside=False)
        ):
            raise LongWayError

    def _choices(self, choices: list[Choice], known: dict[str, frozenset[str]]) -> None:
        self.judged: dict[str, str] = {}
        self.chosen: dict[str, dict[str, str]] = {name: {} for name in CHOICES}
        for choice in choices:
            name, (value,) = choice.from_name, choice.value.choices
            answers, key = self.chosen.get(name), choice.id
            if answers is None:
                answers, key = self.judged, name
                if not choice.value.bare or not REGION_ID.fullmatch(choice.id):
                    raise LongWayError
            if key in answers or value not in known[name]:
                raise LongWayError
            answers[key] = value
        acts, names, chosen = set(self.events.ids), set(self.stances.ids), self.chosen
        if not (
            chosen["modality"].keys() == acts
            and chosen["polarity"].keys() == chosen["attribution"].keys() == names
            and chosen["holder_kind"].keys() <= names
            and chosen["topic"].keys() <= names
        ):
            raise LongWayError

    def _links(self, arrows: list[Arrow], joins: Joins) -> None:
        names = self.entities.ids + self.events.ids + self.stances.ids
        kinds = self.entities.labels + [EVENT + label for label in self.events.labels]
        kinds += [STANCE] * len(self.stances.ids)
        items = dict(zip(names, zip(kinds, self.places, strict=True), strict=True))
        if len(items) < len(names) or not _are_ids(names):
            raise LongWayError
        self.links: dict[str, list[tuple[int, str, str]]] = {}
        linked: set[tuple[str, str, str]] = set()
        count = 0
        for arrow in arrows:
            source, target = arrow.from_id, arrow.to_id
            if arrow.direction == "left":
                source, target = target, source
            if source == target or source not in items or target not in items:
                raise LongWayError
            (start, from_sentence), (end, to_sentence) = items[source], items[target]
            links = self.links.setdefault(source, [])
            count += len(arrow.labels)
            for label in arrow.labels:
                order, many, near = joins[label, start, end]
                if near is None or (near and from_sentence != to_sentence):
                    raise LongWayError
                linked.add((source, label, target if many else ""))
                links.append((order, label, target))
        if len(linked) < count:
            raise LongWayError
        if not joins.rules.auxiliary.isdisjoint(self.entities.labels):
            used = {target for links in self.links.values() for _, _, target in links}
            entities = zip(self.entities.ids, self.entities.labels, strict=True)
            if any(label in joins.rules.auxiliary and name not in used for name, label in entities):
                raise LongWayError

    def records(self) -> Parts:
        """Return the entities, events and stances, in canonical order."""
        return self._entities(), self._events(), self._stances()

    def _entities(self) -> tuple[Entity, ...]:
        of_entities = [(name, self.links[name]) for name in self.links.keys() & set(self.entities.ids)]
        refers_to = {
            name: tuple(sorted([target for _, label, target in links if label == REFERS_TO]))
            for name, links in of_entities
        }
        return tuple(
            [
                Entity(
                    id=name,
                    start=start,
                    end=end,
                    text=words,
                    type=label,
                    refers_to=refers_to.get(name, ()),
                    origin=origin,
                )
                for name, start, end, words, label, origin in self.entities.rows()
            ]
        )

    def relations(self) -> tuple[Relation, ...]:
        """Return the relations between entities that have no field of their own."""
        return tuple(
            sorted(
                (
                    Relation(type=label, source=source, target=target)
                    for source in self.links.keys() & set(self.entities.ids)
                    for _, label, target in self.links[source]
                    if label != REFERS_TO
                ),
                key=relation_key,
            )
        )

    def _events(self) -> tuple[Event, ...]:
        acts, modalities, links = set(self.events.ids), self.chosen["modality"], self.links
        return tuple(
            [
                Event(
                    id=name,
                    type=label,
                    modality=modalities[name],
                    trigger=Span(start, end, words),
                    arguments=tuple(
                        [
                            Argument(role=role, event=filler)
                            if filler in acts
                            else Argument(role=role, entity=filler)
                            for _, role, filler in sorted(links.get(name, ()))
                        ]
                    ),
                    origin=origin,
                )
                for name, start, end, words, label, origin in self.events.rows()
            ]
        )

    def _stances(self) -> tuple[Stance, ...]:
        polarities, attributions = self.chosen["polarity"], self.chosen["attribution"]
        kinds, topics = self.chosen["holder_kind"], self.chosen["topic"]
        stances = []
        for name, start, end, words, _, origin in self.stances.rows():
            links = self.links.get(name, ())
            holders = [target for _, label, target in links if label == "holder"]
            ends = {label: target for _, label, target in links if label != "holder"}
            kind: Any = kinds.get(name, "ENTITY")
            target = Target(mention=ends.get("target"), topic=topics.get(name))
            if not ends.keys() <= _ENDS or bool(holders) is not (kind == "ENTITY") or target == Target():
                raise LongWayError
            stances.append(
                Stance(
                    id=name,
                    polarity=polarities[name],
                    attribution=attributions[name],
                    expression=Span(start, end, words),
                    holder_kind=kind,
                    holders=tuple(sorted(holders)),
                    source=ends.get("source"),
                    target=target,
                    origin=origin,
                )
            )
        if self.stances.twins and len(set(map(stance_content, stances))) < len(stances):
            raise LongWayError
        return tuple(stances)


def _lines(note: Note) -> list[str]:
    """Return the lines of a note; raise `LongWayError` if its id has another form."""
    if not REGION_ID.fullmatch(note.id):
        raise LongWayError
    return [note.value.text] if isinstance(note.value.text, str) else note.value.text


def _are_ids(names: list[str]) -> bool:
    """Return whether all names have the form of `REGION_ID`."""
    return not names or ("" not in names and max(map(len, names)) <= 64 and bool(_IDS.fullmatch("".join(names))))
