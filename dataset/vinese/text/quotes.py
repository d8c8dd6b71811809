"""Remove quotes of the articles from annotators' notes, and restore them.

A note may quote its own article, or another. Where the quote was, its place stands: `⟦120:145⟧` in the note's own
article, `⟦003-abc:120:145⟧` in another.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

# A shorter stretch, a name or a common phrase, is nobody's.
WINDOW = 20
PART, STEP = 10, 11  # every window holds a part that begins at a multiple of STEP: PART + STEP - 1 is WINDOW
PLACE = re.compile(r"⟦(?:([a-z0-9-]+):)?([0-9]+):([0-9]+)⟧")


class Said(NamedTuple):
    """The words of a page: the article's id and text, and what stands beside the text."""

    article: str
    text: str
    beside: tuple[str, ...]


class Quotable:
    """The stretches of some texts that are long enough to be a quote, soon found in many others.

    In whatever window of a text a part of it begins at a multiple of `STEP`, so only these places are looked at, and
    all windows around one where a part of a stretch stands.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._windows, self._parts = set[str](), set[str]()
        for text in texts:
            self._windows.update(_cut(text, WINDOW))
            self._parts.update(_cut(text, PART))

    def places(self, text: str) -> Iterator[tuple[int, str]]:
        """Yield where in a text one of them begins, and that one, in order."""
        for at in range(0, len(text) - PART + 1, STEP):
            if text[at : at + PART] in self._parts:
                first = max(0, at - STEP + 1)
                for place, window in enumerate(_cut(text[first : at + WINDOW], WINDOW), first):
                    if window in self._windows:
                        yield place, window


class Quotes(NamedTuple):
    """What notes quote: `texts` of articles, what each has `held` of it, which has it `first`, all without marks.

    `exact` are the stretches that have a place in a text. One of `every` may stand beside a text, or be broken or
    marked otherwise than in it; then it has no place there.
    """

    texts: dict[str, str]
    held: dict[str, frozenset[str]]
    first: dict[str, str]
    exact: Quotable
    every: Quotable


def _cut(text: str, size: int) -> Iterator[str]:
    """Yield every stretch of a text of so many characters."""
    return (text[at : at + size] for at in range(len(text) - size + 1))


def fold(text: str) -> str:
    """Return a text with white space folded and without bold, italics and code marks.

    >>> fold("a *b*  `c`")
    'a b c'
    """
    return " ".join(re.sub(r"[*_`]", "", text).split())


def find_quotes(notes: Iterable[str], pages: Iterable[Said]) -> Quotes:
    """Return what the notes quote of the pages, read one at a time."""
    wanted, plain = set[str](), set[str]()
    for note in notes:
        wanted.update(_cut(note, WINDOW))
        plain.update(_cut(fold(note), WINDOW))
    texts, held, first, quoted = dict[str, str](), dict[str, frozenset[str]](), dict[str, str](), set[str]()
    for page in pages if wanted else ():
        if own := wanted.intersection(_cut(page.text, WINDOW)):
            texts[page.article], held[page.article] = page.text, frozenset(own)
            first |= dict.fromkeys(own - first.keys(), page.article)
        for words in (page.text, *page.beside):
            quoted.update(plain.intersection(_cut(fold(words), WINDOW)))
    return Quotes(texts, held, first, Quotable(first), Quotable(quoted))


def hide(note: str, own: str, quotes: Quotes) -> str:
    """Return a note on the article `own` with the places of what it quotes, each as long as it can be.

    A quote is of its own article if that holds it, or else of the first that does.
    """
    held = quotes.held.get(own, frozenset())
    parts, at = [], 0
    for place, window in quotes.exact.places(note):
        if place < at:
            continue
        article = own if window in held else quotes.first[window]
        start, end = _match(note, place, quotes.texts[article])
        name = "" if article == own else f"{article}:"
        parts += [note[at:place], f"⟦{name}{start}:{end}⟧"]
        at = place + end - start
    return "".join([*parts, note[at:]])


def _match(note: str, place: int, text: str) -> tuple[int, int]:
    """Return where a text holds the longest stretch of a note from `place` on; it holds a window of it."""
    size, rest = WINDOW, len(note) - place
    while size < rest and note[place : place + 2 * size] in text:
        size = min(2 * size, rest)
    sizes = range(size, min(2 * size, rest) + 1)
    size = sizes[bisect_left(sizes, 1, key=lambda size: note[place : place + size] not in text) - 1]
    start = text.find(note[place : place + size])
    return start, start + size


def show(note: str, own: str, text: Callable[[str], str]) -> str:
    """Return a note with the quotes in their places; `text` gives an article's text. The reverse of `hide`."""
    return PLACE.sub(lambda place: text(place[1] or own)[int(place[2]) : int(place[3])], note)


def stuck(note: str, own: str, quotes: Quotes) -> str | None:
    """Return what in a note cannot be taken out and put back: a false place, or a quote without a place in a text."""
    place = PLACE.search(note)
    if place:
        return place[0]
    return next((window for _, window in quotes.every.places(fold(hide(note, own, quotes)))), None)
