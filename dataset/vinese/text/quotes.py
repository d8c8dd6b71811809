"""Remove quotes of the articles from annotators' notes, and restore them.

A note may quote its own article, or another. Where the quote was, its place stands: `⟦120:145⟧` in the note's own
article, `⟦003-abc:120:145⟧` in another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

# A shorter stretch, a name or a common phrase, is nobody's.
WINDOW = 20
PLACE = re.compile(r"⟦(?:([a-z0-9-]+):)?([0-9]+):([0-9]+)⟧")


class Said(NamedTuple):
    """The words of a page: the article's id and text, and what stands beside the text."""

    article: str
    text: str
    beside: tuple[str, ...]


class Quotes(NamedTuple):
    """What notes quote: `texts` of articles, what each has `held` of it, which has it `first`, all without marks.

    A stretch among `windows` may stand beside a text, or be broken or marked otherwise than in it; then it has no
    place there.
    """

    texts: dict[str, str]
    held: dict[str, frozenset[str]]
    first: dict[str, str]
    windows: frozenset[str]


def windows(text: str) -> Iterator[str]:
    """Yield every stretch of a text that is long enough to be a quote."""
    return (text[at : at + WINDOW] for at in range(len(text) - WINDOW + 1))


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
        wanted.update(windows(note))
        plain.update(windows(fold(note)))
    texts, held, first, quoted = dict[str, str](), dict[str, frozenset[str]](), dict[str, str](), set[str]()
    for page in pages if wanted else ():
        if own := wanted.intersection(windows(page.text)):
            texts[page.article], held[page.article] = page.text, frozenset(own)
            first |= dict.fromkeys(own - first.keys(), page.article)
        for words in (page.text, *page.beside):
            quoted.update(plain.intersection(windows(fold(words))))
    return Quotes(texts, held, first, frozenset(quoted))


def hide(note: str, own: str, quotes: Quotes) -> str:
    """Return a note on the article `own` with the places of what it quotes, each as long as it can be.

    A quote is of its own article if that holds it, or else of the first that does.
    """
    held = quotes.held.get(own, frozenset())
    parts, at = [], 0
    for place, window in enumerate(windows(note)):
        article = own if window in held else quotes.first.get(window)
        if article is None or place < at:
            continue
        start, end = _match(note[place:], quotes.texts[article])
        name = "" if article == own else f"{article}:"
        parts += [note[at:place], f"⟦{name}{start}:{end}⟧"]
        at = place + end - start
    return "".join([*parts, note[at:]])


def _match(words: str, text: str) -> tuple[int, int]:
    """Return where a text holds the longest beginning of `words`; it holds a window of it."""
    size = WINDOW
    while size < len(words) and words[: size + 1] in text:
        size += 1
    start = text.find(words[:size])
    return start, start + size


def show(note: str, own: str, text: Callable[[str], str]) -> str:
    """Return a note with the quotes in their places; `text` gives an article's text. The reverse of `hide`."""
    return PLACE.sub(lambda place: text(place[1] or own)[int(place[2]) : int(place[3])], note)


def stuck(note: str, own: str, quotes: Quotes) -> str | None:
    """Return what in a note cannot be taken out and put back: a false place, or a quote without a place in a text."""
    place = PLACE.search(note)
    if place:
        return place[0]
    return next((window for window in windows(fold(hide(note, own, quotes))) if window in quotes.windows), None)
