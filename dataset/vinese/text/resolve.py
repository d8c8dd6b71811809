"""Find where the words of a reply stand in a text: at syllable borders, the n-th listing at the n-th occurrence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from typing import Any, NamedTuple
from unicodedata import normalize


class Resolved(NamedTuple):
    """The mentions that have a place in the text, and those that have none."""

    mentions: list[dict[str, Any]]
    unresolvable: list[dict[str, Any]]


def occurrences(text: str, words: str, start: int = 0, end: int | None = None) -> list[int]:
    """Return where `words` begin in `text[start:end]`, not inside a longer syllable or number.

    >>> occurrences("Ngay sau đó, Nga và Anh", "Nga")
    [13]
    """
    positions, at = [], text.find(words, start, end) if words else -1
    while at >= 0:
        if not _inside(text, at) and not _inside(text, at + len(words)):
            positions.append(at)
        at = text.find(words, at + 1, end)
    return positions


def _inside(text: str, at: int) -> bool:
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()


class Places:
    """The places that words of one list have in a text, given out in the order of the list.

    The words are normalised to NFC and stripped. The n-th time that they are listed stands for their n-th occurrence
    in the stretch that they are looked for in; where there are fewer, the n-th time with one label does.

    >>> places = Places("Mỹ rời Mỹ")
    >>> [places.take("Mỹ", label) for label in ("GPE", "ORG", "ORG", "ORG")]
    [(0, 2), (7, 9), (7, 9), None]
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._listed: Counter[Hashable] = Counter()
        self._known: dict[tuple[str, int, int | None], list[int]] = {}

    def take(
        self,
        words: str,
        label: Hashable,
        start: int = 0,
        end: int | None = None,
        *,
        occurrence: int | None = None,
    ) -> tuple[int, int] | None:
        """Return start and end of the words' next occurrence in `text[start:end]`, None where there is none left.

        `occurrence`, from 1, takes that one instead, whether or not it was given out before.
        """
        words = normalize("NFC", words).strip()
        if (words, start, end) not in self._known:
            self._known[words, start, end] = occurrences(self.text, words, start, end)
        at = self._known[words, start, end]
        numbers = [self._number(key) for key in ((words, start), (words, start, label))]
        if occurrence is not None:
            numbers = [occurrence - 1]
        place = next((at[number] for number in numbers if 0 <= number < len(at)), None)
        return None if place is None else (place, place + len(words))

    def _number(self, key: Hashable) -> int:
        """Return how often `key` was asked for before."""
        self._listed[key] += 1
        return self._listed[key] - 1


def resolve(text: str, mentions: Iterable[Mapping[str, Any]]) -> Resolved:
    """Return mentions, given by `text` and `type`, with ids and offsets; those whose words have no place left apart.

    >>> found = resolve("Mỹ rời Mỹ", [{"text": "Mỹ", "type": "GPE"}, {"text": "Mỹ", "type": "GPE"}])
    >>> [(mention["start"], mention["end"]) for mention in found.mentions]
    [(0, 2), (7, 9)]
    """
    places = Places(text)
    resolved = Resolved([], [])
    for mention in mentions:
        label = str(mention.get("type", ""))
        place = places.take(str(mention.get("text", "")), label)
        if place is None:
            resolved.unresolvable.append(dict(mention))
        else:
            start, end = place
            span = {"start": start, "end": end, "text": text[start:end], "type": label}
            resolved.mentions.append({"id": f"e{len(resolved.mentions) + 1}", **span})
    return resolved
