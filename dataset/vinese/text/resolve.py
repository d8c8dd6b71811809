"""Find where the words of a reply stand in a text: at syllable borders, the n-th listing at the n-th occurrence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from unicodedata import normalize


class Resolved(NamedTuple):
    """The mentions that have a place in the text, and those that have none."""

    mentions: list[dict[str, Any]]
    unresolvable: list[dict[str, Any]]


def occurrences(text: str, words: str) -> list[int]:
    """Return where `words` begin in `text`, not inside a longer syllable or number.

    >>> occurrences("Ngay sau đó, Nga và Anh", "Nga")
    [13]
    """
    positions, at = [], text.find(words) if words else -1
    while at >= 0:
        if not _inside(text, at) and not _inside(text, at + len(words)):
            positions.append(at)
        at = text.find(words, at + 1)
    return positions


def _inside(text: str, at: int) -> bool:
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()


def resolve(text: str, mentions: Iterable[Mapping[str, Any]]) -> Resolved:
    """Return mentions, given by `text` and `type`, with ids and offsets; those whose words have no place left apart.

    The words are normalised to NFC and stripped first. The n-th time that words are listed with one type stands for
    their n-th occurrence.

    >>> found = resolve("Mỹ rời Mỹ", [{"text": "Mỹ", "type": "GPE"}, {"text": "Mỹ", "type": "GPE"}])
    >>> [(mention["start"], mention["end"]) for mention in found.mentions]
    [(0, 2), (7, 9)]
    """
    listed: Counter[tuple[str, str]] = Counter()
    resolved = Resolved([], [])
    for mention in mentions:
        words = normalize("NFC", str(mention.get("text", ""))).strip()
        label = str(mention.get("type", ""))
        places = occurrences(text, words)
        number = listed[words, label]
        listed[words, label] += 1
        if number < len(places):
            place = {"start": places[number], "end": places[number] + len(words)}
            resolved.mentions.append({"id": f"e{len(resolved.mentions) + 1}", **place, "text": words, "type": label})
        else:
            resolved.unresolvable.append(dict(mention))
    return resolved
