"""Check a document by the conventions of its ontology: what the guidelines ask beyond what links may join."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import accumulate
from operator import attrgetter
from typing import Any

from vinese.core.issues import Issue, issue
from vinese.model.conventions import Conventions, StanceEvent
from vinese.model.ontology import Ontology
from vinese.model.records import Argument, Document, Entity, Event, Stance


def check_conventions(document: Document, ontology: Ontology) -> Iterator[Issue]:
    """Yield where a document departs from the ontology's conventions; pointers are into the document."""
    asked = _asked(ontology)
    if asked is not None:
        yield from _Checker(document, asked).issues()


class _Asked:
    """The conventions of an ontology, made ready to be looked up for every item of every document."""

    def __init__(self, conventions: Conventions) -> None:
        self.rules = conventions
        self.no_trigger_inside = frozenset(conventions.no_trigger_inside)
        self.open_end_of = frozenset(conventions.open_end_of)
        self.not_inside_itself = frozenset(conventions.not_inside_itself)
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
        self.watched = {
            name: {*self.markers, *self.without.get(name, ()), *self.modalities.get(name, ())}
            for name in self.without.keys() | self.modalities
        }


@lru_cache(maxsize=8)
def _asked(ontology: Ontology) -> _Asked | None:
    return None if ontology.conventions is None else _Asked(ontology.conventions)


class _Holders:
    """Entities among which those are found fast that stand around a span or have its words."""

    def __init__(self, entities: Sequence[Entity]) -> None:
        self.entities, self.starts = entities, [entity.start for entity in entities]
        if self.starts != sorted(self.starts):
            self.entities = sorted(entities, key=attrgetter("start"))
            self.starts.sort()
        self.reach = list(accumulate([entity.end for entity in self.entities], max))

    def touch(self, start: int, end: int) -> bool:
        """Return whether an entity begins before a span and ends no sooner, or begins with it."""
        first = bisect_left(self.starts, start)
        return (first > 0 and self.reach[first - 1] >= end) or self.starts[first : first + 1] == [start]

    def around(self, start: int, end: int) -> Entity | None:
        """Return the first entity that holds a span and is longer, None if there is none."""
        begin, last = bisect_left(self.reach, end), bisect_right(self.starts, start)
        for entity in self.entities[begin:last]:
            if entity.end >= end and entity.end - entity.start > end - start:
                return entity
        return None

    def same(self, start: int, end: int) -> Entity | None:
        """Return the first entity that is a span's words, None if there is none."""
        for entity in self.entities[bisect_left(self.starts, start) : bisect_right(self.starts, start)]:
            if entity.end == end:
                return entity
        return None


class _Reach:
    """Spans in order, of which is found out fast whether any holds another."""

    def __init__(self, spans: Sequence[tuple[int, int]]) -> None:
        self.starts = [start for start, _ in spans]
        self.ends = list(accumulate([end for _, end in spans], max))

    def hold(self, start: int, end: int) -> bool:
        """Return whether one of the spans holds this one."""
        begun = bisect_right(self.starts, start)
        return begun > 0 and self.ends[begun - 1] >= end


