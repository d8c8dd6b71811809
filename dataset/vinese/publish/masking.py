"""Find what files repeat of the articles, whatever marks and breaks stand in between, and mask it.

Only letters and digits are compared: bold, backticks, quotes, table bars and line breaks part no words. A file is
read as it is written and as it is shown, without tags, addresses of links and escapes, and a stretch is masked if
either reading holds it.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from vinese.publish.markup import JSON, emit, shape
from vinese.publish.quotes import WINDOW

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vinese.publish.quotes import Said

# Any stretch of 20 characters that holds so many letters is looked up by its first; one of fewer is looked up whole.
SEED = 10
_HIDDEN = {
    "html": re.compile(
        r"<!--.*?-->|</?[A-Za-z][^<>]*>|(?<=\])\([^()\s]*\)|&(?:#[0-9]+|#[xX][0-9a-fA-F]+|\w+);"
        r"|^[ \t>]*[0-9]+[.)][ \t]",
        re.DOTALL | re.MULTILINE,
    ),
    "json": re.compile(r"\\(?:u[0-9a-fA-F]{4}|.)"),
}


class _Reading(NamedTuple):
    """Hold the letters of a file as one string, and where each starts and ends in the file."""

    letters: str
    starts: list[int]
    ends: list[int]


class Masks:
    """Hold files, and which stretches of them the pages say."""

    def __init__(self, files: dict[str, str]) -> None:
        """Take the text of each file by its path."""
        self.files = files
        self._hidden = {path: bytearray(len(text)) for path, text in files.items()}
        self._read = [(path, one) for path, text in files.items() for one in _readings(path, text)]
        self._places: dict[str, list[tuple[int, int]]] = {}
        for number, (_, reading) in enumerate(self._read):
            for at in range(len(reading.letters) - SEED + 1):
                self._places.setdefault(reading.letters[at : at + SEED], []).append((number, at))

    def hide(self, pages: Iterable[Said]) -> Masks:
        """Mark every stretch of 20 characters or more that a page holds, white space folded; read each page once."""
        for page in pages:
            for words in (page.text, *page.beside):
                self._hide(" ".join(words.split()))
        return self

    def found(self, path: str) -> bool:
        """Tell whether a file repeats anything."""
        return any(self._hidden[path])

    def masked(self, path: str) -> str:
        """Return a file with `[…]` for what it repeats, and sound for its kind."""
        if not self.found(path):
            return self.files[path]
        text, hidden = self.files[path], self._hidden[path]
        # In JSON a word may be written in escapes, of which no part can go.
        whole = hidden if path.endswith(JSON) else _whole_words(text, hidden)
        return emit(text, whole, shape(path, text))

    def _hide(self, words: str) -> None:
        at = [place for place, one in enumerate(words) if one.isalnum()]
        letters = "".join(words[place] for place in at)
        last = len(words) - WINDOW
        for first, place in enumerate(at):
            start = at[first - 1] + 1 if first else 0
            if start > last:
                return
            if first + SEED > len(at) or at[first + SEED - 1] >= start + WINDOW:
                self._hide_sparse(words[start : place + WINDOW], min(place, last) - start)
            for number, there in self._places.get(letters[first : first + SEED], ()):
                least, most = (bisect_left(at, end + WINDOW) - first for end in (start, min(place, last)))
                self._extend(number, there, letters[first : first + most], least)

    def _extend(self, number: int, there: int, letters: str, least: int) -> None:
        """Mark as many of `letters` as a reading has at a place, if that are at least so many."""
        path, reading = self._read[number]
        size = len(letters)
        while size >= least and not reading.letters.startswith(letters[:size], there):
            size -= 1
        if size >= max(least, SEED):
            self._mark(path, reading.starts[there], reading.ends[there + size - 1])

    def _hide_sparse(self, words: str, more: int) -> None:
        """Mark a stretch of few letters, such as a row of dots with a name in it, where it stands as it is."""
        for window in (words[at : at + WINDOW] for at in range(more + 1)):
            parts = r"\s*".join(map(re.escape, "".join(window.split())))
            for path, text in self.files.items():
                for found in re.finditer(parts, text) if any(one.isalnum() for one in window) else ():
                    self._mark(path, *found.span())

    def _mark(self, path: str, start: int, end: int) -> None:
        self._hidden[path][start:end] = b"\1" * (end - start)


def _whole_words(text: str, hidden: bytearray) -> bytearray:
    """Return what to hide without the parts of words at the ends of a stretch: a letter there is chance."""
    found = bytearray(hidden)
    for run in re.finditer(b"\x01+", hidden):
        start, end = run.span()
        words = list(re.finditer(r"[^\W_]+", text[start:end]))
        if len(words) > 1 and text[:start][-1:].isalnum():
            found[start : start + words[1].start()] = bytes(words[1].start())
        if len(words) > 1 and text[end : end + 1].isalnum():
            found[start + words[-2].end() : end] = bytes(end - start - words[-2].end())
    return found


def _readings(path: str, text: str) -> Iterator[_Reading]:
    """Yield a file as it is written, and as it is shown where that differs."""
    yield _reading(text, [])
    kind = "json" if path.endswith(JSON) else "html"
    found = list(_HIDDEN[kind].finditer(text))
    if found:
        yield _reading(text, found)


def _reading(text: str, hidden: list[re.Match[str]]) -> _Reading:
    """Return the letters of a text, with what each hidden part stands for instead of it."""
    units: list[tuple[str, int, int]] = []
    at = 0
    for found in hidden:
        units += [(text[place], place, place + 1) for place in range(at, found.start())]
        units += [(one, *found.span()) for one in _stands_for(found[0])]
        at = found.end()
    units += [(text[place], place, place + 1) for place in range(at, len(text))]
    shown = [unit for unit in units if unit[0].isalnum()]
    return _Reading("".join(one for one, _, _ in shown), [one for _, one, _ in shown], [one for _, _, one in shown])


def _stands_for(part: str) -> str:
    if part.startswith("&"):
        return html.unescape(part)
    return chr(int(part[2:], 16)) if re.fullmatch(r"\\u[0-9a-fA-F]{4}", part) else ""
