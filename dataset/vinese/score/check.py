"""Check what was submitted for one article against its text and the ontology, fast where nothing is wrong."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping
from typing import Any, NamedTuple
from unicodedata import is_normalized, normalize

from vinese.checks.spans import cuts
from vinese.core.issues import Issue, issue
from vinese.model.records import Document, Entity, Span
from vinese.score.submission import Labelled, Text, as_document

Labels = Mapping[str, frozenset[str]]
_ITEMS = ("entities", "events", "stances")
LONGEST = 1_000_000_000  # the greatest offset where the text is not known
_NEAR = 200
ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ID_RULE = "is no id: 1 to 64 of A-Z, a-z, 0-9, _ and -"


class Cuts(NamedTuple):
    """How many spans without words there are, how many of them cut a syllable, and the likely reason."""

    total: int
    cut: int
    inclusive: int


def check(submitted: Labelled, text: Text | None, labels: Labels) -> Iterator[Issue]:
    """Yield what is wrong with one article's predictions; pointers are into its record."""
    if not _labels_known(submitted, labels):
        yield from _unknown_labels(submitted, labels)
    if not _places_sound(submitted, text):
        yield from _wrong_places(submitted, text)
    yield from _references(submitted)
    yield from _duplicates(submitted)


def _labels_known(submitted: Labelled, labels: Labels) -> bool:
    if not {entity.type for entity in submitted.entities} <= labels["entity_type"]:
        return False
    if not (submitted.events or submitted.stances or submitted.article_stance):
        return True
    return not any(_unknown_labels(submitted, labels))


def _unknown_labels(submitted: Labelled, labels: Labels) -> Iterator[Issue]:
    for pointer, name, value in _label_places(submitted):
        if value not in labels[name]:
            allowed = ", ".join(sorted(labels[name]))
            yield issue("unknown-label", article_id=submitted.id, pointer=pointer, value=f'"{value}"', known=allowed)


def _label_places(submitted: Labelled) -> Iterator[tuple[str, str, str]]:
    for i, entity in enumerate(submitted.entities):
        yield f"/entities/{i}/type", "entity_type", entity.type
    for i, event in enumerate(submitted.events):
        yield f"/events/{i}/type", "event_type", event.type
        if event.modality:
            yield f"/events/{i}/modality", "modality", event.modality
        for j, argument in enumerate(event.arguments):
            yield f"/events/{i}/arguments/{j}/role", "role", argument.role
    for i, stance in enumerate(submitted.stances):
        yield f"/stances/{i}/polarity", "polarity", stance.polarity
        if stance.attribution:
            yield f"/stances/{i}/attribution", "attribution", stance.attribution
        if stance.target.topic is not None:
            yield f"/stances/{i}/target/topic", "topic", stance.target.topic
    judged = submitted.article_stance
    if judged is not None:
        yield "/article_stance/topic", "topic", judged.topic
        yield "/article_stance/outlet_stance", "article_stance_value", judged.outlet_stance
        yield "/article_stance/overall_leaning", "article_stance_value", judged.overall_leaning


def _places_sound(submitted: Labelled, text: Text | None) -> bool:
    if text is not None and not (submitted.events or submitted.stances):
        length = len(text.text)
        return all(
            0 <= entity.start < entity.end <= length
            and (not entity.text or text.text[entity.start : entity.end] == entity.text)
            for entity in submitted.entities
        )
    return not any(True for _ in _wrong_places(submitted, text))


def _wrong_places(submitted: Labelled, text: Text | None) -> Iterator[Issue]:
    for pointer, span in as_document(submitted, None).spans():
        start, end, given = span.start, span.end, span.text
        where: dict[str, Any] = {"article_id": submitted.id}
        words = given if text is None else text.text[start:end]
        length = LONGEST if text is None else len(text.text)
        if given and not is_normalized("NFC", given):
            yield issue("not-nfc", pointer=f"{pointer}/text", said=repr(given), **where)
        elif not 0 <= start < end <= length and not (given and text is not None and 0 <= start < end):
            yield issue("span-outside", pointer=f"{pointer}/end", start=start, end=end, length=length, **where)
        elif text is not None and given and not text.says(words, given):
            where |= {"said": repr(given), "start": start, "end": end, "words": repr(words)}
            yield issue("text-differs", pointer=f"{pointer}/text", hint=_hint(text.text, span), **where)


def _hint(text: str, span: Span | Entity) -> str:
    """Return in words what the offsets seem to count, for the end of a sentence; empty where that cannot be told."""
    start, end, given = span.start, span.end, span.text
    guesses = (
        (text[start : end + 1], "inclusive-end: the ends look inclusive; add 1 to each"),
        (
            _decoded(text, "utf-16-le", 2 * start, 2 * end),
            "utf-16: the offsets look like UTF-16 code units, as JavaScript and Java count",
        ),
        (_decoded(text, "utf-8", start, end), "utf-8: the offsets look like bytes"),
        (normalize("NFC", normalize("NFD", text)[start:end]), "not-nfc: they look like offsets of decomposed text"),
        (text[max(0, start - 1) : end - 1], "one-based: the offsets look as if they began at 1"),
    )
    for words, hint in guesses:
        if words == given:
            return f" ({hint})"
    places = [at for at in range(max(0, start - _NEAR), start + _NEAR) if text.startswith(given, at)]
    if not places:
        return " (the words do not stand near there)"
    nearest = min(places, key=lambda at: abs(at - start))
    return f" (shifted: the words stand at {nearest}, {abs(nearest - start)} away)"


def _decoded(text: str, encoding: str, start: int, end: int) -> str | None:
    try:
        return text.encode(encoding)[start:end].decode(encoding)
    except UnicodeDecodeError:
        return None