class _Checker:
    """The checks of one document by the conventions of one ontology."""

    def __init__(self, document: Document, asked: _Asked) -> None:
        self.document, self.asked, self.conventions = document, asked, asked.rules

    @cached_property
    def entities(self) -> dict[str, Entity]:
        """Return the entities by id."""
        return {entity.id: entity for entity in self.document.entities}

    @cached_property
    def events(self) -> dict[str, Event]:
        """Return the events by id."""
        return {event.id: event for event in self.document.events}

    @cached_property
    def stances(self) -> dict[tuple[int, int], list[tuple[str, Stance]]]:
        """Return the stances by their words, each with its pointer."""
        by_words: dict[tuple[int, int], list[tuple[str, Stance]]] = {}
        for index, stance in enumerate(self.document.stances):
            span = stance.expression
            by_words.setdefault((span.start, span.end), []).append((f"/stances/{index}", stance))
        return by_words

    @cached_property
    def names(self) -> _Holders:
        """Return the entities that no trigger may stand in."""
        return _Holders([each for each in self.document.entities if each.type in self.asked.no_trigger_inside])

    @cached_property
    def opinions(self) -> _Reach:
        """Return where the words of stances are."""
        return _Reach(sorted(self.stances))

    @cached_property
    def sentence_starts(self) -> list[int]:
        """Return where the sentences begin."""
        return [sentence.start for sentence in self.document.sentences]

    def issues(self) -> Iterator[Issue]:
        """Yield every departure."""
        yield from self._entities()
        yield from self._stances()
        asked, holders = self.asked, _Holders(self.document.entities)
        for index, event in enumerate(self.document.events):
            trigger, type_ = event.trigger, event.type
            word = asked.begins.beginning(trigger.text)
            if word is not None or holders.touch(trigger.start, trigger.end):
                yield from self._trigger(event, f"/events/{index}", holders, word)
            watched = asked.watched.get(type_, asked.markers)
            for number, argument in enumerate(event.arguments):
                if argument.role in watched:
                    yield from self._argument(argument, event, f"/events/{index}/arguments/{number}")
            if type_ in asked.stance_events:
                yield from self._stance_event(event, f"/events/{index}", asked.stance_events[type_])

    def _issue(self, code: str, pointer: str, **fields: Any) -> Issue:
        return issue(code, article_id=self.document.id, pointer=pointer, **fields)

    def _entities(self) -> Iterator[Issue]:
        open_end_of, not_inside_itself = self.asked.open_end_of, self.asked.not_inside_itself
        like: dict[str, _Holders] = {}
        for index, entity in enumerate(self.document.entities):
            type_ = entity.type
            if type_ in open_end_of and (word := self.asked.ends.ending(entity.text)):
                fields = {"words": entity.text, "label": type_, "word": word}
                yield self._issue("span-last-word", f"/entities/{index}", **fields)
            if type_ in not_inside_itself:
                if type_ not in like:
                    like[type_] = _Holders([other for other in self.document.entities if other.type == type_])
                if outer := like[type_].around(entity.start, entity.end):
                    fields = {"words": entity.text, "label": type_, "outer": outer.text}
                    yield self._issue("mention-inside-like", f"/entities/{index}", **fields)

    def _stances(self) -> Iterator[Issue]:
        for stances in self.stances.values():
            for number, (pointer, stance) in enumerate(stances):
                words = stance.expression.text
                if self.conventions.topic_required and stance.target.mention and stance.target.topic is None:
                    yield self._issue("stance-without-topic", pointer, words=words)
                if self.conventions.one_stance and number:
                    yield self._issue("stances-same-words", pointer, words=words)

    def _trigger(self, event: Event, pointer: str, holders: _Holders, word: str | None) -> Iterator[Issue]:
        """Report a trigger with the words of an entity, inside the name of one, or begun by `word`."""
        start, end = event.trigger.start, event.trigger.end
        fields = {"words": event.trigger.text, "label": event.type}
        same = holders.same(start, end) if self.conventions.trigger_apart else None
        outer = self.names.around(start, end)
        if same is not None:
            yield self._issue("trigger-is-mention", pointer, **fields, entity=same.type)
        if outer is not None:
            yield self._issue("trigger-inside-name", pointer, **fields, outer=outer.text, entity=outer.type)
        if word is not None:
            yield self._issue("trigger-first-word", pointer, **fields, word=word)

    def _argument(self, argument: Argument, event: Event, place: str) -> Iterator[Issue]:
        role, markers, modalities = argument.role, self.asked.markers, self.asked.modalities.get(event.type, {})
        fields = {"role": role, "label": event.type, "source": event.trigger.text}
        filler = self.entities.get(argument.entity or "")
        act = self.events.get(argument.event or "")
        if role in self.asked.without.get(event.type, ()):
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
        number = bisect_right(self.sentence_starts, filler.start) - 1
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
        if not own and not self.opinions.hold(trigger.start, trigger.end):
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
        self.first = tuple(word.split()[0] for word in words)
        self.last = tuple(word.split()[-1] for word in words)

    def beginning(self, text: str) -> str | None:
        """Return which of the words begins a text."""
        if not text.lower().lstrip().startswith(self.first):  # as most do not, which is found out faster
            return None
        padded = _padded(text)
        if not padded.startswith(self.padded):
            return None
        return next(word for word in self.words if padded.startswith(f" {word} "))

    def ending(self, text: str) -> str | None:
        """Return which of the words ends a text that has others before it."""
        if not text.lower().rstrip().endswith(self.last):
            return None
        padded = _padded(text)[1:]
        if not padded.endswith(self.padded):
            return None
        return next(word for word in self.words if padded.endswith(f" {word} "))
