"""Make records of typed entries: the short way of `regions` and `draft`, for annotations with nothing wrong.

Wherever something may be wrong stands `LongWayError`; those two then say what it is.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import Any, NamedTuple

from vinese.checks.sound import EVENT, STANCE, Joins, Row, joins_of, sentences_of, whole_words
from vinese.checks.spans import stance_content
from vinese.corpus.layers import is_name
from vinese.formats.labelstudio.draft import REFERS_TO, Parts
from vinese.formats.labelstudio.entries import ARROW, Arrow, Choice, Entry, Mark, Note
from vinese.formats.labelstudio.mend import REGION_ID
from vinese.formats.labelstudio.regions import CHOICES, NOTE, REQUIRED
from vinese.formats.ledger import Counts
from vinese.model.document import relation_key
from vinese.model.ontology import Ontology
from vinese.model.records import (
    JUDGEMENTS,
    Adjudication,
    Argument,
    Entity,
    Event,
    Relation,
    Sentence,
    Span,
    Stance,
    Target,
)

MARKED = tuple(REQUIRED)
CONTROLS = (*MARKED, *CHOICES, *JUDGEMENTS, ARROW, NOTE)
"""What `from_name` may say."""

_ENDS = frozenset(("source", "target"))


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


def rows_of(marks: list[Mark]) -> list[Row]:
    """Return the labelled regions of one control, in the canonical order of what they become.

    Raise `LongWayError` if two are alike but for their origin.
    """
    try:
        return sorted(
            [
                (value.start, -value.end, value.labels[0], mark.id, value.text, mark.origin)
                for mark in marks
                for value in (mark.value,)
            ]
        )
    except TypeError:  # None, an origin, cannot be compared
        raise LongWayError from None


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
        The labelled regions of each control, in canonical order.
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
        groups: dict[str, list[Any]] = {name: [] for name in CONTROLS}
        for entry in entries:
            groups[entry.from_name].append(entry)
        self.entities, self.events, self.stances = (rows_of(groups[control]) for control in MARKED)
        self.rows, arrows = self.entities + self.events + self.stances, groups[ARROW]
        choices = len(entries) - len(self.rows) - len(arrows) - len(groups[NOTE])
        self.counts = Counts(len(self.rows), len(arrows), choices)
        self.predicted = [row[5] for row in self.rows].count("prediction")
        self._spans(known.labels, text, [sentence.start for sentence in sentences], syllables=language == "vi")
        self._choices(groups, known.labels)
        self._judgements(groups, known.labels)
        self._links(arrows, known.joins)
        self.notes = [line for note in groups[NOTE] for line in _lines(note)]

    def _spans(self, known: dict[str, frozenset[str]], text: str, sentences: list[int], *, syllables: bool) -> None:
        self.places: list[int] = []
        for control, rows in zip(MARKED, (self.entities, self.events, self.stances), strict=True):
            places = sentences_of(rows, text, sentences, nested=control == "entity", twins=control == "stance")
            if places is None or not known[control].issuperset([row[2] for row in rows]):
                raise LongWayError
            self.places += places
        if not whole_words(text, [row[0] for row in self.rows], [-row[1] for row in self.rows], syllables=syllables):
            raise LongWayError

    def _choices(self, groups: dict[str, list[Choice]], known: dict[str, frozenset[str]]) -> None:
        chosen = self.chosen = {
            name: {choice.id: choice.value.choices[0] for choice in groups[name]} for name in CHOICES
        }
        acts, names = {row[3] for row in self.events}, {row[3] for row in self.stances}
        if not (
            all(len(answers) == len(groups[name]) for name, answers in chosen.items())
            and all(known[name].issuperset(answers.values()) for name, answers in chosen.items())
            and chosen["modality"].keys() == acts
            and chosen["polarity"].keys() == chosen["attribution"].keys() == names
            and chosen["holder_kind"].keys() <= names
            and chosen["topic"].keys() <= names
        ):
            raise LongWayError

    def _judgements(self, groups: dict[str, list[Choice]], known: dict[str, frozenset[str]]) -> None:
        self.judged: dict[str, str] = {}
        for name in JUDGEMENTS:
            for choice in groups[name]:
                (value,) = choice.value.choices
                bare = choice.value.bare and _are_ids([choice.id])
                if not bare or name in self.judged or value not in known[name]:
                    raise LongWayError
                self.judged[name] = value

    def _links(self, arrows: list[Arrow], joins: Joins) -> None:
        names = [row[3] for row in self.rows]
        kinds = [row[2] for row in self.entities] + [EVENT + row[2] for row in self.events]
        kinds += [STANCE] * len(self.stances)
        kind, place = dict(zip(names, kinds, strict=True)), dict(zip(names, self.places, strict=True))
        if len(kind) < len(names) or not _are_ids(names):
            raise LongWayError
        links = [
            (arrow.from_id, label, arrow.to_id) if arrow.direction == "right" else (arrow.to_id, label, arrow.from_id)
            for arrow in arrows
            for label in arrow.labels
        ]
        single = []
        self.refers_to: dict[str, list[str]] = defaultdict(list)
        self.links: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
        for source, label, target in links:
            if source == target or source not in kind or target not in kind:
                raise LongWayError
            order, many, near = joins[label, kind[source], kind[target]]
            if near is None or (near and place[source] != place[target]):
                raise LongWayError
            if not many:
                single.append((source, label))
            if label == REFERS_TO:
                self.refers_to[source].append(target)
            else:
                self.links[source].append((order, label, target))
        if len(set(links)) < len(links) or len(set(single)) < len(single):
            raise LongWayError
        auxiliary = joins.rules.auxiliary
        if not {target for _, _, target in links}.issuperset(
            [row[3] for row in self.entities if row[2] in auxiliary]
        ):
            raise LongWayError

    def records(self) -> Parts:
        """Return the entities, events and stances, in canonical order."""
        return self._entities(), self._events(), self._stances()

    def _entities(self) -> tuple[Entity, ...]:
        refers_to = {name: tuple(sorted(targets)) for name, targets in self.refers_to.items()}
        return tuple(
            [
                Entity(
                    id=name,
                    start=start,
                    end=-until,
                    text=words,
                    type=label,
                    refers_to=refers_to.get(name, ()),
                    origin=origin,
                )
                for start, until, label, name, words, origin in self.entities
            ]
        )

    def relations(self) -> tuple[Relation, ...]:
        """Return the relations between entities that have no field of their own."""
        sources = self.links.keys() & {row[3] for row in self.entities}
        found = [
            Relation(type=label, source=source, target=target)
            for source in sources
            for _, label, target in self.links[source]
        ]
        return tuple(sorted(found, key=relation_key))

    def _events(self) -> tuple[Event, ...]:
        modalities, links, acts = self.chosen["modality"], self.links, self.chosen["modality"].keys()
        return tuple(
            [
                Event(
                    id=name,
                    type=label,
                    modality=modalities[name],
                    trigger=Span(start, -until, words),
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
                for start, until, label, name, words, origin in self.events
            ]
        )

    def _stances(self) -> tuple[Stance, ...]:
        polarities, attributions = self.chosen["polarity"], self.chosen["attribution"]
        kinds, topics = self.chosen["holder_kind"], self.chosen["topic"]
        stances = []
        for start, until, _, name, words, origin in self.stances:
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
                    expression=Span(start, -until, words),
                    holder_kind=kind,
                    holders=tuple(sorted(holders)),
                    source=ends.get("source"),
                    target=target,
                    origin=origin,
                )
            )
        if len(set(map(stance_content, stances))) < len(stances):
            raise LongWayError
        return tuple(stances)


def sure(adjudication: Adjudication) -> Adjudication:
    """Return how a task was adjudicated; raise `LongWayError` unless it follows its schema and names no address."""
    decisions, marks = adjudication.decisions, adjudication.open
    layers = {adjudication.layers, *[each.layers for each in decisions]}
    ids = [each.id for each in decisions]
    ids += [each.filler for each in decisions if each.filler is not None]
    words = [each.role or "" for each in decisions] + [f"{mark.text}{mark.about}" for mark in marks]
    if not (
        adjudication.layers
        and all(len(set(names)) == len(names) and all(map(is_name, names)) for names in layers)
        and all(mark.start >= 0 and mark.end >= 1 and mark.text for mark in marks)
        and _are_ids(ids)
        and "@" not in "".join(words)
    ):
        raise LongWayError
    return adjudication


def _lines(note: Note) -> list[str]:
    """Return the lines of a note; raise `LongWayError` if its id has another form."""
    if not REGION_ID.fullmatch(note.id):
        raise LongWayError
    return [note.value.text] if isinstance(note.value.text, str) else note.value.text


def _are_ids(names: list[str]) -> bool:
    """Return whether it is sure that all names have the form of `REGION_ID`."""
    letters = "".join(names)
    return not names or (
        "" not in names
        and max(map(len, names)) <= 64
        and letters.isascii()
        and letters.replace("-", "").replace("_", "").isalnum()
    )