def count_cuts(submitted: Labelled, text: str) -> Cuts:
    """Return how many of the spans without words cut a syllable, and how many would not if ends were inclusive."""
    total = cut = inclusive = 0
    for _, span in as_document(submitted, None).spans():
        if span.text:
            continue
        total += 1
        if cuts(text, span.start) or cuts(text, span.end):
            cut += 1
            inclusive += not cuts(text, span.start) and not cuts(text, span.end + 1)
    return Cuts(total, cut, inclusive)


def _references(submitted: Labelled) -> Iterator[Issue]:
    """Yield ids that are taken twice, and those that lead nowhere."""
    for pointer, name in _ids(submitted):
        if not ID.fullmatch(name):
            yield issue("schema-value", article_id=submitted.id, pointer=pointer, value=repr(name), rule=_ID_RULE)
    kinds = _ITEMS if submitted.events or submitted.stances else _ITEMS[:1]
    ids = [item.id for kind in kinds for item in getattr(submitted, kind)]
    unique = set(ids)
    if len(unique) != len(ids):
        seen: set[str] = set()
        for kind in kinds:
            for i, item in enumerate(getattr(submitted, kind)):
                if item.id in seen:
                    yield issue("duplicate-id", article_id=submitted.id, pointer=f"/{kind}/{i}/id", id=item.id)
                seen.add(item.id)
    entities = {entity.id for entity in submitted.entities}
    events = {event.id for event in submitted.events}
    allowed = {"entity": entities, "event": events, None: entities | events}
    for link in as_document(submitted, None).links():
        if link.target not in allowed[link.kind]:
            fields = {"id": link.target, "label": link.label}
            yield issue("relation-missing-end", article_id=submitted.id, pointer=link.pointer, **fields)
    for i, event in enumerate(submitted.events):
        for j, argument in enumerate(event.arguments):
            if (argument.entity is None) == (argument.event is None):
                pointer = f"/events/{i}/arguments/{j}"
                yield issue("schema-missing", article_id=submitted.id, pointer=pointer, key="entity or event")
    yield from _holders(submitted)


def _ids(submitted: Labelled) -> Iterator[tuple[str, str]]:
    for kind in _ITEMS:
        yield from ((f"/{kind}/{i}/id", item.id) for i, item in enumerate(getattr(submitted, kind)))


def _holders(submitted: Labelled) -> Iterator[Issue]:
    for i, stance in enumerate(submitted.stances):
        words = stance.expression.text or f"[{stance.expression.start}, {stance.expression.end})"
        where: dict[str, Any] = {"article_id": submitted.id, "pointer": f"/stances/{i}"}
        if stance.holder_kind == "ENTITY" and not stance.holders:
            yield issue("stance-without-holder", words=words, **where)
        if stance.holder_kind != "ENTITY" and stance.holders:
            where["pointer"] += "/holder_kind"
            yield issue("holder-conflict", kind=stance.holder_kind, **where)
        if stance.target.mention is None and stance.target.topic is None:
            yield issue("stance-without-target", words=words, **where)


def _duplicates(submitted: Labelled) -> Iterator[Issue]:
    """Yield what was given before in the same record, by content."""
    keys = [(entity.start, entity.end, entity.type) for entity in submitted.entities]
    if len(set(keys)) != len(keys):
        yield from _twins(submitted.id, "/entities", keys, "a mention")
    if submitted.events:
        places = {entity.id: (entity.start, entity.end) for entity in submitted.entities}
        places |= {event.id: (event.trigger.start, event.trigger.end) for event in submitted.events}
        triggers = [(event.trigger.start, event.trigger.end, event.type) for event in submitted.events]
        yield from _twins(submitted.id, "/events", triggers, "an event's trigger")
        for i, event in enumerate(submitted.events):
            ends = [
                (argument.role, places.get(argument.entity or argument.event or "")) for argument in event.arguments
            ]
            yield from _twins(submitted.id, f"/events/{i}/arguments", ends, "an argument")
    if submitted.stances:
        stances = [
            (
                (stance.expression.start, stance.expression.end, stance.polarity, stance.attribution),
                (stance.holder_kind, frozenset(stance.holders), stance.source),
                (stance.target.mention, stance.target.topic),
            )
            for stance in submitted.stances
        ]
        yield from _twins(submitted.id, "/stances", stances, "an opinion")
        for i, stance in enumerate(submitted.stances):
            yield from _twins(submitted.id, f"/stances/{i}/holders", list(stance.holders), "a holder")


def _twins(article_id: str, pointer: str, keys: list[Any], what: str) -> Iterator[Issue]:
    first: dict[Hashable, int] = {}
    for i, key in enumerate(keys):
        before = first.setdefault(key, i)
        if before != i:
            fields = {"what": what, "first": f"{pointer}/{before}"}
            yield issue("duplicate-prediction", article_id=article_id, pointer=f"{pointer}/{i}", **fields)


def check_same_text(document: Document, text: Text) -> Iterator[Issue]:
    """Yield where the text of a predicted document stops being the text of gold."""
    mine, theirs = document.text, text.text
    if text.says(mine, theirs):
        return
    if normalize("NFC", mine) == theirs:
        yield issue("not-nfc", article_id=document.id, pointer="/text", said="The text")
        return
    at = next((i for i, (a, b) in enumerate(zip(mine, theirs, strict=False)) if a != b), min(len(mine), len(theirs)))
    where = f"they part at {at}, {mine[at : at + 20]!r} against {theirs[at : at + 20]!r}"
    yield issue("text-other", article_id=document.id, pointer="/text", id=document.id, where=where)
