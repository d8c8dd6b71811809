"""Read what a model replied: the JSON in it, and the places in the article that its words stand for.

A reply without usable JSON has failed, and counts as nothing found. Of one with it, every item is taken by itself:
what breaks the schema, or has no place in the text, is left out and is an issue, and the others stay.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from vinese.core.issues import Issue, issue
from vinese.model.ontology import Ontology
from vinese.model.records import Sentence
from vinese.systems.llm.reply_schema import check_task
from vinese.text.resolve import Places

_FENCE = re.compile(r"```(?:json)?\s*\n(.*?)```", re.DOTALL)
_THOUGHT = "</think>"


class Passage(NamedTuple):
    """A text and the places of its sentences, by whose number, from 1, a reply says where something stands."""

    text: str
    sentences: Sequence[Sentence]


class Reading(NamedTuple):
    """What a reply predicts: a record of `prediction.json` without its id, why it failed, and what was left out."""

    record: dict[str, Any]
    failed: str | None
    issues: list[Issue]


class _Item(msgspec.Struct, kw_only=True):
    sentence: int
    occurrence: int | None = None


class _Entity(_Item, kw_only=True):
    text: str
    type: str
    id: str = ""


class _Argument(msgspec.Struct):
    role: str
    filler: str


class _Event(_Item, kw_only=True):
    trigger: str
    type: str
    modality: str
    id: str = ""
    arguments: list[Any] = []


class _Opinion(_Item, kw_only=True):
    expression: str
    polarity: str
    attribution: str
    holder_kind: str
    holders: list[str] = []
    target: str | None = None
    topic: str | None = None


class _LeftOutError(Exception):
    """Says why one item of a reply is left out."""


def read_reply(reply: str, task: str, passage: Passage, ontology: Ontology, *, article_id: str = "") -> Reading:
    """Return what a reply to a task predicts of a passage.

    Offsets count code points of the passage's text. Words are looked for in the sentence that is named, at syllable
    borders, at the occurrence that is named; where none is, the n-th listing stands for the n-th occurrence. What
    refers to an item that was left out is left out too.

    >>> from vinese.core.project import Project
    >>> from vinese.model.ontology_file import load_ontology
    >>> passage = Passage("Ngay sau đó, Nga", [Sentence(0, 16)])
    >>> reply = ('{"entities": [{"sentence": 1, "text": "Nga", "type": "GPE"}, '
    ...          '{"sentence": 1, "text": "Ý", "type": "GPE"}]}')
    >>> reading = read_reply(reply, "entities", passage, load_ontology(Project()))
    >>> reading.record["entities"]
    [{'id': 'entity-1', 'start': 13, 'end': 16, 'text': 'Nga', 'type': 'GPE'}]
    >>> [problem.pointer for problem in reading.issues]
    ['/entities/1']
    """
    check_task(task, ontology)
    lists = [name for name in ("entities", "events", "opinions") if name == task or task != "entities"]
    lists = lists[: lists.index(task) + 1]
    value = _json(reply)
    failed = _unusable(value, lists[-1:], reply)
    if failed:
        return Reading({}, failed, [])
    reader = _Reader(task, passage, ontology, article_id)
    for name in lists:
        reader.read(name, value.get(name) or [])
    return Reading(reader.record, None, reader.issues)


def _json(reply: str) -> Any:
    """Return the JSON that a reply is, or that stands in it between other words; None if there is none."""
    answer = reply.rpartition(_THOUGHT)[2]
    fenced = _FENCE.findall(answer)
    for text in (answer, *fenced[-1:], answer[answer.find("{") : answer.rfind("}") + 1]):
        try:
            return msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError):
            continue
    return None


def _unusable(value: Any, lists: Sequence[str], reply: str) -> str | None:
    """Return why nothing can be read of a reply, None if something can."""
    if not reply.strip():
        return "the reply is empty"
    if not isinstance(value, dict):
        return "the reply is no JSON object"
    for name in lists:
        if not isinstance(value.get(name), list):
            return f"the reply has no list {name!r}"
    return None


class _Reader:
    """Reads the lists of one reply into a record, those that are referred to first."""

    def __init__(self, task: str, passage: Passage, ontology: Ontology, article_id: str) -> None:
        self.record: dict[str, Any] = {}
        self.issues: list[Issue] = []
        self._passage = passage
        self._article_id = article_id
        self._labels = {name: frozenset(ids) for name, ids in ontology.enums().items()}
        if task == "entities":
            self._labels["entity_type"] = frozenset(ontology.named_entity_ids)
        self._numbers: Counter[str] = Counter()
        self._ids: dict[str, tuple[str, str]] = {}  # what the reply calls an item: its kind, and its id in the record

    def read(self, name: str, items: Any) -> None:
        """Add a list of a reply to the record."""
        places = Places(self._passage.text)
        taken = [
            (number, made)
            for number, item in enumerate(items if isinstance(items, list) else [])
            if (made := self._kept(f"/{name}/{number}", self._make, name, item, places)) is not None
        ]
        for number, made in taken if name == "events" else ():
            made["arguments"] = list(self._arguments(f"/{name}/{number}", items[number]))
        self.record["stances" if name == "opinions" else name] = [made for _, made in taken]

    def _kept(self, pointer: str, make: Any, *arguments: Any) -> Any:
        """Return what `make` makes, or None where that is left out, which is an issue."""
        try:
            return make(*arguments)
        except (_LeftOutError, msgspec.ValidationError) as error:
            self.issues.append(
                issue("reply-unresolved", article_id=self._article_id or None, pointer=pointer, reason=str(error))
            )
            return None

    def _make(self, name: str, item: Any, places: Places) -> dict[str, Any]:
        return {"entities": self._entity, "events": self._event, "opinions": self._opinion}[name](item, places)

    def _entity(self, item: Any, places: Places) -> dict[str, Any]:
        entity = msgspec.convert(item, _Entity, strict=False)
        label = self._label("entity_type", entity.type)
        span = self._span(places, entity, entity.text, label)
        return {"id": self._name("entity", entity.id), **span, "type": label}

    def _event(self, item: Any, places: Places) -> dict[str, Any]:
        event = msgspec.convert(item, _Event, strict=False)
        labels = {"type": self._label("event_type", event.type), "modality": self._label("modality", event.modality)}
        span = self._span(places, event, event.trigger, event.type)
        return {"id": self._name("event", event.id), **labels, "trigger": span}

    def _arguments(self, pointer: str, item: Any) -> Iterator[dict[str, Any]]:
        for number, value in enumerate(msgspec.convert(item, _Event, strict=False).arguments):
            made = self._kept(f"{pointer}/arguments/{number}", self._argument, value)
            if made is not None:
                yield made

    def _argument(self, item: Any) -> dict[str, Any]:
        argument = msgspec.convert(item, _Argument)
        kind, name = self._referred(argument.filler)
        return {"role": self._label("role", argument.role), kind: name}

    def _opinion(self, item: Any, places: Places) -> dict[str, Any]:
        opinion = msgspec.convert(item, _Opinion, strict=False)
        holders = dict.fromkeys(self._referred(name, "entity")[1] for name in opinion.holders)
        if bool(holders) != (opinion.holder_kind == "ENTITY"):
            raise _LeftOutError(f"its holder is {opinion.holder_kind}, and it has {len(holders)} holders")
        if opinion.target is None and opinion.topic is None:
            raise _LeftOutError("it has neither target nor topic")
        target = {
            "mention": None if opinion.target is None else self._referred(opinion.target)[1],
            "topic": None if opinion.topic is None else self._label("topic", opinion.topic),
        }
        labels = {name: self._label(name, getattr(opinion, name)) for name in ("polarity", "attribution")}
        key = (opinion.polarity, tuple(opinion.holders), opinion.target, opinion.topic)
        span = self._span(places, opinion, opinion.expression, key)
        return {
            "id": self._name("stance", ""),
            **labels,
            "expression": span,
            "holder_kind": self._label("holder_kind", opinion.holder_kind),
            "holders": list(holders),
            "target": target,
        }

    def _span(self, places: Places, item: _Item, words: str, label: Hashable) -> dict[str, Any]:
        number = item.sentence
        if not 1 <= number <= len(self._passage.sentences):
            raise _LeftOutError(f"there is no sentence {number}")
        sentence = self._passage.sentences[number - 1]
        place = places.take(words, label, sentence.start, sentence.end, occurrence=item.occurrence)
        if place is None:
            raise _LeftOutError(f"{words!r} does not stand in sentence {number}, or not so often")
        start, end = place
        return {"start": start, "end": end, "text": self._passage.text[start:end]}

    def _label(self, name: str, label: str) -> str:
        if label not in self._labels[name]:
            raise _LeftOutError(f"{label!r} is no label of {name}")
        return label

    def _name(self, kind: str, given: str) -> str:
        """Return a new id in the record for what the reply calls `given`; of two that are called so, the first is."""
        self._numbers[kind] += 1
        name = f"{kind}-{self._numbers[kind]}"
        if given:
            self._ids.setdefault(given, (kind, name))
        return name

    def _referred(self, given: str, kind: str | None = None) -> tuple[str, str]:
        """Return kind and id in the record of the item that the reply calls `given`."""
        referred = self._ids.get(given)
        if referred is None or kind not in {None, referred[0]}:
            raise _LeftOutError(f"it refers to {given!r}, which is no {kind or 'item'} of the reply with a place")
        return referred
