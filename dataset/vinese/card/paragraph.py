"""Draw a sentence with its annotation: spans underlined in the colours that annotators see, links in words below."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from vinese.card.svg import WIDTH, number, page, rect, text

Labels = dict[str, list[tuple[str, str]]]


COLUMNS, LEFT = 84, 24
# Widths in pixels that letters have in common fonts, more or less; words are then set to the sum of theirs.
NARROW, WIDE, COMMON = 4.8, 12.2, 8.2
# How wide a letter of a label is at most, and the least gap between what stands side by side.
TAG, GAP = 7.4, 8
TRACK, LONGEST = 17, 420
HALF, ROW, SHOWN = (WIDTH - 2 * LEFT) / 2, 17, 36


class Mark(NamedTuple):
    """Hold a span of the drawn text, with its label and colour."""

    start: int
    end: int
    label: str
    colour: str


class Told(NamedTuple):
    """Hold an event or a stance in words: what it is, and what stands in each of its places."""

    title: str
    colour: str
    parts: tuple[tuple[str, str], ...]


class Example(NamedTuple):
    """Hold what is drawn: a text, its marks, where it comes from, and an event and a stance of it."""

    article: str
    text: str
    marks: tuple[Mark, ...]
    told: tuple[Told, ...] = ()


def choose(rows: Iterable[dict[str, Any]], labels: Labels) -> Example | None:
    """Return the sentence that shows most: an event with its arguments, a stance with both ends, many labels.

    `labels` has the id and colour of the labels of each list by their numbers in the rows. Of equals, the first.
    """
    best, worth = None, (0, 0, 0)
    for row in rows:
        for place in row["sentences"]:
            start, end = place["start"], place["end"]
            if end - start > LONGEST:
                continue
            marks = tuple(_marks(row, start, end, labels))
            told = tuple(filter(None, (_event(row, start, end, labels), _stance(row, start, end, labels))))
            found = (sum(min(len(one.parts), 4) for one in told), len({mark.colour for mark in marks}), len(marks))
            if found > worth:
                best, worth = Example(row["article_id"], row["text"][start:end], marks, told), found
    return best


def _marks(row: dict[str, Any], start: int, end: int, labels: Labels) -> Iterator[Mark]:
    """Yield the marks inside a stretch: entities, triggers, and the words that carry a stance."""
    spans = [(one, labels["entities"][one["type"]]) for one in row["entities"]]
    spans += [(one["trigger"], labels["events"][one["type"]]) for one in row["events"]]
    spans += [(one["expression"], labels["stances"][one["polarity"]]) for one in row["stances"] if one["expression"]]
    seen = set()
    for span, (label, colour) in spans:
        if _inside(span, start, end) and (span["start"], span["end"], label) not in seen:
            seen.add((span["start"], span["end"], label))
            yield Mark(span["start"] - start, span["end"] - start, label, colour)


def _inside(span: dict[str, Any], start: int, end: int) -> bool:
    return bool(start <= span["start"] and span["end"] <= end)


def _words(row: dict[str, Any]) -> dict[str, str]:
    """Return the words of every mention and trigger by id."""
    triggers = {one["id"]: one["trigger"]["text"] for one in row["events"]}
    return {**{one["id"]: one["text"] for one in row["entities"]}, **triggers}


def _event(row: dict[str, Any], start: int, end: int, labels: Labels) -> Told | None:
    """Return the event of a stretch that has most arguments, in words; the first of equals."""
    here = [one for one in row["events"] if one["arguments"] and _inside(one["trigger"], start, end)]
    if not here:
        return None
    event, words = max(here, key=lambda one: len(one["arguments"])), _words(row)
    name, colour = labels["events"][event["type"]]
    filled = [
        (labels["roles"][part["role"]][0], words[part["entity"] or part["event"]]) for part in event["arguments"]
    ]
    title = f"Event: {name}, {labels['modalities'][event['modality']][0]}"
    return Told(title, colour, (("trigger", event["trigger"]["text"]), *filled))


def _stance(row: dict[str, Any], start: int, end: int, labels: Labels) -> Told | None:
    """Return the stance of a stretch that has most of its places filled, in words; the first of equals."""
    here = [one for one in row["stances"] if one["expression"] and _inside(one["expression"], start, end)]
    words = _words(row)
    told = []
    for one in here:
        name, colour = labels["stances"][one["polarity"]]
        holders = [words[holder] for holder in one["holders"]] or [labels["holder_kinds"][one["holder_kind"]][0]]
        target = [("target", words[one["mention"]])] if one["mention"] else []
        topic = [("topic", labels["topics"][one["topic"]][0])] if one["topic"] is not None else []
        title = f"Stance: {name}, {labels['attributions'][one['attribution']][0]}"
        ends = (*(("holder", holder) for holder in holders), *target, *topic)
        told.append(Told(title, colour, (("expression", one["expression"]["text"]), *ends)))
    return max(told, key=lambda one: len({name for name, _ in one.parts}), default=None)


def paragraph(example: Example) -> str:
    """Return the text in lines with a bar and a label under every mark, and what links the marks below it."""
    parts = [text(LEFT, 26, f"From article {example.article}", "small soft")]
    top = 40.0
    for place in _lines(example.text):
        parts += _line(example.text, *place, top + 12)
        placed = _tracks(example.text, example.marks, place)
        for mark, track in placed.items():
            parts += _bar(example.text, mark, place, top + 19 + track * TRACK)
        top += 34 + TRACK * (1 + max(placed.values(), default=-1))
    for side, told in enumerate(example.told):
        parts += _told(told, LEFT + side * HALF, top + 8)
    top += max((ROW * (len(one.parts) + 1) + 12 for one in example.told), default=0)
    return page(f"A sentence of {example.article} with its annotation", top + 8, parts)


def _told(told: Told, left: float, top: float) -> Iterator[str]:
    """Yield an event or a stance: its title, and each of its places in a line."""
    yield rect(left, top - 2, 3, ROW * (len(told.parts) + 1), "", fill=told.colour)
    yield text(left + 10, top + 10, told.title, "head")
    for place, (name, words) in enumerate(told.parts, 1):
        y = top + 10 + place * ROW
        yield text(left + 84, y, name, "small soft", "end")
        yield text(left + 92, y, words if len(words) <= SHOWN else f"{words[: SHOWN - 1]}…", "small")


def _lines(words: str) -> Iterator[tuple[int, int]]:
    """Yield where each line of at most `COLUMNS` characters starts and ends, cut at spaces."""
    start = 0
    while len(words) - start > COLUMNS:
        cut = words.rfind(" ", start, start + COLUMNS + 1)
        cut = cut if cut > start else start + COLUMNS
        yield start, cut
        start = cut + (words[cut : cut + 1] == " ")
    yield start, len(words)


def _tracks(words: str, marks: tuple[Mark, ...], place: tuple[int, int]) -> dict[Mark, int]:
    """Return how far below a line each of its marks stands: the longest first, none on another or its label."""
    start, end = place
    found: dict[Mark, int] = {}
    inside = [mark for mark in marks if mark.start < end and mark.end > start]
    for mark in sorted(inside, key=lambda one: (one.start - one.end, one.start, one.label)):
        left, right = _reach(words, mark, place)
        taken = set()
        for other, track in found.items():
            low, high = _reach(words, other, place)
            if left < high + GAP and low < right + GAP:
                taken.add(track)
        found[mark] = next(track for track in range(len(marks) + 1) if track not in taken)
    return found


def _reach(words: str, mark: Mark, place: tuple[int, int]) -> tuple[float, float]:
    """Return from where to where a mark and its label reach in a line, in pixels."""
    x, wide = _span(words, mark, place)
    if mark.start < place[0]:
        return x, x + wide
    label = _label(x, mark)
    return min(x, label), max(x + wide, label + TAG * len(mark.label))


def _span(words: str, mark: Mark, place: tuple[int, int]) -> tuple[float, float]:
    """Return where the part of a mark that is in a line begins, and how wide it is."""
    start, end = max(mark.start, place[0]), min(mark.end, place[1])
    return LEFT + _width(words[place[0] : start]), _width(words[start:end])


def _label(x: float, mark: Mark) -> float:
    """Return where the label of a mark at `x` begins, so that it ends on the page."""
    return min(x, WIDTH - LEFT - TAG * len(mark.label))


def _line(words: str, start: int, end: int, y: float) -> Iterator[str]:
    """Yield the words of a line, each set to its width, so that bars fit under any font."""
    place = start
    for word in words[start:end].split(" "):
        if word:
            x = LEFT + _width(words[start:place])
            yield text(x, y, word, "word", textLength=number(_width(word)), lengthAdjust="spacing")
        place += len(word) + 1


def _bar(words: str, mark: Mark, place: tuple[int, int], y: float) -> Iterator[str]:
    """Yield the part of a mark that is in a line, with its label where it begins."""
    x, wide = _span(words, mark, place)
    yield rect(x, y, wide, 3, "", fill=mark.colour)
    if mark.start >= place[0]:
        yield text(_label(x, mark), y + 12, mark.label, "tag soft")


def _width(words: str) -> float:
    """Return about how wide words are, whatever the font."""
    bases = unicodedata.normalize("NFD", words)
    return sum(
        NARROW if letter in " iljtfrI.,:;()'|/-" else WIDE if letter in "mwMW" else COMMON
        for letter in bases
        if not unicodedata.combining(letter)
    )
