"""Check the links of a document: arguments, holders, targets, sources, and what a NOM stands for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

import msgspec

from vinese.core.issues import Issue, issue
from vinese.model.links import Rules
from vinese.model.records import Document, Link


class End(msgspec.Struct, frozen=True):
    """An end of a link: its kind (`entity`, `event`, `stance`), type, the index of its sentence, its words."""

    kind: str
    label: str
    sentence: int
    words: str


def check_links(document: Document, rules: Rules) -> Iterator[Issue]:
    """Yield what is wrong with the links of a document; pointers are into the document."""
    ends = _ends(document)
    seen: set[tuple[str, str, str]] = set()
    used: set[str] = set()
    for link in document.links():
        key = (link.label, link.source, link.target)
        if key in seen:
            yield issue("relation-duplicate", article_id=document.id, pointer=link.pointer, label=link.label)
        seen.add(key)
        used.add(link.target)
        wrong = _check_link(link, ends, rules, document.id)
        if wrong is not None:
            yield wrong
    yield from _check_stances(document)
    for index, entity in enumerate(document.entities):
        if entity.type in rules.auxiliary and entity.id not in used:
            pointer = f"/entities/{index}"
            yield issue("nom-unused", article_id=document.id, pointer=pointer, words=entity.text, label=entity.type)


def _ends(document: Document) -> dict[str, End]:
    """Return every item that a link may start from or end at, by id."""
    starts = [sentence.start for sentence in document.sentences]
    ends = {
        entity.id: End("entity", entity.type, bisect_right(starts, entity.start), entity.text)
        for entity in document.entities
    }
    for event in document.events:
        span = event.trigger
        ends[event.id] = End("event", event.type, bisect_right(starts, span.start), span.text)
    for stance in document.stances:
        span = stance.expression
        ends[stance.id] = End("stance", "", bisect_right(starts, span.start), span.text)
    return ends


def _check_link(link: Link, ends: dict[str, End], rules: Rules, article_id: str) -> Issue | None:
    """Return the first thing that is wrong with one link, or None."""
    label, pointer = link.label, link.pointer
    rule, end, start = rules.links.get(label), ends.get(link.target), ends[link.source]
    fits = end is not None and rule is not None and rule.takes(end.kind, end.label)
    if end is None or (link.kind is not None and end.kind != link.kind and fits):
        return issue("relation-missing-end", article_id=article_id, pointer=pointer, id=link.target, label=label)
    if link.target == link.source:
        return issue("relation-self", article_id=article_id, pointer=pointer, label=label)
    if rule is None or not fits:
        return issue(
            "relation-filler",
            article_id=article_id,
            pointer=pointer,
            label=label,
            filler=end.label or end.kind,
            words=end.words,
            allowed=rule.end if rule is not None else "nothing",
        )
    if not rule.starts_at(start.kind, start.label):
        start_label = start.label or start.kind
        return issue(
            "relation-source",
            article_id=article_id,
            pointer=pointer,
            label=label,
            found=start_label,
            wanted=rule.start,
        )
    # A speech runs over several sentences and its speaker is named in one of them; a NOM stands for a name that was
    # given before. What fills a role has to stand beside its trigger.
    if end.sentence != start.sentence and not rule.anywhere:
        return issue(
            "relation-outside-sentence",
            article_id=article_id,
            pointer=pointer,
            label=label,
            words=end.words,
            source=start.words,
        )
    return None


def _check_stances(document: Document) -> Iterator[Issue]:
    """Yield what is wrong with the holders and targets that a stance has or lacks."""
    name = document.id
    for index, stance in enumerate(document.stances):
        pointer, words = f"/stances/{index}", stance.expression.text
        if stance.holder_kind == "ENTITY":
            if not stance.holders:
                yield issue("stance-without-holder", article_id=name, pointer=pointer, words=words)
        elif stance.holders:
            place = f"{pointer}/holder_kind"
            yield issue("holder-conflict", article_id=name, pointer=place, kind=stance.holder_kind)
        if stance.target.mention is None and stance.target.topic is None:
            yield issue("stance-without-target", article_id=name, pointer=pointer, words=words)
