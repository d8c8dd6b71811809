"""A lexicon of what is marked in other articles: sequences of syllables, with the labels that they bear."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Generic, NamedTuple, TypeVar

from vinese.systems.baselines.training import Row, sentence_tokens

L = TypeVar("L")
Words = tuple[str, ...]
Marked = Callable[[Row], Iterable[tuple[int, int, L]]]


class Entry(NamedTuple, Generic[L]):
    """The labels of a sequence of syllables, most frequent first, and in what share of its places it bears one."""

    labels: tuple[L, ...]
    share: float


class Match(NamedTuple, Generic[L]):
    """A place in an article, and its words' entry."""

    start: int
    end: int
    entry: Entry[L]


class Lexicon(Generic[L]):
    """Sequences of syllables, within sentences, that are marked somewhere."""

    def __init__(self, documents: Sequence[Row], marked: Marked[L], form: Callable[[str], str] = str) -> None:
        """Learn from documents: `marked` yields places with labels, `form` is how words are compared."""
        self._form = form
        labels: dict[Words, Counter[L]] = {}
        places: Counter[Words] = Counter()
        for document in documents:
            spans = list(marked(document))
            for tokens in sentence_tokens(document):
                first, last = ({token[end]: i for i, token in enumerate(tokens)} for end in ("start", "end"))
                here: set[tuple[int, int]] = set()
                for start, end, label in spans:
                    if start in first and end in last:
                        here.add((first[start], last[end] + 1))
                        words = self._words(tokens[first[start] : last[end] + 1])
                        labels.setdefault(words, Counter())[label] += 1
                places.update(self._words(tokens[i:j]) for i, j in sorted(here))
        self._length = max(map(len, labels), default=0)
        total = Counter(
            words
            for document in documents
            for tokens in sentence_tokens(document)
            for _, _, words in self._sequences(tokens)
            if words in labels
        )
        self._entries = {
            words: Entry(tuple(label for label, _ in counts.most_common()), places[words] / total[words])
            for words, counts in labels.items()
        }

    def _words(self, tokens: Sequence[Row]) -> Words:
        return tuple(self._form(token["text"]) for token in tokens)

    def _sequences(self, tokens: Sequence[Row]) -> Iterator[tuple[int, int, Words]]:
        words = self._words(tokens)
        for i in range(len(words)):
            for j in range(i + 1, min(len(words), i + self._length) + 1):
                yield i, j, words[i:j]

    def matches(self, document: Row, share: float) -> Iterator[Match[L]]:
        """Yield the places in a document whose words are marked in at least this share of their places."""
        for tokens in sentence_tokens(document):
            for i, j, words in self._sequences(tokens):
                entry = self._entries.get(words)
                if entry is not None and entry.share >= share:
                    yield Match(tokens[i]["start"], tokens[j - 1]["end"], entry)


def looked_up(document: Row, lexicon: Lexicon[str], share: float, *, nested: bool) -> list[Row]:
    """Return the spans of a document that are in a lexicon in this share of their places, with their usual labels."""
    matches = apart(lexicon.matches(document, share), nested=nested)
    return [{"start": start, "end": end, "type": entry.labels[0]} for start, end, entry in matches]


def apart(matches: Iterable[Match[L]], *, nested: bool) -> list[Match[L]]:
    """Return matches in the order of the text, the longest first to be kept: none crosses another, or overlaps it."""
    kept: list[Match[L]] = []
    for match in sorted(matches, key=lambda match: (match.start - match.end, match.start)):
        if not any(_collide(match, other, nested=nested) for other in kept):
            kept.append(match)
    return sorted(kept, key=lambda match: (match.start, -match.end))


def _collide(match: Match[L], other: Match[L], *, nested: bool) -> bool:
    if match.end <= other.start or other.end <= match.start:
        return False
    return not (nested and other.start <= match.start and match.end <= other.end)
