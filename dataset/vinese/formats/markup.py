"""Read tasks of Label Studio whose text is HTML or a dialogue: as the words that a person read, spans with them.

A region on `<HyperText>` says where it is by XPath, and under `globalOffsets` in code points of the page's text, a
`<br>` being one; what stands in `<style>` counts, in `<script>` and `<head>` not (measured with Label Studio 1.23.2).
A region on `<Paragraphs>` names a paragraph, and UTF-16 units in its text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from html import unescape
from itertools import accumulate
from typing import Any, NamedTuple

import msgspec

from vinese.formats.format import Item
from vinese.formats.ledger import works
from vinese.formats.offsets import same

HTML, DIALOGUE = "HTML", "a dialogue, whose speakers are not taken over"
_TAG = re.compile("<(/?[a-zA-Z][^\\s/>]*|[!?/])")
_RAW = {name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style", "title")}
_UNCOUNTED = frozenset(("head", "script", "title"))
_OTHER = _UNCOUNTED | {"style", "pre"}
_LINES = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "caption", "dd", "div", "dl", "dt", "fieldset"),
        *("figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li"),
        *("main", "nav", "ol", "p", "pre", "section", "table", "td", "th", "tr", "ul"),
    )
)


class Words(NamedTuple):
    """The words of a text, and for each unit that its offsets count where in the words that begins and ends."""

    text: str
    starts: list[int]
    ends: list[int]

    def place(self, start: object, end: object) -> tuple[int, int] | None:
        """Return the stretch of the words from unit `start` to before unit `end`; None where there is none."""
        if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(self.starts):
            return None
        return self.starts[start], self.ends[end - 1]


def words_of(html: str) -> Words:
    r"""Return the words of HTML as it is read: a block begins and ends a line, other white space is one blank wide.

    >>> words_of("<p>Hà <b>Nội</b> &amp;</p><p>Huế</p>").text
    'Hà Nội &\nHuế'
    """
    reader = _Reader(keep_lines="<" not in html)
    for tag, words in _pieces(html.replace("\r\n", "\n").replace("\r", "\n").lstrip(" \t\n\f")):
        if tag:
            reader.tag(tag)
        else:
            reader.words(words)
    return Words("".join(reader.parts).rstrip("\n"), reader.starts, reader.ends)


def _pieces(html: str) -> Iterator[tuple[str, str]]:
    """Yield the tags of HTML by name, with a slash those that end an element, and the words between them.

    It takes time that grows with the length alone, which that of `html.parser` in the standard library does not.
    """
    at = 0
    while at < len(html):
        begin = html.find("<", at)
        if begin < 0:
            begin = len(html)
        yield "", html[at:begin]
        tag = _TAG.match(html, begin)
        if html.startswith("<!--", begin):
            end = html.find("-->", begin + 4)
            at = end + 3 if end >= 0 else len(html)
        elif tag is not None:
            end = html.find(">", begin)
            at = end + 1 if end >= 0 else len(html)
            yield tag[1].lower(), ""
            raw = _RAW.get(tag[1].lower())
            if raw is not None:
                close = raw.search(html, at)
                begin, at = at, close.start() if close is not None else len(html)
                yield "", html[begin:at]
        else:
            yield "", html[begin : begin + 1]
            at = begin + 1


class _Reader:
    """Takes in the pieces of HTML: the words that are shown, and each unit that offsets count."""

    def __init__(self, *, keep_lines: bool) -> None:
        self.parts: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self._keep_lines, self._length = keep_lines, 0
        self._inside: dict[str, None] = {}  # the open elements that are not shown as other text

    def tag(self, name: str) -> None:
        """Take in a tag that begins an element, or with a slash one that ends it."""
        if name == "body":  # what stands before it is no part of the page's text
            self.parts, self.starts, self.ends, self._length, self._inside = [], [], [], 0, {}
        elif name == "br":
            self._count("\n")
        elif name in _OTHER:
            self._inside[name] = None
        elif name.startswith("/"):
            self._inside.pop(name[1:], None)
        if name.removeprefix("/") in _LINES and self._length and self.parts[-1] != "\n":
            self.parts.append("\n")
            self._length += 1

    def words(self, words: str) -> None:
        """Take in words between two tags."""
        if not _UNCOUNTED.isdisjoint(self._inside):
            return
        hidden = "style" in self._inside
        lines = self._keep_lines or "pre" in self._inside
        for char in words if hidden else unescape(words):
            self._count("" if hidden else " " if char in "\n\t\f" and not lines else char)

    def _count(self, shown: str) -> None:
        """Add one unit, and what of it is shown."""
        self.starts.append(self._length)
        self.parts.append(shown)
        self._length += len(shown)
        self.ends.append(self._length)


def readable(item: Item) -> tuple[Item, str]:
    """Return a task whose text is a string and whose spans count its code points, and what the text was.

    It is `HTML`, `DIALOGUE`, or empty where nothing had to be done: such a task is returned as it is.
    """
    spans = [value for *_, value in _spans(item.value)]
    data = item.value.get("data")
    if not spans or not isinstance(data, dict):
        return item, ""
    best: tuple[int, str, str, list[tuple[int, int] | None], str] | None = None
    for key, content in data.items():
        for what, text, places in _readings(content, spans):
            pairs = zip(spans, places, strict=True)
            fits = sum(place is not None and same(text, value.get("text"), *place) for value, place in pairs)
            if fits > (best[0] if best else 0):
                best = fits, key, text, places, what
    if best is None:
        return item, ""
    _, key, text, places, what = best
    annotations = [dict(one) if isinstance(one, dict) else one for one in item.value["annotations"]]
    for (number, index, value), place in zip(_spans(item.value), places, strict=True):
        entries = annotations[number]["result"] = list(annotations[number]["result"])
        start, end = place or (0, 0)
        entries[index] = {**entries[index], "value": {**value, "start": start, "end": end}}
    task = {**item.value, "data": {**data, key: text}, "annotations": annotations}
    return msgspec.structs.replace(item, value=task), what


def _spans(task: dict[str, Any]) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Yield the values of regions that are no offsets in a string, with the numbers of annotation and entry."""
    for number, annotation in enumerate(task["annotations"]):
        for index, entry in enumerate(works(annotation)):
            value = entry.get("value") if isinstance(entry, dict) else None
            if isinstance(value, dict) and isinstance(value.get("start"), str) and "startOffset" in value:
                yield number, index, value


