"""Check what is linked to what: arguments, holders, targets, sources, and what a NOM stands for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

import msgspec

from vinese.core.issues import Issue, issue
from vinese.model.links import ANYWHERE, Rules
from vinese.model.records import Document, Event, Stance


class End(msgspec.Struct, frozen=True):
    """Say what an id stands for: kind (`entity`, `event`, `stance`), type, the sentence it is in, its words."""

    kind: str
    label: str
    sentence: int
    words: str


def check_links(document: Document, rules: Rules) -> Iterator[Issue]:
    """Yield what is wrong with the links of a document; pointers are into it."""
    checker = _Links(document, rules)
    for index, event in enumerate(document.events):
        if event.arguments:
            yield from checker.event(f"/events/{index}", event)
    for index, stance in enumerate(document.stances):
        yield from checker.stance(f"/stances/{index}", stance)
    yield from checker.references()
    yield from checker.unused()


class _Links:
    """Look at each link of one document."""

    def __init__(self, document: Document, rules: Rules) -> None:
        self.document = document
        self.rules = rules
        self.used: set[str] = set()
        starts = [sentence.start for sentence in document.sentences]
        self.ends = {
            thing.id: End("entity", thing.type, bisect_right(starts, thing.start), thing.text)
            for thing in document.entities
        }
        for event in document.events:
            span = event.trigger
            self.ends[event.id] = End("event", event.type, bisect_right(starts, span.start), span.text)
        for stance in document.stances:
            span = stance.expression
            self.ends[stance.id] = End("stance", "", bisect_right(starts, span.start), span.text)

    def issue(self, code: str, pointer: str, **fields: Any) -> Issue:
        return issue(code, article_id=self.document.id, pointer=pointer, **fields)

    def event(self, pointer: str, event: Event) -> Iterator[Issue]:
        """Look at the arguments of one event."""
        seen = set()
        for index, argument in enumerate(event.arguments):
            filler = argument.entity or argument.event or ""
            place = f"{pointer}/arguments/{index}"
            if (argument.role, filler) in seen:
                yield self.issue("relation-duplicate", place, label=argument.role)
            seen.add((argument.role, filler))
            kind = "entity" if argument.entity is not None else "event"
            yield from self._link(place, argument.role, event.id, filler, kind)

    def stance(self, pointer: str, stance: Stance) -> Iterator[Issue]:
        """Look at the holders, the source and the target of one stance."""
        entities = stance.holder_kind == "ENTITY"
        if entities and not stance.holders:
            yield self.issue("stance-without-holder", pointer, words=stance.expression.text)
        if stance.holders and not entities:
            yield self.issue("holder-conflict", f"{pointer}/holder_kind", kind=stance.holder_kind)
        for index, holder in enumerate(stance.holders):
            if holder in stance.holders[:index]:
                yield self.issue("relation-duplicate", f"{pointer}/holders/{index}", label="holder")
            yield from self._link(f"{pointer}/holders/{index}", "holder", stance.id, holder, "entity")
        if stance.source is not None:
            yield from self._link(f"{pointer}/source", "source", stance.id, stance.source, "entity")
        if stance.target.mention is not None:
            yield from self._link(f"{pointer}/target/mention", "target", stance.id, stance.target.mention, "")
        elif stance.target.topic is None:
            yield self.issue("stance-without-target", pointer, words=stance.expression.text)

    def references(self) -> Iterator[Issue]:
        """Look at what each entity refers to."""
        for index, entity in enumerate(self.document.entities):
            for number, other in enumerate(entity.refers_to):
                place = f"/entities/{index}/refers_to/{number}"
                if other in entity.refers_to[:number]:
                    yield self.issue("relation-duplicate", place, label="refers_to")
                yield from self._link(place, "refers_to", entity.id, other, "entity")

    def unused(self) -> Iterator[Issue]:
        """Report each NOM that nothing needs."""
        for index, entity in enumerate(self.document.entities):
            if entity.type in self.rules.auxiliary and entity.id not in self.used:
                yield self.issue("nom-unused", f"/entities/{index}", words=entity.text, label=entity.type)

    def _link(self, pointer: str, label: str, source: str, filler: str, kind: str) -> Iterator[Issue]:
        """Look at one link from `source` to `filler`, which `kind` (empty: either) says is an entity or an event."""
        rule, end, start = self.rules.links.get(label), self.ends.get(filler), self.ends[source]
        self.used.add(filler)
        if end is None or (kind and end.kind != kind and rule is not None and rule.takes(end.kind, end.label)):
            yield self.issue("relation-missing-end", pointer, id=filler, label=label)
        elif filler == source:
            yield self.issue("relation-self", pointer, label=label)
        elif rule is None or not rule.takes(end.kind, end.label):
            allowed = self._allowed(label)
            yield self.issue(
                "relation-filler",
                pointer,
                label=label,
                filler=end.label or end.kind,
                words=end.words,
                allowed=allowed,
            )
        elif not rule.starts_at(start.kind, start.label):
            source_label = start.label or start.kind
            yield self.issue("relation-source", pointer, label=label, found=source_label, wanted=rule.start)
        elif end.sentence != start.sentence and label not in ANYWHERE:
            yield self.issue("relation-outside-sentence", pointer, label=label, words=end.words, source=start.words)

    def _allowed(self, label: str) -> str:
        rule = self.rules.links.get(label)
        return ", ".join([*sorted(rule.fillers), *(["an event"] if rule.events else [])]) if rule else "nothing"


# A speech runs over several sentences and paragraphs, and its speaker is named in one of them; a NOM stands for a
# name that was given before. Only what fills a role has to stand beside its trigger.
