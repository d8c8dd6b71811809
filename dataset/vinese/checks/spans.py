"""Check every span by itself and among its like: offsets, text, edges, crossing, twins, sentences."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Hashable, Iterator, Sequence
from typing import Any

from vinese.core.issues import Issue, issue
from vinese.model.records import Document, Entity, Stance

_PAIRS = {")": "(", "]": "[", "}": "{", "”": "“", "’": "‘", "»": "«", '"': '"', "'": "'"}
_OPENING = {left: right for right, left in _PAIRS.items()}
_QUIET = frozenset("%$€£¥₫°+#@&§‰…")
# The part of a span that a check is about, where it is not all of it.
_PART = {"span-outside": "/end", "span-text-differs": "/text"}


def check_spans(document: Document) -> Iterator[Issue]:
    """Yield what is wrong with the spans of a document; pointers are into it."""
    text, name = document.text, document.id
    syllables = document.language == "vi"
    sound: list[tuple[int, int, int]] = []
    for index, (pointer, span) in enumerate(document.spans()):
        problem = check_span(text, span.start, span.end, span.text, syllables=syllables)
        if problem is not None:
            code, fields = problem
            yield issue(code, article_id=name, pointer=pointer + _PART.get(code, ""), **fields)
        if index < len(document.entities) and (problem is None or problem[0] == "span-edge-punctuation"):
            sound.append((span.start, -span.end, index))
    sound.sort()
    yield from _crossing(document, sound)
    yield from _across_sentences(document, sound)
    yield from _twins(document)


def check_span(
    text: str, start: int, end: int, span_text: str, *, syllables: bool = True
) -> tuple[str, dict[str, Any]] | None:
    """Return the code and fields of the first thing that is wrong with one span, or None; `span_text` is its text.

    `syllables` is whether the text is written in syllables, as Vietnamese is, which a span may not cut.
    """
    if not 0 <= start < end <= len(text):
        return "span-outside", {"start": start, "end": end, "length": len(text)}
    words = text[start:end]
    if words != span_text:
        return "span-text-differs", {"said": span_text, "words": words}
    first, last = words[0], words[-1]
    if first.isspace() or last.isspace():
        return "span-edge-space", {"words": words}
    # Most spans stand between spaces: then nothing can be cut.
    if syllables and (
        (start and text[start - 1] != " " and cuts(text, start)) or (text[end : end + 1] != " " and cuts(text, end))
    ):
        return "span-cuts-syllable", {"words": words, "around": _around(text, start, end)}
    if not (first.isalnum() and last.isalnum()) and (loose := _loose(words)):
        return "span-edge-punctuation", {"words": words, "marks": loose}
    return None


def cuts(text: str, position: int) -> bool:
    """Return whether a boundary at `position` falls inside a syllable or number.

    >>> cuts("Đà Nẵng", 4), cuts("Đà Nẵng", 3), cuts("Huế-Vinh", 3)
    (True, False, False)
    """
    if not 0 < position < len(text):
        return False
    before, after = text[position - 1], text[position]
    if unicodedata.combining(after):
        return True
    return after.isalnum() and (before.isalnum() or unicodedata.combining(before) != 0)


def _around(text: str, start: int, end: int) -> str:
    """Return the words of a span with the rest of the syllables that it cuts."""
    while start > 0 and cuts(text, start):
        start -= 1
    while end < len(text) and cuts(text, end):
        end += 1
    return text[start:end]


def _loose(words: str) -> str:
    """Return the marks at the edges of `words` that hardly belong to it; brackets whose partner is inside do.

    >>> _loose("NATO,"), _loose("Liên minh châu Âu (EU)"), _loose("2%"), _loose("p.m."), _loose(".40-caliber")
    (',', '', '', '', '')
    """
    first, last = words[0], words[-1]
    marks = ""
    number = first == "." and words[1:2].isdigit()
    if not (_belongs(first) or number) and not (first in _OPENING and _OPENING[first] in words[1:]):
        marks += first
    paired = last in _PAIRS and _PAIRS[last] in words[:-1]
    if len(words) > 1 and not (_belongs(last) or paired or _abbreviated(words)):
        marks += last
    return marks


def _abbreviated(words: str) -> bool:
    """Return whether `words` end with an abbreviation, such as `p.m.`, `Jens S.` or `TP.`, and its full stop."""
    word = words[:-1].rpartition(" ")[2]
    return words[-1] == "." and bool(word) and ("." in word or (len(word) <= 2 and word[0].isupper()))


def _belongs(mark: str) -> bool:
    return mark.isalnum() or mark in _QUIET or unicodedata.category(mark)[0] in "SMN"


def _crossing(document: Document, sound: list[tuple[int, int, int]]) -> Iterator[Issue]:
    """Report each entity that begins inside another and ends outside it; `sound` is in order."""
    open_: list[Entity] = []
    for start, end, index in sound:
        entity = document.entities[index]
        while open_ and open_[-1].end <= start:
            open_.pop()
        if open_ and -end > open_[-1].end:
            fields = {"words": entity.text, "other": open_[-1].text}
            yield issue("spans-cross", article_id=document.id, pointer=f"/entities/{index}", **fields)
        else:
            open_.append(entity)


def _across_sentences(document: Document, sound: list[tuple[int, int, int]]) -> Iterator[Issue]:
    starts = [sentence.start for sentence in document.sentences]
    for start, end, index in sound:
        if bisect_right(starts, start) != bisect_right(starts, -end - 1):
            pointer = f"/entities/{index}"
            words = document.entities[index].text
            yield issue("span-crosses-sentence", article_id=document.id, pointer=pointer, words=words)


def _twins(document: Document) -> Iterator[Issue]:
    """Report whatever says the same as something before it, and ids that are not unique."""
    keys = [(entity.start, entity.end, entity.type) for entity in document.entities]
    for index in _repeated(keys):
        yield _twin("entities", index, document.entities[index].text, document)
    triggers = [(event.trigger.start, event.trigger.end, event.type) for event in document.events]
    for index in _repeated(triggers):
        yield _twin("events", index, document.events[index].trigger.text, document)
    for index in _repeated([stance_content(stance) for stance in document.stances]):
        yield _twin("stances", index, document.stances[index].expression.text, document)
    kinds = (("entities", document.entities), ("events", document.events), ("stances", document.stances))
    ids = [item.id for _, items in kinds for item in items]
    for index in _repeated(ids):
        pointer = [f"/{kind}/{place}/id" for kind, items in kinds for place in range(len(items))][index]
        yield issue("duplicate-id", article_id=document.id, pointer=pointer, id=ids[index])


def _twin(kind: str, index: int, words: str, document: Document) -> Issue:
    return issue("duplicate", article_id=document.id, pointer=f"/{kind}/{index}", words=words)


def stance_content(stance: Stance) -> Hashable:
    """Return everything that a stance says."""
    judgement = (stance.polarity, stance.attribution, stance.holder_kind, stance.source, stance.holders)
    return stance.expression.start, stance.expression.end, *judgement, stance.target.mention, stance.target.topic


def _repeated(keys: Sequence[Hashable]) -> list[int]:
    """Return the places of the keys that stood there before."""
    if len(set(keys)) == len(keys):
        return []
    seen: set[Hashable] = set()
    indices = []
    for index, key in enumerate(keys):
        if key in seen:
            indices.append(index)
        seen.add(key)
    return indices