def _readings(
    content: object, spans: list[dict[str, Any]]
) -> Iterator[tuple[str, str, list[tuple[int, int] | None]]]:
    """Yield what a value of a task's data may be, its text, and where the spans are in it."""
    if isinstance(content, str):
        words = words_of(content)
        offsets = [value.get("globalOffsets") for value in spans]
        found = [one if isinstance(one, dict) else {} for one in offsets]
        yield HTML, words.text, [words.place(one.get("start"), one.get("end")) for one in found]
    elif isinstance(content, list) and content and all(isinstance(turn, dict) for turn in content):
        for key in content[0]:
            turns = [turn.get(key) for turn in content]
            if all(isinstance(turn, str) for turn in turns):
                yield DIALOGUE, "\n".join(turns), [_in_turns(turns, value) for value in spans]


def _in_turns(turns: list[str], value: dict[str, Any]) -> tuple[int, int] | None:
    """Return where a span of a dialogue is in its turns, a turn a line."""
    places = []
    for key in ("start", "end"):
        turn, units = value.get(key), value.get(f"{key}Offset")
        if not (isinstance(turn, str) and turn.isdecimal() and int(turn) < len(turns) and type(units) is int):
            return None
        before = sum(len(text) + 1 for text in turns[: int(turn)])
        widths = [0, *accumulate(1 + (char > "\uffff") for char in turns[int(turn)])]
        places.append(before + bisect_left(widths, units))
    return (places[0], places[1]) if places[0] < places[1] else None
