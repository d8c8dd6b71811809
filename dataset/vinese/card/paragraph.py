"""A sentence with its annotation: spans underlined in the colours that annotators see, links in words below."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any, NamedTuple

from vinese.card.svg import WIDTH, draw
from vinese.render.spans import Kind, Mark, Part, parts

Colors = dict[str, dict[str, str]]


COLUMNS, LEFT = 84, 24
# Widths in pixels that letters have in common fonts, more or less; words are then set to the sum of theirs.
NARROW, WIDE, COMMON = 4.8, 12.2, 8.2
# How wide a letter of a label is at most, and the least gap between what stands side by side.
TAG, GAP = 7.4, 8
TRACK, LONGEST = 17, 420
HALF, ROW, SHOWN = (WIDTH - 2 * LEFT) / 2, 17, 36


class Fact(NamedTuple):
    """An event or a stance in words: what it is, and what stands in each of its places."""

    title: str
    color: str
    parts: tuple[tuple[str, str], ...]


class Example(NamedTuple):
    """A text that is drawn, with its marks, its article, and an event and a stance of it."""

    article: str
    text: str
    marks: tuple[Mark, ...]
    facts: tuple[Fact, ...] = ()


class Bar(NamedTuple):
    """The bar under a mark in one line, in pixels; `label_x` is None where the mark began in a line before."""

    mark: Mark
    track: int
    x: float
    width: float
    label_x: float | None

    @property
    def reach(self) -> tuple[float, float]:
        """Where bar and label begin and end."""
        if self.label_x is None:
            return self.x, self.x + self.width
        return min(self.x, self.label_x), max(self.x + self.width, self.label_x + TAG * len(self.mark.label))


class Word(NamedTuple):
    """A word of a line, set to its width, so that bars fit under any font."""

    x: float
    width: float
    text: str


class Line(NamedTuple):
    """One line of the drawn text; `top` is in pixels from the top of the picture."""

    top: float
    words: tuple[Word, ...]
    bars: tuple[Bar, ...]


class BestSentence:
    """The sentence that shows most: an event with its arguments, a stance with both ends, many labels.

    `colors` has those of the labels of `entities`, `events` and `stances`. Of equals, the first.
    """

    def __init__(self, colors: Colors) -> None:
        self.example: Example | None = None
        self._colors = colors
        self._worth = (0, 0, 0)

    def add(self, row: dict[str, Any]) -> None:
        """Consider the sentences of a row of `articles`."""
        spans, words = _spans(row), _words_by_id(row)
        for sentence in row["sentences"]:
            start, end = sentence["start"], sentence["end"]
            if end - start > LONGEST:
                continue
            links = (_event(row, start, end, self._colors, words), _stance(row, start, end, self._colors, words))
            facts = tuple(filter(None, links))
            linked = sum(min(len(fact.parts), 4) for fact in facts)
            if linked < self._worth[0]:  # as most do; marks cannot make up for it
                continue
            marks = tuple(_marks(spans, start, end, self._colors))
            worth = (linked, len({mark.color for mark in marks}), len(marks))
            if worth > self._worth:
                self.example = Example(row["article_id"], row["text"][start:end], marks, facts)
                self._worth = worth


def _spans(row: dict[str, Any]) -> list[tuple[Kind, dict[str, Any], str, str]]:
    """Return what may be marked: entities, triggers, and the words that carry a stance."""
    return [
        *(("entity", entity, "entities", entity["type"]) for entity in row["entities"]),
        *(("trigger", event["trigger"], "events", event["type"]) for event in row["events"]),
        *(
            ("expression", stance["expression"], "stances", stance["polarity"])
            for stance in row["stances"]
            if stance["expression"]
        ),
    ]


def _marks(
    spans: list[tuple[Kind, dict[str, Any], str, str]], start: int, end: int, colors: Colors
) -> Iterator[Mark]:
    """Yield the marks of the spans inside a stretch."""
    seen = set()
    for kind, span, listed, label in spans:
        if _inside(span, start, end) and (span["start"], span["end"], label) not in seen:
            seen.add((span["start"], span["end"], label))
            yield Mark(span["start"] - start, span["end"] - start, kind, label, colors[listed][label])


def _inside(span: dict[str, Any], start: int, end: int) -> bool:
    return bool(start <= span["start"] and span["end"] <= end)


def _words_by_id(row: dict[str, Any]) -> dict[str, str]:
    """Return the words of every mention and trigger by id."""
    triggers = {event["id"]: event["trigger"]["text"] for event in row["events"]}
    return {**{entity["id"]: entity["text"] for entity in row["entities"]}, **triggers}


def _event(row: dict[str, Any], start: int, end: int, colors: Colors, words: dict[str, str]) -> Fact | None:
    """Return the event of a stretch that has most arguments, in words; the first of equals."""
    here = [event for event in row["events"] if event["arguments"] and _inside(event["trigger"], start, end)]
    if not here:
        return None
    event = max(here, key=lambda event: len(event["arguments"]))
    filled = [(part["role"], words[part["entity"] or part["event"]]) for part in event["arguments"]]
    title = f"Event: {event['type']}, {event['modality']}"
    return Fact(title, colors["events"][event["type"]], (("trigger", event["trigger"]["text"]), *filled))


def _stance(row: dict[str, Any], start: int, end: int, colors: Colors, words: dict[str, str]) -> Fact | None:
    """Return the stance of a stretch that has most of its places filled, in words; the first of equals."""
    here = [stance for stance in row["stances"] if stance["expression"] and _inside(stance["expression"], start, end)]
    facts = []
    for stance in here:
        holders = [words[holder] for holder in stance["holders"]] or [stance["holder_kind"]]
        target = [("target", words[stance["mention"]])] if stance["mention"] else []
        topic = [("topic", stance["topic"])] if stance["topic"] is not None else []
        title = f"Stance: {stance['polarity']}, {stance['attribution']}"
        ends = (*(("holder", holder) for holder in holders), *target, *topic)
        facts.append(
            Fact(title, colors["stances"][stance["polarity"]], (("expression", stance["expression"]["text"]), *ends))
        )
    return max(facts, key=lambda fact: len({name for name, _ in fact.parts}), default=None)


def paragraph(example: Example) -> str:
    """Return a picture of the text in lines with a bar and a label under every mark, and of what links the marks."""
    lines, top = [], 40.0
    for start, end in _lines(example.text):
        bars = tuple(_bars(example.text, example.marks, start, end))
        lines.append(Line(top, tuple(_words(example.text, start, end)), bars))
        top += 34 + TRACK * (1 + max((bar.track for bar in bars), default=-1))
    return draw(
        "paragraph",
        f"A sentence of {example.article} with its annotation",
        top + max((ROW * (len(fact.parts) + 1) + 12 for fact in example.facts), default=0) + 8,
        article=example.article,
        lines=lines,
        facts=example.facts,
        facts_top=top + 8,
        left=LEFT,
        half=HALF,
        row=ROW,
        track=TRACK,
        shown=SHOWN,
    )


def _lines(words: str) -> Iterator[tuple[int, int]]:
    """Yield where each line of at most `COLUMNS` characters starts and ends, cut at spaces."""
    start = 0
    while len(words) - start > COLUMNS:
        cut = words.rfind(" ", start, start + COLUMNS + 1)
        cut = cut if cut > start else start + COLUMNS
        yield start, cut
        start = cut + (words[cut : cut + 1] == " ")
    yield start, len(words)


def _words(text: str, start: int, end: int) -> Iterator[Word]:
    """Yield the words of the line `text[start:end]`."""
    place = start
    for word in text[start:end].split(" "):
        if word:
            yield Word(LEFT + _width(text[start:place]), _width(word), word)
        place += len(word) + 1


def _bars(text: str, marks: Iterable[Mark], start: int, end: int) -> list[Bar]:
    """Return a bar for each mark in the line `text[start:end]`: the longest nearest to it, none on another."""
    placed: list[Bar] = []
    by_length = sorted(parts(marks, start, end), key=_longest_first)
    for part in by_length:
        bar = _bar(text, part, start)
        left, right = bar.reach
        taken = {other.track for other in placed if left < other.reach[1] + GAP and other.reach[0] < right + GAP}
        placed.append(bar._replace(track=next(track for track in count() if track not in taken)))
    return placed


def _longest_first(part: Part[Mark]) -> tuple[int, int, str]:
    mark = part.span
    return mark.start - mark.end, mark.start, mark.label


def _bar(text: str, part: Part[Mark], start: int) -> Bar:
    """Return the bar of the part of a mark in the line that begins at `start`; its label ends on the page."""
    x, mark = LEFT + _width(text[start : part.start]), part.span
    label_x = min(x, WIDTH - LEFT - TAG * len(mark.label)) if mark.start >= start else None
    return Bar(mark, 0, x, _width(text[part.start : part.end]), label_x)


def _width(words: str) -> float:
    """Return about how wide words are, whatever the font."""
    bases = unicodedata.normalize("NFD", words)
    return sum(
        NARROW if letter in " iljtfrI.,:;()'|/-" else WIDE if letter in "mwMW" else COMMON
        for letter in bases
        if not unicodedata.combining(letter)
    )
