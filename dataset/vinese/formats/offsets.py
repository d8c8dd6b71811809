"""Bring a text into its clean form and offsets with it, and recognise offsets that count something else.

What is recognised is decided from all spans of a task together, by the words that they say they hold, never from one.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from vinese.checks.spans import cuts
from vinese.text.normalise import Clean, lines, nfc, stretches

_ENOUGH = 0.9  # of the spans with words have to agree
_FAR = 2000  # code points that a drift may reach


class Moved:
    """A clean text, as stretches with a space or a line feed between each two, and where these came from in `raw`.

    Only what stands in a stretch that was not clean is looked up code point by code point.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._places: list[int] = []  # where each stretch begins in the clean text
        self._begins: list[int] = []  # where it begins and ends in the raw one
        self._ends: list[int] = []
        self._words: list[Clean | None] = []
        self._gap_begins: list[int] = []  # where what became the space or line feed before it begins and ends
        self._gap_ends: list[int] = []
        self._size = self._reach = 0

    def add_line(self, raw: str, start: int, end: int) -> None:
        """Add a line of the raw text."""
        gap, char = (self._reach, max(start, self._reach)), "\n"
        for first, last, word in stretches(raw, start, end):
            if self._parts:
                self._parts.append(char)
                self._size += 1
            else:
                gap = 0, 0
            part = raw[first:last] if word is None else word.text
            self._parts.append(part)
            self._places.append(self._size)
            self._begins.append(first)
            self._ends.append(last)
            self._words.append(word)
            self._gap_begins.append(gap[0])
            self._gap_ends.append(gap[1] if char == "\n" else first)
            self._size += len(part)
            self._reach = last if word is None else first + word.ends[-1]
            gap, char = (last, last), " "

    @cached_property
    def text(self) -> str:
        """The clean text."""
        return "".join(self._parts)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where a span of the raw text is in the clean one; empty where nothing of it is left."""
        first = self._ended(start)
        return first, max(first, self._begun(end))

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Return where a span of the clean text, not empty, that has no space at its edges came from."""
        index, last = bisect_right(self._places, start) - 1, bisect_right(self._places, end - 1) - 1
        first, word = self._words[index], self._words[last]
        inside, until = start - self._places[index], end - self._places[last]
        return (
            self._begins[index] + (inside if first is None else first.starts[inside]),
            self._begins[last] + (until if word is None else word.ends[until - 1]),
        )

    def _ended(self, place: int) -> int:
        """Return how many code points of the clean text came from what ends before a place, or there."""
        index = bisect_right(self._ends, place)
        if index == len(self._ends):
            return self._size
        if place < self._gap_ends[index]:
            return self._places[index] - 1
        inside, word = max(0, place - self._begins[index]), self._words[index]
        return self._places[index] + (inside if word is None else bisect_right(word.ends, inside))

    def _begun(self, place: int) -> int:
        """Return how many code points of the clean text came from what begins before a place."""
        index = bisect_left(self._begins, place)
        if index == 0:
            return 0
        if index < len(self._begins) and self._gap_begins[index] < place:
            return self._places[index]
        index -= 1
        inside, word = place - self._begins[index], self._words[index]
        most = self._ends[index] - self._begins[index]
        return self._places[index] + (min(inside, most) if word is None else bisect_left(word.starts, inside))


def cleaned(raw: str, joined: Sequence[tuple[int, int]] = ()) -> Moved:
    r"""Return a text as `vinese ingest` leaves it: clean lines, none empty, with the way back.

    `joined` holds spans of `raw` inside which a line break becomes a space.

    >>> cleaned("a \n\n b").span(4, 6), cleaned("a\nb", [(0, 3)]).text
    ((2, 3), 'a b')
    """
    moved = Moved()
    for start, end in _joined_lines(raw, joined):
        moved.add_line(raw, start, end)
    return moved


