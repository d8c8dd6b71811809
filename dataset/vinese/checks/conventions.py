"""Check a document by the conventions of its ontology: what the guidelines ask beyond what links may join."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import Any, NamedTuple

from vinese.core.issues import Issue, issue
from vinese.model.conventions import Conventions, StanceEvent
from vinese.model.ontology import Ontology
from vinese.model.records import Document, Entity, Event, Span, Stance


def check_conventions(document: Document, ontology: Ontology) -> Iterator[Issue]:
    """Yield where a document departs from the ontology's conventions; pointers are into the document."""
    asked = _asked(ontology)
    if asked is not None:
        yield from _Checker(document, asked).issues()


class _Asked:
    """The conventions of an ontology, made ready to be looked up for every item of every document."""

    def __init__(self, conventions: Conventions) -> None:
        self.rules = conventions
        self.ends = _Words(conventions.open_end)
        self.begins = _Words(conventions.trigger_not_first)
        self.markers = {rule.role: rule.words for rule in conventions.markers}
        self.stance_events = {rule.event: rule for rule in conventions.stance_events}
        self.without: dict[str, set[str]] = {}
        for no_role in conventions.no_role:
            self.without.setdefault(no_role.event, set()).add(no_role.role)
        self.modalities: dict[str, dict[str, tuple[str, ...]]] = {}
        for rule in conventions.modalities:
            self.modalities.setdefault(rule.event, {})[rule.role] = rule.modalities


@lru_cache(maxsize=8)
def _asked(ontology: Ontology) -> _Asked | None:
    return None if ontology.conventions is None else _Asked(ontology.conventions)


class _Holders(NamedTuple):
    """Entities of some types by their starts, and how far the first so many of them reach."""

    entities: list[Entity]
    starts: list[int]
    reach: list[int]


