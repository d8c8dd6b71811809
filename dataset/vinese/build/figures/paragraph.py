"""Draw a stretch of an article with its annotation: spans underlined in the colours that annotators see."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any, NamedTuple

from vinese.build.figures.svg import WIDTH, number, page, rect, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

COLUMNS, LEFT = 88, 24
# Widths in pixels that letters have in common fonts, more or less; words are then set to the sum of theirs.
NARROW, WIDE, COMMON = 4.8, 12.2, 8.2
TRACK, LONGEST = 17, 420


class Mark(NamedTuple):
    """Hold a span of the drawn text, with its label and colour."""

    start: int
    end: int
    label: str
    colour: str


class Example(NamedTuple):
    """Hold what is drawn: a text, its marks, and where it comes from."""

    article: str
    text: str
    marks: tuple[Mark, ...]


def choose(rows: Iterable[dict[str, Any]], labels: dict[str, list[tuple[str, str]]]) -> Example | None:
    """Return the sentence with the most kinds of annotation, then the most marks; the first of equals.

    `labels` has the id and colour of each entity, event and stance label by its number in the rows.
    """
    best, worth = None, (0, 0)
    for row in rows:
        for place in row["sentences"]:
            if place["end"] - place["start"] > LONGEST:
                continue
            marks = tuple(_marks(row, place["start"], place["end"], labels))
            found = (len({mark.colour for mark in marks}), len(marks))
            if found > worth:
                best = Example(row["article_id"], row["text"][place["start"] : place["end"]], marks)
                worth = found
    return best


def _marks(row: dict[str, Any], start: int, end: int, labels: dict[str, list[tuple[str, str]]]) -> Iterator[Mark]:
    """Yield the marks inside a stretch: entities, triggers, and the words that carry a stance."""
    spans = [(one, labels["entities"][one["type"]]) for one in row["entities"]]
    spans += [(one["trigger"], labels["events"][one["type"]]) for one in row["events"]]
    spans += [(one["expression"], labels["stances"][one["polarity"]]) for one in row["stances"] if one["expression"]]
    seen = set()
    for span, (label, colour) in spans:
        if start <= span["start"] and span["end"] <= end and (span["start"], span["end"], label) not in seen:
            seen.add((span["start"], span["end"], label))
            yield Mark(span["start"] - start, span["end"] - start, label, colour)


def paragraph(example: Example) -> str:
    """Return the text in lines with a bar and a label under every mark; nested marks stand under one another."""
    parts: list[str] = []
    top = 34.0
    lines = list(_lines(example.text))
    tracks = _tracks(example.marks)
    parts.append(text(LEFT, top - 8, f"From article {example.article}", "small soft"))
    top += 6
    for start, end in lines:
        inside = [(mark, track) for mark, track in tracks.items() if mark.start < end and mark.end > start]
        parts += _line(example.text, start, end, top + 12)
        for mark, track in inside:
            parts += _bar(example.text, mark, (start, end), top + 19 + track * TRACK)
        top += 34 + TRACK * (1 + max((track for _, track in inside), default=-1))
    return page(f"A sentence of {example.article} with its annotation", top + 8, parts)


def _lines(words: str) -> Iterator[tuple[int, int]]:
    """Yield where each line of at most `COLUMNS` characters starts and ends, cut at spaces."""
    start = 0
    while len(words) - start > COLUMNS:
        cut = words.rfind(" ", start, start + COLUMNS + 1)
        cut = cut if cut > start else start + COLUMNS
        yield start, cut
        start = cut + (words[cut : cut + 1] == " ")
    yield start, len(words)


def _tracks(marks: tuple[Mark, ...]) -> dict[Mark, int]:
    """Return how far below the text each mark stands: the longest first, none on top of another or its label."""
    found: dict[Mark, int] = {}
    for mark in sorted(marks, key=lambda one: (one.start - one.end, one.start, one.label)):
        taken = {track for other, track in found.items() if mark.start < _reach(other) and other.start < _reach(mark)}
        found[mark] = next(track for track in range(len(marks) + 1) if track not in taken)
    return found


def _reach(mark: Mark) -> int:
    """Return where a mark or its label ends, whichever is farther."""
    return max(mark.end, mark.start + len(mark.label) + 1)


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
    start, end = place
    x = LEFT + _width(words[start : max(mark.start, start)])
    yield rect(x, y, _width(words[max(mark.start, start) : min(mark.end, end)]), 3, "", fill=mark.colour)
    if mark.start >= start:
        yield text(min(x, WIDTH - 60), y + 12, mark.label, "tag soft")


def _width(words: str) -> float:
    """Return about how wide words are, whatever the font."""
    bases = unicodedata.normalize("NFD", words)
    return sum(
        NARROW if letter in " iljtfrI.,:;()'|/-" else WIDE if letter in "mwMW" else COMMON
        for letter in bases
        if not unicodedata.combining(letter)
    )