def _joined_lines(raw: str, joined: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the lines of a text, those that a span goes across as one."""
    spans = sorted(joined)
    begun: int | None = None
    index = 0
    furthest = 0
    for _, start, end in lines(raw):
        begun = start if begun is None else begun
        while index < len(spans) and spans[index][0] <= end:
            furthest = max(furthest, spans[index][1])
            index += 1
        if furthest <= end + 1:
            yield begun, end
            begun = None
    if begun is not None:
        yield begun, len(raw)


class Marked(NamedTuple):
    """A span as a file has it, and the words that it says it holds, if it says any."""

    start: int
    end: int
    words: str | None


Convert = Callable[[Marked], tuple[int, int] | None]


class Reading(NamedTuple):
    """How the offsets of a task have to be read: what they count, and where each span is in code points."""

    what: str
    places: list[tuple[int, int] | None]


def recognise(text: str, spans: Sequence[Marked]) -> Reading | None:
    """Return what the offsets of all spans of a text count, or None where they are code points or nothing fits."""
    with_words = [span for span in spans if span.words and span.words.strip()]
    if not with_words:
        return _by_edges(text, spans)
    plain = sum(same(text, span.words, span.start, span.end) for span in with_words)
    if plain == len(with_words):
        return None
    best: tuple[int, str, Convert] | None = None
    for what, convert in _readings(text, with_words):
        fits = 0
        for span in with_words:
            place = convert(span)
            fits += place is not None and same(text, span.words, *place)
        if fits > max(plain, best[0] if best else 0):
            best = fits, what, convert
    # One span that goes astray among many is a mistake of its own; that all do, or several, is a way of counting.
    if best is not None and best[0] >= _ENOUGH * len(with_words) and (not plain or best[0] > plain + 1):
        return Reading(best[1], [best[2](span) for span in spans])
    return _drift(text, spans, plain)


def same(text: str, words: str | None, start: int, end: int) -> bool:
    """Return whether a span holds the words that it says, but for white space, its edges, and composition."""
    if not 0 <= start < end <= len(text):
        return False
    held = text[start:end]
    return held == words or _plain(held) == _plain(words or "")


def _plain(words: str) -> str:
    return " ".join(nfc(words.replace("\\n", "\n")).split())


def _readings(text: str, spans: Sequence[Marked]) -> Iterator[tuple[str, Convert]]:
    """Yield what offsets may count, and how a span is converted."""
    yield "code points, the end being the last one inside", lambda span: (span.start, span.end + 1)
    widths: dict[str, list[int]] = {}
    if not text.isascii():
        if any(char > "\uffff" for char in text):
            widths["UTF-16 units"] = [1 + (char > "\uffff") for char in text]
        widths["bytes of UTF-8"] = [len(char.encode(errors="surrogatepass")) for char in text]
        widths["code points of the decomposed text (NFD)"] = [len(unicodedata.normalize("NFD", c)) for c in text]
        if any(unicodedata.combining(char) for char in text):
            widths["code points of the composed text (NFC)"] = [not unicodedata.combining(c) for c in text]
    if "\r\n" in text:
        crlf = [not (char == "\r" and text[index + 1 : index + 2] == "\n") for index, char in enumerate(text)]
        widths["code points, a line break of CR and LF as one"] = [int(width) for width in crlf]
        if any(char > "\uffff" for char in text):
            wide = [width * (1 + (char > "\uffff")) for width, char in zip(crlf, text, strict=True)]
            widths["UTF-16 units, a line break of CR and LF as one"] = wide
    elif "\n" in text:
        widths["code points, a line break as CR and LF"] = [1 + (char == "\n") for char in text]
    for what, each in widths.items():
        yield what, _by_width(each, 0)
        yield f"{what}, the end being the last one inside", _by_width(each, 1)
    shift = _shift(text, spans)
    if shift is not None:
        yield f"code points from another place, {shift:+d}", lambda span: (span.start + shift, span.end + shift)


def _by_width(widths: Sequence[int], more: int) -> Convert:
    units = [0, *accumulate(widths)]

    def convert(span: Marked) -> tuple[int, int] | None:
        end = span.end + more
        if not 0 <= span.start < end <= units[-1]:
            return None
        return bisect_right(units, span.start) - 1, bisect_left(units, end)

    return convert


def _shift(text: str, spans: Sequence[Marked]) -> int | None:
    """Return by how much most spans stand away from the nearest place of their words, if several agree on it."""
    shifts = Counter[int]()
    for span in spans[:500]:
        place = _nearest(text, span, 0)
        if place is not None:
            shifts[place[0] - span.start] += 1
    if not shifts:
        return None
    shift, count = shifts.most_common(1)[0]
    return shift if shift and count > 1 else None


def _nearest(text: str, span: Marked, delta: int) -> tuple[int, int] | None:
    """Return where the words of a span stand nearest to where it says, `delta` added."""
    words = (span.words or "").replace("\\n", "\n").strip()
    want = span.start + delta
    if not words:
        return None
    low = max(0, want - _FAR)
    before = text.rfind(words, low, max(low, want) + len(words))
    after = text.find(words, max(0, want), max(0, want) + _FAR + len(words))
    places = [place for place in (before, after) if place >= 0]
    if not places:
        return None
    place = min(places, key=lambda at: abs(at - want))
    return place, place + len(words)


def _drift(text: str, spans: Sequence[Marked], plain: int) -> Reading | None:
    """Return the nearest place of each span's words, if the distance grows through the text, and most are found."""
    order = sorted(range(len(spans)), key=lambda index: spans[index].start)
    places: list[tuple[int, int] | None] = [None] * len(spans)
    delta = right = 0
    for index in order:
        span = spans[index]
        if not (span.words or "").strip():
            continue
        places[index] = place = _nearest(text, span, delta)
        if place is not None:
            right += 1
            delta = place[0] - span.start
    stated = sum(bool((span.words or "").strip()) for span in spans)
    if stated < 3 or right < _ENOUGH * stated or plain > stated / 2:
        return None
    return Reading("something that drifts away through the text; each span went to its words nearest by", places)


def _by_edges(text: str, spans: Sequence[Marked]) -> Reading | None:
    """Return UTF-16 where no span says its words, several edges are wrong as code points, and none is so."""
    if not spans or not any(char > "\uffff" for char in text):
        return None
    convert = _by_width([1 + (char > "\uffff") for char in text], 0)
    places = [convert(span) for span in spans]
    if all(_edged(text, span.start, span.end) for span in spans):
        return None
    if all(place is not None and _edged(text, *place) for place in places):
        return Reading("UTF-16 units", list(places))
    return None


def _edged(text: str, start: int, end: int) -> bool:
    """Return whether a span begins and ends where words do."""
    if not 0 <= start < end <= len(text) or text[start].isspace() or text[end - 1].isspace():
        return False
    return not cuts(text, start) and not cuts(text, end)