class _Checker:
    """The checks of one document by the conventions of one ontology."""

    def __init__(self, document: Document, asked: _Asked) -> None:
        self.document, self.asked, self.conventions = document, asked, asked.rules
        self.holders: dict[tuple[str, ...], _Holders] = {}

    @cached_property
    def entities(self) -> dict[str, Entity]:
        """Return the entities by id."""
        return {entity.id: entity for entity in self.document.entities}

    @cached_property
    def events(self) -> dict[str, Event]:
        """Return the events by id."""
        return {event.id: event for event in self.document.events}

    @cached_property
    def by_words(self) -> dict[tuple[int, int], Entity]:
        """Return the first entity of each stretch."""
        return {(entity.start, entity.end): entity for entity in reversed(self.document.entities)}

    @cached_property
    def stances(self) -> dict[tuple[int, int], list[tuple[str, Stance]]]:
        """Return the stances by their words, each with its pointer."""
        by_words: dict[tuple[int, int], list[tuple[str, Stance]]] = {}
        for index, stance in enumerate(self.document.stances):
            span = stance.expression
            by_words.setdefault((span.start, span.end), []).append((f"/stances/{index}", stance))
        return by_words

    def issues(self) -> Iterator[Issue]:
        """Yield every departure."""
        yield from self._entities()
        yield from self._stances()
        for index, event in enumerate(self.document.events):
            pointer = f"/events/{index}"
            yield from self._trigger(event, pointer)
            yield from self._arguments(event, pointer)
            if event.type in self.asked.stance_events:
                yield from self._stance_event(event, pointer, self.asked.stance_events[event.type])

    def _issue(self, code: str, pointer: str, **fields: Any) -> Issue:
        return issue(code, article_id=self.document.id, pointer=pointer, **fields)

    def _entities(self) -> Iterator[Issue]:
        open_end_of, not_inside_itself = self.conventions.open_end_of, self.conventions.not_inside_itself
        for index, entity in enumerate(self.document.entities):
            if entity.type in open_end_of and (word := self.asked.ends.ending(entity.text)):
                fields = {"words": entity.text, "label": entity.type, "word": word}
                yield self._issue("span-last-word", f"/entities/{index}", **fields)
            if entity.type in not_inside_itself and (outer := self._around(entity, (entity.type,))):
                fields = {"words": entity.text, "label": entity.type, "outer": outer.text}
                yield self._issue("mention-inside-like", f"/entities/{index}", **fields)

    def _around(self, span: Entity | Span, types: tuple[str, ...]) -> Entity | None:
        """Return the first entity of one of the types that holds a span and is longer, None if there is none."""
        if types not in self.holders:
            entities = [entity for entity in self.document.entities if entity.type in types]
            entities.sort(key=lambda entity: entity.start)
            ends = [entity.end for entity in entities]
            self.holders[types] = _Holders(entities, [entity.start for entity in entities], [*accumulate(ends, max)])
        entities, starts, reach = self.holders[types]
        before = bisect_right(starts, span.start)
        if not before or reach[before - 1] < span.end:
            return None
        length = span.end - span.start
        holding = (entity for entity in entities[:before] if entity.end >= span.end)
        return next((entity for entity in holding if entity.end - entity.start > length), None)

    def _stances(self) -> Iterator[Issue]:
        for stances in self.stances.values():
            for number, (pointer, stance) in enumerate(stances):
                words = stance.expression.text
                if self.conventions.topic_required and stance.target.mention and stance.target.topic is None:
                    yield self._issue("stance-without-topic", pointer, words=words)
                if self.conventions.one_stance and number:
                    yield self._issue("stances-same-words", pointer, words=words)

    def _trigger(self, event: Event, pointer: str) -> Iterator[Issue]:
        trigger, rules = event.trigger, self.conventions
        same = self.by_words.get((trigger.start, trigger.end)) if rules.trigger_apart else None
        outer = self._around(trigger, rules.no_trigger_inside)
        word = self.asked.begins.beginning(trigger.text)
        fields = {"words": trigger.text, "label": event.type}
        if same is not None:
            yield self._issue("trigger-is-mention", pointer, **fields, entity=same.type)
        if outer is not None:
            yield self._issue("trigger-inside-name", pointer, **fields, outer=outer.text, entity=outer.type)
        if word is not None:
            yield self._issue("trigger-first-word", pointer, **fields, word=word)

    def _arguments(self, event: Event, pointer: str) -> Iterator[Issue]:
        without = self.asked.without.get(event.type, ())
        modalities = self.asked.modalities.get(event.type, {})
        markers = self.asked.markers
        for number, argument in enumerate(event.arguments):
            role = argument.role
            if role not in without and role not in modalities and role not in markers:
                continue
            place = f"{pointer}/arguments/{number}"
            fields = {"role": role, "label": event.type, "source": event.trigger.text}
            filler = self.entities.get(argument.entity or "")
            act = self.events.get(argument.event or "")
            if role in without:
                yield self._issue("role-not-for-event", place, **fields)
            if act is not None and role in modalities and act.modality not in modalities[role]:
                fields |= {"words": act.trigger.text, "modality": act.modality}
                yield self._issue("argument-modality", place, **fields, wanted=" or ".join(modalities[role]))
            if filler is not None and role in markers and not self._marked(filler, markers[role]):
                fields["words"] = filler.text
                yield self._issue("argument-marker", place, **fields, wanted=", ".join(markers[role]))

    def _marked(self, filler: Entity, words: tuple[str, ...]) -> bool:
        """Return whether any of the words stands before a mention in its sentence."""
        sentences = self.document.sentences
        number = bisect_right([sentence.start for sentence in sentences], filler.start) - 1
        start = sentences[number].start if number >= 0 else 0
        before = _padded(self.document.text[start : filler.start])
        return any(_padded(word) in before for word in words)

    def _stance_event(self, event: Event, pointer: str, rule: StanceEvent) -> Iterator[Issue]:
        trigger = event.trigger
        fields = {"words": trigger.text, "label": event.type}
        own = self.stances.get((trigger.start, trigger.end), [])
        if event.modality in rule.never or trigger.text.lower() in rule.not_on:
            for place, _ in own:
                yield self._issue("stance-not-on-event", place, **fields, modality=event.modality)
            return
        if not any(start <= trigger.start and trigger.end <= end for start, end in self.stances):
            yield self._issue("event-without-stance", pointer, **fields)
        through = [argument.event for argument in event.arguments if argument.role == rule.reversed_through]
        contents = [content.modality for name in through if (content := self.events.get(name or "")) is not None]
        turned = any(modality in rule.reversed_by for modality in (event.modality, *contents))
        wanted = rule.opposite if turned else rule.polarity
        for place, stance in own:
            if stance.polarity in {rule.polarity, rule.opposite} - {wanted}:
                yield self._issue("stance-against-event", place, **fields, polarity=stance.polarity, wanted=wanted)


def _padded(words: str) -> str:
    return f" {' '.join(words.lower().split())} "


class _Words:
    """Words that a text may begin or end with, by whole syllables and regardless of case."""

    def __init__(self, words: tuple[str, ...]) -> None:
        self.words = words
        self.padded = tuple(f" {word} " for word in words)

    def beginning(self, text: str) -> str | None:
        """Return which of the words begins a text."""
        padded = _padded(text)
        if not padded.startswith(self.padded):
            return None
        return next(word for word in self.words if padded.startswith(f" {word} "))

    def ending(self, text: str) -> str | None:
        """Return which of the words ends a text that has others before it."""
        padded = _padded(text)[1:]
        if not padded.endswith(self.padded):
            return None
        return next(word for word in self.words if padded.endswith(f" {word} "))
