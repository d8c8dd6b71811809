"""Check a document by the conventions of its ontology: what the guidelines ask beyond what links may join."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from vinese.core.issues import Issue, issue
from vinese.model.conventions import Conventions, StanceEvent
from vinese.model.ontology import Ontology
from vinese.model.records import Document, Entity, Event, Span, Stance


def check_conventions(document: Document, ontology: Ontology) -> Iterator[Issue]:
    """Yield where a document departs from the ontology's conventions; pointers are into the document."""
    conventions = ontology.conventions
    if conventions is not None:
        yield from _Checker(document, conventions).issues()


class _Checker:
    """The checks of one document by the conventions of one ontology."""

    def __init__(self, document: Document, conventions: Conventions) -> None:
        self.document, self.conventions = document, conventions
        self.entities = {entity.id: entity for entity in document.entities}
        self.events = {event.id: event for event in document.events}

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
        stance_events = {rule.event: rule for rule in self.conventions.stance_events}
        for index, event in enumerate(self.document.events):
            pointer = f"/events/{index}"
            yield from self._trigger(event, pointer)
            yield from self._arguments(event, pointer)
            if event.type in stance_events:
                yield from self._stance_event(event, pointer, stance_events[event.type])

    def _issue(self, code: str, pointer: str, **fields: Any) -> Issue:
        return issue(code, article_id=self.document.id, pointer=pointer, **fields)

    def _entities(self) -> Iterator[Issue]:
        rules = self.conventions
        for index, entity in enumerate(self.document.entities):
            pointer = f"/entities/{index}"
            if entity.type in rules.open_end_of and (word := _ends_with(entity.text, rules.open_end)):
                yield self._issue("span-last-word", pointer, words=entity.text, label=entity.type, word=word)
            if entity.type in rules.not_inside_itself and (outer := self._around(entity, (entity.type,))):
                fields = {"words": entity.text, "label": entity.type, "outer": outer.text}
                yield self._issue("mention-inside-like", pointer, **fields)

    def _around(self, span: Entity | Span, types: tuple[str, ...]) -> Entity | None:
        """Return an entity of one of the types that holds a span and is longer, None if there is none."""
        for entity in self.document.entities:
            if entity.start > span.start:
                break
            longer = entity.end - entity.start > span.end - span.start
            if entity.end >= span.end and longer and entity.type in types:
                return entity
        return None

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
        fields = {"words": trigger.text, "label": event.type}
        if rules.trigger_apart:
            words = (trigger.start, trigger.end)
            same = (mention for mention in self.document.entities if (mention.start, mention.end) == words)
            if (entity := next(same, None)) is not None:
                yield self._issue("trigger-is-mention", pointer, **fields, entity=entity.type)
        if outer := self._around(trigger, rules.no_trigger_inside):
            yield self._issue("trigger-inside-name", pointer, **fields, outer=outer.text, entity=outer.type)
        if word := _begins_with(trigger.text, rules.trigger_not_first):
            yield self._issue("trigger-first-word", pointer, **fields, word=word)

    def _arguments(self, event: Event, pointer: str) -> Iterator[Issue]:
        rules = self.conventions
        without = {rule.role for rule in rules.no_role if rule.event == event.type}
        modalities = {rule.role: rule.modalities for rule in rules.modalities if rule.event == event.type}
        markers = {rule.role: rule.words for rule in rules.markers}
        for number, argument in enumerate(event.arguments):
            place, role = f"{pointer}/arguments/{number}", argument.role
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


def _begins_with(text: str, words: tuple[str, ...]) -> str | None:
    return next((word for word in words if _padded(text).startswith(f" {word} ")), None)


def _ends_with(text: str, words: tuple[str, ...]) -> str | None:
    """Return which of the words ends a text that has others before it."""
    return next((word for word in words if _padded(text)[1:].endswith(f" {word} ")), None)
