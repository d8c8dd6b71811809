"""Take quotes of the articles out of annotators' notes, and put them back.

A note may quote its own article, or another. Where the quote was, its place stands: `⟦120:145⟧` in the note's own
article, `⟦003-abc:120:145⟧` in another.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

# A shorter stretch, a name or a common phrase, is nobody's.
WINDOW = 20
PLACE = re.compile(r"⟦(?:([a-z0-9-]+):)?([0-9]+):([0-9]+)⟧")


class Said(NamedTuple):
    """Hold what a page says: the article's id and text, and what stands beside the text."""

    article: str
    text: str
    beside: tuple[str, ...]


class Quotes(NamedTuple):
    """Hold what notes quote: texts by article, the first article of each stretch, and words beside a text.

    The last have no place in a text.
    """

    texts: dict[str, str]
    first: dict[str, str]
    beside: tuple[str, ...]


def windows(text: str) -> Iterator[str]:
    """Yield every stretch of a text that is long enough to be a quote."""
    return (text[at : at + WINDOW] for at in range(len(text) - WINDOW + 1))


def find_quotes(notes: Iterable[str], pages: Iterable[Said]) -> Quotes:
    """Return what the notes quote of the pages, read one at a time."""
    wanted = {window for note in notes for window in windows(note)}
    found = Quotes({}, {}, ())
    beside: list[str] = []
    for page in pages if wanted else ():
        for window in windows(page.text):
            if window in wanted:
                found.texts[page.article] = page.text
                found.first.setdefault(window, page.article)
        beside += [words for words in page.beside if not wanted.isdisjoint(windows(words))]
    return found._replace(beside=tuple(beside))


def hide(note: str, own: str, quotes: Quotes) -> str:
    """Return a note on the article `own` with the places of what it quotes, each as long as it can be.

    A quote is of its own article if that holds it, or else of the first that does.
    """
    found, at = "", 0
    while at < len(note):
        window = note[at : at + WINDOW]
        article = own if window in quotes.texts.get(own, "") else quotes.first.get(window)
        if article is None or len(window) < WINDOW:
            found, at = found + note[at], at + 1
            continue
        start, end = _match(note[at:], quotes.texts[article])
        name = "" if article == own else f"{article}:"
        found, at = f"{found}⟦{name}{start}:{end}⟧", at + end - start
    return found


def _match(words: str, text: str) -> tuple[int, int]:
    """Return where a text holds the longest beginning of `words`; it holds a window of it."""
    size = WINDOW
    while size < len(words) and words[: size + 1] in text:
        size += 1
    start = text.find(words[:size])
    return start, start + size


def show(note: str, own: str, text: Callable[[str], str]) -> str:
    """Return a note with the quotes in their places; `text` gives an article's text. The reverse of `hide`."""
    return PLACE.sub(lambda found: text(found[1] or own)[int(found[2]) : int(found[3])], note)


def stuck(note: str, own: str, quotes: Quotes) -> str | None:
    """Return what in a note cannot be taken out and put back: a quote of what is beside a text, or a false place."""
    place = PLACE.search(note)
    if place:
        return place[0]
    said = "\n".join(quotes.beside)
    return next((window for window in windows(hide(note, own, quotes)) if window in said), None)
